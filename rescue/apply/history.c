/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The transactions that /.rescue remembers, and forgetting one. */
#include "room.h"
#include "history.h"

#include <errno.h>
#include <fcntl.h>

void transaction_done(struct transaction *t)
{
	free(t->id);
	free(t->system);
	free(t->release);
	*t = (struct transaction){0};
}

void transactions_done(struct transactions *t)
{
	for (size_t i = 0; i < t->count; i++)
		transaction_done(&t->items[i]);
	free(t->items);
	*t = (struct transactions){0};
}

const char *transaction_state_name(const struct transaction *t)
{
	switch (t->state) {
	case TRANSACTION_COMMITTED:
		return "committed";
	case TRANSACTION_UNDONE:
		return "undone";
	case TRANSACTION_INCOMPLETE:
		break;
	}
	return "incomplete";
}

int transaction_describe(
	struct transaction *ret, const struct journal *j, enum transaction_state state)
{
	_cleanup_(transaction_done) struct transaction t = {
		.id = strdup(j->transaction),
		.system = strdup(j->system),
		.release = j->release ? strdup(j->release) : NULL,
		.time = j->time,
		.state = state,
		.operations = (size_t)j->operations,
	};

	if (!t.id || !t.system || (j->release && !t.release))
		return -ENOMEM;
	*ret = TAKE_STRUCT(t);
	return 0;
}

static enum transaction_state state_of_record(const struct journal *j)
{
	if (j->state == JOURNAL_COMMITTED)
		return TRANSACTION_COMMITTED;
	return j->state == JOURNAL_UNDONE ? TRANSACTION_UNDONE : TRANSACTION_INCOMPLETE;
}

static int add(struct transactions *list, const struct journal *j,
	enum transaction_state state, struct fault *f)
{
	if (VECTOR_GROW(list) < 0 ||
		transaction_describe(&list->items[list->count], j, state) < 0)
		return fault_no_memory(f);
	list->count++;
	return 0;
}

static int add_record(struct transactions *list, const struct target *t, const char *id,
	struct fault *f)
{
	_cleanup_free_ char *path = text_printf(ROOM_PATH "/%s/record", id);
	_cleanup_(journal_done) struct journal j = {0};
	int r;

	if (!path)
		return fault_no_memory(f);
	if (!target_exists(t, path))
		return 0; /* it never came to a change */
	r = journal_read_record(&j, t, id, f);
	return r < 0 ? r : add(list, &j, state_of_record(&j), f);
}

int transactions_read(struct transactions *ret, const struct target *t, struct fault *f)
{
	_cleanup_(transactions_done) struct transactions list = {0};
	_cleanup_(strings_done) struct strings ids = {0};
	_cleanup_(journal_done) struct journal hot = {0};
	int is_hot = journal_read_hot(&hot, t, f), r;

	if (is_hot < 0)
		return is_hot;
	r = room_transactions(&ids, t, f);
	for (size_t i = 0; r == 0 && i < ids.count; i++) {
		if (is_hot && strcmp(ids.items[i], hot.transaction) == 0)
			r = add(&list, &hot, TRANSACTION_INCOMPLETE, f);
		else
			r = add_record(&list, t, ids.items[i], f);
	}
	if (r == 0)
		*ret = TAKE_STRUCT(list);
	return r;
}

/* ---- forgetting ---- */

/* The directory's times stay: nobody shall see that anything lay there. */
static int remove_unseen(const struct target *t, const char *path, struct fault *f)
{
	_cleanup_free_ char *directory = path_directory(path);
	_cleanup_close_ int fd = -1;
	struct stat st;
	int r;

	if (!directory)
		return fault_no_memory(f);
	fd = target_open(t, directory, O_RDONLY | O_DIRECTORY, NULL);
	if (fd == -ENOENT)
		return 0;
	if (fd < 0 || fstat(fd, &st) < 0)
		return fault_errno(f, fd < 0 ? -fd : errno, path, "remove %s", path);

	const struct timespec times[2] = {st.st_atim, st.st_mtim};

	r = stage_remove(fd, strrchr(path, '/') + 1);
	futimens(fd, times);
	return r < 0 ? fault_errno(f, -r, path, "remove %s", path) : 0;
}

static int forget(const struct room *r, const char *id, struct fault *f)
{
	_cleanup_(journal_done) struct journal j = {0}, hot = {0};
	int error = journal_read_hot(&hot, r->target, f);

	if (error < 0)
		return error;
	if (error > 0 && strcmp(hot.transaction, id) == 0) {
		fault_errno(f, EBUSY, NULL, "forget transaction %s", id);
		fault_reason(f, "it did not end");
		fault_hint(f, "rescue undo %s", id);
		return -EBUSY;
	}
	error = journal_read_record(&j, r->target, id, f);
	for (size_t i = 0; error == 0 && i < j.step_count; i++)
		if (j.steps[i].displaced)
			error = remove_unseen(r->target, j.steps[i].displaced, f);
	return error < 0 ? error : room_remove(r, id, f);
}

int history_forget(const struct target *t, const char *id, struct fault *f)
{
	_cleanup_(room_close) struct room room = ROOM_NONE;
	_cleanup_free_ char *path = text_printf(ROOM_PATH "/%s", id);
	int r;

	if (!path)
		return fault_no_memory(f);
	if (!journal_is_transaction_id(id) || !target_exists(t, path)) {
		fault_errno(f, ENOENT, NULL, "forget transaction %s", id);
		fault_reason(f, "there is no such transaction");
		return -ENOENT;
	}
	r = room_open(&room, t, ROOM_AS_IT_IS, f);
	return r < 0 ? r : forget(&room, id, f);
}
