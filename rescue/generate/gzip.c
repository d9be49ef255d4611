/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A batch of blocks is filled, deflated side by side and written in order. */
#include "gzip.h"

#include "digest.h"
#include "thread.h"

#include <errno.h>
#include <zlib.h>

enum { LEVEL = 1, MEMORY_LEVEL = 8 };

void gzip_done(struct gzip *g)
{
	for (size_t i = 0; i < GZIP_BATCH; i++) {
		buffer_done(&g->blocks[i].in);
		buffer_done(&g->blocks[i].out);
	}
	*g = (struct gzip){.fd = -1};
}

/* ---- one block ------------------------------------------------------------------------- */

/* A full flush ends on a byte and adds an empty stored block of five. */
static int reserve(struct gzip_block *b, z_stream *z)
{
	b->out.size = 0;
	return buffer_reserve(&b->out, deflateBound(z, (uLong)b->in.size) + 16);
}

static int deflate_all(struct gzip_block *b, z_stream *z)
{
	int r = reserve(b, z);

	if (r < 0)
		return r;
	z->next_in = (Bytef *)b->in.data;
	z->avail_in = (uInt)b->in.size;
	z->next_out = (Bytef *)b->out.data;
	z->avail_out = (uInt)(b->out.capacity - 1);
	r = deflate(z, b->is_last ? Z_FINISH : Z_FULL_FLUSH);
	b->out.size = (size_t)z->total_out;
	return r == (b->is_last ? Z_STREAM_END : Z_OK) && z->avail_out > 0 ? 0 : -EIO;
}

static void deflate_block(void *data, size_t index)
{
	struct gzip *g = data;
	struct gzip_block *b = &g->blocks[index];
	z_stream z = {0};

	b->crc = crc32_of(buffer_bytes(&b->in), 0);
	b->error = -ENOMEM;
	if (deflateInit2(&z, LEVEL, Z_DEFLATED, -MAX_WBITS, MEMORY_LEVEL,
		    Z_DEFAULT_STRATEGY) != Z_OK)
		return;
	b->error = deflate_all(b, &z);
	deflateEnd(&z);
}

/* ---- all of them ------------------------------------------------------------------------ */

static int put(struct gzip *g, const void *data, size_t size)
{
	int r = fd_write_all(g->fd, data, size);

	if (r == 0)
		g->written += size;
	return r;
}

static int write_batch(struct gzip *g)
{
	int r = 0;

	threads_each(g->count, deflate_block, g);
	for (size_t i = 0; r == 0 && i < g->count; i++) {
		struct gzip_block *b = &g->blocks[i];

		r = b->error;
		if (r == 0)
			r = put(g, b->out.data, b->out.size);
		g->crc = (uint32_t)crc32_combine(g->crc, b->crc, (z_off_t)b->in.size);
		g->taken += b->in.size;
		b->in.size = 0;
	}
	g->count = 0;
	return r;
}

/* The block that is being filled; full ones stay until the batch is. */
static struct gzip_block *current(struct gzip *g)
{
	if (g->count == 0)
		g->count = 1;
	return &g->blocks[g->count - 1];
}

/* No time, no name; the fastest way of deflating; Unix. */
int gzip_open(struct gzip *ret, int fd)
{
	static const uint8_t header[] = {0x1f, 0x8b, Z_DEFLATED, 0, 0, 0, 0, 0, 4, 3};

	*ret = (struct gzip){.fd = fd};
	return put(ret, header, sizeof(header));
}

int gzip_write(struct gzip *g, struct bytes in)
{
	int r = 0;

	while (r == 0 && in.size > 0) {
		struct gzip_block *b = current(g);
		size_t n = MIN_OF(GZIP_BLOCK - b->in.size, in.size);

		r = buffer_append(&b->in, in.data, n);
		in.data += n;
		in.size -= n;
		if (r < 0 || b->in.size < GZIP_BLOCK)
			continue;
		if (g->count < GZIP_BATCH)
			g->count++;
		else
			r = write_batch(g);
	}
	return r;
}

int gzip_finish(struct gzip *g)
{
	uint8_t sums[8];
	int r;

	current(g)->is_last = true;
	r = write_batch(g);
	if (r < 0)
		return r;
	for (unsigned i = 0; i < 4; i++) {
		sums[i] = (uint8_t)(g->crc >> 8 * i);
		sums[4 + i] = (uint8_t)(g->taken >> 8 * i);
	}
	return put(g, sums, sizeof(sums));
}
