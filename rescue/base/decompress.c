/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compressed streams: whole into memory, where the driver grows the output and watches its
 * limit, or in pieces. Each format is three functions around its library's interface.
 */
#include "decompress.h"


#include <bzlib.h>
#include <errno.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

/*
 * What a decoder may take for itself beside the output. Kernels are built with
 * dictionaries up to 128 MiB (zstd -22 --ultra, xz dict=128MiB).
 */
#define DICTIONARY_MAX_LOG 28 /* 256 MiB */
#define DECODER_MEMORY_LIMIT ((uint64_t)300 << 20)
#define THREADED_MEMORY_LIMIT ((uint64_t)192 << 20) /* beyond it one thread has to do */
#define LARGEST_STEP ((size_t)1 << 30) /* zlib and bzip2 count in unsigned int */

/* One step's input and output; step functions move both ends forward. */
struct step {
	const uint8_t *in;
	size_t in_size;
	enum input_state state;
	char *out;
	size_t out_size;
};

union decoder {
	z_stream zlib;
	bz_stream bzip2;
	lzma_stream lzma;
	ZSTD_DCtx *zstd;
};

struct codec {
	int (*open)(union decoder *d);
	/* 1: the stream has ended; 0: it goes on; -errno. */
	int (*step)(union decoder *d, struct step *s);
	void (*close)(union decoder *d);
};

static void advance(struct step *s, size_t in_left, size_t out_left)
{
	s->in += s->in_size - in_left;
	s->out += s->out_size - out_left;
	s->in_size = in_left;
	s->out_size = out_left;
}

static int gzip_open(union decoder *d)
{
	d->zlib = (z_stream){0};
	return inflateInit2(&d->zlib, 16 + MAX_WBITS) == Z_OK ? 0 : -ENOMEM;
}

static int gzip_step(union decoder *d, struct step *s)
{
	int r;

	d->zlib.next_in = (Bytef *)s->in;
	d->zlib.avail_in = (uInt)s->in_size;
	d->zlib.next_out = (Bytef *)s->out;
	d->zlib.avail_out = (uInt)s->out_size;
	r = inflate(&d->zlib, Z_NO_FLUSH);
	advance(s, d->zlib.avail_in, d->zlib.avail_out);
	if (r == Z_STREAM_END)
		return 1;
	if (r == Z_MEM_ERROR)
		return -ENOMEM;
	return r == Z_OK || r == Z_BUF_ERROR ? 0 : -EBADMSG;
}

static void gzip_close(union decoder *d)
{
	inflateEnd(&d->zlib);
}

static int bzip2_open(union decoder *d)
{
	d->bzip2 = (bz_stream){0};
	return BZ2_bzDecompressInit(&d->bzip2, 0, 0) == BZ_OK ? 0 : -ENOMEM;
}

static int bzip2_step(union decoder *d, struct step *s)
{
	int r;

	d->bzip2.next_in = (char *)s->in;
	d->bzip2.avail_in = (unsigned)s->in_size;
	d->bzip2.next_out = s->out;
	d->bzip2.avail_out = (unsigned)s->out_size;
	r = BZ2_bzDecompress(&d->bzip2);
	advance(s, d->bzip2.avail_in, d->bzip2.avail_out);
	if (r == BZ_STREAM_END)
		return 1;
	if (r == BZ_MEM_ERROR)
		return -ENOMEM;
	return r == BZ_OK ? 0 : -EBADMSG;
}

static void bzip2_close(union decoder *d)
{
	BZ2_bzDecompressEnd(&d->bzip2);
}

static int lzma_opened(lzma_ret r)
{
	return r == LZMA_OK ? 0 : -ENOMEM;
}

static int lzma_open(union decoder *d)
{
	d->lzma = (lzma_stream)LZMA_STREAM_INIT;
	return lzma_opened(lzma_alone_decoder(&d->lzma, DECODER_MEMORY_LIMIT));
}

static int xz_open(union decoder *d)
{
	d->lzma = (lzma_stream)LZMA_STREAM_INIT;
	return lzma_opened(lzma_stream_decoder(&d->lzma, DECODER_MEMORY_LIMIT, 0));
}

static int xz_open_threads(union decoder *d, unsigned threads)
{
	const lzma_mt how = {
		.threads = threads,
		.memlimit_threading = THREADED_MEMORY_LIMIT,
		.memlimit_stop = DECODER_MEMORY_LIMIT,
	};

	d->lzma = (lzma_stream)LZMA_STREAM_INIT;
	return lzma_opened(lzma_stream_decoder_mt(&d->lzma, &how));
}

