/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GRUB's environment block as the plan leaves it: which entry is the default. */
#include "planner.h"

#include <errno.h>

/* prev_saved_entry would take the place of saved_entry at the next boot. */
int planner_grubenv(const struct inventory *inv, struct grubenv *ret, const char *saved)
{
	const struct grubenv *now = &inv->grubenv;
	const char *previous = grubenv_get(now, "prev_saved_entry");

	for (size_t i = 0; i < now->count; i++)
		if (grubenv_set(ret, now->items[i].name, now->items[i].value) < 0)
			return -ENOMEM;
	if (strings_copy(&ret->comments, &now->comments) < 0)
		return -ENOMEM;
	if (saved && previous && *previous && grubenv_set(ret, "prev_saved_entry", "") < 0)
		return -ENOMEM;
	return saved ? grubenv_set(ret, "saved_entry", saved) : 0;
}

/* Beside grub.cfg, where it looks first. NULL: no memory. */
static char *grubenv_path(const struct planner *p)
{
	const char *cfg = p->inv->grub_cfg ? p->inv->grub_cfg : p->inv->lost.path;
	const char *slash = cfg ? strrchr(cfg, '/') : NULL;

	if (p->inv->grubenv_path)
		return strdup(p->inv->grubenv_path);
	return slash ? text_printf("%.*s/grubenv", (int)(slash - cfg), cfg)
		     : strdup("/boot/grub2/grubenv");
}

static const char *reason(const struct planner *p)
{
	if (p->options->default_choice == DEFAULT_SET)
		return "it was asked to become the default entry";
	return p->options->default_choice == DEFAULT_KEEP || planner_default_boots(p)
		       ? "the default entry stays what it was"
		       : "the present default entry does not boot";
}

int planner_save_default(struct planner *p, const char *saved, struct fault *f)
{
	_cleanup_(grubenv_done) struct grubenv env = {0};
	_cleanup_(buffer_done) struct buffer content = {0};
	_cleanup_free_ char *path = grubenv_path(p);
	struct operation *op;
	int r;

	if (!path || planner_grubenv(p->inv, &env, saved) < 0)
		return fault_no_memory(f);
	r = grubenv_write(&content, &env, f);
	if (r < 0)
		return r;
	r = planner_add(p, OP_DEFAULT, path, 0644, content.size, &op, "%s", reason(p));
	if (r < 0)
		return fault_no_memory(f);
	op->content = TAKE_STRUCT(content);
	return 0;
}
