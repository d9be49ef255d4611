/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel images made byte by byte: each kind, and each bound that a damaged one breaks. */
#include "formats/linux_image.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { SETUP = 1024, SYSTEM = 4096, SIZE = SETUP + SYSTEM, PAYLOAD = 256 };

static void put(uint8_t *p, uint64_t value, int size)
{
	for (int i = 0; i < size; i++)
		p[i] = (uint8_t)(value >> (8 * i));
}

/* One set-up sector beside the boot sector, a gzip payload of 100 bytes. */
static uint8_t *bzimage(void)
{
	uint8_t *p = calloc(1, SIZE);

	assert_non_null(p);
	p[0x1f1] = 1;
	put(p + 0x1f4, SYSTEM / 16, 4);
	put(p + 0x1fe, 0xaa55, 2);
	memcpy(p + 0x202, "HdrS", 4);
	put(p + 0x206, 0x020f, 2);
	put(p + 0x20e, 0x100, 2);
	memcpy(p + 0x300, "6.1.0-18-amd64 (a@b) #1 SMP", 28);
	put(p + 0x236, 1, 2);
	put(p + 0x248, PAYLOAD, 4);
	put(p + 0x24c, 100, 4);
	memcpy(p + SETUP + PAYLOAD, "\x1f\x8b\x08", 3);
	return p;
}

static int parse(struct linux_image *image, const uint8_t *p, size_t size)
{
	uint8_t *exact = malloc(size + !size); /* so that ASan sees the end */
	struct fault f = {0};
	int r;

	assert_non_null(exact);
	memcpy(exact, p, size);
	memset(image, 0xa5, sizeof(*image));
	r = linux_image_parse(image, (struct bytes){exact, size}, &f);
	if (r < 0)
		assert_true(f.reason[0]);
	else if (image->payload.size) /* valid only as an offset once exact is gone */
		image->payload.data = p + (image->payload.data - exact);
	free(exact);
	return r;
}

static void reads_bzimage(void **state)
{
	struct linux_image image;
	uint8_t *p = bzimage();

	(void)state;
	assert_int_equal(parse(&image, p, SIZE), 0);
	assert_int_equal(image.kind, IMAGE_BZIMAGE);
	assert_string_equal(image.arch, "x86_64");
	assert_int_equal(image.protocol, 0x020f);
	assert_string_equal(image.release, "6.1.0-18-amd64");
	assert_ptr_equal(image.payload.data, p + SETUP + PAYLOAD);
	assert_int_equal(image.payload.size, 100);
	assert_int_equal(image.compression, COMPRESSION_GZIP);
	assert_false(image.efi_stub);
	put(p + 0x236, 0, 2);
	assert_int_equal(parse(&image, p, SIZE), 0);
	assert_string_equal(image.arch, "i386");
	free(p);
}

static void reads_efi_stub_and_old_protocols(void **state)
{
	struct linux_image image;
	uint8_t *p = bzimage();

	(void)state;
	memcpy(p, "MZ", 2);
	put(p + 0x3c, 0x82, 4);
	memcpy(p + 0x82, "PE\0\0\x64\x86", 6);
	assert_int_equal(parse(&image, p, SIZE), 0);
	assert_true(image.efi_stub);
	put(p + 0x206, 0x020a, 2); /* before xloadflags */
	assert_int_equal(parse(&image, p, SIZE), 0);
	assert_string_equal(image.arch, "x86_64");
	put(p + 0x206, 0x0207, 2); /* before payload_offset */
	put(p + 0x248, 0xffffffff, 4);
	put(p + 0x3c, 0xfffffff0, 4);
	assert_int_equal(parse(&image, p, SIZE), 0);
	assert_int_equal(image.payload.size, 0);
	assert_false(image.efi_stub);
	assert_null(image.arch);
	free(p);
}

