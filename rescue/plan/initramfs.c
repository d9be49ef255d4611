/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether an initramfs must be built, and whether ours could reach this root. */
#include "planner.h"

#include "formats/cmdline.h"

#include <errno.h>

/* Measured: every storage driver of a generic 6.1 kernel, gzip: 21 MiB; uncompressed: 55. */
#define INITRAMFS_ESTIMATE (24u * 1024 * 1024)

/* What root lies on that PID 1 of a built initramfs cannot open. NULL: it reaches it. */
static const char *unreachable(const struct planner *p)
{
	static const struct {
		const char *start, *what;
	} sources[] = {
		{"/dev/md", "an md array"},
		{"/dev/zd", "a ZFS volume"},
	};
	const struct system *s = p->inv->system;
	const char *fstype = s->root.fstype, *source = s->root.source;
	static const char *const reached[] = {"ext2", "ext3", "ext4", "xfs", "btrfs", "vfat"};

	if (s->unreachable)
		return s->unreachable;
	for (size_t i = 0; source && i < ARRAY_SIZE(sources); i++)
		if (text_starts(source, sources[i].start))
			return sources[i].what;
	for (size_t i = 0; fstype && i < ARRAY_SIZE(reached); i++)
		if (text_equal(fstype, reached[i]))
			return NULL;
	return fstype ? "a file system that it has no driver for" : NULL;
}

static int refuse_unreachable(const char *why, struct fault *f)
{
	fault_named(f, FAULT_ROOT_NOT_REACHABLE, NULL, "build an initramfs",
		"the root file system lies on %s, which the builtin initramfs cannot open",
		why);
	fault_hint(f, "--initramfs none restores everything else; then run dracut in the "
		      "restored system");
	return -EINVAL;
}

/* A sound initramfs is never replaced. */
static const char *why_needed(const struct planner *p)
{
	const struct kernel *k = p->kernel;

	if (!k || k->initramfs.state == PART_MISSING)
		return "there is none for this kernel";
	if (k->initramfs.state == PART_DAMAGED)
		return "the present one is damaged";
	if (k->initramfs.state == PART_MISMATCHED)
		return "the present one holds another kernel's modules";
	for (size_t i = 0; i < p->v->findings.count; i++) {
		const struct finding *found = &p->v->findings.items[i];

		if (text_equal(found->code, "initramfs-lacks-root-driver") &&
			text_equal(found->kernel, k->release))
			return "the present one has no driver for this root";
	}
	return NULL;
}

int planner_initramfs(struct planner *p, struct fault *f)
{
	_cleanup_free_ char *path = NULL;
	const char *why = why_needed(p), *obstacle;
	int r;

	if (!why || p->options->initramfs == INITRAMFS_NONE)
		return 0;
	if (p->options->initramfs == INITRAMFS_DRACUT)
		return fault_errno(f, ENOTSUP, NULL, "run the system's own dracut");
	obstacle = unreachable(p);
	if (obstacle)
		return refuse_unreachable(obstacle, f);
	path = p->kernel && p->kernel->initramfs.path
		       ? strdup(p->kernel->initramfs.path)
		       : text_printf("/boot/%s-%s.img",
				 strstr(p->plan->release, ".el5") ? "initrd" : "initramfs",
				 p->plan->release);
	r = path ? planner_add(p, OP_INITRAMFS, path, 0600, INITRAMFS_ESTIMATE, NULL, "%s", why)
		 : -ENOMEM;
	return r < 0 ? fault_no_memory(f) : 0;
}
