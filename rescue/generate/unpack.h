/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Modules read and decompressed by all processors, a batch at a time. */
#ifndef RESCUE_GENERATE_UNPACK_H
#define RESCUE_GENERATE_UNPACK_H

#include "module_set.h"

#define UNPACK_BATCH 64 /* modules held in memory at once */

struct unpacked {
	size_t item; /* index into the set's dep */
	struct buffer data;
	int result; /* 0, or -errno and a fault */
	struct fault fault;
};

struct unpack_batch {
	struct unpacked items[UNPACK_BATCH];
	size_t count;
};

void unpack_batch_done(struct unpack_batch *b); /* empties it for the next one */
void unpack_batch_free_p(struct unpack_batch **b);
/* Fills data or fault of every item. */
void unpack_run(const struct module_set *set, struct unpack_batch *b);

#endif
