/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What only btrfs has: subvolumes, of which one is the default and some are read-only
 * snapshots, and room for a boot loader in front of the first superblock's mirror.
 */
#include "btrfs.h"

#include <linux/btrfs.h>
#include <sys/ioctl.h>

#define FIRST_FREE_OBJECT 256 /* BTRFS_FIRST_FREE_OBJECTID: the root of a subvolume */
#define GRUB_SIGNATURE "# GRUB Environment Block\n"

uint64_t btrfs_subvolume_id(int fd)
{
	struct btrfs_ioctl_ino_lookup_args args = {.objectid = FIRST_FREE_OBJECT};

	return ioctl(fd, BTRFS_IOC_INO_LOOKUP, &args) < 0 ? 0 : args.treeid;
}

bool btrfs_is_read_only(int fd)
{
	uint64_t flags = 0;

	return ioctl(fd, BTRFS_IOC_SUBVOL_GETFLAGS, &flags) == 0 &&
	       (flags & BTRFS_SUBVOL_RDONLY);
}

int btrfs_grub_block(const struct device *d, struct buffer *ret)
{
	char block[GRUB_BLOCK_SIZE];

	if (!text_equal(d->fstype, "btrfs") ||
		device_peek(d, GRUB_BLOCK_OFFSET, block, sizeof(block)) != sizeof(block) ||
		memcmp(block, GRUB_SIGNATURE, strlen(GRUB_SIGNATURE)) != 0)
		return 0;
	ret->size = 0;
	return buffer_append(ret, block, sizeof(block));
}
