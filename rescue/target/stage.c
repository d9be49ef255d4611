/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes, finishes, doubles and removes objects beside their targets. */
#include "stage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#define SELINUX_XATTR "security.selinux"
#define CAPABILITY_XATTR "security.capability"
#define IMA_XATTR "security.ima"
#define MAX_XATTR_SIZE 65536 /* XATTR_SIZE_MAX and XATTR_LIST_MAX of linux/limits.h */
#define COPY_STEP 131072
#define MSDOS_MAGIC 0x4d44
#define EXFAT_MAGIC 0x2011bab0
#define MAX_DEPTH 128

int stage_file(int dirfd, const char *name)
{
	_cleanup_close_ int fd = openat(
		dirfd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int r;

	if (fd < 0)
		return -errno;
	r = FAULT_POINT("make file");
	return r < 0 ? r : TAKE_FD(fd);
}

int stage_directory(int dirfd, const char *name)
{
	_cleanup_close_ int fd = -1;
	int r;

	if (mkdirat(dirfd, name, 0700) < 0)
		return -errno;
	fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = FAULT_POINT("make directory");
	return r < 0 ? r : TAKE_FD(fd);
}

bool stage_is_fat(int fd)
{
	struct statfs fs;

	if (fault_lacks("inodes"))
		return true;
	return fstatfs(fd, &fs) == 0 && ((uint32_t)fs.f_type == MSDOS_MAGIC ||
						(uint32_t)fs.f_type == EXFAT_MAGIC);
}

/* No privilege, or a file system or kernel that has no such thing. */
static bool is_shortfall(int error)
{
	return error == EPERM || error == EACCES || error == ENOTSUP || error == EINVAL ||
	       error == ENOSYS;
}

/* What a chown answered, for an object that was st before. */
static int owner_result(int result, const struct stat *st,
	const struct stage_attributes *a, struct stage_shortfall *s)
{
	if (result == 0 || (st->st_uid == a->uid && st->st_gid == a->gid))
		return 0;
	if (!is_shortfall(errno))
		return -errno;
	s->unowned++;
	return 0;
}

static int set_owner(int fd, const struct stage_attributes *a, struct stage_shortfall *s)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	return owner_result(fchown(fd, a->uid, a->gid), &st, a, s);
}

static int set_symlink_owner(int dirfd, const char *name,
	const struct stage_attributes *a, struct stage_shortfall *s)
{
	struct stat st;

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	return owner_result(
		fchownat(dirfd, name, a->uid, a->gid, AT_SYMLINK_NOFOLLOW), &st, a, s);
}

static int label_result(int result, struct stage_shortfall *s)
{
	if (result == 0)
		return 0;
	if (!is_shortfall(errno))
		return -errno;
	s->unlabeled++;
	return 0;
}

/* Behind the owner, whose change takes capabilities away. */
static int set_security(int fd, const struct stage_attributes *a, struct stage_shortfall *s)
{
	if (a->capability.size && fsetxattr(fd, CAPABILITY_XATTR, a->capability.data,
					   a->capability.size, 0) < 0) {
		if (!is_shortfall(errno))
			return -errno;
		s->unowned++;
	}
	if (a->ima.size && fsetxattr(fd, IMA_XATTR, a->ima.data, a->ima.size, 0) < 0 &&
		!is_shortfall(errno))
		return -errno;
	return 0;
}

int stage_finish(int fd, const struct stage_attributes *a, struct stage_shortfall *s)
{
	const struct timespec times[2] = {a->atime, a->mtime};
	int r = set_owner(fd, a, s);

	if (r < 0)
		return r;
	if (fchmod(fd, a->mode & 07777) < 0)
		return -errno;
	if (a->label && !stage_is_fat(fd))
		r = label_result(
			fsetxattr(fd, SELINUX_XATTR, a->label, strlen(a->label) + 1, 0),
			s);
	if (r == 0)
		r = set_security(fd, a, s);
	if (r == 0 && futimens(fd, times) < 0)
		return -errno;
	if (r < 0)
		return r;
	/* Begins to write; that all is on disk, stage_sync sees to. */
	sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	return FAULT_POINT("set attributes");
}

/* There is no lsetxattrat before Linux 6.13: the way leads through /proc. */
static int label_symlink(
	int dirfd, const char *name, const char *label, struct stage_shortfall *s)
{
	_cleanup_free_ char *path = text_printf("/proc/self/fd/%d/%s", dirfd, name);
	int result;

	if (!path)
		return -ENOMEM;
	result = lsetxattr(path, SELINUX_XATTR, label, strlen(label) + 1, 0);
	if (result < 0 && (errno == ENOENT || errno == ENOTDIR))
		errno = ENOTSUP; /* no /proc */
	return label_result(result, s);
}

int stage_symlink(int dirfd, const char *name, const char *text,
	const struct stage_attributes *a, struct stage_shortfall *s)
{
	const struct timespec times[2] = {a->atime, a->mtime};
	int r;

	if (symlinkat(text, dirfd, name) < 0)
		return -errno;
	r = set_symlink_owner(dirfd, name, a, s);
	if (r == 0 && a->label)
		r = label_symlink(dirfd, name, a->label, s);
	if (r == 0 && utimensat(dirfd, name, times, AT_SYMLINK_NOFOLLOW) < 0)
		r = -errno;
	return r < 0 ? r : FAULT_POINT("make symlink");
}

