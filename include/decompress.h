/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Single compressed streams, as kernel images and modules hold them. */
#ifndef RESCUE_DECOMPRESS_H
#define RESCUE_DECOMPRESS_H

#include "base.h"

enum compression {
	COMPRESSION_UNKNOWN,
	COMPRESSION_NONE,
	COMPRESSION_GZIP,
	COMPRESSION_BZIP2,
	COMPRESSION_LZMA,
	COMPRESSION_XZ,
	COMPRESSION_ZSTD,
	COMPRESSION_LZO,
	COMPRESSION_LZ4
};

const char *compression_name(enum compression c); /* "gzip", …, "none", "unknown" */
/* By magic number; what has none of them is COMPRESSION_NONE. */
enum compression compression_detect(struct bytes in);
/*
 * The whole of one stream; bytes behind its end are ignored (bzImage payloads carry
 * their size there). -EFBIG beyond limit, -EBADMSG damaged, -ENOTSUP LZ4 in
 * another than the legacy frame.
 */
int decompress(enum compression c, struct bytes in, size_t limit, struct buffer *ret);

/*
 * What is decoded in whole blocks: LZ4's legacy frame and lzop's file. in: what is left; at
 * the end what lies behind the stream.
 */
struct block_stream {
	enum compression kind;
	uint32_t flags; /* of lzop's file */
	struct bytes in;
};
/* -ENOTSUP: another compression or frame; -EBADMSG. */
int block_stream_open(struct block_stream *ret, enum compression c, struct bytes in);
/* 0: appended one block to b; 1: there was none any more. -EBADMSG, -ENOMEM; -EFBIG beyond limit. */
int block_stream_next(struct block_stream *s, size_t limit, struct buffer *b);

/* The same in pieces; streams that follow one another count as one. */
struct decompressor;
/* threads: how many may work on an xz stream of several blocks. -ENOTSUP, -ENOMEM. */
int decompressor_new(struct decompressor **ret, enum compression c, unsigned threads);
/*
 * For what is zeros by half, as kernels are: pages of its dictionary that hold nothing else
 * take no memory. One thread.
 */
int decompressor_new_sparse(struct decompressor **ret, enum compression c);
/*
 * The same without any dictionary: what was read stays at out, where decompressor_read goes on
 * each time, with all the room that is left. -ENOTSUP: zstd alone can do that.
 */
int decompressor_new_in_place(struct decompressor **ret, enum compression c, void *out,
			      size_t room);
void decompressor_free(struct decompressor *d);
/*
 * decompress() for one stream after another: the decoder's memory and b's room are used
 * again. Not for COMPRESSION_NONE.
 */
int decompressor_whole(struct decompressor *d, struct bytes in, size_t limit,
		       struct buffer *b);
/* INPUT_IS_ONE: it is all there, and what stands behind its first stream is none. */
enum input_state { INPUT_GOES_ON, INPUT_ENDS, INPUT_IS_ONE };
/*
 * From in, which moves forward, to at most size bytes at out: how many they were. Fewer: all
 * input is used up; 0 where it ends: so is the stream. -EBADMSG, also when cut.
 */
ssize_t decompressor_read(struct decompressor *d, struct bytes *in, enum input_state state,
			  void *out, size_t size);

#endif
