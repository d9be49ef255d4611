/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the machine had mounted before we came. */
#ifndef RESCUE_LOCATE_PRESENT_H
#define RESCUE_LOCATE_PRESENT_H

#include "locate.h"

struct present;

int present_read(struct present **ret, struct fault *f);
/* The same from a stream in the format of /proc/self/mountinfo. */
int present_parse(struct present **ret, FILE *mountinfo, struct fault *f);
void present_free(struct present *p);
/*
 * 0: the device is not mounted. 1: *ret is where it is, whole (or that subvolume of it).
 * -EBUSY: only parts of it can be seen. -ENOENT: another subvolume than this one.
 */
int present_find(const struct present *p, const struct device *d, const char *options,
	const char **ret);
const char *present_any(const struct present *p, const struct device *d); /* or NULL */
/* What is said of one mount: borrowed from the table. */
struct present_mount {
	dev_t device;
	const char *where, *fstype, *options; /* options: of the file system itself */
};
/* The mount that a path of this machine lies on, by the table alone. */
bool present_holding(const struct present *p, const char *path, struct present_mount *ret);
/* The root of the file system at that mount point, without leading slash. */
char *present_root(const char *mountpoint);
/* The mount points of this namespace at and below path, a clean absolute one. */
int present_below(struct strings *ret, const char *path);

#endif
