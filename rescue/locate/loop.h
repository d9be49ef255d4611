/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loop devices that vanish with their last user. */
#ifndef RESCUE_LOCATE_LOOP_H
#define RESCUE_LOCATE_LOOP_H

#include "fault.h"

#include <limits.h>

struct loop {
	int fd; /* keeps it alive until it is mounted */
	char path[PATH_MAX];
};
#define LOOP_NONE ((struct loop){.fd = -1})

/* Where nodes are made that /dev lacks: a directory of ours. */
int loop_check(const char *nodes, struct fault *f); /* is there such a driver at all */
/*
 * Lays a loop device over size bytes (0: all) of backing from offset on. It is read-only
 * when backing was opened so.
 */
int loop_attach(struct loop *ret, int backing, uint64_t offset, uint64_t size,
	const char *nodes, struct fault *f);
/*
 * The loop device that could write into that file, as "/dev/loop3"; NULL: none or
 * unknown.
 */
char *loop_writer(const char *backing);
void loop_done(struct loop *l);

#endif
