/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EFI programs with and without a signature, of both widths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "formats/pe_image.h"
#include "made_signatures.h"

enum { PE_AT = 0x80, SIZE = 512, SIGNATURE_AT = 448 };

static void make(uint8_t pe[SIZE], bool wide)
{
	size_t directories = PE_AT + 24 + (wide ? 112 : 96);

	memset(pe, 0, SIZE);
	memcpy(pe, "MZ", 2);
	made_number(pe + 0x3c, PE_AT, 4);
	memcpy(pe + PE_AT, "PE", 2);
	made_number(pe + PE_AT + 24, wide ? 0x20b : 0x10b, 2);
	made_number(pe + directories - 4, 16, 4);
	made_number(pe + directories + 32, SIGNATURE_AT, 4);
	made_number(pe + directories + 36, 64, 4);
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
		made_number(pe + directories - 4, 4, 4);
		assert_false(is_signed(pe, SIZE));
		make(pe, wide);
		made_number(pe + directories + 36, 0, 4);
		assert_false(is_signed(pe, SIZE));
		made_number(pe + directories + 36, 0xffffffff, 4);
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
	made_number(pe + 0x3c, 0xfffffff0, 4);
	assert_false(is_signed(pe, SIZE));
	make(pe, true);
	pe[PE_AT + 2] = 1;
	assert_false(is_signed(pe, SIZE));
	make(pe, true);
	made_number(pe + PE_AT + 24, 0x107, 2);
	assert_false(is_signed(pe, SIZE));
}

/* WIN_CERTIFICATE: its length, its kind. */
static void messages(void **state)
{
	uint8_t pe[SIZE];
	struct bytes in = {pe, SIZE}, message = {0};

	(void)state;
	make(pe, true);
	made_number(pe + SIGNATURE_AT, 40, 4);
	made_number(pe + SIGNATURE_AT + 4, 0x200, 2);
	made_number(pe + SIGNATURE_AT + 6, 2, 2);
	assert_true(pe_signature(&message, in));
	assert_ptr_equal(message.data, pe + SIGNATURE_AT + 8);
	assert_int_equal(message.size, 32);
	made_number(pe + SIGNATURE_AT, 65, 4); /* longer than the table */
	assert_false(pe_signature(&message, in));
	made_number(pe + SIGNATURE_AT, 8, 4); /* nothing in it */
	assert_false(pe_signature(&message, in));
	made_number(pe + SIGNATURE_AT, 40, 4);
	made_number(pe + SIGNATURE_AT + 6, 1, 2); /* X.509 alone */
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
	made_number(pe + PE_AT + 6, 2, 2);
	made_number(pe + PE_AT + 12, STRINGS, 4);
	made_number(pe + PE_AT + 20, OPTIONAL - 80, 2); /* so that both entries fit */
	memcpy(pe + ENTRIES - 80, ".text\0\0", 8);
	made_number(pe + ENTRIES - 80 + 8, 3, 4);
	made_number(pe + ENTRIES - 80 + 16, 16, 4);
	made_number(pe + ENTRIES - 80 + 20, 64, 4);
	memcpy(pe + ENTRIES - 40, "/4\0\0\0\0\0", 8);
	made_number(pe + ENTRIES - 40 + 16, 10, 4);
	made_number(pe + ENTRIES - 40 + 20, 100, 4);
	memcpy(pe + STRINGS + 4, ".vendor_cert", 13);
	assert_true(pe_section(&content, in, ".text"));
	assert_ptr_equal(content.data, pe + 64);
	assert_int_equal(content.size, 3); /* the rest is padding */
	assert_true(pe_section(&content, in, ".vendor_cert"));
	assert_ptr_equal(content.data, pe + 100);
	assert_int_equal(content.size, 10);
	assert_false(pe_section(&content, in, ".data"));
	assert_false(pe_section(&content, in, ".vendor_cer"));
	made_number(pe + ENTRIES - 40 + 20, SIZE - 5, 4); /* behind the end */
	assert_false(pe_section(&content, in, ".vendor_cert"));
	memcpy(pe + ENTRIES - 40, "/9999999", 8);
	assert_false(pe_section(&content, in, ".vendor_cert"));
	made_number(pe + PE_AT + 6, 0xffff, 2); /* more than there are */
	assert_false(pe_section(&content, in, ".data"));
	for (size_t size = 0; size < ENTRIES - 40; size++)
		assert_false(pe_section(&content, (struct bytes){pe, size}, ".vendor_cert"));
}

/* sha256sum of the program below without checksum and place of its signatures. */
static const uint8_t plain_digest[PE_DIGEST_SIZE] = {
	0x50, 0xf3, 0x20, 0xcb, 0x9b, 0x24, 0x90, 0x87, 0x5e, 0x2d, 0xa2, 0x29,
	0x5b, 0x42, 0x45, 0x32, 0xfc, 0x51, 0x6c, 0xdf, 0xe4, 0xef, 0x9a, 0x31,
	0xf0, 0x7b, 0x5c, 0xd0, 0xc0, 0x0c, 0x39, 0xe0,
};

static void assert_digest(const uint8_t *pe, size_t size, bool is_the_same)
{
	uint8_t digest[PE_DIGEST_SIZE];

	assert_int_equal(pe_digest(digest, (struct bytes){pe, size}), 1);
	assert_int_equal(memcmp(digest, plain_digest, sizeof(digest)) == 0, is_the_same);
}

static void digests(void **state)
{
	static const struct bytes content = {(const uint8_t *)"some program", 12};
	uint8_t pe[1024] = {0}, digest[PE_DIGEST_SIZE];
	size_t size = made_program(pe, ".text", content);

	(void)state;
	assert_digest(pe, size, true);
	made_number(pe + MADE_PE + 24 + 64, 0x12345678, 4); /* checksum */
	made_number(pe + MADE_DIRECTORIES + 32, size, 4);   /* signatures, at the end */
	made_number(pe + MADE_DIRECTORIES + 36, 16, 4);
	assert_digest(pe, size + 16, true);
	assert_digest(pe, size + 17, false); /* one byte more that is none */
	pe[MADE_CONTENT] ^= 1;
	assert_digest(pe, size + 16, false);
	pe[MADE_CONTENT] ^= 1;
	pe[8] ^= 1; /* in the head */
	assert_digest(pe, size + 16, false);
	pe[8] ^= 1;
	made_number(pe + MADE_PE + 24 + 60, 2, 4); /* heads that end before they begin */
	assert_int_equal(pe_digest(digest, (struct bytes){pe, size + 16}), 0);
	made_number(pe + MADE_PE + 24 + 60, size + 17, 4);
	assert_int_equal(pe_digest(digest, (struct bytes){pe, size + 16}), 0);
	made_number(pe + MADE_PE + 24 + 60, MADE_CONTENT, 4);
	made_number(pe + MADE_ENTRIES + 16, 2000, 4); /* a section that leads out of the file */
	assert_int_equal(pe_digest(digest, (struct bytes){pe, size + 16}), 0);
	made_number(pe + MADE_ENTRIES + 16, 12 + 4, 4); /* into the signatures */
	assert_int_equal(pe_digest(digest, (struct bytes){pe, size + 16}), 0);
	made_number(pe + MADE_PE + 6, PE_MAX_SECTIONS + 1, 2);
	assert_int_equal(pe_digest(digest, (struct bytes){pe, size + 16}), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signatures),
		cmocka_unit_test(messages),
		cmocka_unit_test(sections),
		cmocka_unit_test(digests),
		cmocka_unit_test(no_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
