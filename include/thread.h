/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads that do part of the work: small stacks, and no signal ever interrupts them. */
#ifndef RESCUE_THREAD_H
#define RESCUE_THREAD_H

#include "base.h"

#include <pthread.h>

/* To be joined. 0 or -errno, where the caller has to do that work itself. */
int thread_start(pthread_t *ret, void *(*run)(void *data), void *data);
/*
 * work for every index below count, in any order, by all processors (and by the calling
 * thread alone where no other can be had); it is done when this returns.
 */
void threads_each(size_t count, void (*work)(void *data, size_t index), void *data);
/* The same for work that mostly waits for disks: several at a time on one processor, too. */
void threads_each_waiting(
	size_t count, void (*work)(void *data, size_t index), void *data);
/* How many can run at the same time: at least 1, at most limit. */
unsigned thread_useful(unsigned limit);

#endif
