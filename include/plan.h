/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stage 4: the ordered operations of a repair. Pure: nothing is opened here. */
#ifndef RESCUE_PLAN_H
#define RESCUE_PLAN_H

#include "verify.h"

enum op {
	OP_MODULES,   /* the module directory, from packages, kept files linked in */
	OP_FILE,      /* one file, link or directory from a package */
	OP_INDEX,     /* modules.dep and its like, by depmod's own code */
	OP_COPY,      /* a copy of another file of the system (from) */
	OP_LINK,      /* a symlink (content is its text) */
	OP_INITRAMFS, /* made for that kernel */
	OP_ENTRY,     /* a boot entry (content) */
	OP_DEFAULT    /* grubenv, loader.conf (content) */
};
const char *op_name(enum op op);

struct operation {
	enum op op;
	char *path;	/* target name, canonical, as the running system sees it */
	char *reason;	/* plain words: why */
	uint64_t size;	/* bytes it will take (estimate for index and initramfs) */
	struct snapshot expected; /* the target's old state */
	mode_t mode;	/* of what is made (type not included) */
	/*
	 * OP_COPY: source path in the system; OP_FILE: path in the package; OP_INITRAMFS:
	 * the system's own program that makes it, NULL: it is built in
	 */
	char *from;
	unsigned pieces; /* OP_INITRAMFS: PIECE_* bits of what it must open */
	int package;	/* OP_FILE: index into the sets' packages, else -1 */
	struct buffer content; /* OP_LINK, OP_ENTRY, OP_DEFAULT */
};

/* Room that the plan needs on one file system. */
struct need {
	char *filesystem; /* mount point */
	uint64_t bytes, inodes, free_bytes, free_inodes;
};

enum default_choice { DEFAULT_AUTO, DEFAULT_SET, DEFAULT_KEEP };
enum initramfs_choice { INITRAMFS_AUTO, INITRAMFS_BUILTIN, INITRAMFS_DRACUT, INITRAMFS_NONE };

struct restore_options {
	const char *release;	/* --release, or NULL */
	enum default_choice default_choice;
	enum initramfs_choice initramfs;
	const char *cmdline;	/* --options, or NULL */
	bool allow_unsigned;
	bool allow_incompatible;
	/* Releases that serve this system better than the others do; empty: any. */
	struct strings fitting;
	enum offer_lack fitting_lack; /* what the others lack */
};

struct plan {
	char *system;  /* id */
	char *release;
	char *why;     /* why this release and these packages, one sentence */
	size_t *packages; /* indexes into the sets' packages */
	size_t package_count;
	struct operation *operations; /* in the order of commit */
	size_t count, capacity;
	bool boots;    /* after it an entry that works is the default */
	struct need *needs;
	size_t need_count, need_capacity;
};

/*
 * What restoring would do; no operations: it is restored already. installed belongs to
 * sets. Without packages (both NULL) it repairs from what the system still has. Faults:
 * INCOMPLETE-SET, WRONG-ARCH, NO-KERNEL-IN-PACKAGE, UNSIGNED, BAD-SIGNATURE, NO-SPACE,
 * ROOT-NOT-REACHABLE, ENOENT (no such release, no command line, nothing whole).
 */
int plan_restore(struct plan *ret, const struct inventory *inv,
		 const struct verification *v, const struct package_sets *sets,
		 const struct comparison *installed, const struct restore_options *options,
		 struct fault *f);
/* The set that plan_restore would take: the comparison is made for its release. */
int plan_choose(const struct package_set **ret, const struct inventory *inv,
		const struct package_sets *sets, const struct restore_options *options,
		struct fault *f);
void plan_done(struct plan *p);
/* The plan as text: one line an operation, then the needs. */
int plan_describe(const struct plan *p, struct buffer *ret);

#endif
