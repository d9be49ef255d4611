/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The only place that mounts: trees of file systems on a private tmpfs, in a mount
 * namespace of our own. To look, everything goes through a read-only loop device, since
 * even "ro,noload" lets ext4 clean its orphan list on a writable one.
 */
#include "mounted.h"

#include "local.h"
#include "loop.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define LOOK_FLAGS (MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC)
#define REPAIR_FLAGS (MS_NOSUID | MS_NODEV | MS_NOEXEC)
#define MAX_OPTIONS 1024 /* of one mount(2) */

/*
 * How a file system is mounted: lists of drivers and of options, tried in turn; NULL
 * ends. The last way to look would replay, so it is for those that are clean.
 */
struct filesystem {
	const char *fstype;
	const char *drivers[3]; /* the ext4 driver knows its ancestors */
	const char *look[3];
	const char *look_if_clean;
	const char *repair;
};

static const struct filesystem filesystems[] = {
	{"ext4", {"ext4"}, {"noload"}, "", ""}, /* without a journal no noload */
	{"ext3", {"ext3", "ext4"}, {"noload"}, "", ""},
	{"ext2", {"ext2", "ext4"}, {""}, NULL, ""},
	{"xfs", {"xfs"}, {"norecovery,nouuid"}, NULL, "nouuid"},
	{"btrfs", {"btrfs"}, {"rescue=nologreplay", "nologreplay"}, "", ""},
	{"vfat", {"vfat"}, {"", "iocharset=utf8"}, NULL, ""},
};

static const struct filesystem *filesystem_of(const char *fstype)
{
	for (size_t i = 0; fstype && i < ARRAY_SIZE(filesystems); i++) {
		if (strcmp(filesystems[i].fstype, fstype) == 0)
			return &filesystems[i];
	}
	return NULL;
}

bool filesystem_is_known(const char *fstype)
{
	return filesystem_of(fstype) != NULL;
}

/* ---- the namespace ---- */
int namespace_enter(struct fault *f)
{
	static bool entered; /* once a process: leaving is not possible */

	if (entered)
		return 0;
	if (unshare(CLONE_NEWNS) < 0) {
		if (errno != EPERM)
			return fault_errno(f, errno, NULL, "make a mount namespace");
		fault_named(f, FAULT_NEEDS_PRIVILEGE, NULL, "look into disks",
			"mounting needs CAP_SYS_ADMIN");
		fault_hint(f, "run it as root, or name a mounted tree with --root DIR");
		return -EPERM;
	}
	if (mount_private() < 0)
		return fault_errno(f, errno, "/", "make the mounts private");
	entered = true;
	return 0;
}

/* An empty directory on the medium to mount the tmpfs on; it is removed at the end. */
static char *base_new(void)
{
	static const char *const places[] = {"/run", "/dev/shm", "/tmp", "/dev"};

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		_cleanup_free_ char *path = text_printf("%s/rescue-XXXXXX", places[i]);

		if (!path)
			return NULL;
		if (mkdtemp(path))
			return TAKE_PTR(path);
	}
	return NULL;
}

int base_mount(char **ret, struct fault *f)
{
	_cleanup_free_ char *base = base_new();

	if (!base)
		return fault_errno(f, errno, "/run", "make a directory to mount on");
	/* Not nodev: nodes of loop devices may have to be made there. */
	if (mount("rescue", base, "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=0700") < 0) {
		int error = errno;

		rmdir(base);
		return fault_errno(f, error, base, "mount a tmpfs");
	}
	*ret = TAKE_PTR(base);
	return 0;
}

void base_unmount(const char *base)
{
	umount2(base, MNT_DETACH);
	rmdir(base);
}

/* ---- one mount ---- */
/*
 * mount(2) itself, not libmount: its helpers, utab, fstab look-ups and loop set-up would
 * all have to be switched off, and what is left of it is this call.
 */
