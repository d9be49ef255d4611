/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a name holds, and whether it is still the same; durable system calls. */
#include "digest.h"
#include "room.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#define MAX_COMPARED_SIZE (64u * 1024) /* boot entries, loader.conf */

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

/* What is small enough to be compared by content where nothing else tells. */
static int take_content(struct journal_object *o, int dirfd, const char *name)
{
	_cleanup_(buffer_done) struct buffer content = {0};
	_cleanup_close_ int fd = -1;
	int r;

	if (!S_ISREG(o->mode) || o->size > MAX_COMPARED_SIZE)
		return 0;
	fd = stage_open_unseen(dirfd, name, O_RDONLY);
	if (fd < 0)
		return fd;
	r = fd_read_all(fd, MAX_COMPARED_SIZE, &content);
	if (r == 0)
		o->tree = crc32_of(buffer_bytes(&content), 0);
	return r == -EFBIG ? 0 : r;
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
		.inode = st.st_ino,
		.mtime_s = st.st_mtim.tv_sec,
		.mtime_ns = (uint32_t)st.st_mtim.tv_nsec};
	if (!stage_is_fat(dirfd))
		return 0;
	ret->inode = 0;
	return take_content(ret, dirfd, name);
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
	if (!object_is(now, then))
		return false;
	/* FAT: modes and times come from how it is mounted, umask and time zone. */
	if (then->inode == 0)
		return S_ISDIR(now->mode) || now->tree == then->tree;
	return now->mode == then->mode && now->mtime_s == then->mtime_s &&
	       now->mtime_ns == then->mtime_ns;
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
