/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mounting, and the step from the initramfs into the real root (util-linux:
 * switch_root.c). */
#include "pid1.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <linux/magic.h>

#define MAX_DEPTH 128 /* of what is deleted from the initramfs */

/* In the order in which they are moved. */
static const struct {
	const char *where, *type, *data;
	unsigned long flags;
} early[] = {
	{"/proc", "proc", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC},
	{"/sys", "sysfs", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC},
	{"/dev", "devtmpfs", "mode=0755", MS_NOSUID},
	{"/run", "tmpfs", "mode=0755", MS_NOSUID | MS_NODEV},
};

static void make_standard_nodes(void)
{
	mknod("/dev/console", S_IFCHR | 0600, makedev(5, 1));
	mknod("/dev/null", S_IFCHR | 0666, makedev(1, 3));
	mknod("/dev/tty", S_IFCHR | 0666, makedev(5, 0));
	mknod("/dev/kmsg", S_IFCHR | 0644, makedev(1, 11));
}

void mounts_early(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(early); i++) {
		mkdir(early[i].where, 0755);
		if (mount(early[i].type, early[i].where, early[i].type, early[i].flags,
			    early[i].data) == 0 ||
			errno == EBUSY)
			continue;
		if (strcmp(early[i].type, "devtmpfs") == 0 &&
			mount("tmpfs", "/dev", "tmpfs", MS_NOSUID, "mode=0755") == 0)
			make_standard_nodes();
		else
			say("cannot mount %s: %s", early[i].where, strerror(errno));
	}
	mkdir(SYSROOT, 0755);
}

static bool take_flag(const char *option, unsigned long *flags)
{
	static const struct {
		const char *name;
		unsigned long set, clear;
	} table[] = {
		{"ro", MS_RDONLY, 0},
		{"rw", 0, MS_RDONLY},
		{"nosuid", MS_NOSUID, 0},
		{"suid", 0, MS_NOSUID},
		{"nodev", MS_NODEV, 0},
		{"dev", 0, MS_NODEV},
		{"noexec", MS_NOEXEC, 0},
		{"exec", 0, MS_NOEXEC},
		{"sync", MS_SYNCHRONOUS, 0},
		{"async", 0, MS_SYNCHRONOUS},
		{"dirsync", MS_DIRSYNC, 0},
		{"mand", MS_MANDLOCK, 0},
		{"noatime", MS_NOATIME, 0},
		{"atime", 0, MS_NOATIME},
		{"nodiratime", MS_NODIRATIME, 0},
		{"diratime", 0, MS_NODIRATIME},
		{"relatime", MS_RELATIME, 0},
		{"norelatime", 0, MS_RELATIME},
		{"strictatime", MS_STRICTATIME, 0},
		{"lazytime", MS_LAZYTIME, 0},
		{"defaults", 0, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		if (strcmp(table[i].name, option) != 0)
			continue;
		*flags = (*flags & ~table[i].clear) | table[i].set;
		return true;
	}
	return false;
}

/* Words for mount(8) and systemd, of no meaning to a file system. */
static bool is_for_others(const char *option)
{
	static const char *const words[] = {"auto", "noauto", "user", "nouser", "users",
		"owner", "group", "_netdev", "nofail"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(words[i], option) == 0)
			return true;
	return text_starts(option, "x-") || text_starts(option, "comment=");
}

int mount_flags_parse(unsigned long *ret_flags, char **ret_data, const char *options)
{
	_cleanup_free_ char *copy = strdup(options);
	_cleanup_(buffer_done) struct buffer data = {0};
	unsigned long flags = *ret_flags;
	char *rest = copy, *option;

	if (!copy)
		return -ENOMEM;
	while ((option = strsep(&rest, ","))) {
		if (*option == '\0' || take_flag(option, &flags) || is_for_others(option))
			continue;
		if (buffer_printf(&data, "%s%s", data.size > 0 ? "," : "", option) < 0)
			return -ENOMEM;
	}
	*ret_data = buffer_steal(&data);
	if (!*ret_data)
		return -ENOMEM;
	*ret_flags = flags;
	return 0;
}

int mount_on(const char *device, const char *types, const char *options, bool writable,
	const char *where)
{
	_cleanup_free_ char *list = strdup(types), *data = NULL;
	unsigned long flags = writable ? 0 : MS_RDONLY;
	char *rest = list, *type;
	int r;

	if (!list)
		return -ENOMEM;
	r = mount_flags_parse(&flags, &data, options);
	if (r < 0)
		return r;
	r = -ENODEV;
	while ((type = strsep(&rest, ","))) {
		if (mount(device, where, type, flags, data) == 0)
			return 0;
		r = -errno;
	}
	return r;
}

/* /dev and the like go along; where the system has no such place, they are let go. */
static void move_mounts(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(early); i++) {
		char where[64];

		snprintf(where, sizeof(where), "%s%s", SYSROOT, early[i].where);
		if (mount(early[i].where, where, NULL, MS_MOVE, NULL) < 0)
			umount2(early[i].where, MNT_DETACH);
	}
}

static bool is_in_memory(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 &&
	       (fs.f_type == (__typeof__(fs.f_type))RAMFS_MAGIC ||
		       fs.f_type == (__typeof__(fs.f_type))TMPFS_MAGIC);
}

/* Frees the memory that the initramfs takes. Consumes fd; stays on that file system. */
static void delete_below(int take_fd, dev_t device, unsigned depth)
{
	DIR *directory = fdopendir(take_fd);
	struct dirent *entry;

	if (!directory) {
		safe_close(take_fd);
		return;
	}
	while ((entry = readdir(directory))) {
		const char *name = entry->d_name;
		int at = dirfd(directory);
		bool is_directory;
		struct stat st;

		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
			fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
			st.st_dev != device)
			continue;
		is_directory = S_ISDIR(st.st_mode);
		if (is_directory && depth < MAX_DEPTH) {
			int fd = openat(at, name,
				O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

			if (fd >= 0)
				delete_below(fd, device, depth + 1);
		}
		unlinkat(at, name, is_directory ? AT_REMOVEDIR : 0);
	}
	closedir(directory);
}

int switch_root(void)
{
	_cleanup_close_ int old = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_close_ int new = open(SYSROOT, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (old < 0 || new < 0 || fstat(old, &st) < 0)
		return -errno;
	move_mounts();
	if (fchdir(new) < 0 || mount(".", "/", NULL, MS_MOVE, NULL) < 0 ||
		chroot(".") < 0)
		return -errno;
	/* Anything but memory would be somebody's files. */
	if (is_in_memory(old))
		delete_below(TAKE_FD(old), st.st_dev, 0);
	return 0;
}
