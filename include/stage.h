/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Objects made beside their target, complete with mode, owner, times, SELinux label and
 * other xattrs, before they are renamed over it. Every name is a single component of an
 * open directory. Functions answer 0 (or an fd) or -errno; the caller knows the path and
 * sets the fault.
 */
#ifndef RESCUE_STAGE_H
#define RESCUE_STAGE_H

#include "target.h"

#include <time.h>

/* What an object shall be in the end. */
struct stage_attributes {
	mode_t mode; /* permission bits; a symlink has none of its own */
	uid_t uid;
	gid_t gid;
	struct timespec atime, mtime; /* tv_nsec UTIME_OMIT: left as it is */
	const char *label; /* SELinux context, or NULL: left as it is */
	struct bytes capability, ima; /* security.capability, security.ima; empty: none */
};

/*
 * What could not be set for want of privilege or support: counted, not fatal. A capability
 * counts as part of ownership; only kernels that are told to ask for IMA signatures.
 */
struct stage_shortfall {
	size_t unlabeled, unowned;
};

/* A new empty file, mode 0600, open for reading and writing. -EEXIST. */
int stage_file(int dirfd, const char *name);
/* A new directory, mode 0700, open for reading. -EEXIST. */
int stage_directory(int dirfd, const char *name);
int stage_symlink(int dirfd, const char *name, const char *text,
		  const struct stage_attributes *a, struct stage_shortfall *s);
/*
 * For an open file or directory; times last, so call it behind the last write. Its content
 * goes to disk from then on, while others are made: stage_sync has the less to wait for.
 */
int stage_finish(int fd, const struct stage_attributes *a, struct stage_shortfall *s);
/* Every xattr of one open object given to another. */
int stage_inherit(int from, int to, struct stage_shortfall *s);
/* The rest of one open file written to another. */
int stage_content(int from, int to);
/*
 * The same object under a second name: a hard link, or a faithful copy where the file
 * system has none. Files and symlinks.
 */
int stage_double(int from_dirfd, const char *from, int dirfd, const char *name,
		 struct stage_shortfall *s);
/* A file or a whole tree; no symlink is followed. 0 also when it is not there. */
int stage_remove(int dirfd, const char *name);
/* Opens for reading without leaving a trace in atime where that is allowed. */
int stage_open_unseen(int dirfd, const char *name, int flags);
/*
 * On FAT modes, owners and labels are those of the mount, inode numbers change with every
 * mount, and times depend on its time zone: a file is known by name, size and content.
 */
bool stage_is_fat(int fd);
/* Everything written so far to the file system of fd is on disk. */
int stage_sync(int fd);

/*
 * A place where tests let the process die or a call fail: $RESCUE_FAULT_AT=N names the Nth
 * one that is passed from then on, $RESCUE_FAULT_ERRNO=E makes it answer -E instead of
 * dying with 137. $RESCUE_LACKS names what the kernel or the file system shall seem not to
 * have: renameat2, links, inodes (numbers that last). Not in release builds.
 */
#ifdef RESCUE_FAULT_POINTS
int fault_point(const char *name);
bool fault_lacks(const char *ability);
#define FAULT_POINT(name) fault_point(name)
#else
#define FAULT_POINT(name) ((void)(name), 0)
#define fault_lacks(ability) false
#endif

#endif
