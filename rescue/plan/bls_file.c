/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A new BLS entry among the operations: its name, its command line, where that is from. */
#include "planner.h"

int planner_add_bls(struct planner *p, const char *id, const char *initramfs,
		    planner_write_bls *write, struct fault *f)
{
	_cleanup_(buffer_done) struct buffer content = {0};
	_cleanup_free_ char *options = NULL, *path = NULL, *origin = NULL;
	struct operation *op;
	int r = planner_cmdline(p, &options, &origin, f);

	if (r < 0)
		return r;
	path = text_printf("%s/%s.conf", p->inv->entries_directory, id);
	if (!path || write(p, &content, initramfs, options) < 0)
		return fault_no_memory(f);
	r = planner_add(p, OP_ENTRY, path, 0644, content.size, &op,
		"the command line comes from %s", origin);
	if (r < 0)
		return fault_no_memory(f);
	op->content = TAKE_STRUCT(content);
	return 0;
}
