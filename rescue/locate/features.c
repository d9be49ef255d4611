/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the superblocks whose features decide which boot loader can read them. */
#include "features.h"

struct superblock_features device_features(const struct device *d)
{
	static const struct {
		const char *fstype;
		uint64_t offset;
		int (*parse)(struct superblock_features *ret, struct bytes in);
	} kinds[] = {
		{"ext2", EXT_SUPERBLOCK_OFFSET, ext_features_parse},
		{"ext3", EXT_SUPERBLOCK_OFFSET, ext_features_parse},
		{"ext4", EXT_SUPERBLOCK_OFFSET, ext_features_parse},
		{"xfs", XFS_SUPERBLOCK_OFFSET, xfs_features_parse},
		{"btrfs", BTRFS_SUPERBLOCK_OFFSET, btrfs_features_parse},
	};
	struct superblock_features features = {0};
	uint8_t sb[SUPERBLOCK_SIZE];

	for (size_t i = 0; d->fstype && i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(kinds[i].fstype, d->fstype) != 0)
			continue;
		if (device_peek(d, kinds[i].offset, sb, sizeof(sb)) == sizeof(sb))
			kinds[i].parse(&features, (struct bytes){sb, sizeof(sb)});
		break;
	}
	return features;
}
