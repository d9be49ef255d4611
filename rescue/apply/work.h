/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One plan on its way: what the files that stage it share. */
#ifndef RESCUE_APPLY_WORK_H
#define RESCUE_APPLY_WORK_H

#include "apply.h"
#include "room.h"
#include "thread.h"

/* A directory below the staged module directory; its times are set when all is in it. */
struct staged_directory {
	char *relative;
	struct stage_attributes attributes; /* label borrowed from the contexts */
};

/* /lib/modules/V as it will be, while it is made. */
struct staged_modules {
	size_t step;
	bool from_packages;   /* else: the present one, indexed anew */
	char *path;           /* the target's, without symlinks */
	struct target target; /* the staged directory; fd -1: the plan makes none */
	char *folder;	      /* below it, where the last file went; NULL: none yet */
	int folder_fd;	      /* of that, or -1 */
	struct staged_directory *directories;
	size_t directory_count, directory_capacity;
};

/*
 * What verifying will ask of the new image and initramfs takes long and nothing but their
 * bytes: other threads find it out while modules are indexed and the disk is waited for.
 */
struct ahead {
	bool has_image, has_initramfs; /* such a thread runs */
	pthread_t image_thread, initramfs_thread;
	struct buffer image; /* the file */
	int fd;		     /* of the initramfs */
	const char *release;
	struct image_payload payload; /* without a digest: not known */
	struct initramfs_file initramfs;
};

#define NO_STEP SIZE_MAX

struct work {
	const struct plan *plan;
	const struct inventory *inv;
	const struct package_sets *sets; /* NULL: the plan has no packages */
	const struct progress *progress;
	const struct target *target;
	struct room room;
	struct journal journal;
	bool is_hot;      /* the journal may be on disk */
	bool is_changing; /* target names may have changed */
	size_t *steps;    /* of each operation, or NO_STEP: part of another's */
	bool *is_staged;  /* of each operation */
	unsigned names;   /* given out so far */
	struct staged_modules modules;
	struct file_contexts *labels; /* NULL: the system wants none */
	struct buffer passwd, group;  /* the patient's */
	struct stage_shortfall shortfall;
	struct ahead ahead;
	struct buffer generated; /* what the system's own generator said */
};

/* site.c: where a path of the plan lies, symlinks in its directories resolved. */
struct site {
	char *path;
	char *beside;           /* the nearest directory above it that is there */
	struct strings missing; /* directories between, outermost first */
};
int site_find(
	struct site *ret, const struct target *t, const char *path, struct fault *f);
void site_done(struct site *s);
/* A name in a directory; NULL: no memory. */
char *site_below(const char *directory, const char *name);

/* layout.c */
/*
 * Where an operation's target lies. 1: nothing to do, that directory is there; 0; or the
 * fault: something of another kind is in the way.
 */
int layout_find(struct site *ret, const struct operation *op, const struct target *t,
	const struct package_sets *sets, struct fault *f);
/* Names, steps and parents of everything the plan will change. */
int layout_plan(struct work *w, struct fault *f);
/* An empty file at that path as a step behind all others: /.autorelabel. */
struct journal_step *layout_add(struct work *w, const char *path, struct fault *f);

/* attributes.c */
int attributes_init(struct work *w, struct fault *f);
/* root's, with the label of that path; times as they come. mode with type. */
void attributes_default(const struct work *w, const char *path, mode_t mode,
	struct stage_attributes *ret);
/* As the package has it, names of owners read in the patient. */
void attributes_of_package(const struct work *w, const struct package_file *file,
	const char *path, struct stage_attributes *ret);

/* stage_packages.c: one pass over each package. */
int stage_packages(struct work *w, struct fault *f);

/* work.c: for every stage. */
/* Another part of the work begins: users and the log are told. */
void stage_tell(const struct work *w, const char *what);
/* The root's file system, NULL: not known. */
const char *stage_root_fstype(const struct work *w);
/* A new file under a step's staged name; fd or -errno. */
int stage_open(struct work *w, const struct journal_step *s, struct fault *f);
/* Reads a file as the system will have it when the plan is done. Fd or -errno. */
int stage_open_source(const struct work *w, const char *path, struct fault *f);

/* stage_modules.c: the module directory. */
int modules_begin(struct work *w, struct fault *f);
int modules_stage(
	struct work *w, const struct package_file *file, int *ret_fd, struct fault *f);
/* Keeps what the present directory holds and no package brings, indexes, finishes. */
int modules_complete(struct work *w, struct fault *f);
void modules_done(struct staged_modules *m);
/* work.c: path below the module directory, or NULL. Package paths may say /lib or /usr/lib. */
const char *modules_below(const struct work *w, const char *path);

/*
 * ahead.c: each begins when its file is staged. Nothing hangs on what comes of it: what is
 * not known is read when the system is verified.
 */
int ahead_image(struct work *w, struct fault *f);
int ahead_initramfs(struct work *w, struct fault *f);
void ahead_wait(struct ahead *a);
void ahead_done(struct ahead *a);

/* stage_files.c: what comes from no package. */
int stage_operation(struct work *w, size_t operation, struct fault *f);
int stage_made_directories(struct work *w, struct fault *f);
int stage_empty(struct work *w, const struct journal_step *s, struct fault *f);

/* stage_generator.c: an initramfs by the system's own dracut. */
int stage_generated(struct work *w, const struct operation *op,
	const struct journal_step *s, int modules, struct fault *f);

/* prepare.c: from the checks to the journal "prepared"; nothing of the target has
 * changed. */
int prepare(struct work *w, struct fault *f);

#endif
