/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What superblocks say that libblkid does not. */
#ifndef RESCUE_LOCATE_FEATURES_H
#define RESCUE_LOCATE_FEATURES_H

#include "local.h"

/* Of kind SUPERBLOCK_UNKNOWN where they cannot be read. */
struct superblock_features device_features(const struct device *d);

/* Marks those unclean whose log wants replay, which libblkid does not tell of XFS. */
void logs_scan(struct landscape *l);

#endif
