/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xz is what takes the time in an initramfs; modules are independent of each other. */
#include "unpack.h"

#include "thread.h"

#include <stdatomic.h>

enum { MAX_THREADS = 8 };

struct job {
	const struct module_set *set;
	struct unpack_batch *batch;
	atomic_size_t next;
};

void unpack_batch_done(struct unpack_batch *b)
{
	for (size_t i = 0; i < b->count; i++)
		buffer_done(&b->items[i].data);
	b->count = 0;
}

void unpack_batch_free_p(struct unpack_batch **b)
{
	if (*b)
		unpack_batch_done(*b);
	free(*b);
}

static void *work(void *data)
{
	struct job *job = data;

	for (;;) {
		size_t i = atomic_fetch_add(&job->next, 1);
		struct unpacked *u;

		if (i >= job->batch->count)
			return NULL;
		u = &job->batch->items[i];
		u->result = staged_read_module(job->set->staged,
			job->set->dep.items[u->item].path, &u->data, &u->fault);
	}
}

void unpack_run(const struct module_set *set, struct unpack_batch *b)
{
	struct job job = {.set = set, .batch = b};
	unsigned others = thread_useful(MAX_THREADS) - 1, started = 0;
	pthread_t threads[MAX_THREADS];

	/* This thread works, too; alone, where no other can be had. */
	while (started < others && thread_start(&threads[started], work, &job) == 0)
		started++;
	work(&job);
	while (started > 0)
		pthread_join(threads[--started], NULL);
}
