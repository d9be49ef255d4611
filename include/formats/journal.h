/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of a transaction on the patient: a magic line with the format version, then one
 * record a line, each with a CRC-32 that goes on from the record before, the last one "end".
 * /.rescue/journal is there only while a transaction is under way (it is "hot", whatever
 * its state says); a finished one is /.rescue/TXN/record.
 */
#ifndef RESCUE_FORMATS_JOURNAL_H
#define RESCUE_FORMATS_JOURNAL_H

#include "fault.h"

#define JOURNAL_VERSION 1
#define JOURNAL_MAX_SIZE (64u * 1024 * 1024)
#define JOURNAL_MAX_RECORDS 262144

/* In the order of a transaction's life; what recovery does when it finds one hot. */
enum journal_state {
	JOURNAL_STAGING,   /* no target name has changed: sweep up */
	JOURNAL_PREPARED,  /* target names are changing: roll back */
	JOURNAL_COMMITTED, /* all-new: keep it */
	JOURNAL_UNDOING,   /* being taken back: go on rolling back */
	JOURNAL_UNDONE	   /* all-old again: keep the record */
};
#define JOURNAL_STATES 5
const char *journal_state_name(enum journal_state s);

/* What a name held or holds; mode 0: nothing. */
struct journal_object {
	mode_t mode;	/* with type */
	uint64_t size;
	uint64_t inode; /* 0: its file system does not keep inode numbers (vfat) */
	int64_t mtime_s;
	uint32_t mtime_ns;
	uint32_t tree;	/* a directory's whole content as a CRC of names and states, else 0 */
};

/*
 * What one renamed name was and became. Paths as the running system sees them, without
 * symlinks. staged and displaced are called .rescue-TXN-N and lie beside path, or beside
 * the topmost directory above it that had to be made.
 */
struct journal_step {
	char *path;	  /* the target name */
	char *staged;	  /* held the new content, or NULL: path is removed */
	char *displaced;  /* holds the old content, or NULL: there was none */
	bool created_dir; /* path is a directory made only to hold others */
	struct journal_object before, after;
};

/* Times of a directory in which names change, to be put back by undo. */
struct journal_parent {
	char *path;
	int64_t atime_s, mtime_s;
	uint32_t atime_ns, mtime_ns;
	int64_t after_s; /* mtime once committed: another one then means other changes */
	uint32_t after_ns;
};

struct journal {
	unsigned version;
	char *transaction; /* NNNN-xxxx */
	char *system;	   /* SYSTEM id */
	char *release;	   /* kernel release, or NULL */
	int64_t time;	   /* seconds since the epoch, of the medium's clock */
	uint64_t operations; /* of the plan: more or fewer than steps */
	enum journal_state state;
	struct journal_step *steps; /* in commit order */
	size_t step_count, step_capacity;
	struct journal_parent *parents;
	size_t parent_count, parent_capacity;
};

void journal_done(struct journal *j);
/*
 * -EBADMSG damaged or cut off (it is only ever replaced whole), -ENOTSUP a newer version.
 * Every path is absolute and clean, every staged and displaced name carries the id.
 */
int journal_parse(struct journal *ret, struct bytes in, struct fault *f);
int journal_write(struct buffer *ret, const struct journal *j);
/* Grow the lists; the new element is zeroed and owned by the journal. NULL: no memory. */
struct journal_step *journal_add_step(struct journal *j);
struct journal_parent *journal_add_parent(struct journal *j);
bool journal_is_transaction_id(const char *text); /* NNNN-xxxx */

#endif
