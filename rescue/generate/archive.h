/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes an initramfs: a newc archive, gzip or plain (kernel:
 * Documentation/driver-api/early-userspace/buffer-format.rst). */
#ifndef RESCUE_GENERATE_ARCHIVE_H
#define RESCUE_GENERATE_ARCHIVE_H

#include "fault.h"
#include "gzip.h"

struct archive;

struct cpio {
	struct archive *archive;
	int fd;        /* borrowed */
	bool is_gzip;
	struct gzip gzip;
	int64_t mtime; /* of every entry */
	int64_t inodes;
	uint64_t written;           /* once it is finished */
	int error;                  /* positive errno of the first write that failed */
	struct strings directories; /* that are in it */
};

enum cpio_kind { CPIO_PLAIN, CPIO_GZIP };
int cpio_open(struct cpio *ret, int fd, enum cpio_kind kind, int64_t mtime,
	struct fault *f);
void cpio_done(struct cpio *c);
/* Paths without leading slash; missing parents are made. */
int cpio_directory(struct cpio *c, const char *path, struct fault *f);
int cpio_file(struct cpio *c, const char *path, mode_t mode, struct bytes data,
	struct fault *f);
int cpio_character_device(struct cpio *c, const char *path, mode_t mode, unsigned major,
	unsigned minor, struct fault *f);
/* Writes the end. */
int cpio_finish(struct cpio *c, struct fault *f);

#endif
