/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * extlinux.conf, syslinux.cfg (syslinux: doc/syslinux.txt, com32/menu/readconfig.c): one
 * keyword a line without regard to case; `label` opens an entry; a LABEL, and what DEFAULT
 * says, is the whole rest of the line.
 */
#ifndef RESCUE_FORMATS_EXTLINUX_H
#define RESCUE_FORMATS_EXTLINUX_H

#include "fault.h"

#define EXTLINUX_MAX_SIZE (1024u * 1024)
#define EXTLINUX_MAX_ENTRIES 1024

struct extlinux_entry {
	char *label;
	char *title;	  /* MENU LABEL; or NULL */
	char *linux_path; /* LINUX or KERNEL; NULL: it starts no Linux */
	char *options;	  /* APPEND without its initrd=, or the one for all; or NULL */
	struct strings initrd;
	bool is_menu_default; /* MENU DEFAULT */
	unsigned line;
};

struct extlinux {
	struct extlinux_entry *items;
	size_t count, capacity;
	char *default_label; /* DEFAULT; NULL: nothing says it */
	char *menu;	     /* UI, or what DEFAULT names where that is no label; or NULL */
	size_t first_label;  /* where the entries begin */
	struct buffer text;  /* byte for byte as it was read */
};

void extlinux_done(struct extlinux *x);
/* -EFBIG, -E2BIG beyond the limits. */
int extlinux_parse(struct extlinux *ret, struct bytes in, struct fault *f);
/* The text as it was read. */
int extlinux_write(struct buffer *ret, const struct extlinux *x);
/* The entry that starts by itself; -1: there is none. */
int extlinux_default(const struct extlinux *x);

/* A new entry; NULL members are left out. */
struct extlinux_template {
	const char *label, *title, *linux_path, *options, *initrd;
};
/* The text with an entry before all others. */
enum extlinux_choice { EXTLINUX_KEEP_DEFAULT, EXTLINUX_MAKE_DEFAULT };
int extlinux_insert(struct buffer *ret, const struct extlinux *x,
	const struct extlinux_template *t, enum extlinux_choice choice);
/* The text with another entry that starts by itself. */
int extlinux_set_default(struct buffer *ret, const struct extlinux *x, const char *label);

#endif
