/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NAME=value files: quoting as sh has it; every case was compared with what bash makes of
 * it. */
#include "formats/shellvars.h"

#include <errno.h>
#include <setjmp.h>

#include <cmocka.h>

#include "cases.h"

static const struct {
	const char *text, *name, *value;
} cases[] = {
	{"ID=rhel\n", "ID", "rhel"},
	{"ID=rhel", "ID", "rhel"},
	{"ID=\"rhel\"\r\n", "ID", "rhel"},
	{"NAME='Red Hat'\n", "NAME", "Red Hat"},
	{"NAME=\"a \\\"b\\\" \\$c \\x\"\n", "NAME", "a \"b\" $c \\x"},
	{"A=a\\ b\n", "A", "a b"},
	{"A=\"x\"'y'z # more\n", "A", "xyz"},
	{"A=x#y\n", "A", "x#y"},
	{"A=1\nA=2\n", "A", "2"},
	{"A=1; B=2\n", "B", "2"},
	{"A=1 B=2\n", "B", "2"},
	{"  export A=1\n", "A", "1"},
	{"#A=1\n", "A", NULL},
	{"A =1\n", "A", NULL},
	{"1A=1\n", "1A", NULL},
	{"echo A=1\n", "A", NULL},
	{"A=\"two\nlines\"\nB=1\n", "A", "two\nlines"},
	{"A=\"two\nlines\"\nB=1\n", "B", "1"},
	{"A=\"one \\\nline\"\n", "A", "one line"},
	{"A='never closed\nB=1\n", "B", "1"},
	{"A=\"never closed\nB=1\n", "A", "never closed"},
	{"A=\"quiet\"\nA+=\" ro\"\n", "A", "quiet ro"},
	{"A+=ro\n", "A", "ro"},
	{"A=\n", "A", ""},
	{"A=\"\"\n", "A", ""},
	{"A=$B\n", "A", "$B"},
	{"A_B9=x\n", "A_B9", "x"},
	{"=x\nA=1", "A", "1"},
	{"", "A", NULL},
	{"A=\\", "A", ""},
	{"A=\"", "A", ""},
};

static void reads_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(shellvars_done) struct shellvars v = {0};
		struct bytes in = {(const uint8_t *)cases[i].text, strlen(cases[i].text)};

		assert_int_equal(shellvars_parse(&v, in, NULL), 0);
		if (!text_equal(shellvars_get(&v, cases[i].name), cases[i].value))
			fail_msg("case %zu: %s gives [%s]", i, cases[i].text,
				shellvars_get(&v, cases[i].name));
	}
}

static void knows_lines(void **state)
{
	_cleanup_(shellvars_done) struct shellvars v = {0};

	(void)state;
	assert_int_equal(shellvars_parse(&v, BYTES("# x\n\nA=\"1\n2\"\nB=3\n"), NULL), 0);
	assert_int_equal(v.count, 2);
	assert_int_equal(v.items[0].line, 3);
	assert_int_equal(v.items[1].line, 5);
}

static void has_limits(void **state)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	struct shellvars v = {.count = 77};

	(void)state;
	for (int i = 0; i < 5000; i++)
		assert_return_code(buffer_puts(&text, "A+=x\n"), 0);
	assert_int_equal(shellvars_parse(&v, buffer_bytes(&text), NULL), -E2BIG);
	while (text.size <= SHELLVARS_MAX_SIZE)
		assert_return_code(
			buffer_puts(&text, "# 3456789 123456789 123456789\n"), 0);
	assert_int_equal(shellvars_parse(&v, buffer_bytes(&text), NULL), -EFBIG);
	assert_int_equal(v.count, 77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_cases),
		cmocka_unit_test(knows_lines),
		cmocka_unit_test(has_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
