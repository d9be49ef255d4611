/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine's own mounts (/proc/self/mountinfo, read by libmount). Live media mount
 * what they find; such a device is used where it is mounted, never mounted a second time.
 */
#include "present.h"

#include "local.h"

#include <errno.h>
#include <libmount/libmount.h>

#define MOUNTINFO "/proc/self/mountinfo"

struct present {
	struct libmnt_table *table;
};

static void iter_done(struct libmnt_iter **it)
{
	mnt_free_iter(*it);
}

static void table_done(struct libmnt_table **table)
{
	mnt_unref_table(*table);
}

static int table_parse(struct libmnt_table **ret, FILE *mountinfo)
{
	_cleanup_(table_done) struct libmnt_table *table = mnt_new_table();

	if (!table)
		return -ENOMEM;
	errno = 0;
	if (mnt_table_parse_stream(table, mountinfo, MOUNTINFO) < 0)
		return errno ? -errno : -EIO;
	*ret = TAKE_PTR(table);
	return 0;
}

static int table_read(struct libmnt_table **ret)
{
	FILE *mountinfo = fopen(MOUNTINFO, "re");
	int r = mountinfo ? table_parse(ret, mountinfo) : -errno;

	if (mountinfo)
		fclose(mountinfo);
	return r;
}

int present_parse(struct present **ret, FILE *mountinfo, struct fault *f)
{
	struct present *p = calloc(1, sizeof(*p));
	int r = p ? table_parse(&p->table, mountinfo) : -ENOMEM;

	if (r < 0) {
		free(p);
		return fault_errno(f, -r, MOUNTINFO, "read the mount table");
	}
	*ret = p;
	return 0;
}

int present_read(struct present **ret, struct fault *f)
{
	FILE *mountinfo = fopen(MOUNTINFO, "re");
	int r;

	if (!mountinfo)
		return fault_errno(f, errno, MOUNTINFO, "read the mount table");
	r = present_parse(ret, mountinfo, f);
	fclose(mountinfo);
	return r;
}

void present_free(struct present *p)
{
	if (!p)
		return;
	mnt_unref_table(p->table);
	free(p);
}

static bool is_of_device(struct libmnt_fs *fs, dev_t device)
{
	const char *source = mnt_fs_get_srcpath(fs);
	struct stat st;

	if (mnt_fs_get_devno(fs) == device)
		return true;
	/* btrfs has a number of its own for every mount. */
	return source && source[0] == '/' && stat(source, &st) == 0 &&
	       S_ISBLK(st.st_mode) && st.st_rdev == device;
}

/* Another mount may lie over it. */
static bool is_visible(struct libmnt_fs *fs)
{
	struct stat st;

	if (stat(mnt_fs_get_target(fs), &st) < 0)
		return false;
	return st.st_dev == mnt_fs_get_devno(fs) ||
	       text_equal(mnt_fs_get_fstype(fs), "btrfs");
}

static bool has_node(const struct device *d, dev_t *ret)
{
	struct stat st;

	if (!device_is_node(d) || stat(d->backing, &st) < 0 || !S_ISBLK(st.st_mode))
		return false;
	*ret = st.st_rdev;
	return true;
}

/* The next visible mount of that device, NULL: no more. */
static struct libmnt_fs *next_mount(
	const struct present *p, struct libmnt_iter *it, dev_t device)
{
	struct libmnt_fs *fs;

	while (mnt_table_next_fs(p->table, it, &fs) == 0) {
		if (is_of_device(fs, device) && is_visible(fs))
			return fs;
	}
	return NULL;
}

static bool shows(struct libmnt_fs *fs, const char *subvolume)
{
	const char *root = mnt_fs_get_root(fs);

	if (!root)
		return false;
	return strcmp(root + strspn(root, "/"), subvolume + strspn(subvolume, "/")) == 0;
}

int present_find(const struct present *p, const struct device *d, const char *options,
	const char **ret)
{
	_cleanup_(iter_done) struct libmnt_iter *it = mnt_new_iter(MNT_ITER_BACKWARD);
	_cleanup_free_ char *subvolume = options ? mount_option(options, "subvol") : NULL;
	struct libmnt_fs *fs;
	bool seen = false;
	dev_t device;

	if (!it)
		return -ENOMEM;
	if (!has_node(d, &device))
		return 0;
	while ((fs = next_mount(p, it, device))) {
		if (shows(fs, subvolume ? subvolume : "")) {
			*ret = mnt_fs_get_target(fs);
			return 1;
		}
		seen = true;
	}
	if (!seen)
		return 0;
	return text_equal(d->fstype, "btrfs") ? -ENOENT : -EBUSY;
}

const char *present_any(const struct present *p, const struct device *d)
{
	_cleanup_(iter_done) struct libmnt_iter *it = mnt_new_iter(MNT_ITER_BACKWARD);
	struct libmnt_fs *fs;
	dev_t device;

	if (!it || !has_node(d, &device))
		return NULL;
	fs = next_mount(p, it, device);
	return fs ? mnt_fs_get_target(fs) : NULL;
}

/* path is below directory, or that itself. */
static bool is_below(const char *path, const char *directory)
{
	size_t size = strlen(directory);

	if (size == 1)
		return path[0] == '/';
	return strncmp(path, directory, size) == 0 && (path[size] == '/' || !path[size]);
}

/* The deepest, and of several on one directory the last. */
bool present_holding(const struct present *p, const char *path, struct present_mount *ret)
{
	_cleanup_(iter_done) struct libmnt_iter *it = mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *fs, *found = NULL;
	size_t deepest = 0;

	while (it && mnt_table_next_fs(p->table, it, &fs) == 0) {
		const char *where = mnt_fs_get_target(fs);

		if (!where || strlen(where) < deepest || !is_below(path, where))
			continue;
		found = fs;
		deepest = strlen(where);
	}
	if (!found)
		return false;
	*ret = (struct present_mount){mnt_fs_get_devno(found), mnt_fs_get_target(found),
		mnt_fs_get_fstype(found), mnt_fs_get_fs_options(found)};
	return true;
}

char *present_root(const char *mountpoint)
{
	_cleanup_(table_done) struct libmnt_table *table = NULL;
	struct libmnt_fs *fs;
	const char *root;

	if (table_read(&table) < 0)
		return NULL;
	fs = mnt_table_find_target(table, mountpoint, MNT_ITER_BACKWARD);
	root = fs ? mnt_fs_get_root(fs) : NULL;
	return root ? strdup(root + strspn(root, "/")) : NULL;
}

int present_below(struct strings *ret, const char *path)
{
	_cleanup_(iter_done) struct libmnt_iter *it = mnt_new_iter(MNT_ITER_FORWARD);
	_cleanup_(table_done) struct libmnt_table *table = NULL;
	_cleanup_(strings_done) struct strings found = {0};
	struct libmnt_fs *fs;
	int r = it ? table_read(&table) : -ENOMEM;

	while (r >= 0 && mnt_table_next_fs(table, it, &fs) == 0) {
		if (is_below(mnt_fs_get_target(fs), path))
			r = strings_add_new(&found, mnt_fs_get_target(fs));
	}
	if (r < 0)
		return r;
	*ret = TAKE_STRUCT(found);
	return 0;
}
