/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The journal on disk, and what holds from the first change of a transaction to its last:
 *
 * 1. No target name changes before the journal is on disk.
 * 2. Every target name always holds its complete old or complete new content. (A module
 *    directory on a kernel without RENAME_EXCHANGE is absent between two renames.)
 * 3. Recovery from any prefix gives all-old, or all-new once "committed" is on disk.
 * 4. A boot entry never names a missing file; the default entry changes last.
 * 5. Recovering twice equals recovering once.
 *
 * How they are kept. A hot journal is replaced whole, by rename, and passes through
 *
 *   staging    the parents' times are known; what is made bears the transaction's name
 *   prepared   every new object and every second name of an old one is on disk (1, 2)
 *   committed  every rename is on disk, in the plan's order (3, 4)
 *
 * and back from committed through undoing to undone. Rolling back never trusts how far a
 * step came: it looks at which object lies under which name (5). Only when everything is
 * in place does the journal become the record, or go.
 */
#include "room.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define JOURNAL_PATH ROOM_PATH "/journal"

static int read_journal(
	struct journal *ret, const struct target *t, const char *path, struct fault *f)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	int r = target_read(t, path, JOURNAL_MAX_SIZE, &text, f);

	if (r < 0)
		return r;
	r = journal_parse(ret, buffer_bytes(&text), f);
	if (r < 0 && f && f->path[0] == '\0')
		snprintf(f->path, sizeof(f->path), "%s", path);
	return r;
}

int journal_read_hot(struct journal *ret, const struct target *t, struct fault *f)
{
	int r;

	if (!target_exists(t, JOURNAL_PATH))
		return 0;
	r = read_journal(ret, t, JOURNAL_PATH, f);
	return r < 0 ? r : 1;
}

int journal_read_record(
	struct journal *ret, const struct target *t, const char *id, struct fault *f)
{
	_cleanup_free_ char *path = text_printf(ROOM_PATH "/%s/record", id);
	_cleanup_(journal_done) struct journal j = {0};
	int r;

	if (!path)
		return fault_no_memory(f);
	r = read_journal(&j, t, path, f);
	if (r < 0)
		return r;
	if (strcmp(j.transaction, id) != 0) {
		fault_errno(f, EBADMSG, path, "read %s", path);
		fault_reason(f, "it is the record of transaction %s", j.transaction);
		return -EBADMSG;
	}
	*ret = TAKE_STRUCT(j);
	return 0;
}

static int write_new(int dirfd, const struct buffer *text)
{
	_cleanup_close_ int fd = openat(dirfd, "journal.new",
		O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	int r;

	if (fd < 0)
		return -errno;
	r = fd_write_all(fd, text->data, text->size);
	if (r == 0)
		r = FAULT_POINT("write journal");
	return r < 0 ? r : durable(fsync(fd), "sync journal");
}

int journal_save(const struct room *r, const struct journal *j, struct fault *f)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	int error = journal_write(&text, j);

	if (error == 0)
		error = write_new(r->fd, &text);
	if (error == 0)
		error = durable(renameat(r->fd, "journal.new", r->fd, "journal"),
			"rename journal");
	if (error == 0)
		error = durable(fsync(r->fd), "sync " ROOM_PATH);
	if (error < 0)
		return fault_errno(f, -error, JOURNAL_PATH, "write " JOURNAL_PATH);
	log_line("transaction %s: %s", j->transaction, journal_state_name(j->state));
	return 0;
}

int journal_retire(const struct room *r, const struct journal *j, struct fault *f)
{
	_cleanup_free_ char *directory = text_printf(ROOM_PATH "/%s", j->transaction);
	_cleanup_close_ int fd = -1;
	int error;

	if (!directory)
		return fault_no_memory(f);
	fd = target_open(r->target, directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, f);
	if (fd < 0)
		return fd;
	error = durable(renameat(r->fd, "journal", fd, "record"), "rename record");
	if (error == 0)
		error = durable(fsync(fd), "sync transaction directory");
	if (error == 0)
		error = durable(fsync(r->fd), "sync " ROOM_PATH);
	if (error < 0)
		return fault_errno(f, -error, directory, "write %s/record", directory);
	return 0;
}

int journal_withdraw(const struct room *r)
{
	if (unlinkat(r->fd, "journal", 0) < 0 && errno != ENOENT)
		return -errno;
	return durable(fsync(r->fd), "sync " ROOM_PATH);
}

int journal_drop(const struct room *r, const struct journal *j, struct fault *f)
{
	int error = room_remove(r, j->transaction, f);

	if (error < 0)
		return error;
	error = journal_withdraw(r);
	return error < 0 ? fault_errno(f, -error, JOURNAL_PATH, "remove " JOURNAL_PATH)
			 : 0;
}
