/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who put a third-party module there, and what makes it anew in the running system. */
#ifndef RESCUE_VERIFY_OWNERS_H
#define RESCUE_VERIFY_OWNERS_H

#include "inventory.h"

struct module_owner {
	char *name;    /* "DKMS (v4l2loopback 0.12.7)", "VMware Tools 10.3.5"; NULL: not known */
	char *command; /* to be run in the system, when it runs; or NULL */
};

void module_owner_done(struct module_owner *o);
/* path: of the module; release: of the kernel that it shall serve. 0 or -ENOMEM. */
int module_owner_find(struct module_owner *ret, const struct system *s, const char *path,
		      const char *release);

#endif
