/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whom shim trusts by itself, and whom it does not. */
#include "formats/shim.h"

#include "der.h"
#include "formats/pe_image.h"
#include "formats/signature_list.h"
#include "superblock_fields.h"

/* cert.S: two sizes, two offsets, which count from the head's beginning. */
enum { HEAD = 16, TRUSTED_AT = 0, FORBIDDEN_AT = 4, OFFSETS = 8 };

static struct bytes part(struct bytes section, size_t at)
{
	size_t size = (size_t)field_le(section.data + at, 4);
	size_t offset = (size_t)field_le(section.data + at + OFFSETS, 4);

	if (offset > section.size || size > section.size - offset)
		return (struct bytes){0};
	return (struct bytes){section.data + offset, size};
}

bool shim_parse(struct shim *ret, struct bytes file)
{
	struct bytes section;

	if (!pe_section(&section, file, ".vendor_cert") || section.size < HEAD)
		return false;
	*ret = (struct shim){part(section, TRUSTED_AT), part(section, FORBIDDEN_AT)};
	return true;
}

int shim_certificates(struct kernel_keys *ret, const struct shim *shim)
{
	struct bytes in = shim->trusted;
	struct kernel_key key;

	if (!in.size || in.data[0] != DER_SEQUENCE)
		return signature_list_certificates(ret, in, 0, SIZE_MAX);
	return certificate_parse(&key, &in) ? kernel_keys_add(ret, &key) : 0;
}
