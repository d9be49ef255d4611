/* SPDX-License-Identifier: GPL-2.0-or-later */
/* grub.cfg: tests/data/grub_cfg, and its limits. */
#include "formats/grub_cfg.h"

#include <errno.h>
#include <setjmp.h>

#include <cmocka.h>

#include "cases.h"

static const char *or_none(const char *text)
{
	return text ? text : "-";
}

static void dump(struct buffer *ret, struct bytes input)
{
	struct grub_cfg c;
	int r = grub_cfg_parse(&c, input, NULL);

	if (r < 0) {
		buffer_printf(ret, "%s\n", errno_name(-r));
		return;
	}
	for (size_t i = 0; i < c.assignment_count; i++)
		buffer_printf(ret, "%u: set [%s] [%s]\n", c.assignments[i].line,
			c.assignments[i].name, c.assignments[i].value);
	for (size_t i = 0; i < c.count; i++) {
		const struct grub_menuentry *m = &c.items[i];

		buffer_printf(ret, "%u: %s [%s] id [%s] linux [%s] options [%s]", m->line,
			m->number, m->title, or_none(m->id), or_none(m->linux_path),
			or_none(m->options));
		for (size_t n = 0; n < m->initrd.count; n++)
			buffer_printf(ret, " initrd [%s]", m->initrd.items[n]);
		buffer_puts(ret, "\n");
	}
	if (c.has_blscfg)
		buffer_printf(ret, "blscfg behind %zu\n", c.blscfg_index);
	if (c.bad_line > 0)
		buffer_printf(ret, "bad line %u\n", c.bad_line);
	grub_cfg_done(&c);
}

static void reads_cases(void **state)
{
	(void)state;
	run_cases("grub_cfg", dump);
}

static void knows_literals(void **state)
{
	_cleanup_(grub_cfg_done) struct grub_cfg c = {0};

	(void)state;
	assert_int_equal(
		grub_cfg_parse(
			&c, BYTES("set a=1\nset a=\"$b\"\nset b=x\nset b=y\n"), NULL),
		0);
	assert_string_equal(grub_cfg_literal(&c, "a"), "1");
	assert_string_equal(grub_cfg_literal(&c, "b"), "y");
	assert_null(grub_cfg_literal(&c, "c"));
}

static int parse_repeated(const char *text, size_t times)
{
	_cleanup_(buffer_done) struct buffer b = {0};
	_cleanup_(grub_cfg_done) struct grub_cfg c = {0};

	for (size_t i = 0; i < times; i++)
		assert_return_code(buffer_puts(&b, text), 0);
	return grub_cfg_parse(&c, buffer_bytes(&b), NULL);
}

static void has_limits(void **state)
{
	(void)state;
	assert_int_equal(parse_repeated("menuentry a {\n}\n", GRUB_CFG_MAX_ENTRIES), 0);
	assert_int_equal(
		parse_repeated("menuentry a {\n}\n", GRUB_CFG_MAX_ENTRIES + 1), -E2BIG);
	assert_int_equal(
		parse_repeated("# 3456789\n", GRUB_CFG_MAX_SIZE / 10 + 1), -EFBIG);
	assert_int_equal(parse_repeated("submenu a {\n", 100000), 0); /* bad, no crash */
	assert_int_equal(parse_repeated("a ", 100000), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_cases),
		cmocka_unit_test(knows_literals),
		cmocka_unit_test(has_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
