/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /.rescue, mode 0700 on the patient's root file system:
 *
 *   lock            flock(2) by whoever applies or undoes
 *   journal         while a transaction is under way
 *   NNNN-xxxx/      plan, log, and the record that undo reads
 *
 * Making and removing it leaves the root directory's times as they were. Only a crash
 * between these two system calls can leave another mtime there: nothing could record it.
 */
#include "room.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOCK_TRIES 16
#define MAX_COUNTER 9999

/* For a change of names in the root directory that shall not show in its times. */
struct root_times {
	int fd;
	struct timespec times[2];
};

static int root_times_take(
	struct root_times *ret, const struct target *t, struct fault *f)
{
	struct stat st;

	ret->fd = target_open(t, "/", O_RDONLY | O_DIRECTORY, f);
	if (ret->fd < 0)
		return ret->fd;
	if (fstat(ret->fd, &st) < 0)
		return fault_errno(f, errno, "/", "read the times of /");
	ret->times[0] = st.st_atim;
	ret->times[1] = st.st_mtim;
	return 0;
}

static void root_times_restore(struct root_times *times)
{
	if (times->fd < 0)
		return;
	futimens(times->fd, times->times);
	fsync(times->fd);
	times->fd = safe_close(times->fd);
}

static int open_directory(const struct target *t, enum room_use use, struct fault *f)
{
	_cleanup_(root_times_restore) struct root_times root = {.fd = -1};
	int fd, r;

	fd = target_open(t, ROOM_PATH, O_RDONLY | O_DIRECTORY | O_NOFOLLOW,
		use == ROOM_MAKE ? NULL : f);
	if (fd != -ENOENT || use != ROOM_MAKE)
		return fd;
	r = root_times_take(&root, t, f);
	if (r < 0)
		return r;
	if (mkdirat(root.fd, ROOM_PATH + 1, 0700) < 0 && errno != EEXIST)
		return fault_errno(f, errno, ROOM_PATH, "make directory " ROOM_PATH);
	return target_open(t, ROOM_PATH, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, f);
}

