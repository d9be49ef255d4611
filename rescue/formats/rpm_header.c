/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lead, signature header and main header of an RPM file: every index entry is checked once. */
#include "formats/rpm_header.h"

#include <errno.h>

#define ENTRY_SIZE 16u /* tag, type, offset, count */
#define REGION_TRAILER_SIZE 16u
#define FIRST_ORDINARY_TAG 100u

static const uint8_t lead_magic[] = {0xed, 0xab, 0xee, 0xdb};
static const uint8_t header_magic[] = {0x8e, 0xad, 0xe8, 0x01, 0, 0, 0, 0};

enum { REGION_IMAGE = 61, REGION_SIGNATURES = 62, REGION_IMMUTABLE = 63 };

enum value_type {
	TYPE_CHAR = 1,
	TYPE_INT8,
	TYPE_INT16,
	TYPE_INT32,
	TYPE_INT64,
	TYPE_TEXT,
	TYPE_BINARY,
	TYPE_TEXTS,
	TYPE_I18N_TEXTS
};

struct entry {
	uint32_t tag, type, offset, count;
};

static uint64_t big_endian(const uint8_t *p, size_t size)
{
	uint64_t value = 0;

	while (size--)
		value = value << 8 | *p++;
	return value;
}

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)big_endian(p, 4);
}

static struct entry entry_at(const uint8_t *p)
{
	return (struct entry){be32(p), be32(p + 4), be32(p + 8), be32(p + 12)};
}

/* Bytes of one number, 0 where the type holds none. They are aligned to that size. */
static unsigned number_size(uint32_t type)
{
	switch (type) {
	case TYPE_CHAR:
	case TYPE_INT8:
		return 1;
	case TYPE_INT16:
		return 2;
	case TYPE_INT32:
		return 4;
	case TYPE_INT64:
		return 8;
	default:
		return 0;
	}
}

static int _printf_(2, 3) bad(struct fault *f, const char *reason, ...)
{
	char text[128];
	va_list list;

	va_start(list, reason);
	vsnprintf(text, sizeof(text), reason, list);
	va_end(list);
	(void)fault_named(f, FAULT_NOT_A_PACKAGE, NULL, "read the RPM header", "%s", text);
	return -EBADMSG;
}

int rpm_lead_parse(struct bytes in, struct fault *f)
{
	enum { AT_MAJOR = 4, AT_SIGNATURE_TYPE = 78, SIGNATURE_IS_HEADER = 5 };

	if (in.size < RPM_LEAD_SIZE || memcmp(in.data, lead_magic, sizeof(lead_magic)))
		return bad(f, "it is not an RPM file");
	if (in.data[AT_MAJOR] != 3 && in.data[AT_MAJOR] != 4)
		return bad(f, "its package format is neither 3 nor 4");
	if (big_endian(in.data + AT_SIGNATURE_TYPE, 2) != SIGNATURE_IS_HEADER)
		return bad(f, "it has no signature header");
	return 0;
}

int rpm_header_length(struct bytes intro, enum rpm_header_kind kind, size_t *ret,
		      struct fault *f)
{
	bool is_signature = kind == RPM_SIGNATURE_HEADER;
	uint32_t max_tags = is_signature ? RPM_SIGNATURE_MAX_TAGS : RPM_HEADER_MAX_TAGS;
	uint32_t max_size = is_signature ? RPM_SIGNATURE_MAX_SIZE : RPM_HEADER_MAX_SIZE;
	uint32_t tags, size;

	if (intro.size < RPM_INTRO_SIZE ||
	    memcmp(intro.data, header_magic, sizeof(header_magic)))
		return bad(f, "a header does not begin where it must");
	tags = be32(intro.data + 8);
	size = be32(intro.data + 12);
	if (!tags || tags > max_tags)
		return bad(f, "a header of %u tags is out of limits", tags);
	if (size > max_size)
		return bad(f, "a header of %u bytes is out of limits", size);
	*ret = (size_t)tags * ENTRY_SIZE + size;
	return 0;
}

