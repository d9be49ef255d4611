/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which item of GRUB's menu starts by itself (grub-core/normal/menu.c: get_entry_number,
 * upstream and EL7; get_entry_number_helper, rhboot's from Fedora 30 and EL8 on).
 */
#ifndef RESCUE_FORMATS_GRUB_CHOICE_H
#define RESCUE_FORMATS_GRUB_CHOICE_H

#include "formats/grub_cfg.h"

/* Something of the menu that can be chosen; all of it is borrowed. */
struct grub_choice {
	const char *place; /* "0", "1>2" */
	const char *title, *id;
	bool is_submenu;
};

enum grub_naming {
	GRUB_NUMBERS_FIRST, /* EL7, upstream: what begins with a digit is a number */
	GRUB_IDS_FIRST	    /* Fedora 30, EL8 on: id, then title, then a whole number */
};

/*
 * The index of the item that starts where `default` holds wanted; what selects nothing
 * starts the first. -1: the menu is empty. Never a submenu's.
 */
int grub_choose(const struct grub_choice *items, size_t count, enum grub_naming naming,
	const char *wanted);

/* The whole menu: what a grub.cfg shows, with BLS entries where it runs blscfg. */
struct grub_choices {
	struct grub_choice *items; /* titles and ids are borrowed, BLS entries come first */
	size_t count, capacity;
	struct strings places;
};
void grub_choices_done(struct grub_choices *c);
/* bls: in the menu's order, without places. 0 or -ENOMEM. */
int grub_choices_list(struct grub_choices *ret, const struct grub_menu *menu,
	const struct grub_choice *bls, size_t bls_count);
/* The place of a menuentry that has this number among those of grub.cfg. NULL: no memory. */
char *grub_menu_place(const struct grub_menu *menu, const char *number, size_t bls_count);
/*
 * What `default` may hold for that item, most lasting first: its id, its title, its place;
 * in submenus with those around it. Whether GRUB takes it so, grub_choose tells.
 */
int grub_choice_names(struct strings *ret, const struct grub_choices *c, size_t index);

#endif
