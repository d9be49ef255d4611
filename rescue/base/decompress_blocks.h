/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Formats whose blocks are decoded whole: LZ4's legacy frame and lzop's file. */
#ifndef RESCUE_BASE_DECOMPRESS_BLOCKS_H
#define RESCUE_BASE_DECOMPRESS_BLOCKS_H

#include "base.h"

/* Both append to b; -EBADMSG, -EFBIG beyond limit, -ENOTSUP another kind of them, -ENOMEM. */
int lz4_decode(struct bytes in, size_t limit, struct buffer *b);
int lzo_decode(struct bytes in, size_t limit, struct buffer *b);

#endif
