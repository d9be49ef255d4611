/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DER elements: short tags, definite lengths of at most four bytes. */
#include "der.h"

static bool read_length(size_t *ret, const uint8_t *p, size_t left, size_t *used)
{
	enum { LONG_FORM = 0x80, MOST_BYTES = 4 };
	size_t count = p[0] & ~(unsigned)LONG_FORM, length = 0;

	*used = 1;
	if (!(p[0] & LONG_FORM)) {
		*ret = p[0];
		return true;
	}
	if (!count || count > MOST_BYTES || count >= left)
		return false;
	for (size_t i = 1; i <= count; i++)
		length = length << 8 | p[i];
	*used += count;
	*ret = length;
	return true;
}

bool der_next(struct der *ret, struct bytes *in)
{
	enum { LONG_TAG = 0x1f };
	size_t length, used;
	const uint8_t *p = in->data;

	if (in->size < 2 || (p[0] & LONG_TAG) == LONG_TAG ||
	    !read_length(&length, p + 1, in->size - 1, &used) ||
	    length > in->size - 1 - used)
		return false;
	ret->tag = p[0];
	ret->content = (struct bytes){p + 1 + used, length};
	ret->whole = (struct bytes){p, 1 + used + length};
	in->data += ret->whole.size;
	in->size -= ret->whole.size;
	return true;
}

bool der_take(struct bytes *ret, struct bytes *in, unsigned tag)
{
	struct bytes rest = *in;
	struct der element;

	if (!der_next(&element, &rest) || element.tag != tag)
		return false;
	*ret = element.content;
	*in = rest;
	return true;
}

bool der_is_oid(struct bytes oid, const char *expected, size_t size)
{
	return oid.size == size && !memcmp(oid.data, expected, size);
}

struct bytes der_number(struct bytes content)
{
	while (content.size > 1 && !content.data[0]) {
		content.data++;
		content.size--;
	}
	return content;
}
