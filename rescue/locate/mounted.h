/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One mount of ours and how it is made: between mount.c and tree.c alone. */
#ifndef RESCUE_LOCATE_MOUNTED_H
#define RESCUE_LOCATE_MOUNTED_H

#include "mount.h"
#include "present.h"
#include "thread.h"

struct mounted {
	int tree;
	char *path;    /* canonical, below mounts.base */
	char *backing; /* of the device; with offset: which device it is */
	uint64_t offset;
	char *loop; /* its loop device, or NULL */
	enum access access;
	int error; /* of taking it down: 0 or -errno */
};

struct mounts {
	char *base;              /* directory of the private tmpfs */
	struct present *present; /* what the machine had mounted before we came */
	struct mounted *items;
	size_t count, capacity;
	int next_tree;
	pthread_mutex_t adding; /* to trees, by several threads */
};

int namespace_enter(struct fault *f);
/* The private tmpfs. */
int base_mount(char **ret, struct fault *f);
void base_unmount(const char *base);
/* Mounts on ret->path and fills ret->loop. */
int mount_device(struct mounted *ret, const struct mounts *m,
	const struct mount_request *q, struct fault *f);
/* Flushes first what was writable. 0 or -errno; it is gone in any case. */
int unmount(const struct mounted *d);

#endif
