/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Both ways in which a path is resolved: the second one where this kernel has openat2. */
#ifndef TESTS_RESOLVERS_H
#define TESTS_RESOLVERS_H

#include "target.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const enum target_resolver resolvers[] = {RESOLVE_WALK, RESOLVE_OPENAT2};

static bool have_openat2(void)
{
	uint64_t how[3] = {O_PATH, 0, 0};
	int fd = (int)syscall(437, AT_FDCWD, "/", how, sizeof(how));

	safe_close(fd);
	return fd >= 0;
}

static size_t resolver_count(void)
{
	return have_openat2() ? 2 : 1;
}

#endif
