/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The modules of a tree, one after another, while others are being read already. */
#ifndef RESCUE_VERIFY_READ_AHEAD_H
#define RESCUE_VERIFY_READ_AHEAD_H

#include "opened.h"

#include "inventory.h"

struct read_ahead;

/* extent: of the kernel's own modules; those of others are read whole. 0 or -ENOMEM. */
int read_ahead_start(struct read_ahead **ret, const struct files *files,
		     const struct module_tree *tree, enum opened_extent extent);
/* The next one in the order of tree->files, until the next call; NULL behind the last. */
struct opened *read_ahead_next(struct read_ahead *r);
void read_ahead_stop(struct read_ahead **r);

/* It is not of the kernel's own tree (a path below the module directory). */
bool module_is_third_party(const char *relative);

#endif
