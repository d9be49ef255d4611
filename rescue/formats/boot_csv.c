/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads lists for shim's fallback. */
#include "formats/boot_csv.h"

#include "superblock_fields.h"

#include <errno.h>

enum { MARK = 0xfeff, MAX_NAME = 255 };

static uint64_t character(struct bytes in, size_t i)
{
	return 2 * i + 1 < in.size ? field_le(in.data + 2 * i, 2) : 0;
}

static bool is_line_end(uint64_t c)
{
	return c == '\r' || c == '\n';
}

/* How many characters there are up to a comma or the end of the line. */
static size_t field_size(struct bytes in, size_t at, size_t end)
{
	size_t size = 0;

	while (at + size < end && character(in, at + size) != ',')
		size++;
	return size;
}

static int add_line(struct strings *ret, struct bytes in, size_t at, size_t end)
{
	size_t size = field_size(in, at, end), title = at + size + 1;
	char name[MAX_NAME + 1];

	if (size == 0 || size > MAX_NAME || title >= end || !field_size(in, title, end))
		return 0;
	for (size_t i = 0; i < size; i++) {
		uint64_t c = character(in, at + i);

		if (c <= ' ' || c > '~')
			return 0;
		name[i] = c == '\\' ? '/' : (char)c;
	}
	name[size] = '\0';
	return strings_add(ret, name);
}

int boot_csv_parse(struct strings *ret, struct bytes in)
{
	_cleanup_(strings_done) struct strings list = {0};
	size_t at = character(in, 0) == MARK ? 1 : 0, end;
	int r = 0;

	/* A NUL ends the list, as the end of the file does. */
	for (size_t lines = 0; r == 0 && character(in, at) && lines < BOOT_CSV_MAX_LINES; lines++) {
		while (is_line_end(character(in, at)))
			at++;
		for (end = at; character(in, end) && !is_line_end(character(in, end));)
			end++;
		r = add_line(&list, in, at, end);
		at = end;
	}
	if (r < 0)
		return r;
	*ret = TAKE_STRUCT(list);
	return 0;
}
