/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a grub.cfg holds, as far as the boot path needs it: does it run blscfg, and which
 * menuentries name which kernels (GRUB manual, 6.1 "Writing full configuration files").
 */
#ifndef RESCUE_FORMATS_GRUB_CFG_H
#define RESCUE_FORMATS_GRUB_CFG_H

#include "fault.h"

#define GRUB_CFG_MAX_SIZE (4u * 1024 * 1024)
#define GRUB_CFG_MAX_ENTRIES 4096
#define GRUB_CFG_MAX_DEPTH 64

struct grub_menuentry {
	char *title;
	char *id;         /* --id or the UUID-like word, or NULL */
	char *number;     /* "0", "1>2" */
	char *linux_path; /* first operand of linux, linux16, linuxefi; or NULL */
	char *options; /* the rest of that line; quotes only around words with blanks */
	struct strings initrd;
	unsigned line;
};

/* `set name=value`, in file order; $variables in the value stay as they are written. */
struct grub_assignment {
	char *name;
	char *value;
	unsigned line;
};

struct grub_cfg {
	struct grub_menuentry *items;
	size_t count;
	size_t capacity;
	struct grub_assignment *assignments;
	size_t assignment_count;
	size_t assignment_capacity;
	bool has_blscfg;     /* a command blscfg, also inside if and function */
	size_t blscfg_index; /* top-level entries before it in the menu */
	unsigned bad_line;   /* the first line that GRUB's parser refuses; 0: none */
};

void grub_cfg_done(struct grub_cfg *c);
/*
 * -EFBIG, -E2BIG beyond the limits. A syntax error is no fault: GRUB reads on behind it.
 */
int grub_cfg_parse(struct grub_cfg *ret, struct bytes in, struct fault *f);

/* The value of the last assignment whose text is literal (no $), or NULL. */
const char *grub_cfg_literal(const struct grub_cfg *c, const char *name);

#endif
