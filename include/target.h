/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A patient's file tree: the only road to its files. Every path is resolved inside the
 * tree, absolute symlinks and `..` included; a path is given as the running system would
 * (leading slash or not). Bound: 40 symlinks, 128 components deep (-ELOOP, -ENAMETOOLONG).
 */
#ifndef RESCUE_TARGET_H
#define RESCUE_TARGET_H

#include "fault.h"

#include <sys/stat.h>

struct target {
	int fd; /* directory, O_PATH or readable; -1: none */
};

#define TARGET_NONE ((struct target){.fd = -1})

void target_done(struct target *t);

/* How paths are resolved; chosen at run time: openat2, or by walking where it is absent. */
enum target_resolver { RESOLVE_AUTO, RESOLVE_OPENAT2, RESOLVE_WALK };
void target_use_resolver(enum target_resolver r); /* for tests; $RESCUE_RESOLVER too */

/*
 * Opens path. flags: open(2)'s, without O_CREAT; O_CLOEXEC is added. With O_NOFOLLOW the
 * last component is not followed. An fd, or -errno with the fault set (f may be NULL
 * where absence is an ordinary answer).
 */
int target_open(const struct target *t, const char *path, int flags, struct fault *f);
/* A regular file, O_NONBLOCK, size checked. -EFBIG beyond limit, -EINVAL when not regular. */
int target_read(const struct target *t, const char *path, size_t limit, struct buffer *ret,
		struct fault *f);
/* The same for reading bit by bit: an fd, or -errno. */
int target_open_file(const struct target *t, const char *path, size_t limit,
		     struct fault *f);
/* Follows the last component; target_lstat does not. 0 or -errno. */
int target_stat(const struct target *t, const char *path, struct stat *ret);
int target_lstat(const struct target *t, const char *path, struct stat *ret);
bool target_exists(const struct target *t, const char *path);
/* The link's text. -EINVAL when it is no symlink. */
int target_readlink(const struct target *t, const char *path, char **ret);
/* Path without symlinks, as the running system would see it ("/usr/lib/modules"). */
int target_canonical(const struct target *t, const char *path, char **ret);
/* Names in a directory, sorted, without . and ..; at most TARGET_MAX_NAMES (-E2BIG). */
#define TARGET_MAX_NAMES 262144
int target_list(const struct target *t, const char *path, struct strings *ret,
		struct fault *f);
/*
 * The parent directory of path opened for *at calls, and its last name (owned by the
 * caller). The last component is not resolved and need not exist. Fd or -errno.
 */
int target_parent(const struct target *t, const char *path, char **ret_name,
		  struct fault *f);

/*
 * Every file below path, depth first, sorted by name, no symlink followed, no other file
 * system entered. visit answers 0 to go on, TARGET_SKIP to leave a directory unread, or
 * -errno to stop, which leaves f alone. relative: below path, without leading slash.
 * dirfd + name open it. At most 128 directories deep (-ENAMETOOLONG).
 */
#define TARGET_SKIP 1
struct target_visit {
	int dirfd;
	const char *name;
	const char *relative;
	struct stat st;
};
int target_walk(const struct target *t, const char *path,
		int (*visit)(void *data, const struct target_visit *v), void *data,
		struct fault *f);

/* false: NUL, control bytes, empty, or a component . or .. (names from RPMs, entries). */
bool path_is_clean(const char *path, size_t size);

#endif