static int mount_driver(const char *source, const char *path, const struct filesystem *fs,
	unsigned long flags, const char *options)
{
	int r = -ENODEV;

	for (size_t i = 0; r == -ENODEV && fs->drivers[i]; i++)
		r = mount(source, path, fs->drivers[i], flags, options) < 0 ? -errno : 0;
	return r;
}

static int mount_options(const char *source, const char *path,
	const struct filesystem *fs, unsigned long flags, const char *base,
	const char *more)
{
	char options[MAX_OPTIONS];
	int n = snprintf(options, sizeof(options), "%s%s%s", base,
		*base && more ? "," : "", more ? more : "");

	if (n < 0 || (size_t)n >= sizeof(options))
		return -ENAMETOOLONG;
	return mount_driver(source, path, fs, flags, options);
}

static int mount_source(const char *source, const char *path, const struct filesystem *fs,
	const struct mount_request *q)
{
	int r = -EINVAL;

	if (q->access == ACCESS_REPAIR)
		return mount_options(
			source, path, fs, REPAIR_FLAGS, fs->repair, q->options);
	for (size_t i = 0; r == -EINVAL && fs->look[i]; i++)
		r = mount_options(source, path, fs, LOOK_FLAGS, fs->look[i], q->options);
	if (r == -EINVAL && fs->look_if_clean && !q->device->unclean)
		r = mount_options(
			source, path, fs, LOOK_FLAGS, fs->look_if_clean, q->options);
	return r;
}

static int fault_mount(struct fault *f, int error, const struct mount_request *q)
{
	const struct device *d = q->device;
	int r = fault_errno(f, error, NULL, "mount the %s file system", d->fstype);

	fault_device(f, d->path);
	if (error == EINVAL || error == EUCLEAN)
		fault_reason(f, "it is damaged, cut short or newer than this kernel");
	if (error == ENODEV)
		fault_reason(f, "this kernel has no driver for %s", d->fstype);
	return r;
}

/* The same device again (another subvolume, a shared /boot): the same loop device. */
static const struct mounted *find_mounted(
	const struct mounts *m, const struct mount_request *q)
{
	for (size_t i = 0; i < m->count; i++) {
		const struct mounted *d = &m->items[i];

		if (d->loop && d->access == q->access && d->offset == q->device->offset &&
			strcmp(d->backing, q->device->backing) == 0)
			return d;
	}
	return NULL;
}

static int loop_for(struct loop *ret, const struct mounts *m,
	const struct mount_request *q, struct fault *f)
{
	const struct mounted *same = find_mounted(m, q);
	const struct device *d = q->device;
	bool whole = d->offset == 0 && d->type != DEVICE_PART;
	_cleanup_close_ int backing = -1;
	int r;

	if (same) {
		snprintf(ret->path, sizeof(ret->path), "%s", same->loop);
		ret->fd = open(ret->path, O_RDONLY | O_CLOEXEC);
		return ret->fd < 0 ? fault_errno(f, errno, NULL, "open a loop device")
				   : 0;
	}
	backing = open(
		d->backing, (q->access == ACCESS_LOOK ? O_RDONLY : O_RDWR) | O_CLOEXEC);
	if (backing < 0)
		return fault_errno(f, errno, d->backing, "open %s", d->backing);
	r = loop_attach(ret, backing, d->offset, whole ? 0 : d->size, m->base, f);
	if (r < 0)
		fault_device(f, d->path);
	return r;
}

static int mount_fresh(struct mounted *ret, const struct mounts *m,
	const struct mount_request *q, struct fault *f)
{
	const struct filesystem *fs = filesystem_of(q->device->fstype);
	_cleanup_(loop_done) struct loop l = LOOP_NONE;
	const char *source = q->device->backing;
	int r;

	if (!fs)
		return fault_mount(f, ENODEV, q);
	if (q->access == ACCESS_LOOK || !device_is_node(q->device)) {
		r = loop_for(&l, m, q, f);
		if (r < 0)
			return r;
		source = l.path;
		ret->loop = strdup(l.path);
		if (!ret->loop)
			return fault_no_memory(f);
	}
	r = mount_source(source, ret->path, fs, q);
	return r < 0 ? fault_mount(f, -r, q) : 0;
}

