/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Renames between names that are held by their directories' fds. */
#include "names.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

/* linux/fs.h; since Linux 3.15, file system by file system. */
#define NO_REPLACE 1u
#define EXCHANGE 2u

int held_name_open(
	struct held_name *ret, const struct target *t, const char *path, struct fault *f)
{
	ret->dirfd = target_parent(t, path, &ret->name, f);
	return MIN_OF(ret->dirfd, 0);
}

void held_name_done(struct held_name *h)
{
	h->dirfd = safe_close(h->dirfd);
	free(h->name);
	h->name = NULL;
}

void step_names_done(struct step_names *n)
{
	held_name_done(&n->path);
	held_name_done(&n->staged);
	held_name_done(&n->displaced);
}

int step_names_open(struct step_names *ret, const struct target *t,
	const struct journal_step *s, struct fault *f)
{
	_cleanup_(step_names_done) struct step_names n = STEP_NAMES_NONE;
	int r = held_name_open(&n.path, t, s->path, f);

	if (r == 0 && s->staged)
		r = held_name_open(&n.staged, t, s->staged, f);
	if (r == 0 && s->displaced)
		r = held_name_open(&n.displaced, t, s->displaced, f);
	if (r < 0)
		return r;
	*ret = n;
	n = STEP_NAMES_NONE;
	return 0;
}

int step_names_sync(const struct step_names *n)
{
	int r = durable(fsync(n->path.dirfd), "sync target directory");

	if (r == 0 && n->staged.name)
		r = durable(fsync(n->staged.dirfd), "sync staging directory");
	return r == -EINVAL ? 0 : r;
}

int names_rename(const struct held_name *from, const struct held_name *to)
{
	return durable(renameat(from->dirfd, from->name, to->dirfd, to->name), "rename");
}

static int rename_flagged(const struct held_name *from, const struct held_name *to,
	unsigned flags, const char *point)
{
	int r;

	if (fault_lacks("renameat2"))
		return -ENOSYS;
	r = durable((int)syscall(SYS_renameat2, from->dirfd, from->name, to->dirfd,
			    to->name, flags),
		point);
	return r == -EINVAL ? -ENOSYS : r;
}

int names_rename_new(const struct held_name *from, const struct held_name *to)
{
	int r = rename_flagged(from, to, NO_REPLACE, "rename new");

	return r == -ENOSYS ? names_rename(from, to) : r;
}

int names_exchange(const struct held_name *a, const struct held_name *b)
{
	return rename_flagged(a, b, EXCHANGE, "exchange");
}
