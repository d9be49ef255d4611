/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names and magic numbers of compression formats. */
#include "decompress.h"

const char *compression_name(enum compression c)
{
	static const char *const names[] = {
		[COMPRESSION_UNKNOWN] = "unknown",
		[COMPRESSION_NONE] = "none",
		[COMPRESSION_GZIP] = "gzip",
		[COMPRESSION_BZIP2] = "bzip2",
		[COMPRESSION_LZMA] = "lzma",
		[COMPRESSION_XZ] = "xz",
		[COMPRESSION_ZSTD] = "zstd",
		[COMPRESSION_LZO] = "lzo",
		[COMPRESSION_LZ4] = "lz4",
	};

	return (size_t)c < ARRAY_SIZE(names) ? names[c] : "unknown";
}

/*
 * .lzma has no magic number. Its header: properties byte (0x5d: lc 3, lp 0, pb 2, what
 * every kernel build uses), 32-bit dictionary size, 64-bit size or all ones. Encoders
 * use dictionaries of 2^n or 2^n + 2^(n-1) bytes; sizes from 2^38 on are no real ones.
 */
static bool is_lzma(struct bytes in)
{
	uint32_t dictionary = 0, spread;
	uint64_t size = 0;

	if (in.size < 13 || in.data[0] != 0x5d)
		return false;
	for (int i = 3; i >= 0; i--)
		dictionary = dictionary << 8 | in.data[1 + i];
	for (int i = 7; i >= 0; i--)
		size = size << 8 | in.data[5 + i];
	if (dictionary == 0 || (size != UINT64_MAX && size >> 38 != 0))
		return false;
	/* Shift the lowest bit down: what stays is 1 (2^n) or 3 (2^n + 2^(n-1)). */
	spread = dictionary / (dictionary & -dictionary);
	return spread == 1 || spread == 3 || dictionary == UINT32_MAX;
}

enum compression compression_detect(struct bytes in)
{
	static const struct {
		enum compression compression;
		size_t size;
		char magic[8];
	} table[] = {
		{COMPRESSION_GZIP, 3, "\x1f\x8b\x08"},
		{COMPRESSION_BZIP2, 3, "BZh"},
		{COMPRESSION_XZ, 6, "\3757zXZ"},
		{COMPRESSION_ZSTD, 4, "\x28\xb5\x2f\xfd"},
		{COMPRESSION_LZO, 5, "\x89LZO"},
		{COMPRESSION_LZ4, 4, "\x02\x21\x4c\x18"}, /* legacy, the kernel's */
		{COMPRESSION_LZ4, 4, "\x04\x22\x4d\x18"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		if (in.size >= table[i].size &&
			memcmp(in.data, table[i].magic, table[i].size) == 0)
			return table[i].compression;
	}
	return is_lzma(in) ? COMPRESSION_LZMA : COMPRESSION_NONE;
}
