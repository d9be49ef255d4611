/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Blocks of a stream that are filled, checked and taken at the same time. */
#ifndef RESCUE_PACKAGE_PIPELINE_H
#define RESCUE_PACKAGE_PIPELINE_H

#include "fault.h"

#define BLOCK_SIZE ((size_t)512 * 1024)
#define PIPELINE_MAX_STAGES 3

struct block {
	char *data; /* BLOCK_SIZE bytes */
	size_t size;
	uint64_t position; /* in the file, behind what the block was made from */
};

/*
 * The first stage fills. 1: the block holds something; 0: the end. The others look at it
 * and answer 0; they are called with NULL behind the last block. Each may run on a thread
 * of its own; < 0 sets the fault and ends all.
 */
struct pipeline_stage {
	int (*work)(void *data, struct block *b, struct fault *f);
	void *data;
};

struct pipeline;
/* At least one stage, at most PIPELINE_MAX_STAGES. 0 or -ENOMEM. */
int pipeline_start(struct pipeline **ret, const struct pipeline_stage *stages, size_t count);
void pipeline_free(struct pipeline *p);
void pipeline_free_p(struct pipeline **p);
/* 1: a block that passed every stage, until pipeline_give_back; 0: the end, all was well. */
int pipeline_take(struct pipeline *p, const struct block **ret, struct fault *f);
void pipeline_give_back(struct pipeline *p);

#endif
