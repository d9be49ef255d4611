/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stage 6: applies a plan so that the system is never worse than before, and takes it back.
 * lock, check, stage, journal, commit by rename, flush. The invariants stand in journal.c.
 */
#ifndef RESCUE_APPLY_H
#define RESCUE_APPLY_H

#include "generate.h"
#include "plan.h"

enum transaction_state {
	TRANSACTION_COMMITTED,
	TRANSACTION_UNDONE,
	TRANSACTION_INCOMPLETE /* a crash or a failure cut it off: undo or restore ends it */
};

struct transaction {
	char *id;     /* NNNN-xxxx */
	char *system; /* SYSTEM id */
	char *release;
	int64_t time; /* seconds since the epoch */
	enum transaction_state state;
	size_t operations;
};

struct transactions {
	struct transaction *items; /* oldest first */
	size_t count, capacity;
};

void transaction_done(struct transaction *t);
void transactions_done(struct transactions *t);
const char *transaction_state_name(const struct transaction *t);

struct apply_report {
	struct transaction transaction;
	size_t unlabeled; /* files whose SELinux label could not be set */
	size_t unowned;	  /* files whose owner could not be set */
	/* What verifying will ask of the files that it put there; without a digest: not known. */
	struct image_payload image;
	struct initramfs_file initramfs;
};
void apply_report_done(struct apply_report *r);

/* Would its operations find their places? Nothing is written; apply_plan does it anyway. */
int apply_check(const struct plan *plan, const struct inventory *inv,
	const struct package_sets *sets, struct fault *f);

/*
 * The system must be writable. Faults before anything changed (STATE_UNCHANGED): LOCKED,
 * STALE, NO-SPACE, BAD-DIGEST, errno; later ones are rolled back (STATE_UNDONE) or say what
 * to run (STATE_INCOMPLETE).
 */
int apply_plan(struct apply_report *ret, const struct plan *plan,
	       const struct inventory *inv, const struct package_sets *sets,
	       const struct progress *progress, struct fault *f);

/*
 * Ends a transaction that a crash cut off: all-old, or all-new where it was committed. 1:
 * there was one, so that whatever was read of the system before is stale; 0: none. The
 * system must be writable. restore calls it before its inventory; apply_plan and undo_run
 * call it themselves.
 */
int apply_recover(const struct system *sys, struct fault *f);

/* What is in /.rescue; a system without it has none. */
int transactions_read(struct transactions *ret, const struct target *t, struct fault *f);
/* id NULL: the last one that is not undone. Only the newest can be undone. */
int undo_find(struct transaction *ret, const struct target *t, const char *id,
	      struct fault *f);
/* One line a name that would change back. */
int undo_describe(const struct target *t, const char *id, struct buffer *ret,
		  struct fault *f);
int undo_run(struct transaction *ret, const struct system *sys, const char *id,
	     struct fault *f);
/* Forgets a transaction and its undo data; the last one takes /.rescue along. */
int history_forget(const struct target *t, const char *id, struct fault *f);

/* Asks a running apply or undo to stop at the next safe point (signal handlers). */
void apply_interrupt(void);

#endif
