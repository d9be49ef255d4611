/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * EFI_LOAD_OPTION: attributes (4 bytes), size of the device path (2), title in UTF-16,
 * the device path: nodes of type (1), subtype (1), size (2) and content.
 */
#include "formats/efi_option.h"

#include "superblock_fields.h"

#include <errno.h>

#define VARIABLE_ATTRIBUTES 4
#define OPTION_ACTIVE 1u
#define NODE_HEAD 4u
#define MAX_PATH 1024 /* characters */

enum { NODE_MEDIA = 4, MEDIA_HARD_DRIVE = 1, MEDIA_FILE = 4, NODE_END = 0x7f };
enum { HARD_DRIVE_SIZE = 42, HARD_DRIVE_UUID = 24, HARD_DRIVE_KIND = 41, KIND_GUID = 2 };

void efi_option_done(struct efi_option *o)
{
	free(o->partuuid);
	free(o->path);
	*o = (struct efi_option){0};
}

static int refuse(struct fault *f, const char *reason)
{
	fault_errno(f, EBADMSG, NULL, "read what the firmware starts");
	fault_reason(f, "%s", reason);
	return -EBADMSG;
}

/* The first three groups are little endian. */
static char *uuid_text(const uint8_t *u)
{
	return text_printf("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
			   "%02x%02x%02x%02x%02x%02x",
		u[3], u[2], u[1], u[0], u[5], u[4], u[7], u[6], u[8], u[9], u[10], u[11],
		u[12], u[13], u[14], u[15]);
}

/* Loaders have plain names: what is not ASCII makes the path unknown. */
static int append_path(struct buffer *out, struct bytes in)
{
	size_t count = in.size / 2;

	if (count > MAX_PATH)
		return -EBADMSG;
	for (size_t i = 0; i < count; i++) {
		uint64_t c = field_le(in.data + 2 * i, 2);
		char byte = c == '\\' ? '/' : (char)c;

		if (c == 0)
			break;
		if (c < 0x20 || c > 0x7e)
			return -EBADMSG;
		/* Where two nodes meet, both may bring a slash. */
		if (byte == '/' && out->size > 0 && out->data[out->size - 1] == '/')
			continue;
		if (out->size == 0 && byte != '/' && buffer_puts(out, "/") < 0)
			return -ENOMEM;
		if (buffer_append(out, &byte, 1) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int read_node(
	struct efi_option *o, struct buffer *path, const uint8_t *node, size_t size)
{
	if (node[0] != NODE_MEDIA)
		return 0;
	if (node[1] == MEDIA_HARD_DRIVE && size >= HARD_DRIVE_SIZE &&
		node[HARD_DRIVE_KIND] == KIND_GUID && !o->partuuid) {
		o->partuuid = uuid_text(node + HARD_DRIVE_UUID);
		return o->partuuid ? 0 : -ENOMEM;
	}
	if (node[1] == MEDIA_FILE)
		return append_path(
			path, (struct bytes){node + NODE_HEAD, size - NODE_HEAD});
	return 0;
}

static int read_nodes(struct efi_option *o, struct bytes in, struct fault *f)
{
	_cleanup_(buffer_done) struct buffer path = {0};
	int r = 0;

	for (size_t at = 0; r == 0 && at < in.size;) {
		const uint8_t *node = in.data + at;
		size_t size;

		if (in.size - at < NODE_HEAD)
			return refuse(f, "its device path is cut short");
		size = (size_t)field_le(node + 2, 2);
		if (size < NODE_HEAD || size > in.size - at)
			return refuse(f, "its device path is damaged");
		if (node[0] == NODE_END)
			break;
		r = read_node(o, &path, node, size);
		at += size;
	}
	if (r < 0)
		return r == -EBADMSG ? refuse(f, "its file name is damaged")
				     : fault_no_memory(f);
	if (path.size == 0)
		return 0;
	o->path = buffer_steal(&path);
	return o->path ? 0 : fault_no_memory(f);
}

int efi_option_parse(struct efi_option *ret, struct bytes in, struct fault *f)
{
	_cleanup_(efi_option_done) struct efi_option o = {0};
	size_t at = VARIABLE_ATTRIBUTES + 6, nodes;
	int r;

	if (in.size < at)
		return refuse(f, "it is cut short");
	o.active = field_le(in.data + VARIABLE_ATTRIBUTES, 4) & OPTION_ACTIVE;
	nodes = (size_t)field_le(in.data + VARIABLE_ATTRIBUTES + 4, 2);
	while (in.size - at >= 2 && field_le(in.data + at, 2) != 0)
		at += 2;
	if (in.size - at < 2 || nodes > in.size - at - 2)
		return refuse(f, "it is cut short");
	r = read_nodes(&o, (struct bytes){in.data + at + 2, nodes}, f);
	if (r == 0)
		*ret = TAKE_STRUCT(o);
	return r;
}

size_t efi_order_parse(uint16_t ret[EFI_ORDER_MAX], struct bytes in)
{
	size_t count = 0;

	for (size_t at = VARIABLE_ATTRIBUTES;
		in.size >= 2 && at <= in.size - 2 && count < EFI_ORDER_MAX; at += 2)
		ret[count++] = (uint16_t)field_le(in.data + at, 2);
	return count;
}

int efi_text_parse(char **ret, struct bytes in)
{
	_cleanup_free_ char *text = NULL;
	size_t at = VARIABLE_ATTRIBUTES, count = in.size > at ? (in.size - at) / 2 : 0;

	*ret = NULL;
	if (count > EFI_TEXT_MAX)
		return 0;
	text = calloc(count + 1, 1);
	if (!text)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++, at += 2) {
		uint64_t c = field_le(in.data + at, 2);

		if (c == 0)
			break;
		if (c < 0x20 || c > 0x7e)
			return 0;
		text[i] = (char)c;
	}
	*ret = *text ? TAKE_PTR(text) : NULL;
	return 0;
}
