/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all kinds of entries are planned from: names, files, the default as it stands. */
#include "planner.h"

/* The plan makes that name, or it is there already. */
bool planner_will_exist(const struct planner *p, const char *path)
{
	for (size_t i = 0; i < p->plan->count; i++)
		if (text_equal(p->plan->operations[i].path, path))
			return true;
	return inventory_observed(p->inv, path)->exists;
}

bool planner_will_work(const struct planner *p, const struct entry *e)
{
	if (!e->is_read || !e->is_of_this_root || !e->linux_path || !planner_will_exist(p, e->linux_path) ||
		e->initrd.count == 0)
		return false;
	for (size_t i = 0; i < e->initrd.count; i++)
		if (!planner_will_exist(p, e->initrd.items[i]))
			return false;
	return true;
}

/* As 20-grub.install makes it: NAME (V) VERSION, "with debugging" where it is that. */
static char *title_from_release(const struct system *s, const char *release)
{
	const char *name = s->os_name ? s->os_name : "Linux";
	const char *debug = text_ends(release, "+debug") ? " with debugging" : "";

	if (!s->os_version)
		return text_printf("%s (%s)%s",
			s->os_pretty_name ? s->os_pretty_name : name, release, debug);
	return text_printf("%s (%s) %s%s", name, release, s->os_version, debug);
}

/* The title of a sibling entry with this release in it, else one from os-release. */
char *planner_title(const struct planner *p)
{
	const struct inventory *inv = p->inv;

	for (size_t i = 0; i < inv->entry_count; i++) {
		const struct entry *e = &inv->entries[i];
		const char *old = e->kernel >= 0 ? inv->kernels[e->kernel].release : NULL;
		const char *at = old && e->title ? strstr(e->title, old) : NULL;

		if (at && e->is_of_this_root)
			return text_printf("%.*s%s%s", (int)(at - e->title), e->title,
				p->plan->release, at + strlen(old));
	}
	return title_from_release(inv->system, p->plan->release);
}

bool planner_default_boots(const struct planner *p)
{
	const struct inventory *inv = p->inv;
	const struct entry *e = inv->default_entry < 0 ? NULL : &inv->entries[inv->default_entry];

	return e && !e->broken && e->is_of_this_root && e->kernel >= 0 &&
	       p->v->kernel_states[e->kernel] == KERNEL_BOOTABLE;
}

bool planner_wants_default(const struct planner *p, const struct entry *working)
{
	if (p->options->default_choice == DEFAULT_KEEP || (working && working->is_default))
		return false;
	return p->options->default_choice == DEFAULT_SET || !planner_default_boots(p);
}
