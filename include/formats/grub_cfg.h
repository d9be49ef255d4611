/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a grub.cfg holds, as far as the boot path needs it: does it run blscfg, and which
 * menuentries name which kernels (GRUB manual, 6.1 "Writing full configuration files").
 */
#ifndef RESCUE_FORMATS_GRUB_CFG_H
#define RESCUE_FORMATS_GRUB_CFG_H

#include "fault.h"

#define GRUB_CFG_MAX_SIZE (4u * 1024 * 1024)

struct grub_menuentry {
	char *title;
	char *id;	    /* --id or the UUID-like word, or NULL */
	char *number;	    /* "0", "1>2" */
	char *linux_path;   /* first operand of linux, linux16, linuxefi; or NULL */
	char *options;	    /* the rest of that line */
	struct strings initrd;
	unsigned line;
};

struct grub_cfg {
	struct grub_menuentry *items;
	size_t count;
	size_t capacity;
	bool has_blscfg;
};

void grub_cfg_done(struct grub_cfg *c);
int grub_cfg_parse(struct grub_cfg *ret, struct bytes in, struct fault *f);

#endif
