/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Taking a transaction back, once nobody has changed what it made. From the journal
 * "undoing" on there is no way but to the end; recovery takes it, too.
 */
#include "history.h"
#include "room.h"

#include <errno.h>

/* ---- which one ---- */

static int nothing_to_undo(const char *id, int error, const char *reason, struct fault *f)
{
	if (id)
		fault_errno(f, error, NULL, "undo transaction %s", id);
	else
		fault_errno(f, error, NULL, "undo a transaction");
	fault_reason(f, "%s", reason);
	return -error;
}

/* Later transactions hold what this one made as their own old content. */
static int blocked_by_newer(
	const struct transactions *list, size_t index, struct fault *f)
{
	_cleanup_(buffer_done) struct buffer newer = {0};
	const char *newest = NULL;

	for (size_t i = list->count; i-- > index + 1;) {
		if (list->items[i].state == TRANSACTION_UNDONE)
			continue;
		if (buffer_printf(&newer, "%s%s", newest ? ", then " : "",
			    list->items[i].id) < 0)
			return fault_no_memory(f);
		newest = newest ? newest : list->items[i].id;
	}
	if (!newest)
		return 0;
	fault_errno(f, EBUSY, NULL, "undo transaction %s", list->items[index].id);
	fault_reason(f, "later ones must be undone first: %s", newer.data);
	fault_hint(f, "rescue undo %s", newest);
	return -EBUSY;
}

static int choose(
	const struct transactions *list, const char *id, size_t *ret, struct fault *f)
{
	size_t i = list->count;

	while (i-- > 0)
		if (id ? strcmp(list->items[i].id, id) == 0
		       : list->items[i].state != TRANSACTION_UNDONE)
			break;
	if (i >= list->count)
		return nothing_to_undo(id, ENOENT,
			id ? "there is no such transaction" : "there is none", f);
	if (list->items[i].state == TRANSACTION_UNDONE)
		return nothing_to_undo(id, EALREADY, "it was undone already", f);
	*ret = i;
	return blocked_by_newer(list, i, f);
}

int undo_find(
	struct transaction *ret, const struct target *t, const char *id, struct fault *f)
{
	_cleanup_(transactions_done) struct transactions list = {0};
	size_t index = 0;
	int r = transactions_read(&list, t, f);

	if (r == 0)
		r = choose(&list, id, &index, f);
	if (r == 0)
		*ret = TAKE_STRUCT(list.items[index]);
	else if (f)
		f->state = STATE_UNCHANGED;
	return r;
}

/* ---- what would change ---- */

static int read_any(
	struct journal *ret, const struct target *t, const char *id, struct fault *f)
{
	_cleanup_(journal_done) struct journal hot = {0};
	int r = journal_read_hot(&hot, t, f);

	if (r < 0)
		return r;
	if (r == 0 || strcmp(hot.transaction, id) != 0)
		return journal_read_record(ret, t, id, f);
	*ret = TAKE_STRUCT(hot);
	return 0;
}

int undo_describe(
	const struct target *t, const char *id, struct buffer *ret, struct fault *f)
{
	_cleanup_(journal_done) struct journal j = {0};
	int r = read_any(&j, t, id, f);

	for (size_t i = j.step_count; r == 0 && i-- > 0;) {
		const struct journal_step *s = &j.steps[i];

		if (buffer_puts(ret, s->displaced ? "put back " : "remove ") < 0 ||
			buffer_puts_escaped(ret, s->path) < 0 ||
			buffer_puts(ret, S_ISDIR(s->after.mode) ? "/\n" : "\n") < 0)
			r = fault_no_memory(f);
	}
	return r;
}

/* ---- may it be done ---- */

static int changed_since(const char *path, struct fault *f)
{
	fault_named(f, FAULT_STALE, path, "undo the transaction",
		"%s was changed after it", path);
	return -ESTALE;
}

static const struct journal_step *find_step(const struct journal *j, const char *path)
{
	for (size_t i = 0; i < j->step_count; i++)
		if (strcmp(j->steps[i].path, path) == 0)
			return &j->steps[i];
	return NULL;
}

/* A directory made only to hold others holds them alone. */
static int check_made_directory(const struct target *t, const struct journal *j,
	const char *path, struct fault *f)
{
	_cleanup_(strings_done) struct strings names = {0};
	int r = target_list(t, path, &names, f);

	for (size_t i = 0; r == 0 && i < names.count; i++) {
		_cleanup_free_ char *child = text_printf("%s/%s", path, names.items[i]);

		if (!child)
			return fault_no_memory(f);
		if (!find_step(j, child))
			r = changed_since(child, f);
	}
	return r;
}

static int check_tree(
	const struct target *t, const struct journal_step *s, struct fault *f)
{
	uint32_t tree = 0;
	int r = object_take_tree(&tree, t, s->path);

	if (r < 0)
		return fault_errno(f, -r, s->path, "look through %s", s->path);
	return tree == s->after.tree ? 0 : changed_since(s->path, f);
}

static int check_displaced(
	const struct target *t, const struct journal_step *s, struct fault *f)
{
	struct journal_object now;
	int r;

	if (!s->displaced)
		return 0;
	r = object_take(&now, t, s->displaced);
	if (r < 0)
		return fault_errno(f, -r, s->displaced, "look at %s", s->displaced);
	if ((now.mode & S_IFMT) != (s->before.mode & S_IFMT) ||
		now.size != s->before.size) {
		fault_named(f, FAULT_STALE, s->displaced, "undo the transaction",
			"%s, the old content of %s, is gone", s->displaced, s->path);
		return -ESTALE;
	}
	return 0;
}

