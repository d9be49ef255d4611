/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bytes of an RPM before its payload (rpm: docs/manual/format_v3.md, format_v4.md,
 * lib/rpmtag.h, lib/header.cc): lead, signature header, main header.
 */
#ifndef RESCUE_FORMATS_RPM_HEADER_H
#define RESCUE_FORMATS_RPM_HEADER_H

#include "fault.h"

#define RPM_LEAD_SIZE 96
#define RPM_INTRO_SIZE 16 /* magic, tag count, data size: what tells a header's length */
#define RPM_HEADER_MAX_TAGS 65535u
#define RPM_HEADER_MAX_SIZE (256u * 1024 * 1024)
#define RPM_SIGNATURE_MAX_TAGS 32u
#define RPM_SIGNATURE_MAX_SIZE (64u * 1024 * 1024)
#define RPM_ARRAY_MAX 1048575u

enum rpm_header_kind { RPM_SIGNATURE_HEADER, RPM_MAIN_HEADER };

/* A header whose index has been checked entry by entry. Borrows its bytes. */
struct rpm_header {
	struct bytes whole; /* magic to the last data byte, without padding */
	struct bytes index; /* 16 bytes an entry: tag, type, offset, count (big endian) */
	struct bytes store;
};

/* The lead; -EBADMSG when it is none. */
int rpm_lead_parse(struct bytes in, struct fault *f);
/* From the 16-byte intro: size of index and data that follow it, within the kind's limits. */
int rpm_header_length(struct bytes intro, enum rpm_header_kind kind, size_t *ret,
		      struct fault *f);
int rpm_header_parse(struct rpm_header *ret, struct bytes in, enum rpm_header_kind kind,
		     struct fault *f);

/* Answers below: -ENOENT absent, -EBADMSG of another type or out of bounds. */
int rpm_header_text(const struct rpm_header *h, uint32_t tag, const char **ret);
int rpm_header_texts(const struct rpm_header *h, uint32_t tag, struct strings *ret);
/* INT8 to INT64 arrays; caller frees *ret. */
int rpm_header_numbers(const struct rpm_header *h, uint32_t tag, uint64_t **ret,
		       size_t *ret_count);
int rpm_header_number(const struct rpm_header *h, uint32_t tag, uint64_t *ret);
int rpm_header_binary(const struct rpm_header *h, uint32_t tag, struct bytes *ret);
bool rpm_header_has(const struct rpm_header *h, uint32_t tag);

#endif
