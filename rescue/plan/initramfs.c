/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether an initramfs must be built, and whether ours could reach this root. */
#include "planner.h"

#include <errno.h>

/* Measured: every storage driver of a generic 6.1 kernel, gzip: 21 MiB; uncompressed: 55. */
#define INITRAMFS_ESTIMATE (24u * 1024 * 1024)

/* At least: what dracut --no-hostonly makes takes from 30 MiB to 110, by what it knows. */
#define GENERATED_ESTIMATE (32u * 1024 * 1024)

/* ---- what the root takes ---- */
/* The entry that this kernel has or will be given tells; its variables are expanded. */
static const char *expected_options(const struct planner *p)
{
	const struct kernel *k = p->kernel;
	const struct entry *e;

	if (p->options->cmdline)
		return p->options->cmdline;
	for (size_t i = 0; k && i < k->entry_count; i++) {
		e = &p->inv->entries[k->entries[i]];
		if (e->is_of_this_root && e->options)
			return e->options;
	}
	e = planner_template(p);
	return e ? e->options : NULL;
}

/* Nothing that tells how the root is found: planner_entry says so. */
static int find_pieces(const struct planner *p, unsigned *ret)
{
	const char *options = expected_options(p);
	_cleanup_free_ char *text = NULL, *origin = NULL;
	unsigned told = 0;
	int r = 0;

	if (!options) {
		r = planner_cmdline(p, &text, &origin, NULL);
		options = text;
	}
	if (options)
		r = cmdline_pieces(&told, options);
	*ret = p->inv->system->pieces | told;
	return r == -ENOMEM ? r : 0;
}

static const char *name_piece(unsigned pieces)
{
	for (unsigned i = ROOT_PIECES; i-- > 0;)
		if (pieces & ~(unsigned)PIECE_LVM & 1u << i)
			return root_piece_name(1u << i);
	return NULL;
}

/* What root lies on that PID 1 of a built initramfs cannot open. NULL: it reaches it. */
static const char *unreachable(const struct planner *p, unsigned pieces)
{
	const struct system *s = p->inv->system;
	const char *fstype = s->root.fstype;
	static const char *const reached[] = {"ext2", "ext3", "ext4", "xfs", "btrfs", "vfat"};

	if (s->unreachable)
		return s->unreachable;
	if (name_piece(pieces))
		return name_piece(pieces);
	for (size_t i = 0; fstype && i < ARRAY_SIZE(reached); i++)
		if (text_equal(fstype, reached[i]))
			return NULL;
	return fstype ? "a file system that it has no driver for" : NULL;
}

static int refuse_unreachable(const struct planner *p, unsigned pieces, const char *why,
	struct fault *f)
{
	const struct generator *g = &p->inv->generator;

	if (pieces & PIECE_FIPS && !p->inv->system->unreachable)
		fault_named(f, FAULT_ROOT_NOT_REACHABLE, NULL, "build an initramfs",
			"the command line says fips=1, and the builtin initramfs does not "
			"check the kernel as FIPS mode wants it");
	else
		fault_named(f, FAULT_ROOT_NOT_REACHABLE, NULL, "build an initramfs",
			"the root file system lies on %s, which the builtin initramfs cannot "
			"open", why);
	if (g->path && !g->obstacle)
		fault_hint(f, "--initramfs dracut runs the system's own %s", g->path);
	else
		fault_hint(f, "--initramfs dracut would run the system's own, but %s%s; "
			      "--initramfs none restores everything else",
			g->path ? "" : "it has none", g->path ? g->obstacle : "");
	return -EINVAL;
}

/* ---- the system's own generator ---- */
static int refuse_generator(const struct generator *g, struct fault *f)
{
	int r = fault_errno(f, g->path ? ENOTSUP : ENOENT, g->path,
		"run the system's own %s", g->path ? g->path : "dracut");

	fault_reason(f, "%s", g->path ? g->obstacle
				      : "it has neither dracut nor mkinitrd");
	fault_hint(f, "--initramfs builtin makes one without it, where the root can be "
		      "reached so");
	return r;
}

static int add_generated(struct planner *p, const char *path, unsigned pieces,
	const char *why)
{
	const struct generator *g = &p->inv->generator;
	struct operation *op;
	int r = planner_add(p, OP_INITRAMFS, path, 0600, GENERATED_ESTIMATE, &op,
		"%s; the system's own %s makes it", why, g->path);

	if (r < 0)
		return r;
	op->pieces = pieces;
	op->from = strdup(g->path);
	return op->from ? 0 : -ENOMEM;
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

/* What the packages say it is called: a file that they own and do not bring. */
static const char *ghost_of_packages(const struct planner *p)
{
	for (size_t i = 0; p->set && i < p->set->count; i++) {
		const struct package *k = &p->sets->packages[p->set->packages[i]];

		for (size_t n = 0; n < k->file_count; n++) {
			const char *path = k->files[n].path;

			if ((k->files[n].flags & PACKAGE_FILE_GHOST) &&
				(text_starts(path, "/boot/initramfs-") ||
					text_starts(path, "/boot/initrd-")) &&
				strstr(path, p->plan->release) && !strstr(path, "kdump"))
				return path;
		}
	}
	return NULL;
}

/* As an entry names it, or where it is already; else as the packages call it. */
static char *new_path(const struct planner *p)
{
	const struct kernel *k = p->kernel;
	/* On the ESP the boot loader's names count. */
	const char *ghost = p->inv->systemd.root ? NULL : ghost_of_packages(p);

	if (k && k->initramfs.path &&
		(!ghost || k->initramfs.state != PART_MISSING || k->entry_count > 0))
		return strdup(k->initramfs.path);
	return ghost ? strdup(ghost) : inventory_initramfs_path(p->inv, p->plan->release);
}

int planner_initramfs(struct planner *p, struct fault *f)
{
	const struct generator *g = &p->inv->generator;
	bool is_own = p->options->initramfs == INITRAMFS_DRACUT;
	const char *why = why_needed(p), *obstacle;
	_cleanup_free_ char *path = NULL;
	unsigned pieces = 0;
	int r;

	if (!why || p->options->initramfs == INITRAMFS_NONE)
		return 0;
	if (is_own && (!g->path || g->obstacle))
		return refuse_generator(g, f);
	path = new_path(p);
	if (!path || find_pieces(p, &pieces) < 0)
		return fault_no_memory(f);
	obstacle = is_own ? NULL : unreachable(p, pieces);
	if (obstacle)
		return refuse_unreachable(p, pieces, obstacle, f);
	r = is_own ? add_generated(p, path, pieces, why)
		   : planner_add(p, OP_INITRAMFS, path, 0600, INITRAMFS_ESTIMATE, NULL, "%s",
			     why);
	return r < 0 ? fault_no_memory(f) : 0;
}
