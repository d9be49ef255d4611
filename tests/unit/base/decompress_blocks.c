/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LZ4's legacy frame and lzop's file, made with the encoders of the same libraries. */
#include "decompress.h"

#include <errno.h>
#include <lz4.h>
#include <minilzo.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

#include <cmocka.h>

enum { SIZE = 100000 };

struct made {
	uint8_t plain[SIZE], packed[2 * SIZE];
	size_t size;
};

static void put(struct made *m, uint64_t value, size_t size, bool big)
{
	for (size_t i = 0; i < size; i++)
		m->packed[m->size++] = (uint8_t)(value >> 8 * (big ? size - 1 - i : i));
}

static void fill(struct made *m)
{
	for (size_t i = 0; i < SIZE; i++)
		m->plain[i] = (uint8_t)(i % 251 * (i / 1000));
	m->size = 0;
}

/* Two blocks, and behind them the whole size as kernel images have it. */
static void make_lz4(struct made *m, bool with_size)
{
	fill(m);
	put(m, 0x184c2102, 4, false);
	for (size_t at = 0; at < SIZE; at += SIZE / 2) {
		int n = LZ4_compress_default((char *)m->plain + at,
					     (char *)m->packed + m->size + 4, SIZE / 2, SIZE);

		assert_true(n > 0);
		put(m, (uint64_t)n, 4, false);
		m->size += (size_t)n;
	}
	if (with_size)
		put(m, SIZE, 4, false);
}

/* The second block is stored, which lzop does with what would grow. */
static void make_lzo(struct made *m)
{
	static char work[LZO1X_1_MEM_COMPRESS];
	lzo_uint n = 0;

	fill(m);
	memcpy(m->packed, "\x89LZO\0\r\n\x1a\n\x10\x30\x20\xa0\x09\x40\x01\x05", 17);
	m->size = 17;
	put(m, 0x1, 4, true); /* Adler-32 of what comes out */
	put(m, 0, 8, true);
	put(m, 0, 4, true);
	put(m, 1, 1, true);
	put(m, 'v', 1, true);
	put(m, 0, 4, true);
	assert_int_equal(lzo1x_1_compress(m->plain, SIZE / 2, m->packed + m->size + 12, &n, work),
			 LZO_E_OK);
	put(m, SIZE / 2, 4, true);
	put(m, n, 4, true);
	put(m, adler32(1, m->plain, SIZE / 2), 4, true);
	m->size += n;
	put(m, SIZE / 2, 4, true);
	put(m, SIZE / 2, 4, true);
	put(m, adler32(1, m->plain + SIZE / 2, SIZE / 2), 4, true);
	memcpy(m->packed + m->size, m->plain + SIZE / 2, SIZE / 2);
	m->size += SIZE / 2;
	put(m, 0, 4, true);
}

static void assert_whole(const struct made *m, enum compression c)
{
	struct bytes in = {m->packed, m->size};
	struct buffer b = {0};

	assert_int_equal(compression_detect(in), c);
	assert_int_equal(decompress(c, in, SIZE, &b), 0);
	assert_int_equal(b.size, SIZE);
	assert_memory_equal(b.data, m->plain, SIZE);
	buffer_done(&b);
	assert_int_equal(decompress(c, in, SIZE - 1, &b), -EFBIG);
}

static void assert_damage(struct made *m, enum compression c, size_t kept)
{
	struct buffer b = {0};

	for (size_t size = 0; size < kept; size += 1 + size / 50) {
		int r = decompress(c, (struct bytes){m->packed, size}, SIZE, &b);

		/* An LZ4 frame that ends behind a block is whole. */
		assert_true(r < 0 || (c == COMPRESSION_LZ4 && b.size == SIZE / 2));
		buffer_done(&b);
	}
}

static void lz4_frames(void **state)
{
	static struct made m;
	struct buffer b = {0};

	(void)state;
	make_lz4(&m, false);
	assert_whole(&m, COMPRESSION_LZ4);
	assert_damage(&m, COMPRESSION_LZ4, m.size);
	make_lz4(&m, true);
	assert_whole(&m, COMPRESSION_LZ4);
	m.packed[7] = 0x7f; /* a block of two gigabytes */
	assert_int_equal(decompress(COMPRESSION_LZ4, (struct bytes){m.packed, m.size}, SIZE,
				    &b), -EBADMSG);
	m.packed[0] = 0x04; /* the newer frame */
	assert_int_equal(decompress(COMPRESSION_LZ4, (struct bytes){m.packed, m.size}, SIZE,
				    &b), -ENOTSUP);
}

static void lzop_files(void **state)
{
	static struct made m;
	struct buffer b = {0};

	(void)state;
	make_lzo(&m);
	assert_whole(&m, COMPRESSION_LZO);
	assert_damage(&m, COMPRESSION_LZO, m.size);
	m.packed[m.size - 100] ^= 1;
	assert_int_equal(decompress(COMPRESSION_LZO, (struct bytes){m.packed, m.size}, SIZE,
				    &b), -EBADMSG);
}

/* Block after block, and where the stream ends: what follows is not of it. */
static void blocks(void **state)
{
	static const enum compression kinds[] = {COMPRESSION_LZ4, COMPRESSION_LZO};
	static struct made m;
	struct block_stream s;
	struct buffer b = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (kinds[i] == COMPRESSION_LZ4)
			make_lz4(&m, false);
		else
			make_lzo(&m);
		memcpy(m.packed + m.size, "\0\0\0\0" "070701", 10);
		assert_int_equal(block_stream_open(&s, kinds[i],
			(struct bytes){m.packed, m.size + 10}), 0);
		for (size_t n = 0; n < 2; n++) {
			b.size = 0;
			assert_int_equal(block_stream_next(&s, SIZE / 2, &b), 0);
			assert_int_equal(b.size, SIZE / 2);
			assert_memory_equal(b.data, m.plain + n * (SIZE / 2), SIZE / 2);
		}
		assert_int_equal(block_stream_next(&s, SIZE, &b), 1);
		assert_ptr_equal(s.in.data, m.packed + m.size);
		assert_int_equal(s.in.size, 10);
	}
	buffer_done(&b);
	assert_int_equal(block_stream_open(&s, COMPRESSION_XZ, (struct bytes){m.packed, 100}),
		-ENOTSUP);
	assert_int_equal(block_stream_open(&s, COMPRESSION_LZO, (struct bytes){m.packed, 20}),
		-EBADMSG);
}

/* As cat puts them: the magic again begins the next one. */
static void frames_that_follow_one_another(void **state)
{
	static struct made m;
	struct buffer b = {0};
	size_t one;

	(void)state;
	make_lz4(&m, false);
	one = m.size;
	memcpy(m.packed + one, m.packed, one);
	assert_int_equal(decompress(COMPRESSION_LZ4, (struct bytes){m.packed, 2 * one},
				    2 * SIZE, &b), 0);
	assert_int_equal(b.size, 2 * SIZE);
	assert_memory_equal(b.data + SIZE, m.plain, SIZE);
	buffer_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lz4_frames),
		cmocka_unit_test(lzop_files),
		cmocka_unit_test(blocks),
		cmocka_unit_test(frames_that_follow_one_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
