/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the firmware is told to start, from variables made here. */
#include "formats/efi_option.h"

#include <errno.h>
#include <setjmp.h>

#include <cmocka.h>

#define HEAD "\7\0\0\0" "\1\0\0\0"
#define TITLE "L\0i\0\0\0"
#define ACPI "\2\1\14\0\320\101\3\12\0\0\0\0"
#define DRIVE "\4\1\52\0" "\1\0\0\0" "\0\10\0\0\0\0\0\0" "\0\0\5\0\0\0\0\0"               \
	"\161\222\154\350\374\164\115\206\270\261\251\262\154\132\244\250" "\2\2"
#define END "\177\377\4\0"
#define BYTES(text) ((struct bytes){(const uint8_t *)(text), sizeof(text) - 1})

static void a_file_on_a_partition(void **state)
{
	/* 12 + 42 + 26 + 4 */
	static const char file[] = HEAD "\124\0" TITLE ACPI DRIVE
		"\4\4\32\0" "\\\0E\0F\0I\0\\\0a\0.\0e\0f\0i\0\0\0" END;
	struct efi_option o;

	(void)state;
	assert_int_equal(efi_option_parse(&o, BYTES(file), NULL), 0);
	assert_true(o.active);
	assert_string_equal(o.partuuid, "e86c9271-74fc-864d-b8b1-a9b26c5aa4a8");
	assert_string_equal(o.path, "/EFI/a.efi");
	efi_option_done(&o);
	for (size_t size = 0; size < sizeof(file) - 1; size++)
		assert_int_equal(efi_option_parse(&o,
			(struct bytes){(const uint8_t *)file, size}, NULL), -EBADMSG);
}

/* Directory and name may be nodes of their own; MBR partitions have no UUID here. */
static void in_parts(void **state)
{
	static const char parts[] = "\7\0\0\0" "\0\0\0\0" "\32\0" TITLE
		"\4\4\12\0" "\\\0E\0\\\0" "\4\4\14\0" "\\\0a\0b\0\0\0" END;
	struct efi_option o;

	(void)state;
	assert_int_equal(efi_option_parse(&o, BYTES(parts), NULL), 0);
	assert_false(o.active);
	assert_null(o.partuuid);
	assert_string_equal(o.path, "/E/ab");
	efi_option_done(&o);
}

static void no_file(void **state)
{
	struct efi_option o;

	(void)state;
	assert_int_equal(efi_option_parse(&o, BYTES(HEAD "\4\0" TITLE END), NULL), 0);
	assert_null(o.path);
	efi_option_done(&o);
}

static void damaged(void **state)
{
	struct efi_option o;

	(void)state;
	/* a node of no size, one beyond the end, a name with a control character */
	assert_int_equal(efi_option_parse(&o, BYTES(HEAD "\4\0" TITLE "\4\4\0\0"), NULL),
		-EBADMSG);
	assert_int_equal(efi_option_parse(&o, BYTES(HEAD "\4\0" TITLE "\4\4\5\0"), NULL),
		-EBADMSG);
	assert_int_equal(efi_option_parse(&o,
		BYTES(HEAD "\12\0" TITLE "\4\4\6\0\7\0" END), NULL), -EBADMSG);
}

static void the_order(void **state)
{
	uint16_t order[EFI_ORDER_MAX];
	char many[4 + 2 * (EFI_ORDER_MAX + 10)] = {0};

	(void)state;
	assert_int_equal(efi_order_parse(order, BYTES("\7\0\0\0\2\0\1\040\5")), 2);
	assert_int_equal(order[0], 2);
	assert_int_equal(order[1], 0x2001);
	assert_int_equal(efi_order_parse(order, BYTES("")), 0);
	assert_int_equal(efi_order_parse(order, BYTES("\7\0\0\0\2")), 0);
	assert_int_equal(efi_order_parse(order,
		(struct bytes){(const uint8_t *)many, sizeof(many)}), EFI_ORDER_MAX);
}

static void assert_text(struct bytes in, const char *expected)
{
	char *text = (char *)"";

	assert_int_equal(efi_text_parse(&text, in), 0);
	if (expected)
		assert_string_equal(text, expected);
	else
		assert_null(text);
	free(text);
}

static void texts(void **state)
{
	static uint8_t full[4 + 2 * (EFI_TEXT_MAX + 1)];

	(void)state;
	assert_text(BYTES("\7\0\0\0a\0b\0\0\0c\0"), "ab");
	assert_text(BYTES("\7\0\0\0a\0b\0c"), "ab"); /* half a character */
	assert_text(BYTES("\7\0\0\0\0\0"), NULL);
	assert_text(BYTES("\7\0\0"), NULL);
	assert_text(BYTES("\7\0\0\0a\0\344\0"), NULL);
	assert_text(BYTES("\7\0\0\0a\0\n\0"), NULL);
	memset(full, 'a', sizeof(full));
	for (size_t i = 5; i < sizeof(full); i += 2)
		full[i] = 0;
	assert_text((struct bytes){full, sizeof(full)}, NULL);
	full[4 + 8] = 0;
	assert_text((struct bytes){full, sizeof(full) - 2}, "aaaa");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_on_a_partition),
		cmocka_unit_test(texts),
		cmocka_unit_test(in_parts),
		cmocka_unit_test(no_file),
		cmocka_unit_test(damaged),
		cmocka_unit_test(the_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
