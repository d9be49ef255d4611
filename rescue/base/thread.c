/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starting threads. */
#include "thread.h"

#include <limits.h>
#include <sched.h>
#include <signal.h>

/* musl's own choice is small for paths and faults. */
enum { THREAD_STACK = 512 * 1024 };

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
