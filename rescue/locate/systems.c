/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which file systems are roots of installed systems, and what else belongs to each. */
#include "btrfs.h"
#include "features.h"

#include <errno.h>

#define MAX_SYSTEMS 256
#define MAX_KEPT 16 /* trees that are none: often the /boot of the next one */

/* Where distributions put a root on btrfs; the first is what a plain mount shows. */
static const char *const btrfs_roots[] = {NULL, "subvol=@", "subvol=root"};

void system_forget(struct system *s)
{
	free(s->os_id);
	free(s->os_version_id);
	free(s->os_pretty_name);
	free(s->os_name);
	free(s->os_version);
	free(s->arch);
	free(s->machine_id);
	free(s->efi_program);
	bios_start_done(&s->bios);
	s->os_id = s->os_version_id = s->os_pretty_name = s->os_name = s->os_version = NULL;
	s->arch = s->machine_id = s->efi_program = NULL;
	place_forget(&s->boot);
	place_forget(&s->esp);
	place_forget(&s->usr);
	fstab_done(&s->fstab);
	findings_done(&s->findings);
	buffer_done(&s->grub_block);
	s->grub_block = (struct buffer){0};
	strings_done(&s->device_names);
	s->device_names = (struct strings){0};
}

void system_init(struct system *s)
{
	*s = (struct system){.target = TARGET_NONE, .tree = -1};
	s->root.device = s->boot.device = s->esp.device = s->usr.device = -1;
}

void system_done(struct system *s)
{
	target_done(&s->target);
	system_forget(s);
	place_forget(&s->root);
	free(s->id);
	free(s->subvolume);
	system_init(s);
}

int system_read(
	struct landscape *l, struct system *s, enum access access, struct fault *f)
{
	int r;

