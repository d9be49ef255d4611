/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Buffers: growth, limits, escaping. */
#include "base.h"

#include <setjmp.h>

#include <cmocka.h>
#include <errno.h>

static void grows_and_stays_terminated(void **state)
{
	_cleanup_(buffer_done) struct buffer b = {0};

	(void)state;
	for (int i = 0; i < 10000; i++) {
		assert_int_equal(buffer_append(&b, "abc", 3), 0);
		assert_int_equal(b.data[b.size], '\0');
		assert_true(b.capacity > b.size);
	}
	assert_int_equal(b.size, 30000);
	assert_memory_equal(b.data + 29997, "abc", 4);
	assert_int_equal(buffer_bytes(&b).size, 30000);
}

static void keeps_nul_bytes(void **state)
{
	_cleanup_(buffer_done) struct buffer b = {0};

	(void)state;
	assert_int_equal(buffer_append(&b, "a\0b", 3), 0);
	assert_int_equal(buffer_append(&b, NULL, 0), 0);
	assert_int_equal(buffer_puts(&b, ""), 0);
	assert_int_equal(b.size, 3);
	assert_memory_equal(b.data, "a\0b", 4);
}

static void refuses_sizes_that_cannot_be(void **state)
{
	_cleanup_(buffer_done) struct buffer b = {0};

	(void)state;
	assert_int_equal(buffer_puts(&b, "x"), 0);
	assert_int_equal(buffer_reserve(&b, SIZE_MAX), -ENOMEM);
	assert_int_equal(buffer_reserve(&b, SIZE_MAX / 2), -ENOMEM);
	assert_string_equal(b.data, "x");
}

static void prints_behind_what_is_there(void **state)
{
	_cleanup_(buffer_done) struct buffer b = {0};

	(void)state;
	assert_int_equal(buffer_puts(&b, "n="), 0);
	assert_int_equal(buffer_printf(&b, "%d%s", 42, ""), 0);
	assert_string_equal(b.data, "n=42");
	assert_int_equal(b.size, 4);
}

static void an_empty_buffer_is_stolen_as_empty_text(void **state)
{
	struct buffer b = {0};
	_cleanup_free_ char *text = buffer_steal(&b);

	(void)state;
	assert_string_equal(text, "");
	assert_null(b.data);
	assert_int_equal(b.size, 0);
	assert_int_equal(b.capacity, 0);
}

static void escaping_leaves_nothing_that_moves_a_terminal(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{"", ""}, {"plain text ~", "plain text ~"},
		{"\x1b[2J\n\t\r\x7f", "\\x1b[2J\\x0a\\x09\\x0d\\x7f"},
		{"Grüße 日本 \xf0\x9f\x90\xa7", "Grüße 日本 \xf0\x9f\x90\xa7"},
		{"\xc2\x9b"
		 "31m",
			"\\xc2\\x9b"
			"31m"},           /* C1 CSI */
		{"\xc2\xa0", "\xc2\xa0"}, /* first after C1 */
		{"a\xe2\x80\xae"
		 "b",
			"a\\xe2\\x80\\xae"
			"b"}, /* U+202E */
		{"\xe2\x81\xa6\xe2\x81\xa9", "\\xe2\\x81\\xa6\\xe2\\x81\\xa9"},
		{"\xe2\x80\xaf\xe2\x81\xaa", "\xe2\x80\xaf\xe2\x81\xaa"}, /* neighbours */
		{"\xff\xc3", "\\xff\\xc3"}, {"\xc0\xaf", "\\xc0\\xaf"},   /* overlong / */
		{"\xed\xa0\x80", "\\xed\\xa0\\x80"},                      /* surrogate */
		{"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"}, /* past U+10FFFF */
		{"\xe6\x97", "\\xe6\\x97"},                   /* cut off */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(buffer_done) struct buffer b = {0};

		assert_int_equal(buffer_puts_escaped(&b, cases[i].in), 0);
		assert_string_equal(b.data, cases[i].out);
	}
}

static void vectors_grow_within_what_memory_can_count(void **state)
{
	_cleanup_free_ uint64_t *items = NULL;
	size_t capacity = 0;

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		assert_int_equal(vector_grow(&items, &capacity, i, sizeof(*items)), 0);
		assert_true(capacity > i);
		items[i] = i;
	}
	assert_int_equal(items[999], 999);
	assert_int_equal(vector_grow(&items, &capacity, SIZE_MAX / 8, 8), -EOVERFLOW);
	assert_int_equal(vector_grow(&items, &capacity, SIZE_MAX, 1), -EOVERFLOW);
	assert_int_equal(items[999], 999);
}

static void taking_leaves_the_owner_empty(void **state)
{
	struct strings list = {0}, taken;
	char *text = strdup("x"), *mine = TAKE_PTR(text);
	int fd = 7, other = TAKE_FD(fd);

	(void)state;
	assert_null(text);
	assert_string_equal(mine, "x");
	assert_int_equal(fd, -1);
	assert_int_equal(other, 7);
	assert_int_equal(strings_take(&list, mine), 0);
	taken = TAKE_STRUCT(list);
	assert_int_equal(list.count, 0);
	assert_null(list.items);
	assert_int_equal(taken.count, 1);
	strings_done(&taken);
}

static void words_for_a_shell(void **state)
{
	static const struct {
		const char *word, *quoted;
	} cases[] = {{"/mnt/a-b_c.d", "/mnt/a-b_c.d"}, {"", "''"}, {"a b", "'a b'"},
		{"it's", "'it'\\''s'"}, {"$(x)", "'$(x)'"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(buffer_done) struct buffer b = {0};

		assert_int_equal(buffer_puts_word(&b, cases[i].word), 0);
		assert_string_equal(b.data, cases[i].quoted);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grows_and_stays_terminated),
		cmocka_unit_test(keeps_nul_bytes),
		cmocka_unit_test(refuses_sizes_that_cannot_be),
		cmocka_unit_test(prints_behind_what_is_there),
		cmocka_unit_test(an_empty_buffer_is_stolen_as_empty_text),
		cmocka_unit_test(escaping_leaves_nothing_that_moves_a_terminal),
		cmocka_unit_test(vectors_grow_within_what_memory_can_count),
		cmocka_unit_test(taking_leaves_the_owner_empty),
		cmocka_unit_test(words_for_a_shell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
