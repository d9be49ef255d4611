/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a grub.cfg asked while it ran, and what it was answered: so that the same menu with
 * an edit can run again where the disks are out of reach.
 */
#ifndef RESCUE_FORMATS_GRUB_RECORD_H
#define RESCUE_FORMATS_GRUB_RECORD_H

#include "formats/grub_cfg.h"

#define GRUB_RECORD_MAX 4096 /* answers; what is asked beyond is not kept */

struct grub_record_item {
	char *question; /* "variable prefix", "read (boot)/grub2/x", "exists f …", … */
	char *value;	/* of a variable; the name of the device that search found; or NULL */
	bool is_unknown; /* the variable's value */
	struct buffer text; /* of a file */
	enum grub_answer answer;
	int error;	/* why the file could not be read */
};

struct grub_record {
	struct grub_record_item *items;
	size_t count, capacity;
	const struct grub_world *asked; /* while it records */
	bool lacks_memory; /* an answer could not be kept */
};

void grub_record_done(struct grub_record *r);
/* A world that asks another one and keeps its answers; both live as long as it is used. */
struct grub_world grub_record_world(struct grub_record *r, const struct grub_world *asked);
/* A world that knows what was kept; what was not asked then is unknown or not there. */
struct grub_world grub_record_replay(const struct grub_record *r);
/* The text of a file as it was read; NULL: it was not asked for. ret_error: -ENOENT, … */
const struct buffer *grub_record_text(const struct grub_record *r, const char *path,
	int *ret_error);

#endif
