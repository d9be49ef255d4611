/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of this room share: the facts of one planning, and the plan so far. */
#ifndef RESCUE_PLANNER_H
#define RESCUE_PLANNER_H

#include "plan.h"

struct planner {
	const struct inventory *inv;
	const struct verification *v;
	const struct package_sets *sets;	/* NULL: without packages */
	const struct package_set *set;		/* chosen; NULL: without packages */
	const struct comparison *installed;
	const struct restore_options *options;
	const struct kernel *kernel; /* of that release, as it is today; NULL: none */
	struct plan *plan;
};

/* Appends an operation with its expected old state; ret is borrowed until the next one. */
int planner_add(struct planner *p, enum op op, const char *path, mode_t mode, uint64_t size,
		struct operation **ret, const char *reason, ...) _printf_(7, 8);
/* The plan replaces or makes that name. */
bool planner_makes(const struct planner *p, enum op op);
/* The package file that brings path ("/lib/modules/V/vmlinuz"), or NULL. */
const struct package_file *planner_package_file(const struct planner *p, const char *path);
/* The system will have that file after the plan: it has it, or a package brings it. */
bool planner_will_have(const struct planner *p, const char *path, uint64_t *ret_size);

/* Each file one group of operations, in commit order. */
int planner_packages(struct planner *p);		  /* packages.c */
int planner_boot_files(struct planner *p);		  /* boot_files.c */
int planner_initramfs(struct planner *p, struct fault *f); /* initramfs.c */
int planner_entry(struct planner *p, struct fault *f);	  /* entry.c */
int planner_needs(struct planner *p, struct fault *f);	  /* needs.c */

/* standing.c: what all kinds of entries are planned from. */
char *planner_title(const struct planner *p); /* of a new entry; NULL: no memory */
bool planner_default_boots(const struct planner *p);
/* The restored kernel becomes the default; working as planner_menu has it. */
bool planner_wants_default(const struct planner *p, const struct entry *working);
/* added: the new entry where none works yet. bls_default.c */
int planner_bls_default(struct planner *p, const struct entry *working,
	const struct entry *added, struct fault *f);
/* grubenv.c: its variables with that saved_entry (NULL: as it is). 0 or -ENOMEM. */
int planner_grubenv(const struct inventory *inv, struct grubenv *ret, const char *saved);
int planner_save_default(struct planner *p, const char *saved, struct fault *f);

/* After the plan every file that it names is there, and it leads to this root. */
bool planner_will_work(const struct planner *p, const struct entry *e);
bool planner_will_exist(const struct planner *p, const char *path);
/* LOADER_SYSTEMD_BOOT: as planner_menu. systemd_boot.c */
int planner_systemd_boot(struct planner *p, const struct entry *working,
	const char *initramfs, struct fault *f);

/* The loader that is read has its entries in one file, which is there: menu.c writes it. */
bool planner_has_menu(const struct planner *p);
/* working: an entry that needs nothing but perhaps to be the default; or NULL. */
int planner_menu(struct planner *p, const struct entry *working, const char *initramfs,
	struct fault *f);

/* The entry whose command line a new one gets: the default, else the first; or NULL. */
const struct entry *planner_template(const struct planner *p);
/* The command line for a new entry, and in words where it comes from. cmdline.c */
int planner_cmdline(const struct planner *p, char **ret, char **ret_origin,
		    struct fault *f);
/*
 * checked.c: takes words off that name devices which are not there, and lets a FIPS check
 * find /boot. *origin says which.
 */
int planner_check_words(const struct planner *p, char **text, char **origin);
/* Writes one BLS entry as its boot loader wants it. 0 or -ENOMEM. */
typedef int planner_write_bls(const struct planner *p, struct buffer *ret,
			      const char *initramfs, const char *options);
/* Plans ID.conf in the directory of entries. bls_file.c */
int planner_add_bls(struct planner *p, const char *id, const char *initramfs,
		    planner_write_bls *write, struct fault *f);

#endif