static int check_step(const struct target *t, const struct journal *j,
	const struct journal_step *s, struct fault *f)
{
	struct journal_object now;
	int r = object_take(&now, t, s->path);

	if (r < 0)
		return fault_errno(f, -r, s->path, "look at %s", s->path);
	if (s->created_dir)
		return object_is(&now, &s->after) ? check_made_directory(t, j, s->path, f)
						  : changed_since(s->path, f);
	if ((now.mode == 0) != (s->after.mode == 0) ||
		(now.mode != 0 && !object_is_unchanged(&now, &s->after)))
		return changed_since(s->path, f);
	if (S_ISDIR(now.mode) && (r = check_tree(t, s, f)) < 0)
		return r;
	return check_displaced(t, s, f);
}

static int check(const struct target *t, const struct journal *j, struct fault *f)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < j->step_count; i++)
		r = check_step(t, j, &j->steps[i], f);
	return r;
}

/* ---- doing it ---- */

/* Where others have changed a directory since, its times are theirs. */
static int leave_changed_times(const struct target *t, struct journal *j, struct fault *f)
{
	for (size_t i = 0; i < j->parent_count; i++) {
		struct journal_parent *p = &j->parents[i];
		struct stat st;
		int r = target_stat(t, p->path, &st);

		if (r < 0)
			return fault_errno(f, -r, p->path, "look at %s", p->path);
		if (st.st_mtim.tv_sec == p->after_s &&
			(uint32_t)st.st_mtim.tv_nsec == p->after_ns)
			continue;
		p->atime_s = st.st_atim.tv_sec;
		p->atime_ns = (uint32_t)st.st_atim.tv_nsec;
		p->mtime_s = st.st_mtim.tv_sec;
		p->mtime_ns = (uint32_t)st.st_mtim.tv_nsec;
	}
	return 0;
}

static void tell_incomplete(struct fault *f, const char *id)
{
	if (!f)
		return;
	f->state = STATE_INCOMPLETE;
	snprintf(f->transaction, sizeof(f->transaction), "%s", id);
	fault_hint(f, "rescue undo %s", id);
}

static int take_back(struct room *room, struct journal *j, struct fault *f)
{
	int r = check(room->target, j, f);

	if (r == 0)
		r = leave_changed_times(room->target, j, f);
	if (r == 0)
		r = interrupt_check(f);
	if (r < 0) {
		if (f)
			f->state = STATE_UNCHANGED;
		return r;
	}
	j->state = JOURNAL_UNDOING;
	r = journal_save(room, j, f);
	if (r < 0 && journal_withdraw(room) == 0) {
		if (f)
			f->state = STATE_UNCHANGED;
		return r;
	}
	if (r == 0)
		r = journal_resolve(room, j, f);
	if (r < 0)
		tell_incomplete(f, j->transaction);
	return r;
}

/* The chosen one may be what recovery just rolled back: then it is done. */
static int undo_in_room(
	struct journal *ret, struct room *room, const char *id, struct fault *f)
{
	_cleanup_(journal_done) struct journal recovered = {0};
	int r = room_recover(room, &recovered, f);

	if (r < 0) {
		if (f)
			f->state = STATE_INCOMPLETE;
		return r;
	}
	if (r > 0 && strcmp(recovered.transaction, id) == 0 &&
		recovered.state != JOURNAL_COMMITTED) {
		*ret = TAKE_STRUCT(recovered);
		return 0;
	}
	r = journal_read_record(ret, room->target, id, f);
	if (r < 0) {
		if (f)
			f->state = STATE_UNCHANGED;
		return r;
	}
	return take_back(room, ret, f);
}

int undo_run(struct transaction *ret, const struct system *sys, const char *id,
	struct fault *f)
{
	_cleanup_(transaction_done) struct transaction chosen = {0};
	_cleanup_(room_close) struct room room = ROOM_NONE;
	_cleanup_(journal_done) struct journal j = {0};
	int r = undo_find(&chosen, &sys->target, id, f);

	if (r < 0)
		return r;
	r = room_open(&room, &sys->target, ROOM_AS_IT_IS, f);
	if (r < 0) {
		if (f)
			f->state = STATE_UNCHANGED;
		return r;
	}
	r = undo_in_room(&j, &room, chosen.id, f);
	if (r < 0)
		return r;
	commit_flush(sys);
	return transaction_describe(ret, &j, TRANSACTION_UNDONE) < 0 ? fault_no_memory(f)
								     : 0;
}

int apply_recover(const struct system *sys, struct fault *f)
{
	_cleanup_(room_close) struct room room = ROOM_NONE;
	int r;

	if (!target_exists(&sys->target, ROOM_PATH))
		return 0;
	r = room_open(&room, &sys->target, ROOM_AS_IT_IS, f);
	if (r < 0) {
		if (f)
			f->state = STATE_UNCHANGED;
		return r;
	}
	r = room_recover(&room, NULL, f);
	if (r < 0 && f)
		f->state = STATE_INCOMPLETE;
	else if (r > 0)
		commit_flush(sys);
	return r;
}
