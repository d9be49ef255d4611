/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions about text, and numbers as text. */
#include "base.h"

#include <setjmp.h>

#include <cmocka.h>

static void knows_beginnings_and_ends(void **state)
{
	(void)state;
	assert_true(text_starts("vmlinuz-1", "vmlinuz-"));
	assert_true(text_starts("a", ""));
	assert_false(text_starts("vm", "vmlinuz"));
	assert_true(text_ends("a.conf", ".conf"));
	assert_true(text_ends("a", ""));
	assert_false(text_ends("conf", ".conf"));
	assert_false(text_ends("a.config", ".conf"));
}

static void null_equals_null_only(void **state)
{
	(void)state;
	assert_true(text_equal(NULL, NULL));
	assert_true(text_equal("a", "a"));
	assert_false(text_equal("a", NULL));
	assert_false(text_equal(NULL, ""));
	assert_false(text_equal("a", "A"));
}

static void reads_plain_decimals_only(void **state)
{
	static const char *const bad[] = {"", "-1", "+1", " 1", "1 ", "0x10", "1a", "256",
		"18446744073709551616", "99999999999999999999999"};
	uint64_t n = 77;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(text_to_u64(bad[i], 255, &n));
	assert_int_equal(n, 77);
	assert_true(text_to_u64("0", 0, &n));
	assert_int_equal(n, 0);
	assert_true(text_to_u64("0255", 255, &n));
	assert_int_equal(n, 255);
	assert_true(text_to_u64("18446744073709551615", UINT64_MAX, &n));
	assert_true(n == UINT64_MAX);
	assert_false(text_to_u64("18446744073709551616", UINT64_MAX, &n));
}

static void strips_blanks_in_place(void **state)
{
	char both[] = " \t a b\r\n ", none[] = "ab", all[] = " \n", empty[] = "";

	(void)state;
	assert_string_equal(text_strip(both), "a b");
	assert_string_equal(text_strip(none), "ab");
	assert_string_equal(text_strip(all), "");
	assert_string_equal(text_strip(empty), "");
}

static void orders_numbers_by_value(void **state)
{
	static const char *const sorted[] = {"", "10", "a", "a01b", "a1b", "a1c", "a2",
		"a10", "a99999999999999999999", "a100000000000000000000", "ab",
		"vmlinuz-9", "vmlinuz-10", "vmlinuz-10.1", "\xff"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sorted); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(sorted); j++) {
			int order = text_compare_natural(sorted[i], sorted[j]);

			assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
		}
	}
}

static void sizes_are_told_for_people(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} cases[] = {
		{0, "0 B"},
		{12, "12 B"},
		{1023, "1023 B"},
		{1024, "1.0 KiB"},
		{1024 + 51, "1.0 KiB"},
		{1024 + 52, "1.1 KiB"},
		{1536, "1.5 KiB"},
		{10188, "9.9 KiB"},
		{10189, "10 KiB"},
		{340 << 10, "340 KiB"},
		{(1 << 20) - 513, "1023 KiB"},
		{(1 << 20) - 512, "1.0 MiB"},
		{1288490189, "1.2 GiB"},
		{(uint64_t)1 << 40, "1.0 TiB"},
		{UINT64_MAX, "16 EiB"},
	};
	char text[16];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(size_text(cases[i].bytes, text), cases[i].text);
}

static void formats_new_text(void **state)
{
	_cleanup_free_ char *text = text_printf("%s-%d", "a", 1);

	(void)state;
	assert_string_equal(text, "a-1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_beginnings_and_ends),
		cmocka_unit_test(null_equals_null_only),
		cmocka_unit_test(reads_plain_decimals_only),
		cmocka_unit_test(strips_blanks_in_place),
		cmocka_unit_test(orders_numbers_by_value),
		cmocka_unit_test(sizes_are_told_for_people),
		cmocka_unit_test(formats_new_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