static void takes_no_unsound_release(void **state)
{
	struct linux_image image;
	uint8_t *p = bzimage();

	(void)state;
	put(p + 0x20e, 0, 2);
	assert_int_equal(parse(&image, p, SIZE), 0);
	assert_string_equal(image.release, "");
	put(p + 0x20e, 0x200, 2); /* behind the set-up code */
	assert_int_equal(parse(&image, p, SIZE), 0);
	assert_string_equal(image.release, "");
	put(p + 0x20e, 0x100, 2);
	memset(p + 0x300, 'x', 0x100); /* no end, too long */
	assert_int_equal(parse(&image, p, SIZE), 0);
	assert_string_equal(image.release, "");
	memcpy(p + 0x300, "6.1\x1b[2J ", 8); /* ends at the control byte */
	assert_int_equal(parse(&image, p, SIZE), 0);
	assert_string_equal(image.release, "6.1");
	free(p);
}

static void refuses_damaged_bzimage(void **state)
{
	struct linux_image image;
	uint8_t *p = bzimage();

	(void)state;
	for (size_t size = 0; size < SIZE; size += size < 0x400 ? 1 : 97)
		assert_int_equal(parse(&image, p, size), -EBADMSG);
	assert_int_equal(parse(&image, p, SIZE - 1), -EBADMSG);
	put(p + 0x248, SIZE - SETUP - 99, 4);
	assert_int_equal(parse(&image, p, SIZE), -EBADMSG);
	put(p + 0x248, 0xffffffff, 4);
	assert_int_equal(parse(&image, p, SIZE), -EBADMSG);
	put(p + 0x248, PAYLOAD, 4);
	put(p + 0x24c, 0xffffffff, 4);
	assert_int_equal(parse(&image, p, SIZE), -EBADMSG);
	put(p + 0x24c, 100, 4);
	put(p + 0x1f4, 0xffffffff, 4);
	assert_int_equal(parse(&image, p, SIZE), -EBADMSG);
	put(p + 0x1f4, SYSTEM / 16, 4);
	memcpy(p + 0x202, "HdrX", 4);
	assert_int_equal(parse(&image, p, SIZE), -EBADMSG);
	free(p);
}

static void reads_other_kinds(void **state)
{
	uint8_t arm[64] = {[56] = 'A', 'R', 'M', 0x64};
	uint8_t zboot[128] = {'M', 'Z', 0, 0, 'z', 'i', 'm', 'g', 96, 0, 0, 0, 32, 0, 0, 0,
			      [0x3c] = 64, [64] = 'P', 'E', 0, 0, 0x64, 0xaa,
			      [96] = 0x28, 0xb5, 0x2f, 0xfd};
	uint8_t gzip[32] = {0x1f, 0x8b, 8};
	uint8_t elf[64] = {0x7f, 'E', 'L', 'F', 2, 1, 1, [18] = 21, [40] = 64, [58] = 64};
	struct linux_image image;

	(void)state;
	assert_int_equal(parse(&image, arm, sizeof(arm)), 0);
	assert_int_equal(image.kind, IMAGE_ARM64);
	assert_string_equal(image.arch, "aarch64");
	assert_string_equal(image.release, "");
	assert_int_equal(parse(&image, zboot, sizeof(zboot)), 0);
	assert_int_equal(image.kind, IMAGE_ZBOOT);
	assert_string_equal(image.arch, "aarch64");
	assert_int_equal(image.compression, COMPRESSION_ZSTD);
	assert_int_equal(parse(&image, zboot, sizeof(zboot) - 1), -EBADMSG);
	assert_int_equal(parse(&image, gzip, sizeof(gzip)), 0);
	assert_int_equal(image.kind, IMAGE_GZIP);
	assert_int_equal(parse(&image, elf, sizeof(elf)), 0);
	assert_int_equal(image.kind, IMAGE_ELF);
	assert_string_equal(image.arch, "ppc64le");
	elf[60] = 1; /* one section header, behind the end */
	assert_int_equal(parse(&image, elf, sizeof(elf)), -EBADMSG);
	assert_int_equal(parse(&image, elf, 52), -EBADMSG);
	assert_int_equal(parse(&image, (const uint8_t *)"#!/bin/sh\nexit 0\n", 17), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_bzimage),
		cmocka_unit_test(reads_efi_stub_and_old_protocols),
		cmocka_unit_test(takes_no_unsound_release),
		cmocka_unit_test(refuses_damaged_bzimage),
		cmocka_unit_test(reads_other_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
