/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loop devices over images, partitions of images and block devices.
 * LOOP_CONFIGURE came with Linux 5.8, /dev/loop-control with 3.1; both have fallbacks.
 */
#include "loop.h"

#include "node.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define LOOP_MAJOR 7
#define CONTROL_MAJOR 10 /* misc */
#define CONTROL_MINOR 237
#define MAX_LOOPS 256 /* tried one by one where there is no /dev/loop-control */
#define MAX_RACES 64  /* somebody else takes the free device before us */

static int control_open(const char *nodes)
{
	const struct node control = {
		"loop-control", S_IFCHR, makedev(CONTROL_MAJOR, CONTROL_MINOR)};
	char path[PATH_MAX];

	return node_open(&control, nodes, O_RDWR, path);
}

/* A partitionable loop driver numbers them otherwise than 0, 1, 2: sysfs knows. */
static dev_t loop_number(int index)
{
	char path[64], text[32] = "";
	unsigned major, minor;
	int fd;

	snprintf(path, sizeof(path), "/sys/block/loop%d/dev", index);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && read(fd, text, sizeof(text) - 1) > 0 &&
		sscanf(text, "%u:%u", &major, &minor) == 2) {
		close(fd);
		return makedev(major, minor);
	}
	safe_close(fd);
	return makedev(LOOP_MAJOR, (unsigned)index);
}

static int loop_open(struct loop *ret, int index, const char *nodes, int flags)
{
	char name[32];
	struct node n = {name, S_IFBLK, loop_number(index)};
	int fd;

	snprintf(name, sizeof(name), "loop%d", index);
	fd = node_open(&n, nodes, flags, ret->path);
	if (fd < 0)
		return fd;
	ret->fd = fd;
	return 0;
}

/* The first device that nothing is laid over; -ENOSPC: all are taken. */
static int loop_search(struct loop *ret, const char *nodes, int flags)
{
	for (int i = 0; i < MAX_LOOPS; i++) {
		struct loop_info64 info;
		int r = loop_open(ret, i, nodes, flags);

		if (r == -ENXIO || r == -ENODEV || r == -ENOENT)
			return i == 0 ? r : -ENOSPC;
		if (r < 0)
			continue;
		if (ioctl(ret->fd, LOOP_GET_STATUS64, &info) < 0 && errno == ENXIO)
			return 0;
		ret->fd = safe_close(ret->fd);
	}
	return -ENOSPC;
}

static int loop_take_free(struct loop *ret, const char *nodes, int flags)
{
	_cleanup_close_ int control = control_open(nodes);
	int index;

	if (control < 0)
		return loop_search(ret, nodes, flags);
	index = ioctl(control, LOOP_CTL_GET_FREE);
	if (index < 0)
		return -errno;
	return loop_open(ret, index, nodes, flags);
}

static int configure_old(int fd, int backing, const struct loop_info64 *info)
{
	int r;

	if (ioctl(fd, LOOP_SET_FD, backing) < 0)
		return -errno;
	for (int tries = 0; tries < MAX_RACES; tries++) {
		if (ioctl(fd, LOOP_SET_STATUS64, info) == 0)
			return 0;
		if (errno != EAGAIN) /* pages of the whole device are being dropped */
			break;
		usleep(1000);
	}
	r = -errno;
	ioctl(fd, LOOP_CLR_FD, 0);
	return r;
}

static int configure(int fd, int backing, const struct loop_info64 *info)
{
	struct loop_config config = {.fd = (uint32_t)backing, .info = *info};
	int r;

	if (ioctl(fd, LOOP_CONFIGURE, &config) == 0)
		return 0;
	r = -errno;
	return r == -EINVAL || r == -ENOTTY ? configure_old(fd, backing, info) : r;
}

static int attach_once(
	struct loop *ret, int backing, const struct loop_info64 *info, const char *nodes)
{
	int flags = info->lo_flags & LO_FLAGS_READ_ONLY ? O_RDONLY : O_RDWR;
	int r = loop_take_free(ret, nodes, flags);

	if (r < 0)
		return r;
	r = configure(ret->fd, backing, info);
	if (r < 0)
		loop_done(ret);
	return r;
}

int loop_attach(struct loop *ret, int backing, uint64_t offset, uint64_t size,
	const char *nodes, struct fault *f)
{
	struct loop l = LOOP_NONE;
	struct loop_info64 info = {
		.lo_offset = offset,
		.lo_sizelimit = size,
		.lo_flags = LO_FLAGS_AUTOCLEAR,
	};
	int r = -EBUSY, mode = fcntl(backing, F_GETFL);

	if ((mode & O_ACCMODE) == O_RDONLY)
		info.lo_flags |= LO_FLAGS_READ_ONLY;
	for (int tries = 0; r == -EBUSY && tries < MAX_RACES; tries++)
		r = attach_once(&l, backing, &info, nodes);
	if (r < 0)
		return fault_errno(f, -r, NULL, "attach a loop device");
	*ret = l;
	return 0;
}

static bool writes_into(const char *node, const struct stat *file)
{
	_cleanup_close_ int fd = open(node, O_RDONLY | O_CLOEXEC);
	struct loop_info64 info;

	if (fd < 0 || ioctl(fd, LOOP_GET_STATUS64, &info) < 0)
		return false;
	return info.lo_device == file->st_dev && info.lo_inode == file->st_ino &&
	       !(info.lo_flags & LO_FLAGS_READ_ONLY);
}

char *loop_writer(const char *backing)
{
	struct stat st, node;

	if (stat(backing, &st) < 0)
		return NULL;
	for (int i = 0; i < MAX_LOOPS; i++) {
		char path[64];

		snprintf(path, sizeof(path), "/dev/loop%d", i);
		if (stat(path, &node) == 0 && S_ISBLK(node.st_mode) &&
			writes_into(path, &st))
			return strdup(path);
	}
	return NULL;
}

int loop_check(const char *nodes, struct fault *f)
{
	struct loop first = LOOP_NONE;
	int fd = control_open(nodes), r;

	if (fd >= 0) {
		close(fd);
		return 0;
	}
	r = loop_open(&first, 0, nodes, O_RDONLY);
	loop_done(&first);
	if (r >= 0)
		return 0;
	fault_errno(f, -r, "/dev/loop-control", "use loop devices");
	if (r == -EPERM || r == -EACCES)
		return fault_named(f, FAULT_NEEDS_PRIVILEGE, "/dev/loop-control",
			"use loop devices", "this process may not open them");
	fault_hint(f, "load the driver: modprobe loop");
	return r;
}

void loop_done(struct loop *l)
{
	l->fd = safe_close(l->fd);
}
