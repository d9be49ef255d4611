/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DER (X.690): one element after another, as certificates and signatures hold them. */
#ifndef RESCUE_FORMATS_DER_H
#define RESCUE_FORMATS_DER_H

#include "base.h"

enum der_tag {
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_OID = 0x06,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	DER_TAGGED_0 = 0xa0, /* [0], constructed; [3] is 0xa3 */
	DER_KEY_ID = 0x80    /* [0], primitive */
};

struct der {
	unsigned tag;
	struct bytes content, whole;
};

/* The next element; in moves behind it. false: the end, or damaged. */
bool der_next(struct der *ret, struct bytes *in);
/* The next element if it has that tag: its content. false: in stays as it is. */
bool der_take(struct bytes *ret, struct bytes *in, unsigned tag);
/* The element is an OID of exactly these bytes. */
bool der_is_oid(struct bytes oid, const char *expected, size_t size);
/* The content of an INTEGER without the zero that keeps it positive. */
struct bytes der_number(struct bytes content);

#endif
