/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Literal parts of regular expressions: every match must hold them. */
#include "../../../rescue/formats/regex_literals.h"

#include <errno.h>
#include <setjmp.h>

#include <cmocka.h>

static const struct {
	const char *regex, *prefix, *needed;
	bool is_literal;
} cases[] = {
	{"/etc/passwd", "/etc/passwd", NULL, true},
	{"/etc/a\\.b", "/etc/a.b", NULL, true},
	{"/etc/a.b", "/etc/a", "b", false},
	{"/etc(/.*)?", "/etc", NULL, false},
	{"/usr/lib/.*\\.so", "/usr/lib/", ".so", false},
	{"/usr/lib/(.*/)?lib[^/]*\\.so\\.[0-9]+", "/usr/lib/", ".so.", false},
	{"/colou?r", "/colo", "r", false},
	{"/ab*c", "/a", "c", false},
	{"/ab{0,2}c", "/a", "c", false},
	{"/ab+c", "/ab", "c", false},
	{"/a|/b", "", NULL, false},
	{"/(a|b)", "/", NULL, false},
	{"[/]etc", "", "etc", false},
	{"/[]x]y", "/", "y", false},
	{"/[^]x]y", "/", "y", false},
	{"/[[:alpha:]]y", "/", "y", false},
	{"/(a[)]b)c", "/", "c", false},
	{"/(a\\)b)c", "/", "c", false},
	{"/((a)b)c", "/", "c", false},
	{"/\\w+x", "/", "x", false},
	{"^/a$", "", "/a", false},
	{"", "", NULL, true},
};

static void finds_literals(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(regex_literals_done) struct regex_literals l = {0};

		assert_int_equal(regex_literals_find(&l, cases[i].regex), 0);
		if (strcmp(l.prefix, cases[i].prefix) != 0 ||
			!text_equal(l.needed, cases[i].needed) ||
			l.is_literal != cases[i].is_literal)
			fail_msg("%s: [%s] [%s] %d", cases[i].regex, l.prefix,
				l.needed ? l.needed : "NULL", l.is_literal);
	}
}

static void refuses(void **state)
{
	static const char *const bad[] = {"/(a", "/[a", "/a\\", "/(a)\\1",
		"/((a{99}){99}){9}", "/a{99999}", "/a++", "/a*{2}", "/a{2}?",
		"/((((((((((a+)+)+)+)+)+)+)+)+)+)", "/[[:alpha:]", "/((a)", "/(\\"};
	char text[REGEX_MAX_SIZE + 2];
	struct regex_literals l = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (regex_literals_find(&l, bad[i]) != -EINVAL)
			fail_msg("%s was taken", bad[i]);
	memset(text, 'a', sizeof(text));
	text[REGEX_MAX_SIZE + 1] = '\0';
	assert_int_equal(regex_literals_find(&l, text), -EINVAL);
	text[REGEX_MAX_SIZE] = '\0';
	assert_int_equal(regex_literals_find(&l, text), 0);
	regex_literals_done(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_literals),
		cmocka_unit_test(refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
