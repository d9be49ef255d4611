/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UTF-8: what is well formed, what is unsafe. */
#include "../../../rescue/base/utf8.h"

#include "base.h"

#include <setjmp.h>

#include <cmocka.h>

static void decodes_the_borders_of_every_length(void **state)
{
	static const struct {
		const char *text;
		size_t length;
		uint32_t point;
	} cases[] = {
		{"", 1, 0},
		{"\x7f", 1, 0x7f},
		{"\xc2\x80", 2, 0x80},
		{"\xdf\xbf", 2, 0x7ff},
		{"\xe0\xa0\x80", 3, 0x800},
		{"\xef\xbf\xbf", 3, 0xffff},
		{"\xed\x9f\xbf", 3, 0xd7ff},
		{"\xee\x80\x80", 3, 0xe000},
		{"\xf0\x90\x80\x80", 4, 0x10000},
		{"\xf4\x8f\xbf\xbf", 4, 0x10ffff},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint32_t point = 1;

		assert_int_equal(utf8_decode(cases[i].text, &point), cases[i].length);
		assert_int_equal(point, cases[i].point);
	}
}

static void refuses_what_is_broken(void **state)
{
	static const char *const broken[] = {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf",
		"\xc2",
		"\xc2"
		"A",
		"\xe0\x9f\xbf", "\xe0\xa0", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
		"\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(broken); i++) {
		uint32_t point = 99;

		assert_int_equal(utf8_decode(broken[i], &point), 0);
		assert_int_equal(point, 99);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decodes_the_borders_of_every_length),
		cmocka_unit_test(refuses_what_is_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
