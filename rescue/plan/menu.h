/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files that write a menu share: menu.c, menuentry.c. */
#ifndef RESCUE_PLAN_MENU_H
#define RESCUE_PLAN_MENU_H

#include "planner.h"

/* What shall be done, and the text that comes of it. */
struct menu {
	struct planner *p;
	const char *path;
	struct buffer head; /* of a menu that is made anew */
	struct bytes before; /* its text, or that of the file that is there */
	const struct entry *working; /* NULL: a new one is made */
	bool makes_default;
	char *title, *linux_path, *initrd, *options; /* as the loader sees them */
	char *origin;		     /* of the options, in words */
	struct buffer text;	     /* empty: the file stays */
	char *saved;		     /* what grubenv shall say; NULL: as it is */
	bool boots;		     /* the default entry works then */
};

/* In grub.cfg. menuentry.c */
int menu_write_menuentry(struct menu *m, struct fault *f);

#endif
