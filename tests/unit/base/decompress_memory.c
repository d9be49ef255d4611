/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A decoder's memory: zeros are given back, and nobody who reads them sees a difference. */
#include "../../../rescue/base/decompress_memory.h"

#include "decompress.h"

#include <errno.h>
#include <lzma.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

#include <cmocka.h>

enum { MIB = 1024 * 1024, PAGE = 4096, SIZE = 8 * MIB };

/* Every third page holds something, at its last byte alone. */
static void fill(uint8_t *at, size_t size)
{
	memset(at, 0, size);
	for (size_t i = PAGE - 1; i < size; i += 3 * PAGE)
		at[i] = (uint8_t)(1 + i / PAGE % 255);
}

static size_t resident(const uint8_t *block, size_t size)
{
	uint8_t *first = (uint8_t *)(uintptr_t)block + -(uintptr_t)block % PAGE;
	static unsigned char pages[SIZE / PAGE];
	size_t count = (size - PAGE) / PAGE, n = 0;

	assert_int_equal(mincore(first, count * PAGE, pages), 0);
	for (size_t i = 0; i < count; i++)
		n += pages[i] & 1;
	return n;
}

static void zeros_are_given_back(void **state)
{
	struct decoder_memory m = {0};
	uint8_t *block = decoder_memory_get(&m, SIZE), *same = malloc(SIZE);

	(void)state;
	assert_non_null(block);
	assert_non_null(same);
	fill(block, SIZE);
	memcpy(same, block, SIZE);
	assert_true(resident(block, SIZE) > SIZE / PAGE - 4);
	for (size_t n = 0; n < 3 * SIZE; n += 100000) /* round and round */
		decoder_memory_wrote(&m, 100000);
	assert_in_range(resident(block, SIZE), SIZE / PAGE / 3 - 4, SIZE / PAGE / 2);
	assert_memory_equal(block, same, SIZE);
	decoder_memory_put(&m, block);
	assert_int_equal(m.count, 0);
	free(same);
}

/* What was not written yet is not looked at; small blocks never. */
static void only_what_was_written_is_looked_at(void **state)
{
	struct decoder_memory m = {0};
	uint8_t *small = decoder_memory_get(&m, MIB - 1), *block;

	(void)state;
	assert_non_null(small);
	assert_int_equal(m.count, 0);
	block = decoder_memory_get(&m, SIZE);
	fill(block, SIZE);
	decoder_memory_wrote(&m, 3 * MIB);
	assert_in_range(resident(block, SIZE), (SIZE - 2 * MIB) / PAGE, SIZE / PAGE - 100);
	decoder_memory_put(&m, small);
	decoder_memory_put(&m, NULL);
	assert_int_equal(m.count, 1);
	decoder_memory_put(&m, block);
}

static void as_many_blocks_as_wanted(void **state)
{
	struct decoder_memory m = {0};
	void *blocks[6];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++) {
		blocks[i] = decoder_memory_get(&m, MIB);
		assert_non_null(blocks[i]);
		memset(blocks[i], 0, MIB);
	}
	assert_int_equal(m.count, ARRAY_SIZE(m.dictionaries));
	decoder_memory_wrote(&m, 5 * MIB);
	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++)
		decoder_memory_put(&m, blocks[i]);
	assert_int_equal(m.count, 0);
}

/* ---- in decoders ------------------------------------------------------------------------- */

/* Content that refers to itself from afar, across pages that were given back. */
static uint8_t *content(void)
{
	uint8_t *plain = malloc(SIZE);
	uint32_t seed = 7;

	assert_non_null(plain);
	fill(plain, SIZE);
	for (size_t i = 0; i < 300 * 1024; i++) {
		seed = seed * 1664525 + 1013904223;
		plain[i] = plain[3 * MIB + i] = plain[6 * MIB + 77 + i] = (uint8_t)(seed >> 24);
	}
	return plain;
}

static size_t pack_xz(const uint8_t *plain, uint8_t *out, size_t room, uint32_t dictionary)
{
	lzma_options_lzma options;
	lzma_filter filters[] = {{LZMA_FILTER_LZMA2, &options}, {LZMA_VLI_UNKNOWN, NULL}};
	size_t size = 0;

	lzma_lzma_preset(&options, 1);
	options.dict_size = dictionary;
	assert_int_equal(lzma_stream_buffer_encode(filters, LZMA_CHECK_CRC32, NULL, plain, SIZE,
						   out, &size, room), LZMA_OK);
	return size;
}

