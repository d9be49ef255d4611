/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A module directory that stands for /lib/modules/RELEASE wherever it really is. */
#ifndef RESCUE_GENERATE_STAGED_H
#define RESCUE_GENERATE_STAGED_H

#include "target.h"

struct staged {
	int fd;                       /* the directory; borrowed */
	char directory[280];          /* "/lib/modules/RELEASE" */
	const struct target *patient; /* where links out of it lead; NULL: nowhere */
};

/* -EINVAL: the release could not be a directory's name. */
int staged_init(struct staged *ret, int fd, const char *release,
	const struct target *patient, struct fault *f);
/*
 * Opens a path for reading as the patient would, once the directory is in its place:
 * below `directory` it is the staged one, elsewhere the patient. Never blocks. Fd or
 * -errno.
 */
int staged_open(const struct staged *s, const char *path);
/* The bytes of a regular file; name is relative to the directory. */
int staged_read(const struct staged *s, const char *name, size_t limit,
	struct buffer *ret, struct fault *f);
/* The same for a module, decompressed. */
int staged_read_module(
	const struct staged *s, const char *name, struct buffer *ret, struct fault *f);

#endif
