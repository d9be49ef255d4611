/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GRUB's environment block: tests/data/grubenv, editing, the size of what is written. */
#include "formats/grubenv.h"

#include <errno.h>
#include <setjmp.h>

#include <cmocka.h>

#include "cases.h"

#define HEAD "# GRUB Environment Block\n"

static void dump(struct buffer *ret, struct bytes input)
{
	_cleanup_(buffer_done) struct buffer written = {0};
	struct fault *f = calloc(1, sizeof(*f));
	struct grubenv e;
	int r = grubenv_parse(&e, input, f);

	if (r < 0) {
		buffer_printf(ret, "%s %s\n", errno_name(-r), f->reason);
		free(f);
		return;
	}
	for (size_t i = 0; i < e.comments.count; i++)
		buffer_printf(ret, "comment [%s]\n", e.comments.items[i]);
	for (size_t i = 0; i < e.count; i++)
		buffer_printf(ret, "[%s] [%s]\n", e.items[i].name, e.items[i].value);
	r = grubenv_write(&written, &e, f);
	if (r < 0)
		buffer_printf(ret, "writing: %s %s\n", errno_name(-r), f->reason);
	else if (written.size == input.size &&
		 memcmp(written.data, input.data, input.size) == 0)
		buffer_puts(ret, "written back the same\n");
	grubenv_done(&e);
	free(f);
}

static void reads_cases(void **state)
{
	(void)state;
	run_cases("grubenv", dump);
}

static void edits(void **state)
{
	_cleanup_(grubenv_done) struct grubenv e = {0}, again = {0};
	_cleanup_(buffer_done) struct buffer text = {0};

	(void)state;
	assert_int_equal(grubenv_parse(&e, BYTES(HEAD "a=1\nb=2\nc=3\n####"), NULL), 0);
	assert_int_equal(grubenv_set(&e, "b", "x\ny\\z"), 0);
	assert_int_equal(grubenv_set(&e, "d", ""), 0);
	assert_int_equal(grubenv_unset(&e, "a"), 1);
	assert_int_equal(grubenv_unset(&e, "a"), 0);
	assert_null(grubenv_get(&e, "a"));
	assert_int_equal(grubenv_write(&text, &e, NULL), 0);
	assert_int_equal(text.size, GRUBENV_SIZE);
	assert_memory_equal(text.data, HEAD "b=x\\\ny\\\\z\nc=3\nd=\n###",
		sizeof(HEAD "b=x\\\ny\\\\z\nc=3\nd=\n###") - 1);
	assert_int_equal(text.data[GRUBENV_SIZE - 1], '#');
	assert_int_equal(grubenv_parse(&again, buffer_bytes(&text), NULL), 0);
	assert_int_equal(again.count, 3);
	assert_string_equal(grubenv_get(&again, "b"), "x\ny\\z");
	assert_string_equal(grubenv_get(&again, "d"), "");
}

static void fits_exactly_or_not_at_all(void **state)
{
	char value[GRUBENV_SIZE];
	size_t room = GRUBENV_SIZE - strlen(HEAD) - strlen("a=\n");
	_cleanup_(grubenv_done) struct grubenv e = {0};
	_cleanup_(buffer_done) struct buffer text = {0};
	struct buffer untouched = {.size = 77};

	(void)state;
	memset(value, 'x', sizeof(value));
	value[room] = '\0';
	assert_int_equal(grubenv_set(&e, "a", value), 0);
	assert_int_equal(grubenv_write(&text, &e, NULL), 0);
	assert_int_equal(text.size, GRUBENV_SIZE);
	assert_int_equal(text.data[GRUBENV_SIZE - 1], '\n');
	value[room] = 'x';
	value[room + 1] = '\0';
	assert_int_equal(grubenv_set(&e, "a", value), 0);
	assert_int_equal(grubenv_write(&untouched, &e, NULL), -ENOSPC);
	assert_int_equal(untouched.size, 77);
}

static void has_a_limit(void **state)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	struct grubenv e = {.count = 77};

	(void)state;
	assert_return_code(buffer_puts(&text, HEAD), 0);
	while (text.size <= GRUBENV_MAX_SIZE)
		assert_return_code(buffer_puts(&text, "##########"), 0);
	assert_int_equal(grubenv_parse(&e, buffer_bytes(&text), NULL), -EFBIG);
	assert_int_equal(e.count, 77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_cases),
		cmocka_unit_test(edits),
		cmocka_unit_test(fits_exactly_or_not_at_all),
		cmocka_unit_test(has_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
