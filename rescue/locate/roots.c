/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which file systems are roots of installed systems: each that may be one is mounted and
 * looked at, in the order of devices.
 */
#include "btrfs.h"
#include "features.h"
#include "thread.h"

#include <errno.h>

#define MAX_SYSTEMS 256
#define MAX_BATCH 8 /* file systems that are mounted side by side */
#define MAX_KEPT 16 /* trees that are none: often the /boot of the next one */

/* Where distributions put a root on btrfs; the first is what a plain mount shows. */
static const char *const btrfs_roots[] = {NULL, "subvol=@", "subvol=root"};

static bool is_btrfs(const struct device *d)
{
	return text_equal(d->fstype, "btrfs");
}

/* ---- one root ---- */
static int describe_root(const struct landscape *l, struct system *s, int device)
{
	const struct device *d = &l->devices[device];
	struct place *p = &s->root;

	*p = (struct place){
		.device = device,
		.device_path = strdup(d->path),
		.fstype = strdup(d->fstype),
		.uuid = d->uuid ? strdup(d->uuid) : NULL,
		.label = d->label ? strdup(d->label) : NULL,
		.partuuid = d->partuuid ? strdup(d->partuuid) : NULL,
		.mountpoint = strdup("/"),
		.present = true,
		.separate = true,
		.mounted = true,
		.features = device_features(d),
	};
	if (!p->device_path || !p->fstype || !p->mountpoint || !p->uuid != !d->uuid ||
	    !p->label != !d->label || !p->partuuid != !d->partuuid)
		return -ENOMEM;
	if (!is_btrfs(d))
		return 0;
	s->subvolume_id = btrfs_subvolume_id(s->target.fd);
	s->subvolume = mount_tree_subvolume(l->mounts, s->tree);
	if (s->subvolume && !*s->subvolume) {
		free(s->subvolume);
		s->subvolume = NULL;
	}
	return 0;
}

static int name_root(struct system *s)
{
	const char *uuid = s->root.uuid ? s->root.uuid : s->root.device_path;
	_cleanup_free_ char *seed =
		text_printf("%s%s", uuid, s->subvolume ? s->subvolume : "");

	s->id = seed ? identity_id(s, seed) : NULL;
	return s->id ? 0 : -ENOMEM;
}

static bool is_same_root(const struct system *a, const struct system *b)
{
	return a->root.device == b->root.device && text_equal(a->subvolume, b->subvolume);
}

static bool is_known(const struct landscape *l, const struct system *s)
{
	for (size_t i = 0; i < l->system_count; i++) {
		if (is_same_root(&l->systems[i], s))
			return true;
	}
	return false;
}

/* 1: s is a system, read; 0: it is not. Its tree is the caller's to drop then. */
static int read_root(struct landscape *l, struct system *s, int device, struct fault *f)
{
	int r;

	if (!target_is_system(&s->target))
		return 0;
	/* Transactional systems boot from a read-only one; that is the default then. */
	if (!s->is_default_subvolume && is_btrfs(&l->devices[device]) &&
		btrfs_is_read_only(s->target.fd))
		return 0;
	r = describe_root(l, s, device);
	if (r < 0)
		return fault_no_memory(f);
	if (is_known(l, s))
		return 0;
	r = system_read(l, s, ACCESS_LOOK, f);
	if (r == 0 && name_root(s) < 0)
		r = fault_no_memory(f);
	return r < 0 ? r : 1;
}

static int add_system(struct landscape *l, struct system *take)
{
	int r = vector_grow(
		&l->systems, &l->system_capacity, l->system_count, sizeof(*l->systems));

	if (r < 0)
		return r;
	l->systems[l->system_count++] = *take;
	system_init(take);
	return 0;
}

/* A file system that cannot be looked at is one finding; the scan goes on. */
static int report_unmountable(
	struct landscape *l, const struct device *d, const struct fault *why)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	int r = fault_describe(why, &text);

	if (r < 0)
		return r;
	return findings_add(&l->findings, "device-unreadable", SEVERITY_WARNING, NULL,
		d->path, "%s: whether it holds a system is not judged", text.data);
}

/*
 * Trees without a system stay mounted until all are found: who mounts the same file system
 * again shares it, which costs next to nothing.
 */
struct kept {
	int trees[MAX_KEPT];
	size_t count;
};

static void keep_or_drop(struct landscape *l, struct kept *kept, int tree)
{
	if (kept->count < MAX_KEPT)
		kept->trees[kept->count++] = tree;
	else
		mount_tree_drop(l->mounts, tree, NULL);
}

/* A device, and what the tree that it was mounted as holds. */
struct candidate {
	int device;
	struct system system;
	int result; /* 1: it is a system, read; 0: it is none; -errno: the tree tells why */
};

/* By one thread a tree: of the landscape nothing changes but what is mounted. */
static void look(struct landscape *l, struct new_tree *t, struct candidate *c)
{
	const struct mount_request *q = &t->request;
	struct system *s = &c->system;

	system_init(s);
	c->result = t->tree;
	if (t->tree < 0)
		return;
	s->tree = t->tree;
	s->target.fd = TAKE_FD(t->target.fd);
	s->is_default_subvolume = !q->options && is_btrfs(q->device);
	c->result = read_root(l, s, c->device, &t->why);
}

