/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xz is what takes the time in an initramfs; modules are independent of each other. */
#include "unpack.h"

#include "thread.h"

struct job {
	const struct module_set *set;
	struct unpack_batch *batch;
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

static void unpack(void *data, size_t index)
{
	const struct job *job = data;
	struct unpacked *u = &job->batch->items[index];

	u->result = staged_read_module(job->set->staged, job->set->dep.items[u->item].path,
		&u->data, &u->fault);
}

void unpack_run(const struct module_set *set, struct unpack_batch *b)
{
	struct job job = {.set = set, .batch = b};

	threads_each(b->count, unpack, &job);
}
