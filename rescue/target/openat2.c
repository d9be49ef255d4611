/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fast path: the kernel (5.6 and later) resolves inside the tree in one call. */
#include "resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

/* As in linux/openat2.h, which older headers and musl lack. */
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#define INSIDE_NO_MAGICLINKS 0x02
#define INSIDE_IN_ROOT 0x10

struct inside_how {
	uint64_t flags, mode, resolve;
};

/* EAGAIN: something was renamed under a `..`; a busy tree could go on for ever. */
#define RENAME_RETRIES 16

/* openat ignores what means nothing beside O_PATH, openat2 refuses it. */
#define PATH_FLAGS (O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

static enum target_resolver chosen = RESOLVE_AUTO;
static pthread_once_t asked = PTHREAD_ONCE_INIT;
static atomic_bool absent; /* the kernel has said so once */

static void ask_environment(void)
{
	const char *wish = getenv("RESCUE_RESOLVER");

	if (wish && strcmp(wish, "walk") == 0)
		chosen = RESOLVE_WALK;
	else if (wish && strcmp(wish, "openat2") == 0)
		chosen = RESOLVE_OPENAT2;
}

void target_use_resolver(enum target_resolver r)
{
	pthread_once(&asked, ask_environment);
	chosen = r;
	absent = false;
}

/* Several threads may ask first. */
enum target_resolver target_resolver(void)
{
	pthread_once(&asked, ask_environment);
	return chosen;
}

/* Errors that say nothing of the path: old kernel, system call filter, later struct. */
static bool is_no_answer(int error)
{
	return error == ENOSYS || error == EPERM || error == EINVAL || error == E2BIG ||
	       error == EAGAIN;
}

bool openat2_inside(const struct target *t, const char *path, int flags, int *ret)
{
	struct inside_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC | O_LARGEFILE),
		.resolve = INSIDE_IN_ROOT | INSIDE_NO_MAGICLINKS,
	};
	enum target_resolver resolver = target_resolver();
	long fd = -1;

	if (resolver == RESOLVE_WALK || (absent && resolver == RESOLVE_AUTO))
		return false;
	if (path_depth(path) > TARGET_MAX_DEPTH) {
		*ret = -ENAMETOOLONG;
		return true;
	}
	if (flags & O_PATH)
		how.flags &= PATH_FLAGS;
	for (int i = 0; i < RENAME_RETRIES; i++) {
		fd = syscall(SYS_openat2, t->fd, path, &how, sizeof(how));
		if (fd >= 0 || errno != EAGAIN)
			break;
	}
	if (fd < 0 && is_no_answer(errno) && resolver == RESOLVE_AUTO) {
		absent = errno == ENOSYS;
		return false;
	}
	*ret = fd < 0 ? -errno : (int)fd;
	return true;
}
