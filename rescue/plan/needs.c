/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The room that a plan takes on each file system, against what is free there. */
#include "planner.h"

#include <errno.h>

/* What stays free for the journal, directories and whatever the running system writes. */
#define RESERVE_BYTES (4u * 1024 * 1024)
#define RESERVE_INODES 16

static struct need *need_of(struct plan *plan, const struct filesystem_space *space)
{
	for (size_t i = 0; i < plan->need_count; i++)
		if (text_equal(plan->needs[i].filesystem, space->mountpoint))
			return &plan->needs[i];
	if (vector_grow(&plan->needs, &plan->need_capacity, plan->need_count,
		sizeof(*plan->needs)) < 0)
		return NULL;
	struct need *n = &plan->needs[plan->need_count];
	*n = (struct need){.free_bytes = space->free_bytes, .free_inodes = space->free_inodes};
	n->filesystem = strdup(space->mountpoint);
	if (!n->filesystem)
		return NULL;
	plan->need_count++;
	return n;
}

static uint64_t inodes_of(const struct planner *p, const struct operation *op)
{
	uint64_t count = 0;

	if (op->op == OP_INDEX)
		return 10;
	if (op->op != OP_MODULES)
		return 1;
	for (size_t i = 0; i < p->plan->package_count; i++)
		count += p->sets->packages[p->plan->packages[i]].file_count;
	return count;
}

/* Where the system's own generator works, until it is done (measured: dracut, 300 MiB). */
#define SCRATCH_BYTES (350u * 1024 * 1024)
#define SCRATCH_INODES 8000

/* A repair of a few bytes must not fail for want of megabytes. */
static uint64_t with_reserve(const struct need *n)
{
	return n->bytes + MIN_OF((uint64_t)RESERVE_BYTES, n->bytes / 4);
}

static int refuse(const struct plan *plan, const struct need *n, struct fault *f)
{
	char wanted[16], there[16];

	size_text(with_reserve(n), wanted);
	size_text(n->free_bytes, there);
	if (with_reserve(n) > n->free_bytes)
		fault_named(f, FAULT_NO_SPACE, n->filesystem, "restore kernel", "%s: %s needs %s and has %s free",
			plan->release, n->filesystem, wanted, there);
	else
		fault_named(f, FAULT_NO_SPACE, n->filesystem, "restore kernel",
			"%s: %s needs %llu inodes and has %llu free", plan->release,
			n->filesystem, (unsigned long long)(n->inodes + RESERVE_INODES),
			(unsigned long long)n->free_inodes);
	fault_hint(f, "remove an old kernel or initramfs that you do not need from %s",
		n->filesystem);
	return -EINVAL;
}

static int add_scratch(struct planner *p)
{
	struct need *n;

	for (size_t i = 0; i < p->plan->count; i++) {
		const struct operation *op = &p->plan->operations[i];

		if (op->op != OP_INITRAMFS || !op->from)
			continue;
		n = need_of(p->plan, inventory_space_of(p->inv, "/"));
		if (!n)
			return -ENOMEM;
		n->bytes += SCRATCH_BYTES;
		n->inodes += SCRATCH_INODES;
	}
	return 0;
}

int planner_needs(struct planner *p, struct fault *f)
{
	struct plan *plan = p->plan;

	if (add_scratch(p) < 0)
		return fault_no_memory(f);
	for (size_t i = 0; i < plan->count; i++) {
		const struct operation *op = &plan->operations[i];
		const struct filesystem_space *space = inventory_space_of(p->inv, op->path);
		struct need *n = need_of(plan, space);
		uint64_t block = space->block_size ? space->block_size : 4096;
		uint64_t inodes = inodes_of(p, op);

		if (!n)
			return fault_no_memory(f);
		/* Half a block is lost to each file's end. */
		n->bytes += op->size + block + inodes * block / 2;
		n->inodes += inodes;
		if (space->has_no_links && op->expected.exists)
			n->bytes += op->expected.size + block;
	}
	for (size_t i = 0; i < plan->need_count; i++) {
		const struct need *n = &plan->needs[i];
		/* btrfs has no inode count: it says 0 of 0. */
		bool counts_inodes = n->free_inodes != 0;

		if (with_reserve(n) > n->free_bytes ||
			(counts_inodes && n->inodes + RESERVE_INODES > n->free_inodes))
			return refuse(plan, n, f);
	}
	return 0;
}
