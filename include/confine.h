/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program of the patient, run in the patient: in mount, PID, IPC, UTS and network
 * namespaces of its own, which end with it. Its root is the patient's tree, read-only and
 * with all its file systems in their places; /proc, /sys and /dev are as a program may
 * expect them, but no disk has a node there; /tmp and /var/tmp are one directory that the
 * caller gives, and the only place on a disk where it can write.
 */
#ifndef RESCUE_CONFINE_H
#define RESCUE_CONFINE_H

#include "target.h"

/* Something that shall be seen under another name than it has. */
struct confine_bind {
	char *from; /* present path in the patient: a directory or a regular file */
	char *path; /* where it is seen; neither it nor its directory need be there */
};

struct confine_request {
	const struct target *target;
	const char *const *arguments; /* NULL ends; the first: its path in the patient */
	const char *scratch;	      /* directory of the patient: /tmp and /var/tmp */
	const struct confine_bind *binds;
	size_t bind_count;
	unsigned seconds; /* then it and all that it started are killed: -ETIMEDOUT */
	/* Called several times a second with the output so far; -errno ends it, too. */
	int (*tick)(void *data, size_t output, struct fault *f);
	void *data;
};

/* NEEDS-PRIVILEGE, or why this kernel has no such namespaces. */
int confine_check(struct fault *f);
/*
 * Its exit status (128 + N: ended by signal N), or -errno when it could not be run to its
 * end. What it wrote to its standard output and error is in output in any case, the
 * beginning left out where it is longer than twice CONFINE_MAX_OUTPUT.
 */
#define CONFINE_MAX_OUTPUT (256u * 1024)
int confine_run(const struct confine_request *q, struct buffer *output, struct fault *f);

#endif
