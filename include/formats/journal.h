/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of a transaction on the patient, /.rescue/TXN/record and /.rescue/journal:
 * a magic line with the format version, then one record a line, each with its CRC-32.
 */
#ifndef RESCUE_FORMATS_JOURNAL_H
#define RESCUE_FORMATS_JOURNAL_H

#include "fault.h"

#define JOURNAL_VERSION 1
#define JOURNAL_MAX_SIZE (64u * 1024 * 1024)
#define JOURNAL_MAX_RECORDS 262144

enum journal_state { JOURNAL_PREPARED, JOURNAL_COMMITTED, JOURNAL_UNDONE };

/* What one renamed name was and became. Names are paths as the running system sees them. */
struct journal_step {
	char *path;	 /* the target name */
	char *staged;	 /* name beside it that held the new content, or NULL: removal */
	char *displaced; /* name beside it that holds the old content, or NULL: was absent */
	bool created_dir; /* path is a directory made only to hold others */
};

/* Times of a directory in which names change, to be put back by undo. */
struct journal_parent {
	char *path;
	int64_t atime_s, mtime_s;
	uint32_t atime_ns, mtime_ns;
};

struct journal {
	unsigned version;
	char *transaction; /* NNNN-xxxx */
	char *system;	   /* SYSTEM id */
	char *release;	   /* kernel release, or NULL */
	int64_t time;	   /* seconds since the epoch, of the medium's clock */
	enum journal_state state;
	struct journal_step *steps; /* in commit order */
	size_t step_count, step_capacity;
	struct journal_parent *parents;
	size_t parent_count, parent_capacity;
};

void journal_done(struct journal *j);
/* -EBADMSG damaged (a torn last record only shortens it), -ENOTSUP a newer version. */
int journal_parse(struct journal *ret, struct bytes in, struct fault *f);
int journal_write(struct buffer *ret, const struct journal *j);

#endif
