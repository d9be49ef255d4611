/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything that can fail without harm: checks, staging, the journal "prepared". */
#include "work.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/statvfs.h>
#include <time.h>

/*
 * Left free on each file system: room for the journal, directories that grow. Not above
 * what planning leaves, so that only a change since then is met here.
 */
#define RESERVE_BYTES (1024u * 1024)
#define RESERVE_INODES 16

static int check_expected(const struct work *w, struct fault *f)
{
	for (size_t i = 0; i < w->plan->count; i++) {
		const struct operation *op = &w->plan->operations[i];
		struct snapshot now;
		int r = snapshot_take(&now, w->target, op->path);

		if (r < 0)
			return fault_errno(f, -r, op->path, "look at %s", op->path);
		if (!snapshot_equal(&now, &op->expected)) {
			fault_named(f, FAULT_STALE, op->path, "apply the plan",
				"%s changed since it was made", op->path);
			fault_hint(f, "run the command again: it makes a new plan");
			return -ESTALE;
		}
	}
	return 0;
}

static int no_space(const struct need *need, const char *unit, uint64_t wanted,
	uint64_t available, struct fault *f)
{
	fault_named(f, FAULT_NO_SPACE, need->filesystem, "apply the plan",
		"%s needs %" PRIu64 " %s, %" PRIu64 " are free", need->filesystem, wanted,
		unit, available);
	return -ENOSPC;
}

static int check_need(const struct work *w, const struct need *need, struct fault *f)
{
	_cleanup_close_ int fd =
		target_open(w->target, need->filesystem, O_RDONLY | O_DIRECTORY, f);
	uint64_t bytes = need->bytes + MIN_OF((uint64_t)RESERVE_BYTES, need->bytes / 4);
	uint64_t inodes = need->inodes + RESERVE_INODES;
	struct statvfs fs;

	if (fd < 0)
		return fd;
	if (fstatvfs(fd, &fs) < 0)
		return fault_errno(f, errno, need->filesystem, "measure the room on %s",
			need->filesystem);
	if ((uint64_t)fs.f_bavail * fs.f_frsize < bytes)
		return no_space(
			need, "bytes", bytes, (uint64_t)fs.f_bavail * fs.f_frsize, f);
	if (fs.f_files > 0 && fs.f_favail < inodes)
		return no_space(need, "inodes", inodes, fs.f_favail, f);
	return 0;
}

static int check_needs(const struct work *w, struct fault *f)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < w->plan->need_count; i++)
		r = check_need(w, &w->plan->needs[i], f);
	return r;
}

/* ---- the transaction begins ---- */

static int describe_transaction(struct work *w, struct fault *f)
{
	struct journal *j = &w->journal;

	j->version = JOURNAL_VERSION;
	j->time = time(NULL);
	j->operations = w->plan->count;
	j->state = JOURNAL_STAGING;
	j->system = strdup(w->plan->system);
	j->release = w->plan->release ? strdup(w->plan->release) : NULL;
	if (!j->system || (w->plan->release && !j->release))
		return fault_no_memory(f);
	return 0;
}

static int save_plan(const struct work *w, struct fault *f)
{
	_cleanup_(buffer_done) struct buffer text = {0};

	if (plan_describe(w->plan, &text) < 0)
		return fault_no_memory(f);
	return room_save(&w->room, w->journal.transaction, "plan", &text, f);
}

static int begin_transaction(struct work *w, struct fault *f)
{
	int r = room_begin(&w->room, &w->journal.transaction, f);

	if (r == 0)
		r = describe_transaction(w, f);
	if (r == 0)
		r = layout_plan(w, f);
	if (r == 0)
		r = save_plan(w, f);
	if (r < 0)
		return r;
	w->is_hot = true;
	return journal_save(&w->room, &w->journal, f);
}

/* ---- staging ---- */

