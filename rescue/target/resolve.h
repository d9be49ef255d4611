/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Resolving a path inside a patient: by openat2(2), or component by component. */
#ifndef RESCUE_TARGET_RESOLVE_H
#define RESCUE_TARGET_RESOLVE_H

#include "target.h"

#define TARGET_MAX_DEPTH 128
#define TARGET_MAX_LINKS 40 /* the kernel's MAXSYMLINKS */

/* What lies at a path: entry `name` of directory fd, or, with name empty, fd itself. */
struct place {
	int fd;
	char name[NAME_MAX + 1];
};
void place_done(struct place *p);
/* follow: 0 or O_NOFOLLOW. Opens nothing that has an effect (no FIFO, no device). */
int place_find(struct place *ret, const struct target *t, const char *path, int follow);
int place_stat(const struct place *p, struct stat *ret);

/*
 * The fast path. false: not to be had (old kernel, filter, busy renames): walk instead.
 * ret: fd or -errno.
 */
bool openat2_inside(const struct target *t, const char *path, int flags, int *ret);
enum target_resolver target_resolver(void);

/* The fallback, and the only way to learn a path's canonical form. */
struct walker {
	const struct target *target;
	struct {
		int fd;
		char *name;
	} stack[TARGET_MAX_DEPTH]; /* directories from the root down, each pinned */
	size_t depth;
	unsigned links; /* followed so far */
	char *pending;  /* what is still to be resolved begins at next */
	const char *next;
	char last[NAME_MAX + 1]; /* in the directory on top; empty: that directory */
	bool directory;          /* a slash follows last: it must be one */
};
/* w: zeroed. walker_done also after a failure. */
int walker_run(struct walker *w, const struct target *t, const char *path, int follow);
void walker_done(struct walker *w);
int walker_top(const struct walker *w);
int walker_open(const struct walker *w, int flags);
int walker_canonical(const struct walker *w, char **ret);

/* How deep a path goes by its letters alone, `..` counted as a way back. */
size_t path_depth(const char *path);

#endif
