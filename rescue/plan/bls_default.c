/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which BLS entry GRUB starts when the plan is done: the new one, or the one it did. */
#include "grub_start.h"

#include <errno.h>

/* grub.cfg as it will be: there, or made by this plan. */
static struct bytes cfg_of(const struct planner *p)
{
	const char *lost = p->inv->lost.path;

	for (size_t i = 0; lost && i < p->plan->count; i++)
		if (text_equal(p->plan->operations[i].path, lost))
			return buffer_bytes(&p->plan->operations[i].content);
	return buffer_bytes(&p->inv->loader_config);
}

static int refuse(const struct planner *p, const char *id, struct fault *f)
{
	fault_errno(f, ENOTSUP, NULL, "make %s the default entry", id);
	fault_reason(f, p->inv->saved_in_block
		? "GRUB keeps its default entry in the reserved area of btrfs, which is not "
		  "written here"
		: "GRUB's configuration starts another entry whatever it is told");
	fault_hint(f, "add --keep-default, and choose the entry in GRUB's menu at the next boot");
	return -ENOTSUP;
}

static int add_change(struct planner *p, struct grub_change *change, struct fault *f)
{
	const char *path = p->inv->grub_cfg;
	struct operation *op;

	if (change->saved)
		return planner_save_default(p, change->saved, f);
	if (change->cfg.size == 0)
		return 0;
	if (planner_add(p, OP_DEFAULT, path, inventory_observed(p->inv, path)->mode & 07777,
		    change->cfg.size, &op, "it names the default entry itself") < 0)
		return fault_no_memory(f);
	op->content = TAKE_STRUCT(change->cfg);
	return 0;
}

/* The file is there, and no link that a new file would take the place of. */
static bool can_edit(const struct planner *p)
{
	return p->inv->grub_cfg && S_ISREG(inventory_observed(p->inv, p->inv->grub_cfg)->mode);
}

/* 1: there is something that shall start. */
static int find_goal(struct grub_goal *ret, struct grub_start *now, const struct planner *p,
	const struct entry *working, const struct entry *added, struct fault *f)
{
	const struct grub_trial as_it_is = {.cfg = buffer_bytes(&p->inv->loader_config)};
	int r;

	if (planner_wants_default(p, working)) {
		*ret = (struct grub_goal){
			.bls_id = working ? working->id : added->id, .is_new = true};
		return 1;
	}
	/* It was the default before its entry was lost. */
	if (working || text_equal(p->inv->saved_entry, added->id))
		return 0;
	r = grub_start_find(now, p, &as_it_is, f);
	return r < 0 ? r : grub_start_goal(ret, now);
}

int planner_bls_default(struct planner *p, const struct entry *working,
	const struct entry *added, struct fault *f)
{
	_cleanup_(grub_change_done) struct grub_change change = {0};
	_cleanup_(grub_start_done) struct grub_start now = {0};
	const struct grub_trial trial = {.cfg = cfg_of(p), .added = working ? NULL : added};
	struct grub_goal goal = {0};
	int r = find_goal(&goal, &now, p, working, added, f);

	if (r <= 0)
		return r;
	r = grub_start_by_name(&change, p, &trial, &goal, f);
	if (r == 0 && can_edit(p))
		r = grub_start_by_text(&change, p, &trial, &goal, f);
	if (r == 0)
		return goal.is_new ? refuse(p, goal.bls_id, f) : 0;
	return r < 0 ? r : add_change(p, &change, f);
}
