/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Extended attributes that a package gives its files: capabilities and IMA signatures. */
#include "package_room.h"

#include "formats/capabilities.h"

#include <errno.h>

static struct package_xattrs *xattrs_of(struct package_file *file)
{
	if (!file->xattrs)
		file->xattrs = calloc(1, sizeof(*file->xattrs));
	return file->xattrs;
}

/* What cannot be read is not given: the file works without it for root. */
static int take_capability(struct package_file *file, const char *text)
{
	uint8_t value[CAPABILITIES_SIZE];
	struct package_xattrs *x;

	if (capabilities_parse(value, text) < 0) {
		log_line("%s: its capabilities \"%s\" are not understood", file->path, text);
		return 0;
	}
	x = xattrs_of(file);
	return x ? buffer_append(&x->capability, value, sizeof(value)) : -ENOMEM;
}

/* The whole value of security.ima, in hexadecimal. */
static int take_ima(struct package_file *file, const char *hex)
{
	size_t digits = strlen(hex);
	struct package_xattrs *x;
	int r = 0;

	if (digits % 2 || digits > 2 * PACKAGE_MAX_IMA ||
	    hex[strspn(hex, "0123456789abcdefABCDEF")])
		return -EBADMSG;
	x = xattrs_of(file);
	if (!x)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < digits; i += 2) {
		const char pair[] = {hex[i], hex[i + 1], '\0'};
		uint8_t byte = (uint8_t)strtoul(pair, NULL, 16);

		r = buffer_append(&x->ima, &byte, 1);
	}
	return r;
}

/* One text a file, empty for most; h may have none at all. */
static int take(struct package *p, const struct rpm_header *h, uint32_t tag,
		int (*take_one)(struct package_file *file, const char *text))
{
	_cleanup_(strings_done) struct strings texts = {0};
	int r = rpm_header_texts(h, tag, &texts);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	if (texts.count != p->file_count)
		return -EBADMSG;
	for (size_t i = 0; r == 0 && i < texts.count; i++) {
		if (texts.items[i][0])
			r = take_one(&p->files[i], texts.items[i]);
	}
	return r;
}

int package_take_xattrs(struct package *p, const struct rpm_header *signature,
			const struct rpm_header *main, struct fault *f)
{
	int r = take(p, main, TAG_FILE_CAPABILITIES, take_capability);

	if (r == 0)
		r = take(p, signature, SIGTAG_FILE_SIGNATURES, take_ima);
	if (r == -ENOMEM)
		return fault_no_memory(f);
	return r < 0 ? package_refuse(f, p, "its files' attributes are damaged") : 0;
}
