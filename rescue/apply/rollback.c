/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Backward, after a failure, a crash, or at the user's wish. Each step looks at what lies
 * under its three names and takes the shortest way to all-old; done again, it does
 * nothing.
 */
#include "names.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* What lies under a step's names now. */
struct step_objects {
	struct journal_object path, staged, displaced;
};

static int look(struct step_objects *ret, const struct target *t,
	const struct journal_step *s, struct fault *f)
{
	int r = object_take(&ret->path, t, s->path);

	if (r == 0 && s->staged)
		r = object_take(&ret->staged, t, s->staged);
	if (r == 0 && s->displaced)
		r = object_take(&ret->displaced, t, s->displaced);
	return r < 0 ? fault_errno(f, -r, s->path, "look at %s", s->path) : 0;
}

static int lost(const char *path, struct fault *f)
{
	fault_errno(f, ENOENT, path, "put back %s", path);
	fault_reason(f, "its old content is nowhere beside it");
	return -ENOENT;
}

/* The old directory lies at old; something else may lie at path. */
static int swap_back(
	const struct step_names *n, const struct held_name *old, bool occupied)
{
	const struct held_name *spare = old == &n->displaced ? &n->staged : &n->displaced;
	int r;

	if (!occupied)
		return names_rename(old, &n->path);
	r = names_exchange(old, &n->path);
	if (r != -ENOSYS)
		return r;
	r = names_rename(&n->path, spare);
	return r < 0 ? r : names_rename(old, &n->path);
}

static int put_back_directory(const struct journal_step *s, const struct step_names *n,
	const struct step_objects *now, struct fault *f)
{
	const struct held_name *old = NULL;
	int r;

	if (object_is(&now->path, &s->before))
		return 0;
	if (object_is(&now->displaced, &s->before))
		old = &n->displaced;
	else if (object_is(&now->staged, &s->before))
		old = &n->staged;
	if (!old)
		return lost(s->path, f);
	r = swap_back(n, old, now->path.mode != 0);
	return r < 0 ? fault_errno(f, -r, s->path, "put back %s", s->path) : 0;
}

static int put_back_file(const struct journal_step *s, const struct step_names *n,
	const struct step_objects *now, struct fault *f)
{
	int r;

	if (now->displaced.mode == 0)
		return now->path.mode == 0 ? lost(s->path, f) : 0;
	/* Where both still name one file this does nothing; the sweep takes the second.
	 */
	r = names_rename(&n->displaced, &n->path);
	return r < 0 ? fault_errno(f, -r, s->path, "put back %s", s->path) : 0;
}

static int take_out(const struct journal_step *s, const struct step_names *n,
	const struct step_objects *now, struct fault *f)
{
	int r;

	if (now->path.mode == 0 || !object_is(&now->path, &s->after))
		return 0;
	if (s->created_dir) {
		r = durable(unlinkat(n->path.dirfd, n->path.name, AT_REMOVEDIR),
			"remove made directory");
		if (r == -ENOTEMPTY || r == -EEXIST) /* it holds others' files by now */
			r = 0;
	} else if (S_ISDIR(s->after.mode)) {
		r = names_rename(&n->path, &n->staged);
	} else {
		r = durable(unlinkat(n->path.dirfd, n->path.name, 0), "remove target");
	}
	return r < 0 ? fault_errno(f, -r, s->path, "remove %s", s->path) : 0;
}

static int roll_back_step(
	const struct target *t, const struct journal_step *s, struct fault *f)
{
	_cleanup_(step_names_done) struct step_names names = STEP_NAMES_NONE;
	struct step_objects now = {0};
	int r = look(&now, t, s, f);

	if (r < 0)
		return r;
	if (now.path.mode == 0 && s->before.mode == 0)
		return 0;
	r = step_names_open(&names, t, s, f);
	if (r < 0)
		return r;
	if (S_ISDIR(s->before.mode))
		r = put_back_directory(s, &names, &now, f);
	else if (s->before.mode != 0)
		r = put_back_file(s, &names, &now, f);
	else
		r = take_out(s, &names, &now, f);
	if (r < 0)
		return r;
	r = step_names_sync(&names);
	if (r < 0)
		return fault_errno(f, -r, s->path, "write %s to disk", s->path);
	log_line("put back %s", s->path);
	return 0;
}

