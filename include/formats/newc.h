/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cpio archives as the kernel unpacks them from an initramfs (070701, 070702; Linux:
 * Documentation/driver-api/early-userspace/buffer-format.rst): read as a stream, several
 * archives behind each other, zeros between them.
 */
#ifndef RESCUE_FORMATS_NEWC_H
#define RESCUE_FORMATS_NEWC_H

#include "base.h"

#include <limits.h>

#define NEWC_HEADER_SIZE 110
#define NEWC_MAX_MEMBERS 262144

struct newc {
	enum { NEWC_BETWEEN, NEWC_HEADER, NEWC_NAME, NEWC_DATA } state;
	char header[NEWC_HEADER_SIZE];
	char name[PATH_MAX];
	size_t have;        /* bytes of header or name so far */
	size_t name_size;   /* with its NUL and padding */
	uint64_t data_size; /* that follows the name, with padding; then what is left of
			       it */
	size_t members, archives; /* read wholly */
	bool in_archive;          /* no TRAILER!!! since the last member */
	const char *damage;       /* static text behind -EBADMSG */
};

/* name is borrowed until the call returns. 0 or -errno, which stops the reading. */
typedef int newc_member(void *data, const char *name, uint32_t mode, uint64_t size);

/*
 * 0: all of in was read; 1: behind an archive's end something else begins, at *ret_used;
 * -EBADMSG: damaged; or what member answered. Zeroed, a struct newc is at the beginning.
 */
int newc_feed(struct newc *n, struct bytes in, size_t *ret_used, newc_member *member,
	void *data);
/* The input may end here: at least one archive, and none is open. */
bool newc_may_end(const struct newc *n);
bool newc_is_magic(struct bytes in);

#endif