/* What is mounted already is used as it is: a second mount is another cache. */
static int mount_present(const struct mounted *to, const char *from,
	const struct mount_request *q, struct fault *f)
{
	struct statvfs st;

	if (q->access == ACCESS_REPAIR && statvfs(from, &st) == 0 &&
		(st.f_flag & ST_RDONLY)) {
		fault_mount(f, EROFS, q);
		fault_reason(f, "it is mounted read-only on %s", from);
		return -EROFS;
	}
	if (mount(from, to->path, NULL, MS_BIND, NULL) < 0)
		return fault_mount(f, errno, q);
	if (mount(NULL, to->path, NULL,
		    MS_REMOUNT | MS_BIND |
			    (q->access == ACCESS_LOOK ? LOOK_FLAGS : REPAIR_FLAGS),
		    NULL) < 0) {
		int r = fault_mount(f, errno, q);

		umount2(to->path, MNT_DETACH);
		return r;
	}
	return 0;
}

int mount_device(struct mounted *ret, const struct mounts *m,
	const struct mount_request *q, struct fault *f)
{
	const char *from = NULL;
	int r = present_find(m->present, q->device, q->options, &from);

	if (r < 0)
		return fault_mount(f, -r, q);
	if (r > 0)
		return mount_present(ret, from, q, f);
	return mount_fresh(ret, m, q, f);
}

/* ---- a namespace that ends with its process ---- */
int mount_private(void)
{
	return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ? -errno : 0;
}

int mount_bind(const char *from, const char *to, enum bind_depth depth)
{
	unsigned long more = depth == BIND_WITH_SUBMOUNTS ? MS_REC : 0;

	return mount(from, to, NULL, MS_BIND | more, NULL) < 0 ? -errno : 0;
}

/* Programs may be run in all of them: that is what they are shown for. */
int mount_restrict(const char *path, enum bind_access access)
{
	static const unsigned long flags[] = {
		[BIND_READ_ONLY] = MS_RDONLY | MS_NOSUID | MS_NODEV,
		[BIND_WRITABLE] = MS_NOSUID | MS_NODEV,
		[BIND_DEVICE] = MS_NOSUID | MS_NOEXEC,
	};
	unsigned long how = MS_REMOUNT | MS_BIND | flags[access];

	return mount(NULL, path, NULL, how, NULL) < 0 ? -errno : 0;
}

int mount_tmpfs(const char *path)
{
	return mount("rescue", path, "tmpfs", MS_NOSUID, "mode=0755") < 0 ? -errno : 0;
}

int mount_proc(const char *path)
{
	const unsigned long flags = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;

	return mount("proc", path, "proc", flags, NULL) < 0 ? -errno : 0;
}

/* Moved to the top, as switch_root does: pivot_root does not work from an initramfs. */
int mount_as_root(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fchdir(fd) < 0 || mount(".", "/", NULL, MS_MOVE, NULL) < 0 ||
		chroot(".") < 0)
		return -errno;
	return 0;
}

/* ---- taking down ---- */
static int flush(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return syncfs(fd) < 0 ? -errno : 0;
}

/* The loop device wrote into the image's pages; they are to reach its disk too. */
static int flush_image(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return fsync(fd) < 0 && errno != EINVAL ? -errno : 0;
}

int unmount(const struct mounted *d)
{
	int r = d->access == ACCESS_REPAIR ? flush(d->path) : 0, error;

	if (umount2(d->path, 0) < 0) {
		error = errno;
		log_line("cannot unmount %s at once: %s", d->path, errno_name(error));
		umount2(d->path, MNT_DETACH);
		if (d->access == ACCESS_REPAIR && r == 0)
			r = -error;
	}
	if (d->access == ACCESS_REPAIR && d->loop) {
		error = flush_image(d->backing);
		r = r < 0 ? r : error;
	}
	return r;
}
