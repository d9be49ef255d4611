/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each library that unpacks streams is to its drivers. */
#ifndef RESCUE_BASE_DECOMPRESS_CODECS_H
#define RESCUE_BASE_DECOMPRESS_CODECS_H

#include "decompress.h"
#include "decompress_memory.h"

#include <bzlib.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

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
	struct {
		lzma_stream stream;
		lzma_allocator allocator;
	} lzma;
	struct {
		ZSTD_DCtx *context;
		char *place; /* of all output; NULL: what each step says */
		size_t room;
	} zstd;
};

struct codec {
	/* memory: NULL, or where a dictionary of some size comes from. */
	int (*open)(union decoder *d, struct decoder_memory *memory);
	int (*again)(union decoder *d); /* a new stream, with the memory that it has */
	/* 1: the stream has ended; 0: it goes on; -errno. */
	int (*step)(union decoder *d, struct step *s);
	void (*close)(union decoder *d);
	/* All output goes there, step behind step, and stays; NULL: it needs a dictionary. */
	int (*settle)(union decoder *d, void *place, size_t room);
};

/* NULL: no stream, or one that is decoded by whole blocks. */
const struct codec *codec_of(enum compression c);
/* The decoder of xz for streams of several blocks. */
int codec_open_threads(union decoder *d, unsigned threads);

#endif
