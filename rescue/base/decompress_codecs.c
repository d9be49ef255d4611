/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each format of streams is four functions around its library's interface. */
#define ZSTD_STATIC_LINKING_ONLY /* ZSTD_createDCtx_advanced, ZSTD_d_stableOutBuffer */
#include "decompress_codecs.h"

#include <errno.h>
#include <zstd_errors.h>

/*
 * What a decoder may take for itself beside the output. Kernels are built with
 * dictionaries up to 128 MiB (zstd -22 --ultra, xz dict=128MiB).
 */
#define DICTIONARY_MAX_LOG 28 /* 256 MiB */
#define DECODER_MEMORY_LIMIT ((uint64_t)300 << 20)
#define THREADED_MEMORY_LIMIT ((uint64_t)192 << 20) /* beyond it one thread has to do */

static void advance(struct step *s, size_t in_left, size_t out_left)
{
	s->in += s->in_size - in_left;
	s->out += s->out_size - out_left;
	s->in_size = in_left;
	s->out_size = out_left;
}

static int gzip_open(union decoder *d, struct decoder_memory *memory)
{
	(void)memory; /* 32 KiB are no dictionary to save */
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

static int gzip_again(union decoder *d)
{
	return inflateReset(&d->zlib) == Z_OK ? 0 : -EBADMSG;
}

static int bzip2_open(union decoder *d, struct decoder_memory *memory)
{
	(void)memory;
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

static int bzip2_again(union decoder *d)
{
	bzip2_close(d);
	return bzip2_open(d, NULL);
}

static int lzma_opened(lzma_ret r)
{
	return r == LZMA_OK ? 0 : -ENOMEM;
}

static int lzma_again(union decoder *d)
{
	return lzma_opened(lzma_alone_decoder(&d->lzma.stream, DECODER_MEMORY_LIMIT));
}

static void *lzma_get(void *memory, size_t count, size_t size)
{
	return size && count > SIZE_MAX / size ? NULL : decoder_memory_get(memory, count * size);
}

static void lzma_put(void *memory, void *block)
{
	decoder_memory_put(memory, block);
}

static void lzma_prepare(union decoder *d, struct decoder_memory *memory)
{
	d->lzma.stream = (lzma_stream)LZMA_STREAM_INIT;
	d->lzma.allocator = (lzma_allocator){lzma_get, lzma_put, memory};
	d->lzma.stream.allocator = memory ? &d->lzma.allocator : NULL;
}

static int lzma_open(union decoder *d, struct decoder_memory *memory)
{
	lzma_prepare(d, memory);
	return lzma_again(d);
}

static int xz_again(union decoder *d)
{
	return lzma_opened(lzma_stream_decoder(&d->lzma.stream, DECODER_MEMORY_LIMIT, 0));
}

static int xz_open(union decoder *d, struct decoder_memory *memory)
{
	lzma_prepare(d, memory);
	return xz_again(d);
}

int codec_open_threads(union decoder *d, unsigned threads)
{
	const lzma_mt how = {
		.threads = threads,
		.memlimit_threading = THREADED_MEMORY_LIMIT,
		.memlimit_stop = DECODER_MEMORY_LIMIT,
	};

	lzma_prepare(d, NULL);
	return lzma_opened(lzma_stream_decoder_mt(&d->lzma.stream, &how));
}

static int lzma_step(union decoder *d, struct step *s)
{
	lzma_ret r;

	d->lzma.stream.next_in = s->in;
	d->lzma.stream.avail_in = s->in_size;
	d->lzma.stream.next_out = (uint8_t *)s->out;
	d->lzma.stream.avail_out = s->out_size;
	r = lzma_code(&d->lzma.stream, s->state == INPUT_GOES_ON ? LZMA_RUN : LZMA_FINISH);
	advance(s, d->lzma.stream.avail_in, d->lzma.stream.avail_out);
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
	lzma_end(&d->lzma.stream);
}

static void *zstd_get(void *memory, size_t size)
{
	return decoder_memory_get(memory, size);
}

static void zstd_put(void *memory, void *block)
{
	decoder_memory_put(memory, block);
}

static int zstd_open(union decoder *d, struct decoder_memory *memory)
{
	d->zstd.context = ZSTD_createDCtx_advanced(memory ? (ZSTD_customMem){zstd_get,
		zstd_put, memory} : (ZSTD_customMem){0});
	d->zstd.place = NULL;
	if (!d->zstd.context)
		return -ENOMEM;
	ZSTD_DCtx_setParameter(d->zstd.context, ZSTD_d_windowLogMax, DICTIONARY_MAX_LOG);
	return 0;
}

static int zstd_again(union decoder *d)
{
	ZSTD_DCtx_reset(d->zstd.context, ZSTD_reset_session_only);
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
	char *place = d->zstd.place ? d->zstd.place : s->out;
	ZSTD_outBuffer out = {.dst = place, .pos = (size_t)(s->out - place),
			      .size = d->zstd.place ? d->zstd.room : s->out_size};
	size_t r = ZSTD_decompressStream(d->zstd.context, &out, &in);

	if (ZSTD_isError(r))
		return zstd_error(r);
	advance(s, in.size - in.pos, out.size - out.pos);
	return r == 0;
}

static int zstd_settle(union decoder *d, void *place, size_t room)
{
	d->zstd.place = place;
	d->zstd.room = room;
	return ZSTD_isError(ZSTD_DCtx_setParameter(d->zstd.context, ZSTD_d_stableOutBuffer, 1))
		? -ENOTSUP : 0;
}

static void zstd_close(union decoder *d)
{
	ZSTD_freeDCtx(d->zstd.context);
}

static const struct codec codecs[] = {
	[COMPRESSION_GZIP] = {gzip_open, gzip_again, gzip_step, gzip_close, NULL},
	[COMPRESSION_BZIP2] = {bzip2_open, bzip2_again, bzip2_step, bzip2_close, NULL},
	[COMPRESSION_LZMA] = {lzma_open, lzma_again, lzma_step, lzma_close, NULL},
	[COMPRESSION_XZ] = {xz_open, xz_again, lzma_step, lzma_close, NULL},
	[COMPRESSION_ZSTD] = {zstd_open, zstd_again, zstd_step, zstd_close, zstd_settle},
};

const struct codec *codec_of(enum compression c)
{
	return (size_t)c < ARRAY_SIZE(codecs) && codecs[c].open ? &codecs[c] : NULL;
}
