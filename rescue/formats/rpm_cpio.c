/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A reader of cpio archives that is fed bytes and answers events. */
#include "formats/rpm_cpio.h"

#include <errno.h>

enum { MAGIC_SIZE = 6, FIELD_SIZE = 8, STRIPPED_SIZE = MAGIC_SIZE + FIELD_SIZE };
enum field { FIELD_MODE = 1, FIELD_SIZE_OF_DATA = 6, FIELD_SIZE_OF_NAME = 11, FIELD_SUM = 12 };

static const uint32_t stripped_trailer = 0xffffffff;

static int damaged(struct rpm_cpio *c, const char *why)
{
	c->damage = why;
	return -EBADMSG;
}

static int hex_digit(char d)
{
	if (d >= '0' && d <= '9')
		return d - '0';
	if (d >= 'a' && d <= 'f')
		return d - 'a' + 10;
	return d >= 'A' && d <= 'F' ? d - 'A' + 10 : -1;
}

static int read_field(struct rpm_cpio *c, unsigned number, uint32_t *ret)
{
	const char *p = c->header + MAGIC_SIZE + number * FIELD_SIZE;

	*ret = 0;
	for (unsigned i = 0; i < FIELD_SIZE; i++) {
		int digit = hex_digit(p[i]);

		if (digit < 0)
			return damaged(c, "a number in a cpio header is none");
		*ret = *ret << 4 | (uint32_t)digit;
	}
	return 0;
}

/* Fills to[] up to `wanted` bytes. Whether it is full. */
static bool collect(struct rpm_cpio *c, char *to, size_t wanted, struct bytes *in)
{
	size_t n = MIN_OF(wanted - c->have, in->size);

	if (n)
		memcpy(to + c->have, in->data, n);
	c->have += n;
	in->data += n;
	in->size -= n;
	return c->have == wanted;
}

static size_t to_four(size_t size)
{
	return -size & 3;
}

/* ---- headers -------------------------------------------------------------------------- */

static int begin_member(struct rpm_cpio *c, size_t header_size)
{
	c->have = 0;
	c->announced = false;
	c->padding = to_four(header_size);
	c->left = c->size;
	c->sum = 0;
	c->state = CPIO_AT_DATA;
	return 0;
}

static int begin_rest(struct rpm_cpio *c)
{
	c->state = CPIO_AT_REST;
	c->left = RPM_CPIO_MAX_REST;
	return RPM_CPIO_TRAILER;
}

static int parse_stripped(struct rpm_cpio *c)
{
	int r = read_field(c, 0, &c->index);

	if (r < 0)
		return r;
	c->stripped = true;
	c->name[0] = '\0';
	c->size = 0;
	c->has_sum = false;
	if (c->index == stripped_trailer)
		return begin_rest(c);
	return begin_member(c, STRIPPED_SIZE);
}

static int parse_header(struct rpm_cpio *c)
{
	uint32_t size = 0, name_size = 0;
	int r = read_field(c, FIELD_MODE, &c->mode);

	if (r == 0)
		r = read_field(c, FIELD_SIZE_OF_DATA, &size);
	if (r == 0)
		r = read_field(c, FIELD_SIZE_OF_NAME, &name_size);
	if (r == 0)
		r = read_field(c, FIELD_SUM, &c->expected_sum);
	if (r < 0)
		return r;
	if (name_size < 2 || name_size > sizeof(c->name))
		return damaged(c, "a name in its cpio archive is out of limits");
	c->stripped = false;
	c->size = size;
	c->has_sum = c->header[MAGIC_SIZE - 1] == '2';
	c->name_size = name_size;
	c->have = 0;
	c->state = CPIO_AT_NAME;
	return 0;
}

