/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes one gzip member (RFC 1952), deflated by all processors: blocks that know nothing of
 * each other, each ending on a byte (RFC 1951, 3.2.4), as pigz makes them. What comes out
 * depends on what goes in alone.
 */
#ifndef RESCUE_GENERATE_GZIP_H
#define RESCUE_GENERATE_GZIP_H

#include "base.h"

#define GZIP_BLOCK ((size_t)512 * 1024)
#define GZIP_BATCH 16 /* blocks held in memory at once */

struct gzip_block {
	struct buffer in, out;
	uint32_t crc;
	bool is_last;
	int error;
};

struct gzip {
	int fd; /* borrowed */
	uint64_t written, taken; /* bytes out and in, of whole batches */
	uint32_t crc;
	struct gzip_block blocks[GZIP_BATCH];
	size_t count; /* of them, that hold something */
};

/* Each 0 or -errno; after an error nothing more may be written. */
int gzip_open(struct gzip *ret, int fd);
int gzip_write(struct gzip *g, struct bytes in);
int gzip_finish(struct gzip *g);
void gzip_done(struct gzip *g);

#endif