/* Bytes that `count` strings take, their NULs included; 0 when one has no end. */
static size_t texts_size(const uint8_t *p, size_t left, uint32_t count)
{
	size_t size = 0;

	while (count--) {
		const uint8_t *end = memchr(p + size, 0, left - size);

		if (!end)
			return 0;
		size = (size_t)(end - p) + 1;
	}
	return size;
}

/* Bytes of an entry's value; 0 when it does not fit into the store or holds nothing. */
static size_t value_size(struct bytes store, const struct entry *e)
{
	size_t left = store.size - e->offset, size;

	if (e->type == TYPE_TEXT && e->count != 1)
		return 0;
	if (e->type == TYPE_TEXT || e->type == TYPE_TEXTS || e->type == TYPE_I18N_TEXTS)
		return texts_size(store.data + e->offset, left, e->count);
	size = (size_t)e->count * MAX_OF(number_size(e->type), 1u);
	return size <= left ? size : 0;
}

/* *end: where the value before it ends; values do not overlap. */
static int check_entry(struct bytes store, const struct entry *e, size_t *end,
		       struct fault *f)
{
	unsigned align = MAX_OF(number_size(e->type), 1u);
	size_t size;

	if (e->tag < FIRST_ORDINARY_TAG)
		return bad(f, "tag %u has no place there", e->tag);
	if (e->type < TYPE_CHAR || e->type > TYPE_I18N_TEXTS)
		return bad(f, "tag %u is of no known type", e->tag);
	if (e->type != TYPE_BINARY && e->count > RPM_ARRAY_MAX)
		return bad(f, "the array of tag %u is out of limits", e->tag);
	if (e->offset % align)
		return bad(f, "tag %u is not aligned", e->tag);
	if (e->offset < *end || e->offset >= store.size)
		return bad(f, "tag %u lies outside its place", e->tag);
	size = value_size(store, e);
	if (!size)
		return bad(f, "the value of tag %u does not fit", e->tag);
	*end = e->offset + size;
	return 0;
}

static bool is_region(uint32_t tag)
{
	return tag >= REGION_IMAGE && tag <= REGION_IMMUTABLE;
}

/*
 * The first entry may be a region: a 16-byte trailer behind its part of the store that
 * repeats it, with minus the size of its part of the index as its offset. In a package it
 * spans the whole main header; file signatures may follow it in a signature header.
 */
static int check_region(const struct rpm_header *h, const struct entry *region,
			struct fault *f)
{
	bool is_all = region->tag != REGION_SIGNATURES;
	struct entry trailer;
	size_t rest; /* of the store, behind the region */
	uint32_t size;

	if (region->type != TYPE_BINARY || region->count != REGION_TRAILER_SIZE)
		return bad(f, "region %u is damaged", region->tag);
	if (h->store.size < REGION_TRAILER_SIZE ||
	    region->offset > h->store.size - REGION_TRAILER_SIZE)
		return bad(f, "region %u lies outside its header", region->tag);
	rest = h->store.size - REGION_TRAILER_SIZE - region->offset;
	if (is_all && rest)
		return bad(f, "region %u does not span its header", region->tag);
	trailer = entry_at(h->store.data + region->offset);
	/* Old packages end their signature region with the wrong tag. */
	if (trailer.tag != region->tag &&
	    !(region->tag == REGION_SIGNATURES && trailer.tag == REGION_IMAGE))
		return bad(f, "the trailer of region %u is damaged", region->tag);
	size = 0u - trailer.offset;
	if (trailer.type != TYPE_BINARY || trailer.count != REGION_TRAILER_SIZE ||
	    size % ENTRY_SIZE || !size || size > h->index.size ||
	    (is_all && size != h->index.size))
		return bad(f, "the trailer of region %u is damaged", region->tag);
	return 0;
}

static int check_index(const struct rpm_header *h, struct fault *f)
{
	size_t end = 0;

	for (size_t at = 0; at < h->index.size; at += ENTRY_SIZE) {
		struct entry e = entry_at(h->index.data + at);
		int r = !at && is_region(e.tag) ? check_region(h, &e, f)
						: check_entry(h->store, &e, &end, f);

		if (r < 0)
			return r;
	}
	return 0;
}

