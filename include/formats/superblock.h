/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a file system's superblock demands of its readers, and where an XFS ends its log
 * (Linux fs/ext4/ext4.h, fs/xfs/libxfs/xfs_format.h and xfs_log_format.h,
 * include/uapi/linux/btrfs_tree.h).
 */
#ifndef RESCUE_FORMATS_SUPERBLOCK_H
#define RESCUE_FORMATS_SUPERBLOCK_H

#include "base.h"

#define SUPERBLOCK_SIZE 512 /* bytes of it that the parsers below need */
#define EXT_SUPERBLOCK_OFFSET 1024
#define XFS_SUPERBLOCK_OFFSET 0
#define BTRFS_SUPERBLOCK_OFFSET 65536

enum superblock_kind {
	SUPERBLOCK_UNKNOWN,
	SUPERBLOCK_EXT,
	SUPERBLOCK_XFS,
	SUPERBLOCK_BTRFS
};

/* Who does not know one of the incompat bits cannot read the file system. */
struct superblock_features {
	enum superblock_kind kind;
	uint64_t incompat;
};

#define EXT_INCOMPAT_FILETYPE 0x2u
#define EXT_INCOMPAT_RECOVER 0x4u
#define EXT_INCOMPAT_META_BG 0x10u
#define EXT_INCOMPAT_EXTENTS 0x40u
#define EXT_INCOMPAT_64BIT 0x80u
#define EXT_INCOMPAT_MMP 0x100u
#define EXT_INCOMPAT_FLEX_BG 0x200u
#define EXT_INCOMPAT_CSUM_SEED 0x2000u
#define EXT_INCOMPAT_LARGEDIR 0x4000u
#define EXT_INCOMPAT_ENCRYPT 0x10000u
#define XFS_INCOMPAT_FTYPE 0x1u
#define XFS_INCOMPAT_SPINODES 0x2u
#define XFS_INCOMPAT_META_UUID 0x4u
#define XFS_INCOMPAT_BIGTIME 0x8u
#define XFS_INCOMPAT_NEEDSREPAIR 0x10u
#define XFS_INCOMPAT_NREXT64 0x20u
#define BTRFS_INCOMPAT_ZSTD 0x10u
#define BTRFS_INCOMPAT_EXTENT_TREE_V2 0x2000u
#define BTRFS_INCOMPAT_RAID_STRIPE_TREE 0x4000u

/* in: the superblock's first SUPERBLOCK_SIZE bytes. -EBADMSG: it is none, or cut short. */
int ext_features_parse(struct superblock_features *ret, struct bytes in);
int xfs_features_parse(struct superblock_features *ret, struct bytes in);
int btrfs_features_parse(struct superblock_features *ret, struct bytes in);
/* "bigtime, nrext64" for these incompat bits; the caller frees, NULL: no memory. */
char *superblock_feature_names(enum superblock_kind kind, uint64_t incompat);

#endif
