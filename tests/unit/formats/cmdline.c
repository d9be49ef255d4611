/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel command lines: words, quotes, values, editing. */
#include "formats/cmdline.h"

#include <errno.h>
#include <setjmp.h>

#include <cmocka.h>

static const struct {
	const char *text, *name, *value; /* value NULL: not there */
} cases[] = {
	{"root=UUID=ab ro quiet", "root", "UUID=ab"},
	{"root=UUID=ab ro quiet", "ro", ""},
	{"root=UUID=ab ro quiet", "roo", NULL},
	{"root=UUID=ab ro quiet", "quie", NULL},
	{"root=a root=b", "root", "b"},
	{"  root=a\tro\n", "ro", ""},
	{"root=\"LABEL=my disk\" ro", "root", "LABEL=my disk"},
	{"\"root=LABEL=my disk\" ro", "root", "LABEL=my disk"},
	{"dyndbg=\"file a +p; file b\" ro", "ro", ""},
	{"dyndbg=\"file ro b\"", "ro", NULL},
	{"a=b\"c d\"e", "a", "b\"c d\"e"},
	{"a=\"never closed ro", "ro", NULL},
	{"a=\"never closed ro", "a", "never closed ro"},
	{"a=", "a", ""},
	{"", "a", NULL},
	{"\"", "a", NULL},
	{"\"quiet\" ro", "quiet", ""},
	{"rootflags=subvol=root", "rootflags", "subvol=root"},
	{"rootflags=subvol=root", "root", NULL},
};

static void gets_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(cmdline_done) struct cmdline c = {0};
		_cleanup_free_ char *value = NULL;

		assert_int_equal(cmdline_parse(&c, cases[i].text), 0);
		value = cmdline_get(&c, cases[i].name);
		if (!text_equal(value, cases[i].value))
			fail_msg("%s of [%s] is [%s]", cases[i].name, cases[i].text,
				value ? value : "absent");
		assert_int_equal(cmdline_has(&c, cases[i].name), cases[i].value != NULL);
	}
}

static void edits(void **state)
{
	_cleanup_(cmdline_done) struct cmdline c = {0};
	_cleanup_free_ char *text = NULL, *empty = NULL;

	(void)state;
	assert_int_equal(cmdline_parse(&c, "a  root=x ro\troot=\"y z\" rootwait"), 0);
	assert_int_equal(cmdline_remove(&c, "root"), 0);
	assert_int_equal(cmdline_append(&c, "root=UUID=1"), 0);
	text = cmdline_text(&c);
	assert_string_equal(text, "a ro rootwait root=UUID=1");
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(cmdline_remove(&c, (const char *[]){"a", "ro",
							    "rootwait", "root"}[i]),
			0);
	empty = cmdline_text(&c);
	assert_string_equal(empty, "");
}

static void has_a_limit(void **state)
{
	char text[CMDLINE_MAX_SIZE + 2];
	struct cmdline c = {.words.count = 77};

	(void)state;
	memset(text, 'x', sizeof(text));
	text[CMDLINE_MAX_SIZE + 1] = '\0';
	assert_int_equal(cmdline_parse(&c, text), -E2BIG);
	assert_int_equal(c.words.count, 77);
	text[CMDLINE_MAX_SIZE] = '\0';
	assert_int_equal(cmdline_parse(&c, text), 0);
	assert_int_equal(c.words.count, 1);
	cmdline_done(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gets_values),
		cmocka_unit_test(edits),
		cmocka_unit_test(has_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
