/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ASCII armor: base64 between two lines. Its checksum adds nothing to a signature. */
#include "formats/openpgp.h"

#include <errno.h>

/* 0 to 63, or -1. */
static int base64_value(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

int base64_decode(struct buffer *ret, struct bytes in)
{
	_cleanup_(buffer_done) struct buffer out = {0};
	uint32_t bits = 0;
	unsigned have = 0;
	int r = buffer_reserve(&out, in.size / 4 * 3 + 3);

	for (size_t i = 0; r == 0 && i < in.size && in.data[i] != '='; i++) {
		int value = base64_value(in.data[i]);
		char byte;

		if (is_space(in.data[i]))
			continue;
		if (value < 0)
			return -EBADMSG;
		bits = bits << 6 | (uint32_t)value;
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		byte = (char)(uint8_t)(bits >> have);
		r = buffer_append(&out, &byte, 1);
	}
	if (r < 0)
		return r;
	*ret = TAKE_STRUCT(out);
	return 0;
}

/* The line that in begins with, without its end; in moves behind it. */
static struct bytes take_line(struct bytes *in)
{
	const uint8_t *end = memchr(in->data, '\n', in->size);
	size_t size = end ? (size_t)(end - in->data) : in->size;
	struct bytes line = {in->data, size};

	in->data += size + (end != NULL);
	in->size -= size + (end != NULL);
	while (line.size && is_space(line.data[line.size - 1]))
		line.size--;
	return line;
}

static bool line_is(struct bytes line, const char *text)
{
	return line.size == strlen(text) && !memcmp(line.data, text, line.size);
}

static bool find_line(struct bytes *in, const char *text)
{
	while (in->size) {
		if (line_is(take_line(in), text))
			return true;
	}
	return false;
}

/* Headers ("Version: …") end at an empty line; some writers leave both out. */
static void skip_armor_headers(struct bytes *in)
{
	struct bytes rest = *in;

	while (rest.size) {
		struct bytes line = take_line(&rest);

		if (line.size && !memchr(line.data, ':', line.size))
			return;
		*in = rest;
		if (!line.size)
			return;
	}
}

int openpgp_dearmor(struct buffer *ret, struct bytes in, struct bytes *ret_rest)
{
	struct bytes text, end;
	int r;

	if (!find_line(&in, "-----BEGIN PGP PUBLIC KEY BLOCK-----"))
		return 0;
	skip_armor_headers(&in);
	text = end = in;
	for (;;) {
		struct bytes line;

		if (!in.size)
			return -EBADMSG;
		end = in;
		line = take_line(&in);
		/* The checksum's line begins with "=", which ends base64 as well. */
		if (line_is(line, "-----END PGP PUBLIC KEY BLOCK-----"))
			break;
	}
	text.size = (size_t)(end.data - text.data);
	if (text.size > OPENPGP_MAX_KEYS_SIZE)
		return -EBADMSG;
	r = base64_decode(ret, text);
	*ret_rest = in;
	return r < 0 ? r : 1;
}
