/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan in words: what is printed before the question, and kept with the transaction. */
#include "plan.h"

const char *op_name(enum op op)
{
	static const char *const names[] = {"modules", "file", "index", "copy", "link",
		"initramfs", "entry", "default"};

	return names[op];
}

static int describe_operation(const struct operation *op, struct buffer *ret)
{
	char size[16];

	return buffer_printf(ret, "  %-9s %s (%s): %s\n", op_name(op->op), op->path,
		size_text(op->size, size), op->reason);
}

int plan_describe(const struct plan *p, struct buffer *ret)
{
	int r = buffer_printf(ret, "Restore kernel %s on %s: %s.\n", p->release, p->system,
		p->why);

	if (r >= 0 && p->count == 0)
		return buffer_puts(ret, "Nothing to do: it is restored already.\n");
	for (size_t i = 0; r >= 0 && i < p->count; i++)
		r = describe_operation(&p->operations[i], ret);
	for (size_t i = 0; r >= 0 && i < p->need_count; i++) {
		char wanted[16], there[16];

		r = buffer_printf(ret, "%s: needs %s, has %s free\n", p->needs[i].filesystem,
			size_text(p->needs[i].bytes, wanted),
			size_text(p->needs[i].free_bytes, there));
	}
	return r;
}
