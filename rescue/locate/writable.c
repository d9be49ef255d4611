/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From looking to repairing: a system's file systems are unmounted and mounted anew as
 * its next boot would, journal replay included. XFS does not go from norecovery to
 * writable otherwise.
 */
#include "local.h"
#include "loop.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define PLACES 4

static void places_of(struct place *ret[PLACES], struct system *s)
{
	ret[0] = &s->root;
	ret[1] = &s->boot;
	ret[2] = &s->usr;
	ret[3] = &s->esp;
}

static bool is_on_disk_of(const struct landscape *l, struct system *s, int device)
{
	struct place *places[PLACES];

	places_of(places, s);
	for (size_t i = 0; i < PLACES; i++) {
		if (places[i]->device >= 0 &&
			device_disk(l, places[i]->device) == device_disk(l, device))
			return true;
	}
	return false;
}

/* The resumed kernel would go on with what it remembers of its file systems. */
int system_refuse_hibernated(const struct landscape *l, struct system *s, struct fault *f)
{
	for (size_t i = 0; i < l->device_count; i++) {
		const struct device *d = &l->devices[i];
		int r;

		if (!text_equal(d->fstype, "swsuspend"))
			continue;
		if (d->system != s - l->systems && !is_on_disk_of(l, s, (int)i))
			continue;
		r = fault_named(f, FAULT_HIBERNATED, NULL, "write to the system",
			"it is hibernated: its memory is saved on %s", d->path);
		fault_hint(f, "start it and shut it down; then it can be repaired");
		fault_device(f, d->path);
		return r;
	}
	return 0;
}

static int fault_device_read_only(struct fault *f, int error, const struct device *d)
{
	int r = fault_errno(f, error, NULL, "write to the system");

	fault_device(f, d->path);
	if (error == EROFS)
		fault_reason(f, "%s is read-only", d->backing);
	if (error == EBUSY)
		fault_reason(f, "%s is in use", d->backing);
	return r;
}

static int fault_obstacle(struct fault *f, const struct device *d)
{
	int r = fault_errno(f, EROFS, NULL, "write to the system");

	fault_device(f, d->path);
	fault_reason(f, "it %s", d->obstacle);
	return r;
}

static int refuse_image(const struct device *d, struct fault *f)
{
	_cleanup_free_ char *writer = loop_writer(d->backing);
	int r;

	if (!writer)
		return 0;
	r = fault_errno(f, EBUSY, d->backing, "write to the image %s", d->backing);
	fault_reason(f, "%s is attached to it", writer);
	fault_hint(f, "detach it first: losetup -d %s", writer);
	return r;
}

/* Mounted by somebody else: what they made read-only stays so. */
static int refuse_present(const struct device *d, const char *where, struct fault *f)
{
	struct statvfs st;
	int r;

	if (statvfs(where, &st) == 0 && !(st.f_flag & ST_RDONLY))
		return 0;
	r = fault_errno(f, EBUSY, where, "write to the %s file system", d->fstype);
	fault_device(f, d->path);
	fault_reason(f, "it is mounted read-only on %s", where);
	fault_hint(f, "unmount it first: umount %s", where);
	return r;
}

/* Everything that can be known before the first unmount. */
static int refuse_device(
	const struct landscape *l, const struct device *d, struct fault *f)
{
	const char *present = mounts_present(l->mounts, d);
	int exclusive = device_is_node(d) ? O_EXCL : 0, read_only = 0;
	_cleanup_close_ int fd = -1;
	int r;

	if (present)
		return refuse_present(d, present, f);
	if (d->obstacle)
		return fault_obstacle(f, d);
	r = lvm_refuse(l, d, f);
	if (r <= 0)
		return r;
	fd = open(d->backing, O_RDWR | O_CLOEXEC | exclusive);
	if (fd < 0)
		return fault_device_read_only(f, errno, d);
	if (ioctl(fd, BLKROGET, &read_only) == 0 && read_only)
		return fault_device_read_only(f, EROFS, d);
	return device_is_node(d) ? 0 : refuse_image(d, f);
}