/* 0 also when it is no system. The candidate is consumed. */
static int take(struct landscape *l, const struct new_tree *t, struct candidate *c,
	struct kept *kept, struct fault *f)
{
	_cleanup_(system_done) struct system s = c->system;
	int r = c->result;

	if (t->tree == -ENOENT) /* there is no such subvolume */
		return 0;
	if (t->tree == -ENOMEM)
		return fault_no_memory(f);
	if (t->tree < 0)
		return report_unmountable(l, t->request.device, &t->why) < 0
			       ? fault_no_memory(f)
			       : 0;
	if (r > 0 && l->system_count < MAX_SYSTEMS)
		return add_system(l, &s) < 0 ? fault_no_memory(f) : 0;
	target_done(&s.target);
	keep_or_drop(l, kept, t->tree);
	if (r < 0 && f)
		*f = t->why;
	return r < 0 ? r : 0;
}

static int try_root(struct landscape *l, int device, const char *options,
	struct kept *kept, struct fault *f)
{
	struct new_tree t = {.request = {&l->devices[device], options, ACCESS_LOOK}};
	struct candidate c = {.device = device};

	mount_trees_new(l->mounts, &t, 1);
	look(l, &t, &c);
	return take(l, &t, &c, kept, f);
}

static bool can_be_root(const struct device *d)
{
	return !d->held && !d->is_divided && filesystem_is_known(d->fstype) &&
	       strcmp(d->fstype, "vfat") != 0;
}

/* One after another: the kernel takes one of several btrfs copies with the same UUID. */
static int try_subvolumes(struct landscape *l, int device, struct kept *kept, struct fault *f)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(btrfs_roots) &&
			   l->system_count < MAX_SYSTEMS; i++)
		r = try_root(l, device, btrfs_roots[i], kept, f);
	return r;
}

/* Subvolumes that a system's fstab names may be systems as well: another release's root. */
static int try_named(struct landscape *l, size_t system, struct kept *kept, struct fault *f)
{
	const size_t count = l->systems[system].fstab.count;
	int r = 0;

	for (size_t i = 0; r == 0 && i < count && l->system_count < MAX_SYSTEMS; i++) {
		const struct fstab_line *line = &l->systems[system].fstab.items[i];
		_cleanup_free_ char *options = subvolume_option(line);
		int device = -1;

		if (!options || !fstab_line_is_local(line) ||
			source_find(l, &l->systems[system], line, &device) != SOURCE_FOUND ||
			!is_btrfs(&l->devices[device]))
			continue;
		r = try_root(l, device, options, kept, f);
	}
	return r;
}

/* The next few devices: mounted and looked at side by side, taken in their order. */
struct batch {
	struct landscape *landscape;
	size_t first, end; /* devices */
	struct new_tree trees[MAX_BATCH];
	struct candidate candidates[MAX_BATCH];
	size_t count;
};

static void look_at_one(void *data, size_t i)
{
	struct batch *b = data;

	look(b->landscape, &b->trees[i], &b->candidates[i]);
}

static void batch_read(struct batch *b)
{
	const struct landscape *l = b->landscape;

	b->first = b->end;
	b->count = 0;
	for (; b->end < l->device_count && b->count < MAX_BATCH; b->end++) {
		const struct device *d = &l->devices[b->end];

		if (!can_be_root(d) || is_btrfs(d))
			continue;
		b->trees[b->count] =
			(struct new_tree){.request = {d, NULL, ACCESS_LOOK}};
		b->candidates[b->count++].device = (int)b->end;
	}
	if (b->count == 0)
		return;
	log_line("mounting %zu file systems", b->count);
	mount_trees_new(l->mounts, b->trees, b->count);
	log_line("looking into %zu file systems", b->count);
	threads_each_waiting(b->count, look_at_one, b);
}

static int batch_take(struct batch *b, struct kept *kept, struct fault *f)
{
	struct landscape *l = b->landscape;
	size_t next = 0;
	int r = 0;

	for (size_t i = b->first; r == 0 && i < b->end; i++) {
		const struct device *d = &l->devices[i];

		if (!can_be_root(d))
			continue;
		if (is_btrfs(d)) {
			r = try_subvolumes(l, (int)i, kept, f);
		} else {
			r = take(l, &b->trees[next], &b->candidates[next], kept, f);
			next++;
		}
	}
	while (next < b->count) /* an error came before them */
		system_done(&b->candidates[next++].system);
	return r;
}

int roots_find(struct landscape *l, struct fault *f)
{
	_cleanup_free_ struct batch *b = calloc(1, sizeof(*b));
	struct kept kept = {0};
	int r = b ? 0 : fault_no_memory(f);

	if (b)
		b->landscape = l;
	while (r == 0 && b->end < l->device_count) {
		batch_read(b);
		r = batch_take(b, &kept, f);
	}
	for (size_t i = 0; r == 0 && i < l->system_count; i++)
		r = try_named(l, i, &kept, f);
	while (kept.count > 0)
		mount_tree_drop(l->mounts, kept.trees[--kept.count], NULL);
	return r;
}
