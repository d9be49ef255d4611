/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compression formats by magic number. */
#include "decompress.h"

#include <setjmp.h>

#include <cmocka.h>

static void detects_by_magic(void **state)
{
	static const struct {
		enum compression compression;
		size_t size;
		const char *bytes;
	} cases[] = {
		{COMPRESSION_GZIP, 3, "\x1f\x8b\x08"},
		{COMPRESSION_NONE, 2, "\x1f\x8b"},
		{COMPRESSION_NONE, 3, "\x1f\x8b\x07"},
		{COMPRESSION_BZIP2, 4, "BZh9"},
		{COMPRESSION_XZ, 6,
			"\xfd"
			"7zXZ\0"},
		{COMPRESSION_NONE, 6,
			"\xfd"
			"7zXZx"},
		{COMPRESSION_ZSTD, 4, "\x28\xb5\x2f\xfd"},
		{COMPRESSION_LZO, 9, "\x89LZO\0\r\n\x1a\n"},
		{COMPRESSION_LZ4, 4, "\x02\x21\x4c\x18"},
		{COMPRESSION_LZ4, 4, "\x04\x22\x4d\x18"},
		{COMPRESSION_LZMA, 13, "\x5d\0\0\0\x04\xff\xff\xff\xff\xff\xff\xff\xff"},
		{COMPRESSION_LZMA, 13, "\x5d\0\0\x80\0\0\0\0\1\0\0\0\0"},
		{COMPRESSION_LZMA, 13,
			"\x5d\0\0\x18\0\0\0\0\1\0\0\0\0"}, /* 2^20 + 2^19 */
		{COMPRESSION_NONE, 12, "\x5d\0\0\0\x04\xff\xff\xff\xff\xff\xff\xff"},
		{COMPRESSION_NONE, 13, "\x5d\0\0\0\0\0\0\0\1\0\0\0\0"},
		{COMPRESSION_NONE, 13, "\x5d\0\0\x14\0\0\0\0\1\0\0\0\0"}, /* 5 * 2^18 */
		{COMPRESSION_NONE, 13, "\x5d\0\0\x80\0\0\0\0\1\0\x40\0\0"},
		{COMPRESSION_NONE, 4,
			"\x7f"
			"ELF"},
		{COMPRESSION_NONE, 0, ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct bytes in = {(const uint8_t *)cases[i].bytes, cases[i].size};

		assert_int_equal(compression_detect(in), cases[i].compression);
	}
	assert_int_equal(compression_detect((struct bytes){0}), COMPRESSION_NONE);
}

static void names(void **state)
{
	(void)state;
	assert_string_equal(compression_name(COMPRESSION_UNKNOWN), "unknown");
	assert_string_equal(compression_name(COMPRESSION_NONE), "none");
	assert_string_equal(compression_name(COMPRESSION_GZIP), "gzip");
	assert_string_equal(compression_name(COMPRESSION_BZIP2), "bzip2");
	assert_string_equal(compression_name(COMPRESSION_LZMA), "lzma");
	assert_string_equal(compression_name(COMPRESSION_XZ), "xz");
	assert_string_equal(compression_name(COMPRESSION_ZSTD), "zstd");
	assert_string_equal(compression_name(COMPRESSION_LZO), "lzo");
	assert_string_equal(compression_name(COMPRESSION_LZ4), "lz4");
	assert_string_equal(compression_name((enum compression)99), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(detects_by_magic),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
