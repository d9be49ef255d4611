/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening devices by number where /dev does not name them. */
#include "node.h"

#include <errno.h>
#include <fcntl.h>

/* What /dev calls so must also be that device. */
static int open_named(const struct node *n, int flags, char path[PATH_MAX])
{
	_cleanup_close_ int fd = -1;
	struct stat st;

	snprintf(path, PATH_MAX, "/dev/%s", n->name);
	fd = open(path, flags | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0 || (st.st_mode & S_IFMT) != n->type ||
		st.st_rdev != n->number)
		return -ENOENT;
	return TAKE_FD(fd);
}

static void write_path(const struct node *n, const char *nodes, char path[PATH_MAX])
{
	size_t start = (size_t)snprintf(path, PATH_MAX, "%s/", nodes);

	snprintf(path + start, PATH_MAX - start, "%s", n->name);
	for (char *c = path + start; *c; c++) {
		if (*c == '/')
			*c = '-';
	}
}

int node_open(const struct node *n, const char *nodes, int flags, char path[PATH_MAX])
{
	int fd = open_named(n, flags, path);

	if (fd != -ENOENT)
		return fd;
	write_path(n, nodes, path);
	if (mknod(path, n->type | 0600, n->number) < 0 && errno != EEXIST)
		return -errno;
	fd = open(path, flags | O_CLOEXEC);
	return fd >= 0 ? fd : -errno;
}
