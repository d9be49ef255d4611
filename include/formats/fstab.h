/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fstab(5): six blank-separated fields, octal escapes (\040) in the first two. */
#ifndef RESCUE_FORMATS_FSTAB_H
#define RESCUE_FORMATS_FSTAB_H

#include "fault.h"

#define FSTAB_MAX_SIZE (1024 * 1024)
#define FSTAB_MAX_LINES 4096

struct fstab_line {
	char *source; /* UUID=…, LABEL=…, PARTUUID=…, /dev/…, or a network name */
	char *target; /* mount point, without trailing slash; "none" for swap */
	char *type;
	char *options; /* "defaults" where the field is absent */
	unsigned line; /* 1-based */
};

struct fstab {
	struct fstab_line *items;
	size_t count;
	size_t capacity;
	size_t bad_lines; /* skipped: fewer than two fields, or NUL bytes */
};

void fstab_done(struct fstab *t);
int fstab_parse(struct fstab *ret, struct bytes in, struct fault *f);
/* The last line for that mount point (the one that mount -a leaves on top), or NULL. */
const struct fstab_line *fstab_find(const struct fstab *t, const char *target);
/* The boot goes on without it: noauto, nofail. */
bool fstab_may_lack(const struct fstab_line *line);
/* The value of option name ("subvol" in "subvol=root,noatime"), caller frees; or NULL. */
char *mount_option(const char *options, const char *name);

#endif
