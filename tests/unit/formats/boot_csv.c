/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists for shim's fallback as distributions write them, odd lines, limits. */
#include "formats/boot_csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The text as UCS-2. */
static struct bytes ucs(uint8_t *ret, const char *text)
{
	size_t size = strlen(text);

	for (size_t i = 0; i < size; i++) {
		ret[2 * i] = (uint8_t)text[i];
		ret[2 * i + 1] = 0;
	}
	return (struct bytes){ret, 2 * size};
}

static void assert_names(struct bytes in, const char *expected)
{
	_cleanup_(strings_done) struct strings list = {0};
	_cleanup_(buffer_done) struct buffer text = {0};

	assert_int_equal(boot_csv_parse(&list, in), 0);
	buffer_puts(&text, "");
	for (size_t i = 0; i < list.count; i++)
		buffer_printf(&text, "%s|", list.items[i]);
	assert_string_equal(text.data, expected);
}

static void lines(void **state)
{
	static const char *const cases[][2] = {
		{"shimx64.efi,Fedora,,This is the boot entry\n", "shimx64.efi|"},
		{"shimx64.efi,Fedora", "shimx64.efi|"},
		{"\r\n\r\na.efi,A\r\nsub\\b.efi,B,-x\r\n\r\n", "a.efi|sub/b.efi|"},
		{",A,,\n", ""},		/* no file */
		{"a.efi,,,\nb.efi,B", "b.efi|"}, /* no title */
		{"a.efi\nb.efi,B", "b.efi|"},
		{"a b.efi,A\n", ""},
		{"", ""},
	};
	uint8_t text[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_names(ucs(text, cases[i][0]), cases[i][1]);
}

static void marks_and_ends(void **state)
{
	static const uint8_t marked[] = "\xff\xfe" "a\0,\0A\0\0\0b\0,\0B\0";

	(void)state;
	assert_names((struct bytes){marked, sizeof(marked) - 1}, "a|"); /* a NUL is the end */
	assert_names((struct bytes){marked, 7}, ""); /* half a character is none */
	assert_names((struct bytes){marked, 8}, "a|");
	assert_names((struct bytes){(const uint8_t *)"\344\0,\0A\0", 6}, "");
}

static void limits(void **state)
{
	_cleanup_(strings_done) struct strings list = {0};
	_cleanup_(buffer_done) struct buffer text = {0}, wide = {0};

	(void)state;
	for (size_t i = 0; i < 256; i++)
		buffer_puts(&text, "a");
	buffer_puts(&text, ",too long\n");
	for (size_t i = 0; i < 2 * BOOT_CSV_MAX_LINES; i++)
		buffer_puts(&text, "a,A\n");
	buffer_reserve(&wide, 2 * text.size);
	assert_int_equal(boot_csv_parse(&list, ucs((uint8_t *)wide.data, text.data)), 0);
	assert_int_equal(list.count, BOOT_CSV_MAX_LINES - 1);
	assert_string_equal(list.items[0], "a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(marks_and_ends),
		cmocka_unit_test(limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