int rpm_header_parse(struct rpm_header *ret, struct bytes in, enum rpm_header_kind kind,
		     struct fault *f)
{
	struct rpm_header h;
	size_t length;
	int r = rpm_header_length(in, kind, &length, f);

	if (r < 0)
		return r;
	if (in.size - RPM_INTRO_SIZE < length)
		return bad(f, "a header is cut short");
	h.whole = (struct bytes){in.data, RPM_INTRO_SIZE + length};
	h.index.data = in.data + RPM_INTRO_SIZE;
	h.index.size = (size_t)be32(in.data + 8) * ENTRY_SIZE;
	h.store.data = h.index.data + h.index.size;
	h.store.size = length - h.index.size;
	r = check_index(&h, f);
	if (r < 0)
		return r;
	*ret = h;
	return 0;
}

/* ---- looking up ------------------------------------------------------------------- */

static bool find(const struct rpm_header *h, uint32_t tag, struct entry *ret)
{
	for (size_t at = 0; at < h->index.size; at += ENTRY_SIZE) {
		*ret = entry_at(h->index.data + at);
		if (ret->tag == tag)
			return true;
	}
	return false;
}

bool rpm_header_has(const struct rpm_header *h, uint32_t tag)
{
	struct entry e;

	return find(h, tag, &e);
}

/* Parsing saw to it that the strings end within the store. */
static const char *text_at(const struct rpm_header *h, const struct entry *e)
{
	return (const char *)h->store.data + e->offset;
}

int rpm_header_text(const struct rpm_header *h, uint32_t tag, const char **ret)
{
	struct entry e;

	if (!find(h, tag, &e))
		return -ENOENT;
	if (e.type != TYPE_TEXT && e.type != TYPE_TEXTS && e.type != TYPE_I18N_TEXTS)
		return -EBADMSG;
	*ret = text_at(h, &e);
	return 0;
}

int rpm_header_texts(const struct rpm_header *h, uint32_t tag, struct strings *ret)
{
	_cleanup_(strings_done) struct strings texts = {0};
	const char *text;
	struct entry e;
	int r = rpm_header_text(h, tag, &text);

	if (r < 0)
		return r;
	(void)find(h, tag, &e);
	for (uint32_t i = 0; i < e.count; i++, text += strlen(text) + 1) {
		r = strings_add(&texts, text);
		if (r < 0)
			return r;
	}
	*ret = TAKE_STRUCT(texts);
	return 0;
}

/* An entry of numbers: *size is that of one of them. */
static int find_numbers(const struct rpm_header *h, uint32_t tag, struct entry *ret,
			unsigned *size)
{
	if (!find(h, tag, ret))
		return -ENOENT;
	*size = number_size(ret->type);
	return *size ? 0 : -EBADMSG;
}

int rpm_header_numbers(const struct rpm_header *h, uint32_t tag, uint64_t **ret,
		       size_t *ret_count)
{
	uint64_t *numbers;
	struct entry e;
	unsigned size;
	int error = find_numbers(h, tag, &e, &size);

	if (error < 0)
		return error;
	numbers = calloc(e.count, sizeof(*numbers));
	if (!numbers)
		return -ENOMEM;
	for (size_t i = 0; i < e.count; i++)
		numbers[i] = big_endian(h->store.data + e.offset + i * size, size);
	*ret = numbers;
	*ret_count = e.count;
	return 0;
}

int rpm_header_number(const struct rpm_header *h, uint32_t tag, uint64_t *ret)
{
	struct entry e;
	unsigned size;
	int error = find_numbers(h, tag, &e, &size);

	if (error < 0)
		return error;
	*ret = big_endian(h->store.data + e.offset, size);
	return 0;
}

int rpm_header_binary(const struct rpm_header *h, uint32_t tag, struct bytes *ret)
{
	struct entry e;

	if (!find(h, tag, &e))
		return -ENOENT;
	if (e.type != TYPE_BINARY || is_region(e.tag))
		return -EBADMSG;
	*ret = (struct bytes){h->store.data + e.offset, e.count};
	return 0;
}