static int read_header(struct rpm_cpio *c, struct bytes *in)
{
	if (c->have < MAGIC_SIZE && !collect(c, c->header, MAGIC_SIZE, in))
		return RPM_CPIO_MORE;
	if (!memcmp(c->header, "07070X", MAGIC_SIZE))
		return collect(c, c->header, STRIPPED_SIZE, in) ? parse_stripped(c)
								: RPM_CPIO_MORE;
	if (memcmp(c->header, "070701", MAGIC_SIZE) && memcmp(c->header, "070702", MAGIC_SIZE))
		return damaged(c, "a cpio header does not begin where it must");
	return collect(c, c->header, RPM_CPIO_HEADER_SIZE, in) ? parse_header(c)
							       : RPM_CPIO_MORE;
}

static int read_name(struct rpm_cpio *c, struct bytes *in)
{
	if (!collect(c, c->name, c->name_size, in))
		return RPM_CPIO_MORE;
	if (strnlen(c->name, c->name_size) != c->name_size - 1)
		return damaged(c, "a name in its cpio archive does not end where it must");
	if (!strcmp(c->name, "TRAILER!!!"))
		return begin_rest(c);
	return begin_member(c, RPM_CPIO_HEADER_SIZE + c->name_size);
}

/* ---- data ----------------------------------------------------------------------------- */

static void add_to_sum(struct rpm_cpio *c, struct bytes data)
{
	for (size_t i = 0; c->has_sum && i < data.size; i++)
		c->sum += data.data[i];
}

static int end_member(struct rpm_cpio *c)
{
	if (c->has_sum && c->sum != c->expected_sum)
		return damaged(c, "a checksum in its cpio archive differs");
	c->padding = to_four((size_t)(c->size & 3));
	c->state = CPIO_AT_PADDING;
	return RPM_CPIO_END;
}

/* 1: skipped. */
static int skip_padding(struct rpm_cpio *c, struct bytes *in)
{
	size_t n = MIN_OF(c->padding, in->size);

	in->data += n;
	in->size -= n;
	c->padding -= n;
	return !c->padding;
}

static int read_data(struct rpm_cpio *c, struct bytes *in, struct bytes *ret)
{
	size_t n;

	if (!c->announced) {
		c->announced = true;
		return RPM_CPIO_MEMBER;
	}
	if (!skip_padding(c, in))
		return RPM_CPIO_MORE;
	if (!c->left)
		return end_member(c);
	n = (size_t)MIN_OF(c->left, (uint64_t)in->size);
	if (!n)
		return RPM_CPIO_MORE;
	*ret = (struct bytes){in->data, n};
	add_to_sum(c, *ret);
	in->data += n;
	in->size -= n;
	c->left -= n;
	return RPM_CPIO_DATA;
}

static int read_rest(struct rpm_cpio *c, struct bytes *in)
{
	if (in->size > c->left)
		return damaged(c, "too much follows its cpio archive");
	c->left -= in->size;
	in->data += in->size;
	in->size = 0;
	return RPM_CPIO_MORE;
}

/* ---- all ------------------------------------------------------------------------------- */

void rpm_cpio_expect(struct rpm_cpio *c, uint64_t size)
{
	c->size = c->left = size;
}

bool rpm_cpio_may_end(const struct rpm_cpio *c)
{
	return c->state == CPIO_AT_REST;
}

static int step(struct rpm_cpio *c, struct bytes *in, struct bytes *ret)
{
	switch (c->state) {
	case CPIO_AT_HEADER:
		return read_header(c, in);
	case CPIO_AT_NAME:
		return read_name(c, in);
	case CPIO_AT_DATA:
		return read_data(c, in, ret);
	case CPIO_AT_PADDING:
		if (skip_padding(c, in))
			c->state = CPIO_AT_HEADER;
		return RPM_CPIO_MORE;
	default:
		return read_rest(c, in);
	}
}

/* RPM_CPIO_MORE of a step with input left means: the next part. */
int rpm_cpio_next(struct rpm_cpio *c, struct bytes *in, struct bytes *ret_data)
{
	int r;

	do {
		int before = (int)c->state;

		r = step(c, in, ret_data);
		if (r == RPM_CPIO_MORE && !in->size && before == (int)c->state)
			return r;
	} while (r == RPM_CPIO_MORE);
	return r;
}
