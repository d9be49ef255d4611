/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whom shim trusts: one certificate, or EFI signature lists of several. */
#include "formats/module_signature.h"
#include "formats/pe_image.h"

#include "der.h"

#include <errno.h>

/* cert.S: sizes and offsets (from the head's beginning) of what is trusted and what is not. */
enum { HEAD = 16, TRUSTED_SIZE_AT = 0, TRUSTED_OFFSET_AT = 8 };
/* EFI_SIGNATURE_LIST: type, its size, size of its own header, size of each; each: an owner. */
enum { LIST_HEAD = 28, LIST_SIZE_AT = 16, LIST_HEADER_AT = 20, LIST_EACH_AT = 24, OWNER = 16 };

static const uint8_t x509_list[16] = {0xa1, 0x59, 0xc0, 0xa5, 0xe4, 0x94, 0xa7, 0x4a,
	0x87, 0xb5, 0xab, 0x15, 0x5c, 0x2b, 0xf0, 0x72};

static uint32_t le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static int add(struct kernel_keys *keys, struct bytes in)
{
	struct kernel_key key = {0};

	return certificate_parse(&key, &in) ? kernel_keys_add(keys, &key) : 0;
}

static int add_list(struct kernel_keys *keys, struct bytes in)
{
	uint32_t own = le32(in.data + LIST_HEADER_AT), each = le32(in.data + LIST_EACH_AT);
	int r = 0;

	if (memcmp(in.data, x509_list, sizeof(x509_list)) || each <= OWNER ||
		own > in.size - LIST_HEAD)
		return 0;
	for (size_t at = LIST_HEAD + own; r == 0 && each <= in.size - at; at += each)
		r = add(keys, (struct bytes){in.data + at + OWNER, each - OWNER});
	return r;
}

int shim_certificates(struct kernel_keys *ret, struct bytes shim)
{
	uint32_t size, offset;
	struct bytes in;
	int r = 0;

	if (!pe_section(&in, shim, ".vendor_cert") || in.size < HEAD)
		return 0;
	size = le32(in.data + TRUSTED_SIZE_AT);
	offset = le32(in.data + TRUSTED_OFFSET_AT);
	if (offset > in.size || size > in.size - offset || !size)
		return 0;
	in = (struct bytes){in.data + offset, size};
	if (in.data[0] == DER_SEQUENCE)
		return add(ret, in);
	while (r == 0 && in.size >= LIST_HEAD) {
		size = le32(in.data + LIST_SIZE_AT);
		if (size < LIST_HEAD || size > in.size)
			break;
		r = add_list(ret, (struct bytes){in.data, size});
		in = (struct bytes){in.data + size, in.size - size};
	}
	return r;
}
