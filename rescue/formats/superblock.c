/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The incompat features of all file systems, by the names that their own tools give them. */
#include "formats/superblock.h"

struct feature_name {
	uint64_t bit;
	const char *name;
};

static const struct feature_name ext_names[] = {
	{0x1, "compression"},
	{EXT_INCOMPAT_FILETYPE, "filetype"},
	{EXT_INCOMPAT_RECOVER, "needs_recovery"},
	{0x8, "journal_dev"},
	{EXT_INCOMPAT_META_BG, "meta_bg"},
	{EXT_INCOMPAT_EXTENTS, "extent"},
	{EXT_INCOMPAT_64BIT, "64bit"},
	{EXT_INCOMPAT_MMP, "mmp"},
	{EXT_INCOMPAT_FLEX_BG, "flex_bg"},
	{0x400, "ea_inode"},
	{0x1000, "dirdata"},
	{EXT_INCOMPAT_CSUM_SEED, "metadata_csum_seed"},
	{EXT_INCOMPAT_LARGEDIR, "large_dir"},
	{0x8000, "inline_data"},
	{EXT_INCOMPAT_ENCRYPT, "encrypt"},
	{0x20000, "casefold"},
	{0, NULL},
};

static const struct feature_name xfs_names[] = {
	{XFS_INCOMPAT_FTYPE, "ftype"},
	{XFS_INCOMPAT_SPINODES, "sparse"},
	{XFS_INCOMPAT_META_UUID, "meta_uuid"},
	{XFS_INCOMPAT_BIGTIME, "bigtime"},
	{XFS_INCOMPAT_NEEDSREPAIR, "needsrepair"},
	{XFS_INCOMPAT_NREXT64, "nrext64"},
	{0x40, "exchange"},
	{0x80, "parent"},
	{0x100, "metadir"},
	{0x200, "zoned"},
	{0, NULL},
};

static const struct feature_name btrfs_names[] = {
	{0x8, "compress_lzo"},
	{BTRFS_INCOMPAT_ZSTD, "compress_zstd"},
	{0x80, "raid56"},
	{0x200, "no_holes"},
	{0x400, "metadata_uuid"},
	{0x800, "raid1c34"},
	{0x1000, "zoned"},
	{BTRFS_INCOMPAT_EXTENT_TREE_V2, "extent_tree_v2"},
	{BTRFS_INCOMPAT_RAID_STRIPE_TREE, "raid_stripe_tree"},
	{0x10000, "simple_quota"},
	{0, NULL},
};

static const struct feature_name *names_of(enum superblock_kind kind)
{
	static const struct feature_name none[] = {{0, NULL}};

	switch (kind) {
	case SUPERBLOCK_EXT:
		return ext_names;
	case SUPERBLOCK_XFS:
		return xfs_names;
	case SUPERBLOCK_BTRFS:
		return btrfs_names;
	default:
		return none;
	}
}

char *superblock_feature_names(enum superblock_kind kind, uint64_t incompat)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	int r = 0;

	for (const struct feature_name *n = names_of(kind); r == 0 && n->name; n++) {
		if (!(incompat & n->bit))
			continue;
		r = buffer_printf(&text, "%s%s", text.size > 0 ? ", " : "", n->name);
		incompat &= ~n->bit;
	}
	if (r == 0 && incompat != 0)
		r = buffer_printf(&text, "%s0x%llx", text.size > 0 ? ", " : "",
			(unsigned long long)incompat);
	return r == 0 ? buffer_steal(&text) : NULL;
}
