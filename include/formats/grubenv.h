/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GRUB's environment block (grub-core/lib/envblk.c): 1024 bytes, "# GRUB Environment
 * Block\n", name=value lines, `\` escapes `\` and newline, padded with `#`. A block of
 * another size can be read all the same; what is written has 1024 bytes.
 */
#ifndef RESCUE_FORMATS_GRUBENV_H
#define RESCUE_FORMATS_GRUBENV_H

#include "fault.h"

#define GRUBENV_SIZE 1024
#define GRUBENV_MAX_SIZE (64 * 1024)

struct grubenv_variable {
	char *name;
	char *value;
};

struct grubenv {
	struct grubenv_variable *items; /* in file order */
	size_t count;
	size_t capacity;
	struct strings comments; /* "# WARNING: …": written back behind the first line */
};

void grubenv_done(struct grubenv *e);
/* -EBADMSG when it is no environment block (the fault says why). */
int grubenv_parse(struct grubenv *ret, struct bytes in, struct fault *f);
const char *grubenv_get(const struct grubenv *e, const char *name);
int grubenv_set(struct grubenv *e, const char *name, const char *value);
int grubenv_unset(struct grubenv *e, const char *name);
/* Exactly 1024 bytes; -ENOSPC when the variables do not fit. */
int grubenv_write(struct buffer *ret, const struct grubenv *e, struct fault *f);

#endif
