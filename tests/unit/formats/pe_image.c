/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EFI programs with and without a signature, of both widths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "formats/pe_image.h"

enum { PE_AT = 0x80, SIZE = 512, SIGNATURE_AT = 448 };

static void put(uint8_t *at, uint32_t value, size_t size)
{
	for (size_t i = 0; i < size; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

static void make(uint8_t pe[SIZE], bool wide)
{
	size_t directories = PE_AT + 24 + (wide ? 112 : 96);

	memset(pe, 0, SIZE);
	memcpy(pe, "MZ", 2);
	put(pe + 0x3c, PE_AT, 4);
	memcpy(pe + PE_AT, "PE", 2);
	put(pe + PE_AT + 24, wide ? 0x20b : 0x10b, 2);
	put(pe + directories - 4, 16, 4);
	put(pe + directories + 32, SIGNATURE_AT, 4);
	put(pe + directories + 36, 64, 4);
}

static bool is_signed(const uint8_t *pe, size_t size)
{
	return pe_is_signed((struct bytes){pe, size});
}

static void signatures(void **state)
{
	uint8_t pe[SIZE];

	(void)state;
	for (int wide = 0; wide < 2; wide++) {
		size_t directories = PE_AT + 24 + (wide ? 112 : 96);

		make(pe, wide);
		assert_true(is_signed(pe, SIZE));
		assert_false(is_signed(pe, SIZE - 1)); /* cut off in the signature */
		put(pe + directories - 4, 4, 4);
		assert_false(is_signed(pe, SIZE));
		make(pe, wide);
		put(pe + directories + 36, 0, 4);
		assert_false(is_signed(pe, SIZE));
		put(pe + directories + 36, 0xffffffff, 4);
		assert_false(is_signed(pe, SIZE));
	}
}

static void no_program(void **state)
{
	uint8_t pe[SIZE];

	(void)state;
	make(pe, true);
	for (size_t size = 0; size < SIGNATURE_AT; size++)
		assert_false(is_signed(pe, size));
	put(pe + 0x3c, 0xfffffff0, 4);
	assert_false(is_signed(pe, SIZE));
	make(pe, true);
	pe[PE_AT + 2] = 1;
	assert_false(is_signed(pe, SIZE));
	make(pe, true);
	put(pe + PE_AT + 24, 0x107, 2);
	assert_false(is_signed(pe, SIZE));
}

/* WIN_CERTIFICATE: its length, its kind. */
static void messages(void **state)
{
	uint8_t pe[SIZE];
	struct bytes in = {pe, SIZE}, message = {0};

	(void)state;
	make(pe, true);
	put(pe + SIGNATURE_AT, 40, 4);
	put(pe + SIGNATURE_AT + 4, 0x200, 2);
	put(pe + SIGNATURE_AT + 6, 2, 2);
	assert_true(pe_signature(&message, in));
	assert_ptr_equal(message.data, pe + SIGNATURE_AT + 8);
	assert_int_equal(message.size, 32);
	put(pe + SIGNATURE_AT, 65, 4); /* longer than the table */
	assert_false(pe_signature(&message, in));
	put(pe + SIGNATURE_AT, 8, 4); /* nothing in it */
	assert_false(pe_signature(&message, in));
	put(pe + SIGNATURE_AT, 40, 4);
	put(pe + SIGNATURE_AT + 6, 1, 2); /* X.509 alone */
	assert_false(pe_signature(&message, in));
	assert_int_equal(message.size, 32); /* as it was */
}

/* Two sections: ".text", and one whose name stands in the strings behind no symbols. */
static void sections(void **state)
{
	enum { OPTIONAL = 112 + 16 * 8, ENTRIES = PE_AT + 24 + OPTIONAL, STRINGS = 470 };
	uint8_t pe[SIZE] = {0};
	struct bytes in = {pe, SIZE}, content = {0};

	(void)state;
	make(pe, true);
	put(pe + PE_AT + 6, 2, 2);
	put(pe + PE_AT + 12, STRINGS, 4);
	put(pe + PE_AT + 20, OPTIONAL - 80, 2); /* so that both entries fit */
	memcpy(pe + ENTRIES - 80, ".text\0\0", 8);
	put(pe + ENTRIES - 80 + 8, 3, 4);
	put(pe + ENTRIES - 80 + 16, 16, 4);
	put(pe + ENTRIES - 80 + 20, 64, 4);
	memcpy(pe + ENTRIES - 40, "/4\0\0\0\0\0", 8);
	put(pe + ENTRIES - 40 + 16, 10, 4);
	put(pe + ENTRIES - 40 + 20, 100, 4);
	memcpy(pe + STRINGS + 4, ".vendor_cert", 13);
	assert_true(pe_section(&content, in, ".text"));
	assert_ptr_equal(content.data, pe + 64);
	assert_int_equal(content.size, 3); /* the rest is padding */
	assert_true(pe_section(&content, in, ".vendor_cert"));
	assert_ptr_equal(content.data, pe + 100);
	assert_int_equal(content.size, 10);
	assert_false(pe_section(&content, in, ".data"));
	assert_false(pe_section(&content, in, ".vendor_cer"));
	put(pe + ENTRIES - 40 + 20, SIZE - 5, 4); /* behind the end */
	assert_false(pe_section(&content, in, ".vendor_cert"));
	memcpy(pe + ENTRIES - 40, "/9999999", 8);
	assert_false(pe_section(&content, in, ".vendor_cert"));
	put(pe + PE_AT + 6, 0xffff, 2); /* more than there are */
	assert_false(pe_section(&content, in, ".data"));
	for (size_t size = 0; size < ENTRIES - 40; size++)
		assert_false(pe_section(&content, (struct bytes){pe, size}, ".vendor_cert"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signatures),
		cmocka_unit_test(messages),
		cmocka_unit_test(sections),
		cmocka_unit_test(no_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
