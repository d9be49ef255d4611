/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Subvolumes and the boot loader's area of btrfs (fs/btrfs/ioctl.c, btrfs(5)). */
#ifndef RESCUE_LOCATE_BTRFS_H
#define RESCUE_LOCATE_BTRFS_H

#include "local.h"

#define GRUB_BLOCK_SIZE 1024

/* Of the subvolume that fd is in; 5 is the top level, 0: not known. */
uint64_t btrfs_subvolume_id(int fd);
bool btrfs_is_read_only(int fd);
/* GRUB's environment there, appended to an emptied *ret; nothing where there is none. */
int btrfs_grub_block(const struct device *d, struct buffer *ret);

#endif