static int refuse_devices(const struct landscape *l, struct system *s, struct fault *f)
{
	struct place *places[PLACES];

	places_of(places, s);
	for (size_t i = 0; i < PLACES; i++) {
		int r = 0;

		if (places[i]->device >= 0 && places[i]->mounted)
			r = refuse_device(l, &l->devices[places[i]->device], f);
		if (r < 0)
			return r;
	}
	return 0;
}

static bool uses_device(struct system *s, int device)
{
	struct place *places[PLACES];

	places_of(places, s);
	for (size_t i = 0; device >= 0 && i < PLACES; i++) {
		if (places[i]->device == device)
			return true;
	}
	return false;
}

static bool shares_device(struct system *a, struct system *b)
{
	struct place *places[PLACES];

	places_of(places, a);
	for (size_t i = 0; i < PLACES; i++) {
		if (uses_device(b, places[i]->device))
			return true;
	}
	return false;
}

/* Another system that shares /boot or a btrfs would look at it through a stale cache. */
static int close_trees(struct landscape *l, struct system *s, struct fault *f)
{
	for (size_t i = 0; i < l->system_count; i++) {
		struct system *other = &l->systems[i];
		int r;

		if (other->tree < 0 || (other != s && !shares_device(s, other)))
			continue;
		target_done(&other->target);
		r = mount_tree_drop(l->mounts, other->tree, f);
		other->tree = -1;
		if (r < 0)
			return r;
	}
	return 0;
}

/* Reading again does not find again what only the whole landscape tells. */
static int keep_clone(struct system *s, const struct findings *before)
{
	for (size_t i = 0; i < before->count; i++) {
		const struct finding *b = &before->items[i];

		if (strcmp(b->code, "duplicate-uuid") == 0 &&
			findings_add(&s->findings, b->code, b->severity, NULL, b->subject,
				"%s", b->message) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int reopen(struct landscape *l, struct system *s, struct fault *f)
{
	_cleanup_free_ char *options = NULL;
	struct mount_request q = {&l->devices[s->root.device], NULL, ACCESS_REPAIR};
	int r;

	if (s->subvolume) {
		options = text_printf("subvol=%s", s->subvolume);
		if (!options)
			return fault_no_memory(f);
		q.options = options;
	}
	r = mount_tree_new(l->mounts, &q, &s->target, f);
	if (r < 0)
		return r;
	s->tree = r;
	return system_read(l, s, ACCESS_REPAIR, f);
}

/* Mounting has replayed their journals. */
static void mark_clean(struct landscape *l, struct system *s)
{
	for (size_t i = 0; i < l->device_count; i++) {
		if (uses_device(s, (int)i))
			l->devices[i].unclean = false;
	}
}

static int mount_writable(struct landscape *l, struct system *s, struct fault *f)
{
	_cleanup_(findings_done) struct findings before = {0};
	int r = close_trees(l, s, f);

	if (r < 0)
		return r;
	before = TAKE_STRUCT(s->findings);
	system_forget(s);
	r = lvm_make_writable(l, s, f);
	if (r == 0)
		r = reopen(l, s, f);
	if (r == 0 && keep_clone(s, &before) < 0)
		r = fault_no_memory(f);
	if (r < 0) {
		close_trees(l, s, NULL);
		return r;
	}
	findings_sort(&s->findings);
	mark_clean(l, s);
	s->writable = true;
	return 0;
}

/* --root: the tree is as writable as whoever mounted it made it. */
static int check_directory(struct system *s, struct fault *f)
{
	static const char *const paths[] = {"/", "/boot", "/usr", "/usr/lib/modules"};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		_cleanup_close_ int fd =
			target_open(&s->target, paths[i], O_PATH | O_DIRECTORY, NULL);

		if (fd < 0)
			continue;
		if (faccessat(fd, ".", W_OK, 0) < 0)
			return fault_errno(f, errno, paths[i],
				"write to %s of the system", paths[i]);
	}
	s->writable = true;
	return 0;
}

int system_make_writable(struct landscape *l, struct system *s, struct fault *f)
{
	int r;

	if (s->writable)
		return 0;
	if (s->by_directory) {
		r = check_directory(s, f);
	} else {
		r = system_refuse_hibernated(l, s, f);
		if (r == 0)
			r = refuse_devices(l, s, f);
		if (r == 0)
			r = mount_writable(l, s, f);
	}
	if (r < 0)
		fault_system(f, s->id);
	return r;
}
