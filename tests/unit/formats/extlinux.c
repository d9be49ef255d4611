/* SPDX-License-Identifier: GPL-2.0-or-later */
/* extlinux.conf: tests/data/extlinux, edits, limits. */
#include "formats/extlinux.h"

#include <errno.h>
#include <setjmp.h>

#include <cmocka.h>

#include "cases.h"

static const struct extlinux_template entry = {.label = "new", .title = "A new one",
	.linux_path = "/k", .options = "ro", .initrd = "/i"};

static const char *or_none(const char *text)
{
	return text ? text : "-";
}

static void check_insert(const struct extlinux *x, enum extlinux_choice choice)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	_cleanup_(extlinux_done) struct extlinux after = {0};
	int expected = choice == EXTLINUX_MAKE_DEFAULT || x->count == 0 ? 0
		       : !x->default_label				? 0
								: extlinux_default(x) + 1;

	assert_return_code(extlinux_insert(&text, x, &entry, choice), 0);
	assert_return_code(extlinux_parse(&after, buffer_bytes(&text), NULL), 0);
	assert_int_equal(after.count, x->count + 1);
	assert_string_equal(after.items[0].label, entry.label);
	assert_string_equal(after.items[0].options, entry.options);
	assert_int_equal(extlinux_default(&after), expected);
	for (size_t i = 0; i < x->count; i++)
		assert_string_equal(after.items[i + 1].label, x->items[i].label);
}

static void check_each_default(const struct extlinux *x)
{
	for (size_t i = 0; i < x->count; i++) {
		_cleanup_(buffer_done) struct buffer text = {0};
		_cleanup_(extlinux_done) struct extlinux after = {0};

		assert_return_code(extlinux_set_default(&text, x, x->items[i].label), 0);
		assert_return_code(extlinux_parse(&after, buffer_bytes(&text), NULL), 0);
		assert_int_equal(extlinux_default(&after), i);
	}
}

static void dump(struct buffer *ret, struct bytes input)
{
	_cleanup_(extlinux_done) struct extlinux x = {0};
	_cleanup_(buffer_done) struct buffer again = {0};

	assert_return_code(extlinux_parse(&x, input, NULL), 0);
	assert_return_code(extlinux_write(&again, &x), 0);
	assert_int_equal(again.size, input.size);
	assert_memory_equal(again.size ? again.data : "", input.data, input.size);
	check_insert(&x, EXTLINUX_KEEP_DEFAULT);
	check_insert(&x, EXTLINUX_MAKE_DEFAULT);
	check_each_default(&x);
	for (size_t i = 0; i < x.count; i++) {
		const struct extlinux_entry *e = &x.items[i];

		buffer_printf(ret, "%u:%s [%s] title [%s] linux [%s] options [%s]", e->line,
			extlinux_default(&x) == (int)i ? "*" : "", e->label,
			or_none(e->title), or_none(e->linux_path), or_none(e->options));
		for (size_t n = 0; n < e->initrd.count; n++)
			buffer_printf(ret, " initrd [%s]", e->initrd.items[n]);
		buffer_puts(ret, "\n");
	}
}

static void reads_cases(void **state)
{
	(void)state;
	run_cases("extlinux", dump);
}

static void edits(void **state)
{
	static const char before[] = "# c\r\nDEFAULT  a\r\nlabel a\r\n kernel /a";
	_cleanup_(extlinux_done) struct extlinux x = {0};
	_cleanup_(buffer_done) struct buffer kept = {0}, made = {0};
	const struct extlinux_template t = {.label = "n", .linux_path = "/n"};

	(void)state;
	assert_int_equal(extlinux_parse(&x, BYTES(before), NULL), 0);
	assert_int_equal(extlinux_insert(&kept, &x, &t, EXTLINUX_KEEP_DEFAULT), 0);
	assert_string_equal(kept.data, "# c\r\nDEFAULT  a\r\nlabel n\r\n\tlinux /n\r\nlabel "
				       "a\r\n kernel /a");
	assert_int_equal(extlinux_insert(&made, &x, &t, EXTLINUX_MAKE_DEFAULT), 0);
	assert_string_equal(made.data, "# c\r\nDEFAULT n\r\nlabel n\r\n\tlinux /n\r\nlabel "
				       "a\r\n kernel /a");
}

static int parse_repeated(const char *text, size_t times)
{
	_cleanup_(buffer_done) struct buffer b = {0};
	_cleanup_(extlinux_done) struct extlinux x = {0};

	for (size_t i = 0; i < times; i++)
		assert_return_code(buffer_puts(&b, text), 0);
	return extlinux_parse(&x, buffer_bytes(&b), NULL);
}

static void has_limits(void **state)
{
	(void)state;
	assert_int_equal(parse_repeated("label a\n", EXTLINUX_MAX_ENTRIES), 0);
	assert_int_equal(parse_repeated("label a\n", EXTLINUX_MAX_ENTRIES + 1), -E2BIG);
	assert_int_equal(parse_repeated("# 3456789\n", EXTLINUX_MAX_SIZE / 10 + 1), -EFBIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_cases),
		cmocka_unit_test(edits),
		cmocka_unit_test(has_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
