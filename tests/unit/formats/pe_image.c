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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signatures),
		cmocka_unit_test(no_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
