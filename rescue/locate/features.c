/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Superblocks, whose features decide which boot loader can read them, and the log of XFS,
 * whose end tells whether it was unmounted.
 */
#include "features.h"

#include "formats/xfs_log.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

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

struct opened {
	int fd;
	uint64_t offset;
};

static int read_block(void *data, uint64_t offset, uint8_t ret[XFS_LOG_BLOCK])
{
	const struct opened *o = data;
	ssize_t got;

	do
		got = pread(o->fd, ret, XFS_LOG_BLOCK, (off_t)(o->offset + offset));
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	return got == XFS_LOG_BLOCK ? 0 : -EIO;
}

/* What cannot be read is not called unclean here: mounting it will tell. */
static bool xfs_is_unclean(const struct device *d)
{
	_cleanup_close_ int fd = device_open(d, O_RDONLY, NULL);
	struct opened o = {fd, d->offset};
	uint8_t sb[XFS_LOG_BLOCK];
	struct xfs_log log;

	if (fd < 0 || read_block(&o, 0, sb) < 0 ||
		xfs_log_locate(&log, (struct bytes){sb, sizeof(sb)}) < 0)
		return false;
	return log.offset <= d->size && log.size <= d->size - log.offset &&
	       xfs_log_is_clean(&log, read_block, &o) == 0;
}

void logs_scan(struct landscape *l)
{
	for (size_t i = 0; i < l->device_count; i++) {
		struct device *d = &l->devices[i];

		/* What is mounted the running kernel has replayed. */
		if (text_equal(d->fstype, "xfs") && !d->is_inactive &&
			!(l->mounts && mounts_present(l->mounts, d)))
			d->unclean = xfs_is_unclean(d);
	}
}
