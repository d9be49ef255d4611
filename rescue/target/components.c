/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The walking resolver, for kernels without openat2 (from 2.6.32 on). Every directory on
 * the way stays open on a stack, so `..` is a pop and cannot leave the tree whatever is
 * renamed meanwhile; an absolute link empties the stack. Nothing but directories is
 * opened on the way. Kernels before 2.6.39 ignore O_PATH: there directories are opened
 * for reading, which O_DIRECTORY makes just as harmless.
 */
#include "resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/vfs.h>
#include <unistd.h>

#define STEP_FLAGS (O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define PROC_MAGIC 0x9fa0 /* PROC_SUPER_MAGIC of linux/magic.h */

int walker_top(const struct walker *w)
{
	return w->depth > 0 ? w->stack[w->depth - 1].fd : w->target->fd;
}

static void pop(struct walker *w)
{
	if (w->depth == 0)
		return; /* the root is its own parent */
	w->depth--;
	safe_close(w->stack[w->depth].fd);
	free(w->stack[w->depth].name);
}

void walker_done(struct walker *w)
{
	while (w->depth > 0)
		pop(w);
	free(w->pending);
	w->pending = NULL;
}

static int push(struct walker *w, int take_fd, const char *name)
{
	_cleanup_close_ int fd = take_fd;
	char *copy;

	if (w->depth == TARGET_MAX_DEPTH)
		return -ENAMETOOLONG;
	copy = strdup(name);
	if (!copy)
		return -ENOMEM;
	w->stack[w->depth].fd = TAKE_FD(fd);
	w->stack[w->depth].name = copy;
	w->depth++;
	return 0;
}

/*
 * Links of procfs lead wherever the kernel says, not where their text says, except these
 * in its root directory. openat2 refuses the others as RESOLVE_NO_MAGICLINKS.
 */
static bool is_magic(int dirfd, const char *name)
{
	static const char *const plain[] = {"self", "thread-self", "mounts", "net"};
	struct statfs fs;

	if (fstatfs(dirfd, &fs) < 0 || fs.f_type != PROC_MAGIC)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(plain); i++) {
		if (strcmp(name, plain[i]) == 0)
			return false;
	}
	return true;
}

/* Puts the link's text before what is pending. -EINVAL: name is no link. */
static int expand(struct walker *w, const char *name)
{
	char text[PATH_MAX];
	ssize_t size = readlinkat(walker_top(w), name, text, sizeof(text));
	char *longer;

	if (size < 0)
		return -errno;
	if (size == 0)
		return -ENOENT;
	if ((size_t)size == sizeof(text))
		return -ENAMETOOLONG;
	if (w->links++ >= TARGET_MAX_LINKS || is_magic(walker_top(w), name))
		return -ELOOP;
	text[size] = '\0';
	longer = text_printf("%s%s", text, w->next);
	if (!longer)
		return -ENOMEM;
	free(w->pending);
	w->pending = longer;
	w->next = longer;
	while (text[0] == '/' && w->depth > 0)
		pop(w);
	return 0;
}

static bool is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* `.` and `..` are names in a directory too: looking them up needs its permission. */
static int step_dots(struct walker *w, const char *name)
{
	struct stat st;

	if (fstatat(walker_top(w), ".", &st, 0) < 0)
		return -errno;
	if (name[1] == '.')
		pop(w);
	return 0;
}

/* A component that more follow: a directory, or a link to expand. */
static int step(struct walker *w, const char *name)
{
	int fd = openat(walker_top(w), name, STEP_FLAGS);
	int r;

	if (fd >= 0)
		return push(w, fd, name);
	if (errno != ENOTDIR && errno != ELOOP)
		return -errno;
	r = expand(w, name);
	return r == -EINVAL ? -ENOTDIR : r;
}

/* The last component. 1: it is kept in w->last; 0: it was a link, go on; -errno. */
static int step_last(struct walker *w, const char *name, int follow)
{
	if (w->directory || !(follow & O_NOFOLLOW)) {
		int r = expand(w, name);

		if (r != -EINVAL && r != -ENOENT)
			return r;
	}
	if (w->depth == TARGET_MAX_DEPTH)
		return -ENAMETOOLONG;
	strncpy(w->last, name, sizeof(w->last) - 1);
	return 1;
}

/* Takes the next component off the pending path. 1, 0 at the end, -ENAMETOOLONG. */
static int next_component(struct walker *w, char name[NAME_MAX + 1])
{
	size_t size;

	w->next += strspn(w->next, "/");
	size = strcspn(w->next, "/");
	if (size > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(name, w->next, size);
	name[size] = '\0';
	w->next += size;
	w->directory = *w->next == '/';
	return size > 0;
}

static bool is_last(const struct walker *w)
{
	return w->next[strspn(w->next, "/")] == '\0';
}

int walker_run(struct walker *w, const struct target *t, const char *path, int follow)
{
	char name[NAME_MAX + 1];
	int r;

	w->target = t;
	if (!*path)
		return -ENOENT;
	if (strlen(path) >= PATH_MAX)
		return -ENAMETOOLONG;
	w->pending = strdup(path);
	if (!w->pending)
		return -ENOMEM;
	w->next = w->pending;
	while ((r = next_component(w, name)) > 0) {
		if (is_dots(name))
			r = step_dots(w, name);
		else
			r = is_last(w) ? step_last(w, name, follow) : step(w, name);
		if (r != 0)
			break;
	}
	return r < 0 ? r : 0;
}

int walker_open(const struct walker *w, int flags)
{
	struct stat st;
	int fd;

	/* O_NONBLOCK: where O_PATH is ignored, a FIFO must not block. */
	if (flags & O_PATH)
		flags |= O_NONBLOCK;
	if (w->directory)
		flags |= O_DIRECTORY;
	fd = openat(walker_top(w), w->last[0] ? w->last : ".",
		flags | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	/* O_PATH opens a link itself: one that has just come in place of a file. */
	if ((flags & O_PATH) && !(flags & O_NOFOLLOW) &&
		(fstat(fd, &st) < 0 || S_ISLNK(st.st_mode))) {
		safe_close(fd);
		return -ELOOP;
	}
	return fd;
}

int walker_canonical(const struct walker *w, char **ret)
{
	_cleanup_(buffer_done) struct buffer path = {0};
	int r = 0;

	for (size_t i = 0; i < w->depth && r == 0; i++)
		r = buffer_printf(&path, "/%s", w->stack[i].name);
	if (r == 0 && (w->last[0] || path.size == 0))
		r = buffer_printf(&path, "/%s", w->last);
	if (r < 0)
		return r;
	*ret = buffer_steal(&path);
	return *ret ? 0 : -ENOMEM;
}
