/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paths and mounts of the tree that a confined program sees. */
#include "confined.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

int view_fault(struct view *v, int error, const char *path)
{
	return fault_errno(v->f, -error, path, "show %s to a program", path);
}

char *view_join(const char *directory, const char *name)
{
	return text_printf("%s/%s", strcmp(directory, "/") == 0 ? "" : directory,
		name + strspn(name, "/"));
}

char *view_place(const struct view *v, const char *path)
{
	_cleanup_free_ char *inside = NULL;
	int r = target_canonical(&v->target, path, &inside);

	errno = -r;
	return r < 0 ? NULL : view_join(v->root, inside);
}

int view_make_file(const char *path)
{
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

int view_bind_fd(int fd, const char *name, const char *to)
{
	char from[PATH_MAX];

	snprintf(from, sizeof(from), "/proc/self/fd/%d%s%s", fd, *name ? "/" : "", name);
	return mount_bind(from, to, BIND_WITH_SUBMOUNTS);
}
