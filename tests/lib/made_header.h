/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RPM headers made in memory, tag by tag, for tests of what stands in them. */
#ifndef TESTS_MADE_HEADER_H
#define TESTS_MADE_HEADER_H

#include "formats/rpm_header.h"

struct made_header {
	struct buffer index, store, whole;
	uint32_t count;
};

static inline void made_header_number(struct buffer *to, uint32_t value)
{
	const uint8_t bytes[] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16),
				 (uint8_t)(value >> 8), (uint8_t)value};

	if (buffer_append(to, bytes, sizeof(bytes)) < 0)
		abort();
}

/* count strings, a NUL behind each, in size bytes; tags in rising order. */
static inline void made_header_texts(struct made_header *h, uint32_t tag, const char *texts,
				     size_t size, uint32_t count)
{
	enum { TYPE_STRING = 6, TYPE_STRING_ARRAY = 8 };

	made_header_number(&h->index, tag);
	made_header_number(&h->index, count > 1 ? TYPE_STRING_ARRAY : TYPE_STRING);
	made_header_number(&h->index, (uint32_t)h->store.size);
	made_header_number(&h->index, count);
	if (buffer_append(&h->store, texts, size) < 0)
		abort();
	h->count++;
}

static inline void made_header_text(struct made_header *h, uint32_t tag, const char *text)
{
	made_header_texts(h, tag, text, strlen(text) + 1, 1);
}

/* Borrows what h owns until made_header_done. */
static inline void made_header_parse(struct rpm_header *ret, struct made_header *h,
				     enum rpm_header_kind kind)
{
	if (buffer_append(&h->whole, "\x8e\xad\xe8\1\0\0\0\0", 8) < 0)
		abort();
	made_header_number(&h->whole, h->count);
	made_header_number(&h->whole, (uint32_t)h->store.size);
	if (buffer_append(&h->whole, h->index.data, h->index.size) < 0 ||
	    buffer_append(&h->whole, h->store.data, h->store.size) < 0 ||
	    rpm_header_parse(ret, buffer_bytes(&h->whole), kind, NULL) < 0)
		abort();
}

static inline void made_header_done(struct made_header *h)
{
	buffer_done(&h->index);
	buffer_done(&h->store);
	buffer_done(&h->whole);
}

#endif
