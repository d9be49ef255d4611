/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stage 5: what is made for a plan and comes from no package: module index, initramfs. */
#ifndef RESCUE_GENERATE_H
#define RESCUE_GENERATE_H

#include "confine.h"
#include "inventory.h"

/*
 * Writes modules.dep, .alias, .symbols and the rest into the module directory modules_fd
 * of that release, exactly as depmod would there. patient: whose /etc/depmod.d and
 * /usr/lib/depmod.d are obeyed. The patient's programs are not run.
 */
int generate_index(int modules_fd, const char *release, const struct target *patient,
		   struct fault *f);

/* What an initramfs must be able to do. */
struct initramfs_request {
	const char *release;
	int modules_fd;		/* its module directory, indexed */
	const struct target *patient; /* where links out of it lead; NULL: nowhere */
	const char *config;	/* text of the kernel's config, or NULL: unknown */
	const char *root_fstype; /* must be among the file systems put in; or NULL */
	int64_t mtime;		/* of every file in it, for identical results */
};

struct initramfs_summary {
	size_t modules;
	uint64_t size;	     /* bytes written */
	const char *compression; /* "gzip" or "none" */
};

/*
 * Writes a newc archive with this program as /init. Runs nothing of the patient.
 * -ENOENT with a fault when a driver that root_fstype needs is neither module nor built in.
 */
int generate_initramfs(int out_fd, const struct initramfs_request *request,
		       struct initramfs_summary *ret, struct fault *f);

/* The system's own generator, run in the system as confine.h tells. */
struct generator_request {
	const char *release;
	const struct generator *generator; /* one that is there and can be run */
	const struct target *patient;
	const char *scratch; /* an empty directory of the patient: all that it may write to */
	const struct confine_bind *binds; /* what is staged, under its later names */
	size_t bind_count;
	int modules_fd;		 /* the kernel's module directory */
	const char *root_fstype; /* NULL: not known */
	unsigned pieces;	 /* PIECE_* bits that the root lies on */
	unsigned seconds;
	int (*tick)(void *data, size_t output, struct fault *f); /* see confine.h */
	void *data;
};

/*
 * Writes what it makes to out_fd, once that has been listed: whole, of that release, with
 * the root's driver and what else the root needs. output: what it said, also on failure.
 * -EIO: it failed; -EBADMSG: what it made is of no use; -ETIMEDOUT.
 */
int generate_by_system(int out_fd, const struct generator_request *q,
		       struct buffer *output, struct fault *f);

#endif
