/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a file was when it was looked at. */
#include "inventory.h"

#include <errno.h>

int snapshot_take(struct snapshot *ret, const struct target *t, const char *path)
{
	struct stat st;
	int r = target_lstat(t, path, &st);

	if (r == -ENOENT || r == -ENOTDIR) {
		*ret = (struct snapshot){0};
		return 0;
	}
	if (r < 0)
		return r;
	*ret = (struct snapshot){
		.exists = true,
		.mode = st.st_mode,
		.size = (uint64_t)st.st_size,
		.inode = st.st_ino,
		.device = st.st_dev,
		.mtime_s = st.st_mtim.tv_sec,
		.mtime_ns = (uint32_t)st.st_mtim.tv_nsec,
	};
	return 0;
}

bool snapshot_equal(const struct snapshot *a, const struct snapshot *b)
{
	if (!a->exists || !b->exists)
		return a->exists == b->exists;
	return a->mode == b->mode && a->size == b->size && a->inode == b->inode &&
	       a->device == b->device && a->mtime_s == b->mtime_s &&
	       a->mtime_ns == b->mtime_ns;
}
