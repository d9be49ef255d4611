/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starting threads, and sharing work among them. */
#include "thread.h"

#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>

/* musl's own choice of a stack is small for paths and faults. */
enum { THREAD_STACK = 512 * 1024, MAX_SHARING = 8, WAITING = 4 };

/* Signals belong to the thread that can act on them. */
int thread_start(pthread_t *ret, void *(*run)(void *data), void *data)
{
	pthread_attr_t attributes;
	sigset_t all, before;
	int r = pthread_attr_init(&attributes);

	if (r)
		return -r;
	pthread_attr_setstacksize(&attributes, MAX_OF(THREAD_STACK, PTHREAD_STACK_MIN));
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(ret, &attributes, run, data);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	return -r;
}

unsigned thread_useful(unsigned limit)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return 1;
	return MIN_OF((unsigned)CPU_COUNT(&set), limit);
}

/* ---- work that is shared --------------------------------------------------------------- */

struct shared {
	size_t count;
	atomic_size_t next;
	void (*work)(void *data, size_t index);
	void *data;
};

static void *take_turns(void *data)
{
	struct shared *s = data;
	size_t index;

	while ((index = atomic_fetch_add(&s->next, 1)) < s->count)
		s->work(s->data, index);
	return NULL;
}

/* By `wanted` threads at most, with the calling one. */
static void share(struct shared *s, size_t wanted)
{
	size_t useful = MIN_OF(wanted, s->count), started = 0;
	pthread_t threads[MAX_SHARING];

	while (started + 1 < useful &&
	       thread_start(&threads[started], take_turns, s) == 0)
		started++;
	take_turns(s);
	while (started > 0)
		pthread_join(threads[--started], NULL);
}

void threads_each(size_t count, void (*work)(void *data, size_t index), void *data)
{
	struct shared s = {.count = count, .work = work, .data = data};

	share(&s, thread_useful(MAX_SHARING));
}

void threads_each_waiting(
	size_t count, void (*work)(void *data, size_t index), void *data)
{
	struct shared s = {.count = count, .work = work, .data = data};

	share(&s, WAITING);
}
