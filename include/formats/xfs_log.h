/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does the log of an XFS end with the record that unmounting writes? If not, the next
 * mount replays it (Linux fs/xfs/xfs_log_recover.c: xlog_find_head, xlog_find_tail).
 */
#ifndef RESCUE_FORMATS_XFS_LOG_H
#define RESCUE_FORMATS_XFS_LOG_H

#include "base.h"

#define XFS_LOG_BLOCK 512

/* Bytes from the start of the file system. */
struct xfs_log {
	uint64_t offset, size;
};

/* superblock: its first 512 bytes. -EBADMSG: it is none; -ENOTSUP: the log is elsewhere. */
int xfs_log_locate(struct xfs_log *ret, struct bytes superblock);

/* One block of 512 bytes at offset, from the start of the file system. 0 or -errno. */
typedef int xfs_log_read(void *data, uint64_t offset, uint8_t ret[XFS_LOG_BLOCK]);

/* 1: it was unmounted, 0: the log wants replay, or what read said. */
int xfs_log_is_clean(const struct xfs_log *log, xfs_log_read *read, void *data);

#endif
