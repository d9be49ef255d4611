/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Can the installed GRUB read the file system that holds /boot? Its drivers refuse an
 * incompat feature that they do not know (grub-core/fs/ext2.c, xfs.c), or fail on what
 * was written with it (btrfs.c).
 */
#include "verify_rules.h"

#include <errno.h>

#define EXT_GRUB2                                                                        \
	(EXT_INCOMPAT_FILETYPE | EXT_INCOMPAT_RECOVER | EXT_INCOMPAT_META_BG |           \
		EXT_INCOMPAT_EXTENTS | EXT_INCOMPAT_64BIT | EXT_INCOMPAT_MMP |           \
		EXT_INCOMPAT_FLEX_BG | EXT_INCOMPAT_ENCRYPT)
#define XFS_GRUB2 (XFS_INCOMPAT_FTYPE | XFS_INCOMPAT_SPINODES | XFS_INCOMPAT_META_UUID)
#define BTRFS_NEVER (BTRFS_INCOMPAT_EXTENT_TREE_V2 | BTRFS_INCOMPAT_RAID_STRIPE_TREE)

/* What the GRUB of a generation reads: of ext and XFS all, of btrfs what it fails on. */
struct grub_generation {
	const char *name;
	uint64_t ext, xfs, btrfs_fails;
};

static const struct grub_generation grub_el7 = {
	"EL7's GRUB", EXT_GRUB2, XFS_GRUB2, BTRFS_NEVER | BTRFS_INCOMPAT_ZSTD};
static const struct grub_generation grub_el8 = {
	"EL8's GRUB", EXT_GRUB2, XFS_GRUB2, BTRFS_NEVER};
static const struct grub_generation grub_el9 = {"EL9's GRUB",
	EXT_GRUB2 | EXT_INCOMPAT_CSUM_SEED,
	XFS_GRUB2 | XFS_INCOMPAT_BIGTIME, BTRFS_NEVER};
static const struct grub_generation grub_latest = {"GRUB",
	EXT_GRUB2 | EXT_INCOMPAT_CSUM_SEED | EXT_INCOMPAT_LARGEDIR,
	XFS_GRUB2 | XFS_INCOMPAT_BIGTIME | XFS_INCOMPAT_NEEDSREPAIR |
		XFS_INCOMPAT_NREXT64,
	BTRFS_NEVER};

/* Updates within a generation taught it more: the oldest that is known to lack it. */
static const struct grub_generation *generation_of(const struct system *s)
{
	unsigned long major = system_el_major(s);
	const char *dot = major ? strchr(s->os_version_id, '.') : NULL;
	unsigned long minor = dot ? strtoul(dot + 1, NULL, 10) : 99;

	if (major == 7)
		return &grub_el7;
	if (major == 8 && minor <= 8)
		return &grub_el8;
	return major == 9 && minor <= 4 ? &grub_el9 : &grub_latest;
}

static uint64_t unreadable(
	const struct grub_generation *g, const struct superblock_features *features)
{
	switch (features->kind) {
	case SUPERBLOCK_EXT:
		return features->incompat & ~g->ext;
	case SUPERBLOCK_XFS:
		return features->incompat & ~g->xfs;
	case SUPERBLOCK_BTRFS:
		return features->incompat & g->btrfs_fails;
	default:
		return 0;
	}
}

static bool is_grub2(enum loader_rules rules)
{
	return rules == LOADER_BLSCFG_EL8 || rules == LOADER_BLSCFG_EL9 ||
	       rules == LOADER_BLSUKI || rules == LOADER_MENUENTRIES;
}

/* Files that were never compressed with it are read all the same. */
static bool is_certain(const struct superblock_features *features, uint64_t bits)
{
	return features->kind != SUPERBLOCK_BTRFS || (bits & BTRFS_NEVER);
}

int rules_loader_reads(struct rules *r)
{
	const struct system *s = r->inv->system;
	const struct superblock_features *features = &s->boot.features;
	const struct grub_generation *g = generation_of(s);
	uint64_t bits = is_grub2(r->inv->loader) ? unreadable(g, features) : 0;
	_cleanup_free_ char *names = NULL;

	if (bits == 0)
		return 0;
	names = superblock_feature_names(features->kind, bits);
	if (!names)
		return -ENOMEM;
	return findings_add(&r->v->findings, "boot-unreadable-by-loader",
		is_certain(features, bits) ? SEVERITY_ERROR : SEVERITY_WARNING, NULL,
		s->boot.device_path,
		"/boot is on %s with the feature%s %s, which %s %s read",
		s->boot.fstype ? s->boot.fstype : "a file system",
		strchr(names, ',') ? "s" : "", names, g->name,
		is_certain(features, bits) ? "cannot" : "may not be able to");
}
