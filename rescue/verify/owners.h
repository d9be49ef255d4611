/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who put a third-party module there, and what makes it anew in the running system. */
#ifndef RESCUE_VERIFY_OWNERS_H
#define RESCUE_VERIFY_OWNERS_H

#include "inventory.h"

struct module_owner {
	char *name;	  /* "DKMS (v4l2loopback 0.12.7)", "VMware Tools"; NULL: not known */
	const char *witness; /* static: what on the disk tells so; NULL with name */
	char *command;	  /* to be run in the system, when it runs; or NULL */
};

void module_owner_done(struct module_owner *o);
/* A module, the kernel that it shall serve, and why that one refuses it. */
struct bad_module {
	const char *path, *release;
	const char *reason; /* as in module_judgement */
};
/* 0 or -ENOMEM. */
int module_owner_find(struct module_owner *ret, const struct system *s,
		      const struct bad_module *m);

#endif
