/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Planning a restore: choose the kernel, then each group of operations in commit order. */
#include "planner.h"

#include <errno.h>

static void hint_at_wanted(const struct planner *p, struct fault *f)
{
	_cleanup_(buffer_done) struct buffer names = {0};
	int r = 0;

	for (size_t i = 0; r >= 0 && i < p->v->wanted.count; i++)
		r = buffer_printf(&names, "%s%s", i ? ", " : "", p->v->wanted.items[i]);
	if (r < 0 || names.size == 0)
		fault_hint(f, "give the RPM files of a kernel for this system");
	else
		fault_hint(f, "give the packages that hold it: %s", names.data);
}

/* Without packages: the one named, else the newest that is whole (they are sorted so). */
static int choose_from_system(struct planner *p, struct fault *f)
{
	const struct inventory *inv = p->inv;
	const char *asked = p->options->release;

	for (size_t i = 0; i < inv->kernel_count; i++) {
		const struct kernel *k = &inv->kernels[i];

		if (asked ? text_equal(k->release, asked) : kernel_is_whole(k)) {
			p->kernel = k;
			break;
		}
	}
	if (p->kernel && kernel_is_whole(p->kernel))
		return 0;
	fault_errno(f, ENOENT, NULL, "restore %s from what the system has",
		asked ? asked : "a kernel");
	fault_reason(f, "%s",
		!asked	     ? "no kernel is left whose image and modules are whole"
		: !p->kernel ? "there is no such kernel"
			     : "its image and modules are not whole");
	hint_at_wanted(p, f);
	return -ENOENT;
}

/* Of several kernels, by what the others lack. */
static char *why_it_fits(enum offer_lack lack, const char *release)
{
	switch (lack) {
	case LACKS_ROOT:
		return text_printf("kernel %s gets this system to its root here, others of "
				   "the packages do not", release);
	case LACKS_MODULES:
		return text_printf("with kernel %s the system's third-party modules load",
			release);
	default:
		return text_printf("kernel %s drives the network card of this machine",
			release);
	}
}

/* One sentence; an administrator must see at a glance why it is this kernel. */
static char *explain(const struct planner *p)
{
	const struct inventory *inv = p->inv;

	if (!p->set)
		return text_printf(p->options->release
					? "kernel %s was asked for; the system itself still has it"
					: "kernel %s is the newest whose image and modules the "
					  "system still has", p->plan->release);
	if (p->options->release)
		return text_printf("kernel %s was asked for", p->plan->release);
	if (p->options->fitting.count)
		return why_it_fits(p->options->fitting_lack, p->plan->release);
	for (size_t i = 0; i < inv->clue_count; i++)
		if (text_equal(inv->clues[i].release, p->plan->release))
			return text_printf("kernel %s is the one that the system had (%s)",
				p->plan->release, inv->clues[i].origin);
	return text_printf("kernel %s is the newest complete one in the packages",
		p->plan->release);
}

/* What goes to /boot must not end up in the empty directory below a missing file system. */
static int check_complete(const struct system *s, struct fault *f)
{
	if (s->complete)
		return 0;
	fault_named(f, FAULT_BOOT_NOT_MOUNTED, NULL, "restore a kernel",
		"a file system that the system boots from is not there");
	fault_hint(f, "\"rescue locate\" tells which one; attach its device, start a medium "
		      "whose kernel can read it, or mend /etc/fstab of the system");
	return -EINVAL;
}

static int choose(struct planner *p, struct fault *f)
{
	struct plan *plan = p->plan;
	int r = p->sets ? plan_choose(&p->set, p->inv, p->sets, p->options, f)
			: choose_from_system(p, f);

	if (r < 0)
		return r;
	plan->system = strdup(p->inv->system->id);
	plan->release = strdup(p->set ? p->set->release : p->kernel->release);
	if (!plan->system || !plan->release)
		return fault_no_memory(f);
	p->kernel = inventory_find_kernel(p->inv, plan->release);
	plan->why = explain(p);
	plan->packages = calloc(p->set ? p->set->count : 1, sizeof(*plan->packages));
	if (!plan->why || !plan->packages)
		return fault_no_memory(f);
	for (size_t i = 0; p->set && i < p->set->count; i++)
		plan->packages[plan->package_count++] = p->set->packages[i];
	return 0;
}

int plan_restore(struct plan *ret, const struct inventory *inv,
		 const struct verification *v, const struct package_sets *sets,
		 const struct comparison *installed, const struct restore_options *options,
		 struct fault *f)
{
	_cleanup_(plan_done) struct plan plan = {0};
	struct planner p = {.inv = inv, .v = v, .sets = sets, .installed = installed,
		.options = options, .plan = &plan};
	int r = check_complete(inv->system, f);

	if (r >= 0)
		r = choose(&p, f);

	if (r < 0)
		return r;
	if (planner_packages(&p) < 0 || planner_boot_files(&p) < 0)
		return fault_no_memory(f);
	r = planner_initramfs(&p, f);
	if (r >= 0)
		r = planner_entry(&p, f);
	if (r >= 0)
		r = planner_needs(&p, f);
	if (r >= 0)
		*ret = TAKE_STRUCT(plan);
	return r;
}