static int stage_all(struct work *w, struct fault *f)
{
	int r = attributes_init(w, f);

	if (r == 0 && w->modules.step != NO_STEP)
		r = modules_begin(w, f);
	if (r == 0)
		r = stage_packages(w, f);
	if (r == 0)
		r = ahead_image(w, f);
	if (r == 0 && w->modules.step != NO_STEP)
		r = modules_complete(w, f);
	if (r == 0)
		r = stage_made_directories(w, f);
	for (size_t i = 0; r == 0 && i < w->plan->count; i++) {
		r = interrupt_check(f);
		if (r == 0)
			r = stage_operation(w, i, f);
	}
	return r < 0 ? r : ahead_initramfs(w, f);
}

/*
 * What could not be labelled, or whose labels nobody knows, is labelled by the system
 * itself at its next boot.
 */
static int stage_autorelabel(struct work *w, struct fault *f)
{
	const struct journal_step *s;

	if (!w->inv->selinux || (w->labels && w->shortfall.unlabeled == 0) ||
		target_exists(w->target, "/.autorelabel"))
		return 0;
	s = layout_add(w, "/.autorelabel", f);
	return s ? stage_empty(w, s, f) : -EINVAL;
}

/* A second name for each file that will be replaced. Directories change places instead.
 */
static int keep_old(struct work *w, const struct journal_step *s, struct fault *f)
{
	_cleanup_free_ char *name = NULL, *kept = NULL;
	_cleanup_close_ int dirfd = -1, kept_dirfd = -1;
	int r;

	if (!s->displaced || S_ISDIR(s->before.mode))
		return 0;
	dirfd = target_parent(w->target, s->path, &name, f);
	if (dirfd < 0)
		return dirfd;
	kept_dirfd = target_parent(w->target, s->displaced, &kept, f);
	if (kept_dirfd < 0)
		return kept_dirfd;
	r = stage_double(dirfd, name, kept_dirfd, kept, &w->shortfall);
	return r < 0 ? fault_errno(f, -r, s->path, "keep %s", s->path) : 0;
}

static int sync_parents(const struct work *w, struct fault *f)
{
	dev_t synced = 0;

	for (size_t i = 0; i < w->journal.parent_count; i++) {
		const char *path = w->journal.parents[i].path;
		_cleanup_close_ int fd =
			target_open(w->target, path, O_RDONLY | O_DIRECTORY, f);
		struct stat st;
		int r;

		if (fd < 0)
			return fd;
		if (fstat(fd, &st) < 0)
			return fault_errno(f, errno, path, "look at %s", path);
		if (st.st_dev == synced)
			continue; /* parents of one file system mostly follow each other
				   */
		r = stage_sync(fd);
		if (r < 0)
			return fault_errno(f, -r, path, "write %s to disk", path);
		synced = st.st_dev;
	}
	return 0;
}

/* What each step will have put there: by it undo knows its own. */
static int take_after(struct work *w, struct fault *f)
{
	for (size_t i = 0; i < w->journal.step_count; i++) {
		struct journal_step *s = &w->journal.steps[i];
		int r = object_take(&s->after, w->target, s->staged);

		if (r == 0 && S_ISDIR(s->after.mode) && !s->created_dir)
			r = object_take_tree(&s->after.tree, w->target, s->staged);
		if (r < 0)
			return fault_errno(
				f, -r, s->path, "look at what shall be %s", s->path);
	}
	return 0;
}

int prepare(struct work *w, struct fault *f)
{
	int r = check_expected(w, f);

	if (r == 0)
		r = check_needs(w, f);
	if (r == 0)
		r = begin_transaction(w, f);
	if (r == 0)
		r = stage_all(w, f);
	if (r == 0)
		r = stage_autorelabel(w, f);
	for (size_t i = 0; r == 0 && i < w->journal.step_count; i++)
		r = keep_old(w, &w->journal.steps[i], f);
	if (r == 0) {
		stage_tell(w, "writing to disk");
		r = sync_parents(w, f);
	}
	if (r == 0)
		r = take_after(w, f);
	if (r == 0)
		r = interrupt_check(f);
	if (r < 0)
		return r;
	w->journal.state = JOURNAL_PREPARED;
	return journal_save(&w->room, &w->journal, f);
}