/* Stored blocks in a frame with a window of 4 MiB (RFC 8878). */
static size_t pack_zstd(const uint8_t *plain, uint8_t *out)
{
	static const uint8_t head[] = {0x28, 0xb5, 0x2f, 0xfd, 0, 12 << 3};
	size_t size = sizeof(head);

	memcpy(out, head, size);
	for (size_t at = 0, part = 1 << 17; at < SIZE; at += part) {
		size_t block = part << 3 | (at + part == SIZE);

		out[size++] = (uint8_t)block;
		out[size++] = (uint8_t)(block >> 8);
		out[size++] = (uint8_t)(block >> 16);
		memcpy(out + size, plain + at, part);
		size += part;
	}
	return size;
}

static void check(enum compression c, struct bytes in, const uint8_t *plain)
{
	static uint8_t piece[50000];
	struct decompressor *d;
	size_t have = 0;
	ssize_t n;

	assert_int_equal(decompressor_new_sparse(&d, c), 0);
	while ((n = decompressor_read(d, &in, INPUT_IS_ONE, piece, sizeof(piece))) > 0) {
		assert_true((size_t)n <= SIZE - have);
		assert_memory_equal(piece, plain + have, (size_t)n);
		have += (size_t)n;
	}
	assert_int_equal(n, 0);
	assert_int_equal(have, SIZE);
	decompressor_free(d);
}

static void decoders_do_not_notice(void **state)
{
	static uint8_t packed[SIZE + 4096];
	uint8_t *plain = content();

	(void)state;
	for (uint32_t dictionary = MIB; dictionary <= 16 * MIB; dictionary *= 4) {
		struct bytes in = {packed, pack_xz(plain, packed, sizeof(packed), dictionary)};

		check(COMPRESSION_XZ, in, plain);
	}
	check(COMPRESSION_ZSTD, (struct bytes){packed, pack_zstd(plain, packed)}, plain);
	free(plain);
}

/* Decoded bytes or -errno; the input comes in pieces, the output stays where it is. */
static ssize_t read_in_place(struct bytes in, uint8_t *out, size_t room)
{
	struct decompressor *d;
	size_t have = 0;
	ssize_t n = 0;

	assert_int_equal(decompressor_new_in_place(&d, COMPRESSION_ZSTD, out, room), 0);
	while (n >= 0 && in.size) {
		struct bytes part = {in.data, MIN_OF(in.size, (size_t)1000)};

		in.data += part.size;
		in.size -= part.size;
		n = decompressor_read(d, &part, in.size ? INPUT_GOES_ON : INPUT_IS_ONE,
				      out + have, room - have);
		have += n > 0 ? (size_t)n : 0;
	}
	decompressor_free(d);
	return n < 0 ? n : (ssize_t)have;
}

static void zstd_needs_no_dictionary(void **state)
{
	static uint8_t packed[SIZE + 4096];
	uint8_t *plain = content();
	size_t size = pack_zstd(plain, packed);
	uint8_t *out = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			    -1, 0);

	(void)state;
	assert_ptr_not_equal(out, MAP_FAILED);
	memcpy(packed + size, "\1\2\3\4", 4); /* is none of it */
	assert_int_equal(read_in_place((struct bytes){packed, size + 4}, out, SIZE), SIZE);
	assert_in_range(resident(out, SIZE), SIZE / PAGE / 3, SIZE / PAGE * 3 / 4);
	assert_memory_equal(out, plain, SIZE);
	assert_int_equal(read_in_place((struct bytes){packed, size - 9}, out, SIZE), -EBADMSG);
	assert_true(read_in_place((struct bytes){packed, size}, out, SIZE - 1) < 0);
	munmap(out, SIZE);
	free(plain);
}

static void other_compressions_are_refused(void **state)
{
	struct decompressor *d;
	char room[64];

	(void)state;
	assert_int_equal(decompressor_new_in_place(&d, COMPRESSION_XZ, room, sizeof(room)),
			 -ENOTSUP);
	assert_int_equal(decompressor_new_in_place(&d, COMPRESSION_LZ4, room, sizeof(room)),
			 -ENOTSUP);
	assert_int_equal(decompressor_new_sparse(&d, COMPRESSION_LZ4), -ENOTSUP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zeros_are_given_back),
		cmocka_unit_test(only_what_was_written_is_looked_at),
		cmocka_unit_test(as_many_blocks_as_wanted),
		cmocka_unit_test(decoders_do_not_notice),
		cmocka_unit_test(zstd_needs_no_dictionary),
		cmocka_unit_test(other_compressions_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
