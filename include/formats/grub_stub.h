/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The few lines of an EFI/VENDOR/grub.cfg that only lead to the configuration in /boot
 * (Fedora 34 and EL9 on, bootupd, Debian): search the file system, set prefix, go on.
 */
#ifndef RESCUE_FORMATS_GRUB_STUB_H
#define RESCUE_FORMATS_GRUB_STUB_H

#include "fault.h"

struct grub_stub {
	char *uuid; /* of `search --fs-uuid`, or NULL */
	char *path; /* of `configfile` or `source`, from the top of that file system */
	/* Of an image (boot_code.h): these modules are in it, none need be loaded. */
	bool has_normal, has_blscfg;
};

void grub_stub_done(struct grub_stub *s);
/* ret->path NULL: it is no stub but a whole configuration. 0 or -ENOMEM. */
int grub_stub_parse(struct grub_stub *ret, struct bytes in);

#endif
