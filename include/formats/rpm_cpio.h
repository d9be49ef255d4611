/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cpio archives as RPM payloads hold them (rpm: lib/cpio.cc): newc 070701, crc 070702, and
 * the stripped 07070X, whose members are numbers of files in the RPM header. Bytes come in
 * pieces of any size.
 */
#ifndef RESCUE_FORMATS_RPM_CPIO_H
#define RESCUE_FORMATS_RPM_CPIO_H

#include "base.h"

#include <limits.h>

#define RPM_CPIO_HEADER_SIZE 110
#define RPM_CPIO_MAX_REST ((uint64_t)1024 * 1024) /* behind the trailer */

struct rpm_cpio {
	/* The member at hand, from RPM_CPIO_MEMBER to RPM_CPIO_END. */
	bool stripped;	/* index alone is set */
	uint32_t index; /* of the file in the RPM header */
	char name[PATH_MAX];
	uint32_t mode;
	uint64_t size;

	const char *damage; /* static text behind -EBADMSG */
	/* What the reader keeps to itself. */
	enum {
		CPIO_AT_HEADER,
		CPIO_AT_NAME,
		CPIO_AT_DATA,
		CPIO_AT_PADDING,
		CPIO_AT_REST
	} state;
	char header[RPM_CPIO_HEADER_SIZE];
	size_t have; /* bytes of header or name so far */
	size_t name_size, padding;
	uint64_t left; /* of the data; behind the trailer: of what may follow */
	uint32_t sum, expected_sum;
	bool has_sum, announced;
};

enum rpm_cpio_event {
	RPM_CPIO_MORE,	 /* all of in was used */
	RPM_CPIO_MEMBER, /* a stripped one: rpm_cpio_expect next */
	RPM_CPIO_DATA,	 /* the next bytes of the member */
	RPM_CPIO_END,	 /* of the member */
	RPM_CPIO_TRAILER
};

/* Zeroed, a struct rpm_cpio is at the beginning. in moves forward. Event or -EBADMSG. */
int rpm_cpio_next(struct rpm_cpio *c, struct bytes *in, struct bytes *ret_data);
/* How much data a stripped member has. */
void rpm_cpio_expect(struct rpm_cpio *c, uint64_t size);
/* The input may end here. */
bool rpm_cpio_may_end(const struct rpm_cpio *c);

#endif