/* The file that was locked is still the one that others would lock. */
static bool lock_is_current(const struct room *r)
{
	struct stat held, named;

	return fstat(r->lock, &held) == 0 &&
	       fstatat(r->fd, "lock", &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	       held.st_ino == named.st_ino && held.st_dev == named.st_dev;
}

/* 0: held; -EAGAIN: it was taken away meanwhile, try again. */
static int take_lock(struct room *r, struct fault *f)
{
	r->lock = openat(r->fd, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (r->lock < 0 && errno == ENOENT)
		return -EAGAIN;
	if (r->lock < 0)
		return fault_errno(
			f, errno, ROOM_PATH "/lock", "open " ROOM_PATH "/lock");
	if (flock(r->lock, LOCK_EX | LOCK_NB) == 0)
		return lock_is_current(r) ? 0 : -EAGAIN;
	if (errno != EWOULDBLOCK)
		return fault_errno(
			f, errno, ROOM_PATH "/lock", "lock " ROOM_PATH "/lock");
	fault_named(f, FAULT_LOCKED, ROOM_PATH "/lock", "lock " ROOM_PATH "/lock",
		"another rescue is changing this system");
	return -EBUSY;
}

static void room_drop(struct room *r)
{
	r->lock = safe_close(r->lock);
	r->fd = safe_close(r->fd);
}

int room_open(
	struct room *ret, const struct target *t, enum room_use use, struct fault *f)
{
	struct room room = ROOM_NONE;
	int r = -EAGAIN;

	room.target = t;
	for (int i = 0; i < LOCK_TRIES && r == -EAGAIN; i++) {
		room_drop(&room);
		room.fd = open_directory(t, use, f);
		r = room.fd < 0 ? room.fd : take_lock(&room, f);
	}
	if (r == -EAGAIN)
		r = fault_errno(f, EAGAIN, ROOM_PATH "/lock", "lock " ROOM_PATH "/lock");
	if (r < 0) {
		room_drop(&room);
		return r;
	}
	*ret = room;
	return 0;
}

/* Names that stay behind when the last transaction has gone. */
static bool is_empty(const struct room *r)
{
	_cleanup_(strings_done) struct strings names = {0};

	if (target_list(r->target, ROOM_PATH, &names, NULL) < 0)
		return false;
	for (size_t i = 0; i < names.count; i++)
		if (strcmp(names.items[i], "lock") != 0 &&
			strcmp(names.items[i], "journal.new") != 0)
			return false;
	return true;
}

static void take_away(struct room *r)
{
	_cleanup_(root_times_restore) struct root_times root = {.fd = -1};

	if (root_times_take(&root, r->target, NULL) < 0)
		return;
	unlinkat(r->fd, "journal.new", 0);
	unlinkat(r->fd, "lock", 0);
	unlinkat(root.fd, ROOM_PATH + 1, AT_REMOVEDIR);
}

void room_close(struct room *r)
{
	if (r->lock >= 0 && is_empty(r))
		take_away(r);
	room_drop(r);
}

/* ---- transactions ---- */

int room_transactions(struct strings *ret, const struct target *t, struct fault *f)
{
	_cleanup_(strings_done) struct strings names = {0}, ids = {0};
	int r;

	if (!target_exists(t, ROOM_PATH)) {
		*ret = (struct strings){0};
		return 0;
	}
	r = target_list(t, ROOM_PATH, &names, f);
	for (size_t i = 0; r == 0 && i < names.count; i++)
		if (journal_is_transaction_id(names.items[i]) &&
			strings_add(&ids, names.items[i]) < 0)
			r = fault_no_memory(f);
	if (r == 0)
		*ret = TAKE_STRUCT(ids);
	return r;
}

/* getrandom came with Linux 3.17. */
static int random_bits(uint16_t *ret)
{
	_cleanup_close_ int fd = -1;

	if (syscall(SYS_getrandom, ret, sizeof(*ret), 0) == sizeof(*ret))
		return 0;
	fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return read(fd, ret, sizeof(*ret)) == sizeof(*ret) ? 0 : -EIO;
}

static int next_id(const struct room *r, char **ret, struct fault *f)
{
	_cleanup_(strings_done) struct strings ids = {0};
	unsigned long last = 0;
	uint16_t bits;
	int error = room_transactions(&ids, r->target, f);

	if (error < 0)
		return error;
	if (ids.count > 0)
		last = strtoul(ids.items[ids.count - 1], NULL, 10);
	if (last >= MAX_COUNTER) {
		fault_errno(f, EOVERFLOW, ROOM_PATH, "number a transaction");
		fault_hint(f, "rescue history --forget %s", ids.items[ids.count - 1]);
		return -EOVERFLOW;
	}
	error = random_bits(&bits);
	if (error < 0)
		return fault_errno(f, -error, NULL, "read random bits");
	*ret = text_printf("%04lu-%04x", last + 1, bits);
	return *ret ? 0 : fault_no_memory(f);
}

int room_begin(const struct room *r, char **ret_id, struct fault *f)
{
	_cleanup_free_ char *id = NULL;
	int error = next_id(r, &id, f);

	if (error < 0)
		return error;
	error = durable(mkdirat(r->fd, id, 0700), "make transaction directory");
	if (error < 0) {
		unlinkat(r->fd, id, AT_REMOVEDIR);
		return fault_errno(
			f, -error, ROOM_PATH, "make directory " ROOM_PATH "/%s", id);
	}
	*ret_id = TAKE_PTR(id);
	return 0;
}

int room_save(const struct room *r, const char *id, const char *name,
	const struct buffer *text, struct fault *f)
{
	_cleanup_free_ char *path = text_printf("%s/%s", id, name);
	_cleanup_close_ int fd = -1;
	int error = 0;

	if (!path)
		return fault_no_memory(f);
	fd = openat(
		r->fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		error = -errno;
	if (error == 0)
		error = fd_write_all(fd, text->data, text->size);
	if (error == 0)
		error = FAULT_POINT("write transaction file");
	return error < 0
		       ? fault_errno(f, -error, ROOM_PATH, "write " ROOM_PATH "/%s", path)
		       : 0;
}

int room_remove(const struct room *r, const char *id, struct fault *f)
{
	int error = stage_remove(r->fd, id);

	return error < 0
		       ? fault_errno(f, -error, ROOM_PATH, "remove " ROOM_PATH "/%s", id)
		       : 0;
}
