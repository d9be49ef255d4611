/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a PE program keeps its signatures: entry 4 of the optional header's directories. */
#include "formats/pe_image.h"

enum {
	PE_OFFSET_AT = 0x3c, /* in the DOS header */
	COFF_SIZE = 24,	     /* "PE\0\0" and the file header */
	OPTIONAL_32 = 0x10b,
	OPTIONAL_64 = 0x20b,
	CERTIFICATES = 4,    /* index of the directory */
	CERTIFICATE_HEADER = 8,
};

static uint32_t number(const uint8_t *p, size_t size)
{
	uint32_t value = 0;

	for (size_t i = size; i-- > 0;)
		value = value << 8 | p[i];
	return value;
}

static bool has(struct bytes in, uint64_t offset, uint64_t size)
{
	return offset <= in.size && size <= in.size - offset;
}

bool pe_is_signed(struct bytes in)
{
	uint64_t header, directories;
	uint32_t magic, offset, size;

	if (!has(in, 0, PE_OFFSET_AT + 4) || memcmp(in.data, "MZ", 2) != 0)
		return false;
	header = number(in.data + PE_OFFSET_AT, 4);
	if (!has(in, header, COFF_SIZE + 2) || memcmp(in.data + header, "PE\0", 4) != 0)
		return false;
	magic = number(in.data + header + COFF_SIZE, 2);
	if (magic != OPTIONAL_32 && magic != OPTIONAL_64)
		return false;
	directories = header + COFF_SIZE + (magic == OPTIONAL_64 ? 112 : 96);
	/* The count of directories stands right before them. */
	if (!has(in, directories - 4, 4 + 8 * (CERTIFICATES + 1)) ||
		number(in.data + directories - 4, 4) <= CERTIFICATES)
		return false;
	offset = number(in.data + directories + 8 * CERTIFICATES, 4);
	size = number(in.data + directories + 8 * CERTIFICATES + 4, 4);
	return size > CERTIFICATE_HEADER && has(in, offset, size);
}
