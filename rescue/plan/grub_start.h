/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What GRUB 2 starts by itself once a plan is done: its configuration runs again, with the
 * edits, in the world that inventory saw.
 */
#ifndef RESCUE_PLAN_GRUB_START_H
#define RESCUE_PLAN_GRUB_START_H

#include "planner.h"

/* What of GRUB's files the plan changes. All borrowed. */
struct grub_trial {
	struct bytes cfg;	   /* grub.cfg as it will be; empty: there is none */
	const char *saved;	   /* saved_entry in grubenv; NULL: as it is */
	const struct entry *added; /* a BLS entry that is not there yet; or NULL */
};

struct grub_start {
	struct grub_menu menu;
	struct grub_choice *bls; /* BLS entries that are shown, in the menu's order */
	size_t bls_count;
	struct grub_choices choices; /* bls_count BLS entries, then menu.items */
	const char *wanted;	     /* what `default` holds then; borrowed */
	int choice;		     /* what starts; -1: the menu is empty */
};
void grub_start_done(struct grub_start *s);
int grub_start_find(struct grub_start *ret, const struct planner *p,
	const struct grub_trial *trial, struct fault *f);

/* The entry that shall start. All borrowed. */
struct grub_goal {
	const char *bls_id; /* NULL: a menuentry */
	const char *file;   /* as grub_menuentry has it: NULL: grub.cfg itself */
	size_t at;	    /* its first byte there */
	bool is_new;	    /* what grubenv says shall name it, and not just choose nothing */
};
/* What starts is the goal; goal.file and .bls_id point into s. */
bool grub_start_goal(struct grub_goal *ret, const struct grub_start *s);

/* What has to be changed besides so that the goal starts; empty: nothing. */
struct grub_change {
	char *saved;	   /* saved_entry; or NULL */
	struct buffer cfg; /* the whole text of grub.cfg; or empty */
};
void grub_change_done(struct grub_change *c);
/* With nothing changed. 1; 0: it does not start that way; -errno. */
int grub_start_as_is(struct grub_change *ret, const struct planner *p,
	const struct grub_trial *trial, const struct grub_goal *goal, struct fault *f);
/* By the menu as it is, or by saved_entry. Likewise. */
int grub_start_by_name(struct grub_change *ret, const struct planner *p,
	const struct grub_trial *trial, const struct grub_goal *goal, struct fault *f);
/* By lines at the end of grub.cfg, where it does not ask grubenv. Likewise. */
int grub_start_by_text(struct grub_change *ret, const struct planner *p,
	const struct grub_trial *trial, const struct grub_goal *goal, struct fault *f);

#endif
