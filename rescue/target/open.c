/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening and looking at what lies at a path of a patient. */
#include "resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

void target_done(struct target *t)
{
	t->fd = safe_close(t->fd);
}

void place_done(struct place *p)
{
	p->fd = safe_close(p->fd);
}

/* Making files is apply's work, through target_parent. */
static bool would_create(int flags)
{
	return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
}

static int open_walking(const struct target *t, const char *path, int flags)
{
	_cleanup_(walker_done) struct walker w = {0};
	int r = walker_run(&w, t, path, flags & O_NOFOLLOW);

	return r < 0 ? r : walker_open(&w, flags);
}

static int open_inside(const struct target *t, const char *path, int flags)
{
	int r;

	if (t->fd < 0)
		return -ENOENT;
	if (would_create(flags))
		return -EINVAL;
	return openat2_inside(t, path, flags, &r) ? r : open_walking(t, path, flags);
}

int target_open(const struct target *t, const char *path, int flags, struct fault *f)
{
	int fd = open_inside(t, path, flags);

	return fd < 0 ? fault_errno(f, -fd, path, "open %s", path) : fd;
}

int place_stat(const struct place *p, struct stat *ret)
{
	/* AT_EMPTY_PATH is unknown before 2.6.39: only where it is needed. */
	int flags = AT_SYMLINK_NOFOLLOW | (p->name[0] ? 0 : AT_EMPTY_PATH);

	return fstatat(p->fd, p->name, ret, flags) < 0 ? -errno : 0;
}

static int place_walking(struct place *ret, const struct target *t, const char *path,
	int follow)
{
	_cleanup_(walker_done) struct walker w = {0};
	_cleanup_(place_done) struct place place = {.fd = -1};
	struct stat st;
	int r = walker_run(&w, t, path, follow);

	if (r < 0)
		return r;
	place.fd = fcntl(walker_top(&w), F_DUPFD_CLOEXEC, 0);
	if (place.fd < 0)
		return -errno;
	memcpy(place.name, w.last[0] ? w.last : ".", w.last[0] ? sizeof(w.last) : 2);
	r = place_stat(&place, &st);
	if (r == 0 && w.directory && !S_ISDIR(st.st_mode))
		r = -ENOTDIR;
	if (r < 0)
		return r;
	*ret = place;
	place.fd = -1;
	return 0;
}

int place_find(struct place *ret, const struct target *t, const char *path, int follow)
{
	int fd;

	if (t->fd < 0)
		return -ENOENT;
	if (!openat2_inside(t, path, O_PATH | follow, &fd))
		return place_walking(ret, t, path, follow);
	if (fd < 0)
		return fd;
	*ret = (struct place){.fd = fd};
	return 0;
}

static int stat_inside(const struct target *t, const char *path, int follow,
	struct stat *ret)
{
	_cleanup_(place_done) struct place place = {.fd = -1};
	int r = place_find(&place, t, path, follow);

	return r < 0 ? r : place_stat(&place, ret);
}

int target_stat(const struct target *t, const char *path, struct stat *ret)
{
	return stat_inside(t, path, 0, ret);
}

int target_lstat(const struct target *t, const char *path, struct stat *ret)
{
	return stat_inside(t, path, O_NOFOLLOW, ret);
}

bool target_exists(const struct target *t, const char *path)
{
	struct stat st;

	return target_stat(t, path, &st) == 0;
}

int target_readlink(const struct target *t, const char *path, char **ret)
{
	_cleanup_(place_done) struct place place = {.fd = -1};
	char text[PATH_MAX];
	struct stat st;
	ssize_t size;
	int r = place_find(&place, t, path, O_NOFOLLOW);

	if (r == 0)
		r = place_stat(&place, &st);
	if (r < 0)
		return r;
	if (!S_ISLNK(st.st_mode))
		return -EINVAL;
	size = readlinkat(place.fd, place.name, text, sizeof(text));
	if (size < 0)
		return -errno;
	if ((size_t)size == sizeof(text))
		return -ENAMETOOLONG;
	*ret = strndup(text, (size_t)size);
	return *ret ? 0 : -ENOMEM;
}

int target_canonical(const struct target *t, const char *path, char **ret)
{
	_cleanup_(walker_done) struct walker w = {0};
	struct stat st;
	int r = target_stat(t, path, &st);

	if (r == 0)
		r = walker_run(&w, t, path, 0);
	return r < 0 ? r : walker_canonical(&w, ret);
}

/* "/boot/grub2//" is grub2 in /boot; "/", "." and ".." have no parent to speak of. */
static int split(const char *path, char **ret_parent, char **ret_name)
{
	size_t end = strlen(path), start;

	while (end > 0 && path[end - 1] == '/')
		end--;
	start = end;
	while (start > 0 && path[start - 1] != '/')
		start--;
	if (!path_is_clean(path + start, end - start))
		return -EINVAL;
	*ret_name = strndup(path + start, end - start);
	*ret_parent = start > 0 ? strndup(path, start) : strdup("/");
	return *ret_name && *ret_parent ? 0 : -ENOMEM;
}

int target_parent(const struct target *t, const char *path, char **ret_name,
	struct fault *f)
{
	_cleanup_free_ char *parent = NULL, *name = NULL;
	int fd = split(path, &parent, &name);

	if (fd == 0)
		fd = open_inside(t, parent, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
	if (fd < 0)
		return fault_errno(f, -fd, path, "open the directory of %s", path);
	*ret_name = TAKE_PTR(name);
	return fd;
}

/* Looked at before it is opened: opening a device can be an act. */
static int open_regular(const struct target *t, const char *path, size_t limit)
{
	_cleanup_close_ int fd = -1;
	struct stat st;
	int r = target_stat(t, path, &st);

	if (r < 0)
		return r;
	if (S_ISREG(st.st_mode)) {
		fd = open_inside(t, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
		if (fd < 0)
			return fd;
		if (fstat(fd, &st) < 0)
			return -errno;
	}
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if ((uint64_t)st.st_size > limit)
		return -EFBIG;
	return TAKE_FD(fd);
}

static int cannot_read(struct fault *f, int error, const char *path, size_t limit)
{
	char size[16];

	fault_errno(f, error, path, "read %s", path);
	if (error == EINVAL)
		fault_reason(f, "it is not a regular file");
	if (error == EFBIG)
		fault_reason(f, "it is larger than %s", size_text(limit, size));
	return -error;
}

int target_open_file(const struct target *t, const char *path, size_t limit,
	struct fault *f)
{
	int fd = open_regular(t, path, limit);

	return fd < 0 ? cannot_read(f, -fd, path, limit) : fd;
}

int target_read(const struct target *t, const char *path, size_t limit,
	struct buffer *ret, struct fault *f)
{
	_cleanup_close_ int fd = open_regular(t, path, limit);
	int r = fd < 0 ? fd : fd_read_all(fd, limit, ret);

	return r < 0 ? cannot_read(f, -r, path, limit) : 0;
}
