/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The plan while it grows: its operations and what they are compared with. */
#include "planner.h"

#include <errno.h>

void plan_done(struct plan *p)
{
	free(p->system);
	free(p->release);
	free(p->why);
	free(p->packages);
	for (size_t i = 0; i < p->count; i++) {
		free(p->operations[i].path);
		free(p->operations[i].reason);
		free(p->operations[i].from);
		buffer_done(&p->operations[i].content);
	}
	free(p->operations);
	for (size_t i = 0; i < p->need_count; i++)
		free(p->needs[i].filesystem);
	free(p->needs);
	memset(p, 0, sizeof(*p));
}

int planner_add(struct planner *p, enum op kind, const char *path, mode_t mode, uint64_t size,
		struct operation **ret, const char *reason, ...)
{
	struct plan *plan = p->plan;
	_cleanup_(buffer_done) struct buffer text = {0};
	char words[512];
	va_list args;
	struct operation *op;
	int r = vector_grow(&plan->operations, &plan->capacity, plan->count,
		sizeof(*plan->operations));

	if (r < 0)
		return r;
	va_start(args, reason);
	vsnprintf(words, sizeof(words), reason, args);
	va_end(args);
	op = &plan->operations[plan->count];
	*op = (struct operation){.op = kind, .size = size, .mode = mode, .package = -1,
		.expected = *inventory_observed(p->inv, path)};
	op->path = strdup(path);
	op->reason = strdup(words);
	plan->count++; /* plan_done frees what is there of it */
	if (!op->path || !op->reason)
		return -ENOMEM;
	if (ret)
		*ret = op;
	return 0;
}

bool planner_makes(const struct planner *p, enum op op)
{
	for (size_t i = 0; i < p->plan->count; i++)
		if (p->plan->operations[i].op == op)
			return true;
	return false;
}
