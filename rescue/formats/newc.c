/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cpio archives of an initramfs, read as a stream (Linux: init/initramfs.c). */
#include "formats/newc.h"

#include <errno.h>

enum field { FIELD_MODE = 1, FIELD_FILESIZE = 6, FIELD_NAMESIZE = 11 };

bool newc_is_magic(struct bytes in)
{
	return in.size >= 6 &&
	       (memcmp(in.data, "070701", 6) == 0 || memcmp(in.data, "070702", 6) == 0);
}

bool newc_may_end(const struct newc *n)
{
	return n->state == NEWC_BETWEEN && !n->in_archive && n->archives > 0;
}

static int damaged(struct newc *n, const char *why)
{
	n->damage = why;
	return -EBADMSG;
}

/* Eight hexadecimal digits behind the magic. false: other characters. */
static bool read_field(const struct newc *n, enum field field, uint32_t *ret)
{
	uint32_t value = 0;

	for (size_t i = 0; i < 8; i++) {
		static const char digits[] = "0123456789abcdef0123456789ABCDEF";
		char c = n->header[6 + 8 * (size_t)field + i];
		const char *at = c ? strchr(digits, c) : NULL;

		if (!at)
			return false;
		value = value << 4 | (uint32_t)((at - digits) & 15);
	}
	*ret = value;
	return true;
}

static size_t pad4(uint64_t size)
{
	return (size_t)(-size & 3);
}

static int take_header(struct newc *n)
{
	uint32_t mode, name_size, data_size;

	if (!newc_is_magic((struct bytes){(const uint8_t *)n->header, n->have}))
		return damaged(n, "a cpio header is not where it should be");
	if (!read_field(n, FIELD_MODE, &mode) ||
		!read_field(n, FIELD_FILESIZE, &data_size) ||
		!read_field(n, FIELD_NAMESIZE, &name_size))
		return damaged(n, "a cpio header holds no numbers");
	if (name_size == 0 || name_size >= sizeof(n->name) - 4)
		return damaged(n, "a cpio member's name is too long");
	if (n->members >= NEWC_MAX_MEMBERS)
		return damaged(n, "the cpio archive has too many members");
	n->name_size = name_size + pad4(NEWC_HEADER_SIZE + (uint64_t)name_size);
	n->data_size = (uint64_t)data_size + pad4(data_size);
	n->in_archive = true;
	n->have = 0;
	n->state = NEWC_NAME;
	return 0;
}

static int take_name(struct newc *n, newc_member *member, void *data)
{
	uint32_t mode = 0, size = 0;

	if (!memchr(n->name, '\0', n->have))
		return damaged(n, "a cpio member's name does not end");
	n->have = 0;
	n->state = n->data_size > 0 ? NEWC_DATA : NEWC_BETWEEN;
	if (strcmp(n->name, "TRAILER!!!") == 0) {
		n->in_archive = false;
		n->archives++;
		return 0;
	}
	n->members++;
	if (!read_field(n, FIELD_MODE, &mode) || !read_field(n, FIELD_FILESIZE, &size))
		return damaged(n, "a cpio header holds no numbers");
	return member(data, n->name, mode, size);
}

/* Up to `want` bytes in all into `to`. true: that many are there. */
static bool collect(struct newc *n, char *to, size_t want, struct bytes in, size_t *used)
{
	size_t more = MIN_OF(want - n->have, in.size - *used);

	memcpy(to + n->have, in.data + *used, more);
	n->have += more;
	*used += more;
	return n->have == want;
}

int newc_feed(struct newc *n, struct bytes in, size_t *ret_used, newc_member *member,
	void *data)
{
	size_t used = 0;
	int r = 0;

	while (r >= 0 && used < in.size) {
		switch (n->state) {
		case NEWC_BETWEEN:
			if (in.data[used] == '0') {
				n->state = NEWC_HEADER;
			} else if (!n->in_archive && in.data[used] == '\0') {
				used++;
			} else if (!n->in_archive && n->archives > 0) {
				*ret_used = used;
				return 1;
			} else {
				r = damaged(n, "a cpio header is not where it should be");
			}
			break;
		case NEWC_HEADER:
			if (collect(n, n->header, NEWC_HEADER_SIZE, in, &used))
				r = take_header(n);
			break;
		case NEWC_NAME:
			if (collect(n, n->name, n->name_size, in, &used))
				r = take_name(n, member, data);
			break;
		case NEWC_DATA: {
			size_t skip =
				(size_t)MIN_OF(n->data_size, (uint64_t)(in.size - used));

			used += skip;
			n->data_size -= skip;
			if (n->data_size == 0)
				n->state = NEWC_BETWEEN;
		}
		}
	}
	*ret_used = used;
	return r;
}
