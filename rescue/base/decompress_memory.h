/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memory of a decoder whose output is zeros by half: such pages are given back. */
#ifndef RESCUE_BASE_DECOMPRESS_MEMORY_H
#define RESCUE_BASE_DECOMPRESS_MEMORY_H

#include "base.h"

/*
 * What a decoder allocates in one piece of a MiB or more is its dictionary: the last that it
 * wrote, from the piece's begin to its end, and again. For one thread alone.
 */
struct decoder_memory {
	struct bytes dictionaries[4]; /* more are not watched */
	size_t count;
	uint64_t produced, looked_at; /* bytes of output */
};

void *decoder_memory_get(struct decoder_memory *m, size_t size);
void decoder_memory_put(struct decoder_memory *m, void *block);
/* So many bytes more were written. What reads as zeros goes on to do so. */
void decoder_memory_wrote(struct decoder_memory *m, size_t size);

#endif