	s->complete = true;
	r = fstab_read(s);
	if (r < 0)
		return fault_no_memory(f);
	r = places_read(l, s, access, f);
	if (r < 0)
		return r;
	r = identity_read(s);
	if (r == 0)
		r = firmware_read(l, s);
	if (r < 0)
		return fault_no_memory(f);
	return stack_read(l, s) < 0 ? fault_no_memory(f) : 0;
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
	if (strcmp(d->fstype, "btrfs") != 0)
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
	if (!s->is_default_subvolume && text_equal(l->devices[device].fstype, "btrfs") &&
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

/* 0 also when there is no such subvolume or it holds no system. */
static int try_root(struct landscape *l, int device, const char *options,
	struct kept *kept, struct fault *f)
{
	const struct mount_request q = {&l->devices[device], options, ACCESS_LOOK};
	_cleanup_(system_done) struct system s;
	struct fault why = {0};
	int r, tree;

	system_init(&s);
	tree = mount_tree_new(l->mounts, &q, &s.target, &why);
	if (tree == -ENOMEM)
		return fault_no_memory(f);
	if (tree < 0) {
		if (tree == -ENOENT)
			return 0;
		r = report_unmountable(l, q.device, &why);
		return r < 0 ? fault_no_memory(f) : 0;
	}
	s.tree = tree;
	s.is_default_subvolume = !options && text_equal(q.device->fstype, "btrfs");
	r = read_root(l, &s, device, f);
	if (r > 0 && add_system(l, &s) < 0)
		r = fault_no_memory(f);
	if (r <= 0) {
		target_done(&s.target);
		keep_or_drop(l, kept, tree);
	}
	return r < 0 ? r : 0;
}

static bool can_be_root(const struct device *d)
{
	return !d->held && !d->is_divided && filesystem_is_known(d->fstype) &&
	       strcmp(d->fstype, "vfat") != 0;
}

static int try_device(struct landscape *l, int device, struct kept *kept, struct fault *f)
{
	bool btrfs = strcmp(l->devices[device].fstype, "btrfs") == 0;
	size_t ways = btrfs ? ARRAY_SIZE(btrfs_roots) : 1;
	int r = 0;

	for (size_t i = 0; r == 0 && i < ways && l->system_count < MAX_SYSTEMS; i++)
		r = try_root(l, device, btrfs_roots[i], kept, f);
	return r;
}

/* ---- all of them ---- */
static void mark(struct landscape *l, int device, unsigned role, int system)
{
	struct device *d;

	if (device < 0)
		return;
	d = &l->devices[device];
	d->roles |= role;
	if (d->system < 0)
		d->system = system;
}

/* Roles by what the systems themselves say of their devices. */
static void mark_devices(struct landscape *l, int system)
{
	const struct system *s = &l->systems[system];

	mark(l, s->root.device, ROLE_ROOT, system);
	if (s->boot.separate)
		mark(l, s->boot.device, ROLE_BOOT, system);
	if (s->usr.separate)
		mark(l, s->usr.device, ROLE_USR, system);
	mark(l, s->esp.device, ROLE_ESP, system);
	for (size_t i = 0; i < s->fstab.count; i++) {
		const struct fstab_line *line = &s->fstab.items[i];
		bool swap = strcmp(line->type, "swap") == 0;
		int device = -1;

		if (!swap && !fstab_line_is_local(line))
			continue;
		source_find(l, s, line, &device);
		if (device >= 0 && !(l->devices[device].roles &
					   (ROLE_ROOT | ROLE_BOOT | ROLE_USR | ROLE_ESP)))
			mark(l, device, swap ? ROLE_SWAP : ROLE_OTHER_MOUNT, system);
	}
}

/* Equal ids get .2, .3 in device order; the first keeps its own. */
static int number_clone(struct landscape *l, size_t index)
{
	struct system *s = &l->systems[index];
	const struct system *first = NULL;
	size_t before = 0;
	char *id;

	for (size_t i = 0; i < index; i++) {
		size_t size = strlen(s->id);
		const char *other = l->systems[i].id;

		if (strncmp(other, s->id, size) != 0 ||
			(other[size] != '\0' && other[size] != '.'))
			continue;
		before++;
		if (!first)
			first = &l->systems[i];
	}
	if (!first)
		return 0;
	id = text_printf("%s.%zu", s->id, before + 1);
	if (!id)
		return -ENOMEM;
	free(s->id);
	s->id = id;
	if (!text_equal(s->root.uuid, first->root.uuid))
		return 0; /* only the four digits are alike */
	return findings_add(&s->findings, "duplicate-uuid", SEVERITY_WARNING, NULL,
		s->root.device_path, "%s and %s have the same UUID %s: one is a copy",
		first->root.device_path, s->root.device_path, s->root.uuid);
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
			!text_equal(l->devices[device].fstype, "btrfs"))
			continue;
		r = try_root(l, device, options, kept, f);
	}
	return r;
}

static int find_roots(struct landscape *l, struct fault *f)
{
	struct kept kept = {0};
	int r = 0;

	for (size_t i = 0; r == 0 && i < l->device_count; i++)
		r = can_be_root(&l->devices[i]) ? try_device(l, (int)i, &kept, f) : 0;
	for (size_t i = 0; r == 0 && i < l->system_count; i++)
		r = try_named(l, i, &kept, f);
	while (kept.count > 0)
		mount_tree_drop(l->mounts, kept.trees[--kept.count], NULL);
	return r;
}

int systems_scan(struct landscape *l, struct fault *f)
{
	int r;

	logs_scan(l);
	r = find_roots(l, f);
	if (r < 0)
		return r;
	for (size_t i = 0; i < l->system_count; i++) {
		l->systems[i].on_removable =
			device_is_removable(l, l->systems[i].root.device);
		mark_devices(l, (int)i);
		if (number_clone(l, i) < 0)
			return fault_no_memory(f);
		findings_sort(&l->systems[i].findings);
	}
	return 0;
}