static int lzma_step(union decoder *d, struct step *s)
{
	lzma_ret r;

	d->lzma.next_in = s->in;
	d->lzma.avail_in = s->in_size;
	d->lzma.next_out = (uint8_t *)s->out;
	d->lzma.avail_out = s->out_size;
	r = lzma_code(&d->lzma, s->state == INPUT_ENDS ? LZMA_FINISH : LZMA_RUN);
	advance(s, d->lzma.avail_in, d->lzma.avail_out);
	switch (r) {
	case LZMA_STREAM_END:
		return 1;
	case LZMA_OK:
	case LZMA_BUF_ERROR:
		return 0;
	case LZMA_MEM_ERROR:
		return -ENOMEM;
	case LZMA_MEMLIMIT_ERROR:
		return -EFBIG;
	default:
		return -EBADMSG;
	}
}

static void lzma_close(union decoder *d)
{
	lzma_end(&d->lzma);
}

static int zstd_open(union decoder *d)
{
	d->zstd = ZSTD_createDCtx();
	if (!d->zstd)
		return -ENOMEM;
	ZSTD_DCtx_setParameter(d->zstd, ZSTD_d_windowLogMax, DICTIONARY_MAX_LOG);
	return 0;
}

static int zstd_error(size_t r)
{
	switch (ZSTD_getErrorCode(r)) {
	case ZSTD_error_memory_allocation:
		return -ENOMEM;
	case ZSTD_error_frameParameter_windowTooLarge:
		return -EFBIG;
	default:
		return -EBADMSG;
	}
}

static int zstd_step(union decoder *d, struct step *s)
{
	ZSTD_inBuffer in = {.src = s->in, .size = s->in_size};
	ZSTD_outBuffer out = {.dst = s->out, .size = s->out_size};
	size_t r = ZSTD_decompressStream(d->zstd, &out, &in);

	if (ZSTD_isError(r))
		return zstd_error(r);
	advance(s, in.size - in.pos, out.size - out.pos);
	return r == 0;
}

static void zstd_close(union decoder *d)
{
	ZSTD_freeDCtx(d->zstd);
}

static const struct codec codecs[] = {
	[COMPRESSION_GZIP] = {gzip_open, gzip_step, gzip_close},
	[COMPRESSION_BZIP2] = {bzip2_open, bzip2_step, bzip2_close},
	[COMPRESSION_LZMA] = {lzma_open, lzma_step, lzma_close},
	[COMPRESSION_XZ] = {xz_open, lzma_step, lzma_close},
	[COMPRESSION_ZSTD] = {zstd_open, zstd_step, zstd_close},
};

/* Appends one step's output to b. As codec->step; -EBADMSG when nothing moves. */
static int step_into(const struct codec *c, union decoder *d, struct bytes *in,
	struct buffer *b)
{
	size_t free_space = b->capacity - b->size - 1;
	struct step s = {.in = in->data,
		.in_size = MIN_OF(in->size, LARGEST_STEP),
		.state = in->size > LARGEST_STEP ? INPUT_GOES_ON : INPUT_ENDS,
		.out = b->data + b->size,
		.out_size = MIN_OF(free_space, LARGEST_STEP)};
	int r = c->step(d, &s);
	size_t produced = (size_t)(s.out - (b->data + b->size));
	size_t consumed = (size_t)(s.in - in->data);

	if (r < 0)
		return r;
	if (r == 0 && produced == 0 && consumed == 0)
		return -EBADMSG; /* truncated */
	b->size += produced;
	b->data[b->size] = '\0';
	in->data += consumed;
	in->size -= consumed;
	return r;
}

/*
 * Kernel images and gzip say at their end how much they hold; elsewhere chance stands there.
 * Bounded, for the input may be anything. One more byte lets a decoder see its end.
 */
static size_t first_guess(struct bytes in)
{
	size_t said = 0;

	for (size_t i = 1; in.size >= 4 && i <= 4; i++)
		said = said << 8 | in.data[in.size - i];
	if (said > in.size && said / 16 < in.size)
		return said + 1;
	return MAX_OF(MIN_OF(in.size * 4, (size_t)16 << 20), (size_t)4096);
}

static int decode(const struct codec *c, union decoder *d, struct bytes in, size_t limit,
	struct buffer *b)
{
	int r;

	do {
		r = b->capacity - b->size > 1 ? 0 : buffer_reserve(b, b->size);
		if (r == 0)
			r = step_into(c, d, &in, b);
		if (r >= 0 && b->size > limit)
			r = -EFBIG;
	} while (r == 0);
	return r < 0 ? r : 0; /* 1: ended */
}

static int copy_plain(struct bytes in, size_t limit, struct buffer *b)
{
	return in.size > limit ? -EFBIG : buffer_append(b, in.data, in.size);
}

