/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NAME=value files that a shell could read: os-release(5), /etc/default/grub,
 * /etc/sysconfig/kernel, /etc/selinux/config. Quotes and backslashes as sh has them;
 * nothing is expanded; the last assignment of a name counts.
 */
#ifndef RESCUE_FORMATS_SHELLVARS_H
#define RESCUE_FORMATS_SHELLVARS_H

#include "fault.h"

#define SHELLVARS_MAX_SIZE (1024 * 1024)

struct shellvar {
	char *name;
	char *value;
	unsigned line;
};

struct shellvars {
	struct shellvar *items;
	size_t count;
	size_t capacity;
};

void shellvars_done(struct shellvars *v);
int shellvars_parse(struct shellvars *ret, struct bytes in, struct fault *f);
const char *shellvars_get(const struct shellvars *v, const char *name); /* or NULL */

#endif