/* Whatever bears the transaction's name: nothing of it is needed any more. */
static int sweep_directory(
	const struct target *t, const char *path, const char *prefix, struct fault *f)
{
	_cleanup_(strings_done) struct strings names = {0};
	_cleanup_close_ int fd = target_open(t, path, O_RDONLY | O_DIRECTORY, f);
	int r;

	if (fd < 0)
		return fd;
	r = target_list(t, path, &names, f);
	for (size_t i = 0; r == 0 && i < names.count; i++) {
		if (!text_starts(names.items[i], prefix))
			continue;
		r = stage_remove(fd, names.items[i]);
		if (r < 0)
			return fault_errno(
				f, -r, path, "remove %s/%s", path, names.items[i]);
	}
	return r;
}

static int sweep(const struct target *t, const struct journal *j, struct fault *f)
{
	_cleanup_free_ char *prefix = text_printf(".rescue-%s-", j->transaction);
	int r = prefix ? 0 : fault_no_memory(f);

	for (size_t i = 0; r == 0 && i < j->parent_count; i++)
		r = sweep_directory(t, j->parents[i].path, prefix, f);
	return r;
}

static int restore_times(
	const struct target *t, const struct journal_parent *p, struct fault *f)
{
	_cleanup_close_ int fd = target_open(t, p->path, O_RDONLY | O_DIRECTORY, f);
	const struct timespec times[2] = {
		{p->atime_s, p->atime_ns}, {p->mtime_s, p->mtime_ns}};
	int r;

	if (fd < 0)
		return fd;
	if (futimens(fd, times) < 0 && errno != EPERM) /* another user's directory */
		return fault_errno(f, errno, p->path, "restore times of %s", p->path);
	r = durable(fsync(fd), "sync restored times");
	if (r < 0 && r != -EINVAL)
		return fault_errno(f, -r, p->path, "write %s to disk", p->path);
	return 0;
}

int roll_back(const struct target *t, const struct journal *j, struct fault *f)
{
	int r = 0;

	if (j->state != JOURNAL_STAGING)
		for (size_t i = j->step_count; r == 0 && i-- > 0;)
			r = roll_back_step(t, &j->steps[i], f);
	if (r == 0)
		r = sweep(t, j, f);
	for (size_t i = 0; r == 0 && i < j->parent_count; i++)
		r = restore_times(t, &j->parents[i], f);
	return r;
}

int journal_resolve(const struct room *r, struct journal *j, struct fault *f)
{
	int error = 0;

	if (j->state == JOURNAL_STAGING || j->state == JOURNAL_PREPARED) {
		error = roll_back(r->target, j, f);
		return error < 0 ? error : journal_drop(r, j, f);
	}
	if (j->state == JOURNAL_UNDOING) {
		error = roll_back(r->target, j, f);
		if (error < 0)
			return error;
		j->state = JOURNAL_UNDONE;
		error = journal_save(r, j, f);
	}
	return error < 0 ? error : journal_retire(r, j, f);
}

/* A transaction that came no further than its directory. */
static int remove_stillborn(const struct room *r, struct fault *f)
{
	_cleanup_(strings_done) struct strings ids = {0};
	int error = room_transactions(&ids, r->target, f);

	for (size_t i = 0; error == 0 && i < ids.count; i++) {
		_cleanup_free_ char *record =
			text_printf(ROOM_PATH "/%s/record", ids.items[i]);

		if (!record)
			return fault_no_memory(f);
		if (!target_exists(r->target, record))
			error = room_remove(r, ids.items[i], f);
	}
	return error;
}

int room_recover(const struct room *r, struct journal *ret, struct fault *f)
{
	_cleanup_(journal_done) struct journal j = {0};
	int is_hot = journal_read_hot(&j, r->target, f), error = 0;

	if (is_hot < 0)
		return is_hot;
	if (is_hot) {
		log_line("transaction %s was interrupted (%s)", j.transaction,
			journal_state_name(j.state));
		error = journal_resolve(r, &j, f);
	}
	if (error == 0)
		error = remove_stillborn(r, f);
	if (error < 0)
		return error;
	if (is_hot && ret)
		*ret = TAKE_STRUCT(j);
	return is_hot;
}
