/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Device nodes that /dev may lack: kernels without devtmpfs, containers. */
#ifndef RESCUE_LOCATE_NODE_H
#define RESCUE_LOCATE_NODE_H

#include "base.h"

#include <limits.h>
#include <sys/stat.h>

struct node {
	const char *name; /* below /dev: "loop3", "mapper/control" */
	mode_t type;	  /* S_IFBLK, S_IFCHR */
	dev_t number;
};

/*
 * Opens /dev/NAME or, where that does not exist, a node of our own in the directory nodes.
 * Fd, its path in path; or -errno.
 */
int node_open(const struct node *n, const char *nodes, int flags, char path[PATH_MAX]);

#endif