static int inherit_xattr(int from, int to, const char *name, struct stage_shortfall *s)
{
	char value[MAX_XATTR_SIZE];
	ssize_t size = fgetxattr(from, name, value, sizeof(value));

	if (size < 0)
		return errno == ENODATA || is_shortfall(errno) ? 0 : -errno;
	if (fsetxattr(to, name, value, (size_t)size, 0) == 0)
		return 0;
	if (!is_shortfall(errno))
		return -errno;
	s->unlabeled += strcmp(name, SELINUX_XATTR) == 0;
	return 0;
}

int stage_inherit(int from, int to, struct stage_shortfall *s)
{
	_cleanup_free_ char *names = malloc(MAX_XATTR_SIZE);
	ssize_t size;
	int r = 0;

	if (!names)
		return -ENOMEM;
	if (stage_is_fat(to))
		return 0;
	size = flistxattr(from, names, MAX_XATTR_SIZE);
	if (size < 0)
		return is_shortfall(errno) ? 0 : -errno;
	for (const char *name = names; r == 0 && name < names + size;
		name += strlen(name) + 1)
		r = inherit_xattr(from, to, name, s);
	return r;
}

int stage_content(int from, int to)
{
	_cleanup_free_ char *bytes = malloc(COPY_STEP);
	int r;

	if (!bytes)
		return -ENOMEM;
	for (;;) {
		ssize_t got = read(from, bytes, COPY_STEP);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? -errno : FAULT_POINT("copy content");
		r = fd_write_all(to, bytes, (size_t)got);
		if (r < 0)
			return r;
	}
}

int stage_open_unseen(int dirfd, const char *name, int flags)
{
	int fd;

	flags |= O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
	fd = openat(dirfd, name, flags | O_NOATIME);
	if (fd < 0 && errno == EPERM)
		fd = openat(dirfd, name, flags);
	return fd < 0 ? -errno : fd;
}

static void attributes_of(const struct stat *st, struct stage_attributes *ret)
{
	*ret = (struct stage_attributes){.mode = st->st_mode & 07777,
		.uid = st->st_uid,
		.gid = st->st_gid,
		.atime = st->st_atim,
		.mtime = st->st_mtim};
}

static int copy_symlink(int from_dirfd, const char *from, const struct stat *st,
	int dirfd, const char *name, struct stage_shortfall *s)
{
	struct stage_attributes a;
	char text[PATH_MAX];
	ssize_t size = readlinkat(from_dirfd, from, text, sizeof(text));

	if (size < 0)
		return -errno;
	if ((size_t)size >= sizeof(text))
		return -ENAMETOOLONG;
	text[size] = '\0';
	attributes_of(st, &a);
	return stage_symlink(dirfd, name, text, &a, s);
}

static int copy_file(int from_dirfd, const char *from, const struct stat *st, int dirfd,
	const char *name, struct stage_shortfall *s)
{
	_cleanup_close_ int in = stage_open_unseen(from_dirfd, from, O_RDONLY), out = -1;
	struct stage_attributes a;
	int r;

	if (in < 0)
		return in;
	out = stage_file(dirfd, name);
	if (out < 0)
		return out;
	r = stage_content(in, out);
	if (r == 0)
		r = stage_inherit(in, out, s);
	attributes_of(st, &a);
	return r < 0 ? r : stage_finish(out, &a, s);
}

/* vfat, a full link count, another user's file (fs.protected_hardlinks), another volume.
 */
static bool cannot_link(int error)
{
	return error == EPERM || error == EMLINK || error == EXDEV || error == ENOTSUP ||
	       error == ENOSYS;
}

int stage_double(int from_dirfd, const char *from, int dirfd, const char *name,
	struct stage_shortfall *s)
{
	struct stat st;

	if (!fault_lacks("links")) {
		if (linkat(from_dirfd, from, dirfd, name, 0) == 0)
			return FAULT_POINT("link");
		if (!cannot_link(errno))
			return -errno;
	}
	if (fstatat(from_dirfd, from, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (S_ISLNK(st.st_mode))
		return copy_symlink(from_dirfd, from, &st, dirfd, name, s);
	if (S_ISREG(st.st_mode))
		return copy_file(from_dirfd, from, &st, dirfd, name, s);
	return -EINVAL;
}

static int remove_at(int dirfd, const char *name, unsigned depth);

static int remove_content(int dirfd, const char *name, unsigned depth)
{
	int fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	const struct dirent *entry;
	DIR *dir;
	int r = 0;

	if (fd < 0)
		return -errno;
	fchmod(fd, 0700); /* matters to an ordinary user alone */
	dir = fdopendir(fd);
	if (!dir) {
		r = -errno;
		safe_close(fd);
		return r;
	}
	while (r == 0 && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			r = remove_at(fd, entry->d_name, depth + 1);
	closedir(dir);
	return r;
}

static int remove_at(int dirfd, const char *name, unsigned depth)
{
	int r;

	if (depth > MAX_DEPTH)
		return -ELOOP;
	if (unlinkat(dirfd, name, 0) == 0)
		return FAULT_POINT("remove");
	if (errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -errno;
	r = remove_content(dirfd, name, depth);
	if (r < 0)
		return r == -ENOTDIR ? -EPERM : r;
	return unlinkat(dirfd, name, AT_REMOVEDIR) == 0 ? FAULT_POINT("remove directory")
							: -errno;
}

int stage_remove(int dirfd, const char *name)
{
	return remove_at(dirfd, name, 0);
}

/* syncfs came with Linux 2.6.39. */
int stage_sync(int fd)
{
	if (syscall(SYS_syncfs, fd) < 0) {
		if (errno != ENOSYS)
			return -errno;
		sync();
	}
	return FAULT_POINT("sync file system");
}
