/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The three names of a step, held by their directories' fds, and their renames. */
#ifndef RESCUE_APPLY_NAMES_H
#define RESCUE_APPLY_NAMES_H

#include "room.h"

struct held_name {
	int dirfd;
	char *name; /* NULL: the step has no such name */
};

struct step_names {
	struct held_name path, staged, displaced;
};
#define HELD_NAME_NONE                                                                   \
	{                                                                                \
		.dirfd = -1                                                              \
	}
#define STEP_NAMES_NONE                                                                  \
	((struct step_names){HELD_NAME_NONE, HELD_NAME_NONE, HELD_NAME_NONE})

int held_name_open(
	struct held_name *ret, const struct target *t, const char *path, struct fault *f);
void held_name_done(struct held_name *h);
int step_names_open(struct step_names *ret, const struct target *t,
	const struct journal_step *s, struct fault *f);
void step_names_done(struct step_names *n);
/* The directories of path and staged are on disk. */
int step_names_sync(const struct step_names *n);

/* Each one rename, 0 or -errno. */
int names_rename(const struct held_name *from, const struct held_name *to);
/* -EEXIST when there is something; old kernels cannot tell and replace it. */
int names_rename_new(const struct held_name *from, const struct held_name *to);
/* -ENOSYS where the kernel or the file system cannot. */
int names_exchange(const struct held_name *a, const struct held_name *b);

#endif
