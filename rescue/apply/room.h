/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /.rescue on the patient: the lock, the hot journal, one directory a transaction. And
 * the few durable steps and comparisons that everything in this stage is built from.
 */
#ifndef RESCUE_APPLY_ROOM_H
#define RESCUE_APPLY_ROOM_H

#include "formats/journal.h"
#include "locate.h"
#include "stage.h"

#define ROOM_PATH "/.rescue"

struct room {
	const struct target *target; /* the patient's tree; borrowed */
	int fd;                      /* /.rescue */
	int lock;                    /* held while open */
};
#define ROOM_NONE ((struct room){.fd = -1, .lock = -1})

enum room_use { ROOM_AS_IT_IS, ROOM_MAKE };

/* LOCKED; -ENOENT without a fault where there is none and none is to be made. */
int room_open(
	struct room *ret, const struct target *t, enum room_use use, struct fault *f);
/* Lets the lock go; a room without transaction and journal is taken away. */
void room_close(struct room *r);
/* Ids of the transactions that have a directory, oldest first; empty without a room. */
int room_transactions(struct strings *ret, const struct target *t, struct fault *f);
/* A new transaction's id, its directory made. */
int room_begin(const struct room *r, char **ret_id, struct fault *f);
/* A file of a transaction (plan, log), written anew. */
int room_save(const struct room *r, const char *id, const char *name,
	const struct buffer *text, struct fault *f);
int room_remove(const struct room *r, const char *id, struct fault *f);

/* ---- the journal on disk: journal.c ---- */

/* 1: a transaction is under way; 0: none. */
int journal_read_hot(struct journal *ret, const struct target *t, struct fault *f);
int journal_read_record(
	struct journal *ret, const struct target *t, const char *id, struct fault *f);
/* On disk when it returns: /.rescue/journal holds exactly this. */
int journal_save(const struct room *r, const struct journal *j, struct fault *f);
/* The hot journal becomes the transaction's record. */
int journal_retire(const struct room *r, const struct journal *j, struct fault *f);
/* No transaction is under way any more. 0 or -errno. */
int journal_withdraw(const struct room *r);
/* The hot journal and its transaction's directory go away. */
int journal_drop(const struct room *r, const struct journal *j, struct fault *f);

/* ---- steps: commit.c, rollback.c ---- */

/* Every step's new content put under its name, in order, each one durable. */
int commit_steps(const struct target *t, const struct journal *j, struct fault *f);
/* Brings what was written within reach of a boot loader that replays no journal. */
void commit_flush(const struct system *sys);

/*
 * Back to all-old from any prefix of commit_steps, or of itself: steps in reverse, then
 * whatever bears the transaction's name, then the parents' times.
 */
int roll_back(const struct target *t, const struct journal *j, struct fault *f);
/* roll_back and the end of the hot journal, as its state wants it. */
int journal_resolve(const struct room *r, struct journal *j, struct fault *f);
/* 1: a hot journal was there and has been resolved; what it was, in ret (may be NULL). */
int room_recover(const struct room *r, struct journal *ret, struct fault *f);

/* ---- small things: objects.c, interrupt.c ---- */

/* What the name holds now; mode 0 where nothing. -errno without a fault. */
int object_take(struct journal_object *ret, const struct target *t, const char *path);
/* The very object that was renamed there, whatever became of a directory's content. */
bool object_is(const struct journal_object *now, const struct journal_object *then);
/* And nobody has changed it since. */
bool object_is_unchanged(
	const struct journal_object *now, const struct journal_object *then);
/* CRC over names and states of everything below a directory. */
int object_take_tree(uint32_t *ret, const struct target *t, const char *path);

/* result and errno of a system call as 0 or -errno, with a fault point behind success. */
int durable(int result, const char *point);
int sync_directory(const struct target *t, const char *path, struct fault *f);
/* The directory of a clean absolute path: "/" for "/vmlinuz". NULL: no memory. */
char *path_directory(const char *path);

/* INTERRUPTED when a signal handler asked for it. */
int interrupt_check(struct fault *f);

#endif
