/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a name holds, and whether it is still the same; durable system calls. */
#include "digest.h"
#include "room.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/vfs.h>
#include <unistd.h>

#define MSDOS_MAGIC 0x4d44
#define EXFAT_MAGIC 0x2011bab0

int durable(int result, const char *point)
{
	return result < 0 ? -errno : FAULT_POINT(point);
}

char *path_directory(const char *path)
{
	const char *slash = strrchr(path, '/');

	return !slash || slash == path ? strdup("/")
				       : strndup(path, (size_t)(slash - path));
}

int sync_directory(const struct target *t, const char *path, struct fault *f)
{
	_cleanup_close_ int fd = target_open(t, path, O_RDONLY | O_DIRECTORY, f);
	int r;

	if (fd < 0)
		return fd;
	r = durable(fsync(fd), "sync directory");
	if (r < 0 && r != -EINVAL)
		return fault_errno(f, -r, path, "write directory %s to disk", path);
	return 0;
}

/* FAT numbers its inodes anew at every mount. */
static bool keeps_inodes(int fd)
{
	struct statfs fs;

	if (fault_lacks("inodes"))
		return false;
	return fstatfs(fd, &fs) < 0 ||
	       ((uint32_t)fs.f_type != MSDOS_MAGIC && (uint32_t)fs.f_type != EXFAT_MAGIC);
}

int object_take(struct journal_object *ret, const struct target *t, const char *path)
{
	_cleanup_free_ char *name = NULL;
	_cleanup_close_ int dirfd = target_parent(t, path, &name, NULL);
	struct stat st;

	*ret = (struct journal_object){0};
	if (dirfd < 0)
		return dirfd == -ENOENT || dirfd == -ENOTDIR ? 0 : dirfd;
	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	*ret = (struct journal_object){.mode = st.st_mode,
		.size = S_ISDIR(st.st_mode) ? 0 : (uint64_t)st.st_size,
		.inode = keeps_inodes(dirfd) ? st.st_ino : 0,
		.mtime_s = st.st_mtim.tv_sec,
		.mtime_ns = (uint32_t)st.st_mtim.tv_nsec};
	return 0;
}

bool object_is(const struct journal_object *now, const struct journal_object *then)
{
	if ((now->mode & S_IFMT) != (then->mode & S_IFMT))
		return false;
	if (now->inode != then->inode)
		return false;
	return S_ISDIR(now->mode) || now->size == then->size;
}

bool object_is_unchanged(
	const struct journal_object *now, const struct journal_object *then)
{
	if (!object_is(now, then) || now->mode != then->mode)
		return false;
	if (then->inode == 0) /* mtime depends on the mount's time zone, too */
		return true;
	return now->mtime_s == then->mtime_s && now->mtime_ns == then->mtime_ns;
}

static int add_to_tree(void *data, const struct target_visit *v)
{
	uint32_t *crc = data;
	_cleanup_(buffer_done) struct buffer line = {0};
	uint64_t size = S_ISDIR(v->st.st_mode) ? 0 : (uint64_t)v->st.st_size;

	if (buffer_printf(&line, "%s %o %" PRIu64 " %" PRIu64 " %" PRIi64 ".%09ld",
		    v->relative, v->st.st_mode, size, (uint64_t)v->st.st_ino,
		    (int64_t)v->st.st_mtim.tv_sec, v->st.st_mtim.tv_nsec) < 0)
		return -ENOMEM;
	*crc = crc32_of(buffer_bytes(&line), *crc);
	return 0;
}

int object_take_tree(uint32_t *ret, const struct target *t, const char *path)
{
	uint32_t crc = 0;
	int r = target_walk(t, path, add_to_tree, &crc, NULL);

	if (r == 0)
		*ret = crc;
	return r;
}
