/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What kernels are built with beside the streams: LZ4 in its legacy frame (the frame
 * description of the lz4 project, "Legacy frame"), and LZO in lzop's file, as the kernel
 * itself reads it (lib/decompress_unlzo.c).
 */
#include "decompress.h"

#include <errno.h>
#include <lz4.h>
#include <minilzo.h>
#include <zlib.h>

static uint32_t le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[3] | (uint32_t)p[2] << 8 | (uint32_t)p[1] << 16 | (uint32_t)p[0] << 24;
}

static bool take(struct bytes *ret, struct bytes *in, size_t size)
{
	if (size > in->size)
		return false;
	*ret = (struct bytes){in->data, size};
	in->data += size;
	in->size -= size;
	return true;
}

/* Room for one block that decodes to at most size bytes. */
static int reserve(struct buffer *b, size_t size, size_t limit)
{
	if (size > limit || b->size > limit - size)
		return -EFBIG;
	return b->capacity - b->size > size ? 0 : buffer_reserve(b, size);
}

/* ---- LZ4 ----------------------------------------------------------------------------- */

/* Every block but the last holds 8 MiB. Kernel images have the whole size behind them. */
enum { LZ4_BLOCK = 8 << 20, WORD = 4 };

static int lz4_block(struct bytes block, size_t limit, struct buffer *b)
{
	size_t room = MIN_OF((size_t)LZ4_BLOCK, limit - b->size);
	int n = reserve(b, room, limit);

	if (n < 0)
		return n;
	n = LZ4_decompress_safe((const char *)block.data, b->data + b->size, (int)block.size,
				(int)room);
	if (n < 0)
		return room < (size_t)LZ4_BLOCK ? -EFBIG : -EBADMSG;
	b->size += (size_t)n;
	b->data[b->size] = '\0';
	return 0;
}

static const uint8_t lz4_legacy[WORD] = {0x02, 0x21, 0x4c, 0x18};

/* The magic in the place of a size begins another frame; zeros are a boot loader's padding. */
static int lz4_next(struct bytes *in, size_t limit, struct buffer *b)
{
	struct bytes head, block;
	uint32_t size;

	do {
		if (in->size <= WORD || !le32(in->data))
			return 1;
		take(&head, in, WORD);
	} while (memcmp(head.data, lz4_legacy, WORD) == 0);
	size = le32(head.data);
	if (size > (uint32_t)LZ4_compressBound(LZ4_BLOCK) || !take(&block, in, size))
		return -EBADMSG;
	return lz4_block(block, limit, b);
}

/* ---- LZO ----------------------------------------------------------------------------- */

enum { LZO_ADLER_OUT = 0x1, LZO_ADLER_IN = 0x2, LZO_CRC_OUT = 0x100, LZO_CRC_IN = 0x200,
       LZO_FILTER = 0x800, LZO_MAX_BLOCK = 64 << 20 };

/*
 * magic 9, version 2, library 2, needed 2, method 1, level 1, flags 4, filter 4 where there
 * is one, mode 4, times 8, length of the name 1, name, checksum 4.
 */
static bool lzo_header(struct bytes *in, uint32_t *flags)
{
	enum { BEFORE_FLAGS = 17, MODE_AND_TIMES = 12, OLDEST = 0x0940 };
	struct bytes part;

	if (!take(&part, in, BEFORE_FLAGS) || (part.data[9] << 8 | part.data[10]) < OLDEST ||
	    !take(&part, in, WORD))
		return false;
	*flags = be32(part.data);
	return (!(*flags & LZO_FILTER) || take(&part, in, WORD)) &&
	       take(&part, in, MODE_AND_TIMES) && take(&part, in, 1) &&
	       take(&part, in, part.data[0]) && take(&part, in, WORD);
}

/* One that would grow is stored as it is. */
static int lzo_block(struct bytes block, uint32_t size, struct buffer *b)
{
	lzo_uint n = size;
	uint8_t *out = (uint8_t *)b->data + b->size;

	if (block.size == size)
		memcpy(out, block.data, size);
	else if (lzo1x_decompress_safe(block.data, block.size, out, &n, NULL) != LZO_E_OK ||
		 n != size)
		return -EBADMSG;
	b->size += size;
	b->data[b->size] = '\0';
	return 0;
}

/* 1: the block that says that there are no more. */
static int lzo_next(struct bytes *in, uint32_t flags, size_t limit, struct buffer *b)
{
	struct bytes sizes, sums, block;
	uint32_t size, packed;
	int r;

	if (!take(&sizes, in, WORD))
		return -EBADMSG;
	size = be32(sizes.data);
	if (!size)
		return 1;
	if (!take(&sizes, in, WORD))
		return -EBADMSG;
	packed = be32(sizes.data);
	if (size > LZO_MAX_BLOCK || packed > size ||
	    !take(&sums, in, flags & (LZO_ADLER_OUT | LZO_CRC_OUT) ? WORD : 0) ||
	    (packed < size && flags & (LZO_ADLER_IN | LZO_CRC_IN) && !take(&block, in, WORD)) ||
	    !take(&block, in, packed))
		return -EBADMSG;
	r = reserve(b, size, limit);
	if (r == 0)
		r = lzo_block(block, size, b);
	if (r == 0 && flags & LZO_ADLER_OUT &&
	    adler32_z(1, (const uint8_t *)b->data + b->size - size, size) != be32(sums.data))
		return -EBADMSG;
	return r;
}

/* ---- both ---------------------------------------------------------------------------- */

int block_stream_open(struct block_stream *ret, enum compression c, struct bytes in)
{
	struct block_stream s = {.kind = c, .in = in};
	struct bytes magic;

	if (c == COMPRESSION_LZ4) {
		if (!take(&magic, &s.in, WORD) || memcmp(magic.data, lz4_legacy, WORD))
			return -ENOTSUP;
	} else if (c != COMPRESSION_LZO) {
		return -ENOTSUP;
	} else if (!lzo_header(&s.in, &s.flags)) {
		return -EBADMSG;
	}
	*ret = s;
	return 0;
}

int block_stream_next(struct block_stream *s, size_t limit, struct buffer *b)
{
	return s->kind == COMPRESSION_LZ4 ? lz4_next(&s->in, limit, b)
					  : lzo_next(&s->in, s->flags, limit, b);
}
