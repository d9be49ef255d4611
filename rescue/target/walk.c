/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Directories of a patient: the names in one, and every file below one. */
#include "resolve.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define DIRECTORY_FLAGS (O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC)

static void closedir_p(DIR **d)
{
	if (*d)
		closedir(*d);
}

static int read_names(DIR *d, struct strings *names)
{
	struct dirent *entry;
	int r;

	while (errno = 0, (entry = readdir(d))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (names->count == TARGET_MAX_NAMES)
			return -E2BIG;
		r = strings_add(names, entry->d_name);
		if (r < 0)
			return r;
	}
	return -errno;
}

/* take_fd is consumed. */
static int list_names(struct strings *ret, int take_fd)
{
	_cleanup_(strings_done) struct strings names = {0};
	_cleanup_close_ int fd = take_fd;
	_cleanup_(closedir_p) DIR *d = fdopendir(fd);
	int r;

	if (!d)
		return -errno;
	TAKE_FD(fd); /* d closes it */
	r = read_names(d, &names);
	if (r < 0)
		return r;
	strings_sort(&names);
	*ret = TAKE_STRUCT(names);
	return 0;
}

int target_list(const struct target *t, const char *path, struct strings *ret,
	struct fault *f)
{
	int fd = target_open(t, path, DIRECTORY_FLAGS, NULL);
	int r = fd < 0 ? fd : list_names(ret, fd);

	return r < 0 ? fault_errno(f, -r, path, "list %s", path) : 0;
}

struct walk {
	int (*visit)(void *data, const struct target_visit *v);
	void *data;
	const char *path;       /* where the walk began */
	dev_t device;           /* the file system that it stays on */
	struct buffer relative; /* of the file at hand */
	unsigned depth;
	struct fault *f;
};

static int walk_directory(struct walk *w, int dirfd);

static int walk_fault(struct walk *w, int r)
{
	const char *below = w->relative.size > 0 ? w->relative.data : "";
	bool joined = !*below || text_ends(w->path, "/");
	_cleanup_free_ char *path =
		text_printf("%s%s%s", w->path, joined ? "" : "/", below);

	return path ? fault_errno(w->f, -r, path, "look through %s", path)
		    : fault_no_memory(w->f);
}

static int walk_below(struct walk *w, int dirfd, const char *name)
{
	_cleanup_close_ int fd = -1;
	int r;

	if (w->depth == TARGET_MAX_DEPTH)
		return walk_fault(w, -ENAMETOOLONG);
	fd = openat(dirfd, name, DIRECTORY_FLAGS | O_NOFOLLOW);
	if (fd < 0)
		return walk_fault(w, -errno);
	w->depth++;
	r = walk_directory(w, fd);
	w->depth--;
	return r;
}

/* One name; w->relative ends in it. */
static int walk_name(struct walk *w, int dirfd, const char *name)
{
	struct target_visit v = {
		.dirfd = dirfd, .name = name, .relative = w->relative.data};
	int r;

	if (fstatat(dirfd, name, &v.st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : walk_fault(w, -errno); /* gone meanwhile */
	r = w->visit(w->data, &v);
	if (r != 0)
		return r == TARGET_SKIP ? 0 : r;
	if (!S_ISDIR(v.st.st_mode) || v.st.st_dev != w->device)
		return 0;
	return walk_below(w, dirfd, name);
}

static int walk_directory(struct walk *w, int dirfd)
{
	_cleanup_(strings_done) struct strings names = {0};
	size_t base = w->relative.size;
	int r = fcntl(dirfd, F_DUPFD_CLOEXEC, 0);

	r = r < 0 ? -errno : list_names(&names, r);
	if (r < 0)
		return walk_fault(w, r);
	for (size_t i = 0; i < names.count && r == 0; i++) {
		if (buffer_printf(&w->relative, "%s%s", base > 0 ? "/" : "",
			    names.items[i]) < 0)
			return fault_no_memory(w->f);
		r = walk_name(w, dirfd, names.items[i]);
		w->relative.size = base;
		w->relative.data[base] = '\0';
	}
	return r;
}

int target_walk(const struct target *t, const char *path,
	int (*visit)(void *data, const struct target_visit *v), void *data,
	struct fault *f)
{
	_cleanup_close_ int fd = target_open(t, path, DIRECTORY_FLAGS, NULL);
	struct walk w = {.visit = visit, .data = data, .path = path, .f = f};
	struct stat st;
	int r;

	r = fd < 0 || fstat(fd, &st) == 0 ? fd : -errno;
	if (r < 0)
		return walk_fault(&w, r);
	w.device = st.st_dev;
	r = walk_directory(&w, fd);
	buffer_done(&w.relative);
	return r;
}