static int decode_blocks(enum compression c, struct bytes in, size_t limit, struct buffer *b)
{
	struct block_stream s;
	int r = block_stream_open(&s, c, in);

	while (r == 0)
		r = block_stream_next(&s, limit, b);
	return r < 0 ? r : b->size || c == COMPRESSION_LZO ? 0 : -EBADMSG;
}

int decompress(enum compression c, struct bytes in, size_t limit, struct buffer *ret)
{
	_cleanup_(buffer_done) struct buffer b = {0};
	union decoder d;
	int r;

	if (c != COMPRESSION_NONE && buffer_reserve(&b, MIN_OF(first_guess(in), limit)) < 0)
		return -ENOMEM;
	if (c == COMPRESSION_NONE) {
		r = copy_plain(in, limit, &b);
	} else if (c == COMPRESSION_LZ4 || c == COMPRESSION_LZO) {
		r = decode_blocks(c, in, limit, &b);
	} else if ((size_t)c < ARRAY_SIZE(codecs) && codecs[c].open) {
		r = codecs[c].open(&d);
		if (r < 0)
			return r;
		r = decode(&codecs[c], &d, in, limit, &b);
		codecs[c].close(&d);
	} else {
		r = -EINVAL;
	}
	if (r < 0)
		return r;
	*ret = TAKE_STRUCT(b);
	return 0;
}

/* ---- in pieces ---------------------------------------------------------------------- */

struct decompressor {
	enum compression compression;
	unsigned threads;
	bool is_open, has_ended;
	union decoder decoder;
};

static int reopen(struct decompressor *d)
{
	const struct codec *c = &codecs[d->compression];
	int r;

	if (d->is_open)
		c->close(&d->decoder);
	d->is_open = false;
	r = d->compression == COMPRESSION_XZ && d->threads > 1
		? xz_open_threads(&d->decoder, d->threads)
		: c->open(&d->decoder);
	d->is_open = r == 0;
	d->has_ended = false;
	return r;
}

int decompressor_new(struct decompressor **ret, enum compression c, unsigned threads)
{
	struct decompressor *d;
	int r = 0;

	if (c != COMPRESSION_NONE && ((size_t)c >= ARRAY_SIZE(codecs) || !codecs[c].open))
		return -ENOTSUP;
	d = calloc(1, sizeof(*d));
	if (!d)
		return -ENOMEM;
	d->compression = c;
	d->threads = threads;
	if (c != COMPRESSION_NONE)
		r = reopen(d);
	if (r < 0)
		decompressor_free(d);
	else
		*ret = d;
	return r;
}

void decompressor_free(struct decompressor *d)
{
	if (d && d->is_open)
		codecs[d->compression].close(&d->decoder);
	free(d);
}

static ssize_t read_plain(struct bytes *in, void *out, size_t size)
{
	size_t n = MIN_OF(in->size, size);

	if (n)
		memcpy(out, in->data, n);
	in->data += n;
	in->size -= n;
	return (ssize_t)n;
}

/* What one step wrote; d->has_ended tells whether a stream ended with it. */
static ssize_t read_step(struct decompressor *d, struct bytes *in, enum input_state state,
	void *out, size_t size)
{
	struct step s = {.in = in->data, .in_size = MIN_OF(in->size, LARGEST_STEP),
		.state = in->size > LARGEST_STEP ? INPUT_GOES_ON : state, .out = out,
		.out_size = MIN_OF(size, LARGEST_STEP)};
	int r = codecs[d->compression].step(&d->decoder, &s);
	size_t produced = (size_t)(s.out - (char *)out), consumed = (size_t)(s.in - in->data);

	if (r < 0)
		return r;
	in->data += consumed;
	in->size -= consumed;
	d->has_ended = r > 0;
	/* At the end of the input a step that moves nothing means that some is missing. */
	if (!r && !produced && !consumed && (in->size || state == INPUT_ENDS))
		return -EBADMSG;
	return (ssize_t)produced;
}

ssize_t decompressor_read(struct decompressor *d, struct bytes *in, enum input_state state,
	void *out, size_t size)
{
	size_t have = 0;

	if (d->compression == COMPRESSION_NONE)
		return read_plain(in, out, size);
	while (have < size) {
		ssize_t n;

		if (d->has_ended && !in->size)
			break;
		n = d->has_ended ? reopen(d) : 0;
		if (n < 0)
			return n;
		n = read_step(d, in, state, (char *)out + have, size - have);
		if (n < 0)
			return n;
		have += (size_t)n;
		/* Asked without input, threads would be waited for that could have some. */
		if (!in->size && state == INPUT_GOES_ON)
			break;
	}
	return (ssize_t)have;
}
