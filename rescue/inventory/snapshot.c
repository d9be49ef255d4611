/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a file was when it was looked at. */
#include "inventory.h"

#include "stage.h"

#include <errno.h>

static bool is_on_fat(const struct target *t, const char *path)
{
	_cleanup_free_ char *name = NULL;
	_cleanup_close_ int dirfd = target_parent(t, path, &name, NULL);

	return dirfd >= 0 && stage_is_fat(dirfd);
}

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
	/* What is forgotten for want of memory has others when it is read again. */
	if (is_on_fat(t, path))
		ret->inode = ret->mtime_ns = 0;
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
