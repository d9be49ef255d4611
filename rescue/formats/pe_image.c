/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a PE program keeps its signatures: entry 4 of the optional header's directories. */
#include "formats/pe_image.h"

#include "digest.h"

#include <errno.h>

enum {
	PE_OFFSET_AT = 0x3c, /* in the DOS header */
	COFF_SIZE = 24,	     /* "PE\0\0" and the file header */
	OPTIONAL_32 = 0x10b,
	OPTIONAL_64 = 0x20b,
	CERTIFICATES = 4,    /* index of the directory */
	CERTIFICATE_HEADER = 8,
};
enum { /* in the header, in the optional one, in an entry of the table of sections */
	COUNT_AT = 6,
	OPTIONAL_SIZE_AT = 20,
	CHECKSUM_AT = 64,
	HEADERS_SIZE_AT = 60,
	ENTRY = 40,
	MEMORY_AT = 8,
	SIZE_AT = 16,
	OFFSET_AT = 20,
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

/* Where "PE\0\0" stands; 0: it is no PE program. */
static uint64_t find_header(struct bytes in)
{
	uint64_t header;
	uint32_t magic;

	if (!has(in, 0, PE_OFFSET_AT + 4) || memcmp(in.data, "MZ", 2) != 0)
		return 0;
	header = number(in.data + PE_OFFSET_AT, 4);
	if (!has(in, header, COFF_SIZE + 2) || memcmp(in.data + header, "PE\0", 4) != 0)
		return 0;
	magic = number(in.data + header + COFF_SIZE, 2);
	return magic == OPTIONAL_32 || magic == OPTIONAL_64 ? header : 0;
}

/* Where the offset and the size of its signatures stand; 0: nowhere. */
static uint64_t find_directory(struct bytes in, uint64_t header)
{
	uint64_t directories;

	if (!header)
		return 0;
	directories = header + COFF_SIZE +
		(number(in.data + header + COFF_SIZE, 2) == OPTIONAL_64 ? 112 : 96);
	/* The count of directories stands right before them. */
	if (!has(in, directories - 4, 4 + 8 * (CERTIFICATES + 1)) ||
		number(in.data + directories - 4, 4) <= CERTIFICATES)
		return 0;
	return directories + 8 * CERTIFICATES;
}

static bool certificates(struct bytes *ret, struct bytes in)
{
	uint64_t directory = find_directory(in, find_header(in));
	uint32_t offset, size;

	if (!directory)
		return false;
	offset = number(in.data + directory, 4);
	size = number(in.data + directory + 4, 4);
	if (size <= CERTIFICATE_HEADER || !has(in, offset, size))
		return false;
	*ret = (struct bytes){in.data + offset, size};
	return true;
}

bool pe_is_signed(struct bytes in)
{
	struct bytes table;

	return certificates(&table, in);
}

/* WIN_CERTIFICATE: length, revision, type, then the message and zeros. */
bool pe_signature(struct bytes *ret, struct bytes in)
{
	enum { TYPE_AT = 6, PKCS_SIGNED_DATA = 2 };
	struct bytes table;
	uint32_t length;

	if (!certificates(&table, in))
		return false;
	length = number(table.data, 4);
	if (length <= CERTIFICATE_HEADER || length > table.size ||
		number(table.data + TYPE_AT, 2) != PKCS_SIGNED_DATA)
		return false;
	*ret = (struct bytes){table.data + CERTIFICATE_HEADER, length - CERTIFICATE_HEADER};
	return true;
}

/* A name of more than 8 bytes is "/N", an offset into the strings behind the symbols. */
static bool is_named(struct bytes in, uint64_t header, const uint8_t *entry, const char *name)
{
	enum { SHORT_NAME = 8, SYMBOLS_AT = 12, SYMBOL_COUNT_AT = 16, SYMBOL_SIZE = 18 };
	size_t size = strlen(name) + 1;
	uint64_t at = number(in.data + header + SYMBOLS_AT, 4) +
		      (uint64_t)SYMBOL_SIZE * number(in.data + header + SYMBOL_COUNT_AT, 4);
	uint64_t offset = 0;

	if (entry[0] != '/')
		return strncmp((const char *)entry, name, SHORT_NAME) == 0;
	for (size_t i = 1; i < SHORT_NAME && entry[i] >= '0' && entry[i] <= '9'; i++)
		offset = offset * 10 + entry[i] - '0';
	return has(in, at + offset, size) && memcmp(in.data + at + offset, name, size) == 0;
}

bool pe_section(struct bytes *ret, struct bytes in, const char *name)
{
	uint64_t header = find_header(in);
	uint32_t count = header ? number(in.data + header + COUNT_AT, 2) : 0;
	uint64_t at = header ? header + COFF_SIZE +
			number(in.data + header + OPTIONAL_SIZE_AT, 2) : 0;

	for (uint32_t i = 0; i < count && has(in, at, ENTRY); i++, at += ENTRY) {
		const uint8_t *entry = in.data + at;
		uint32_t memory = number(entry + MEMORY_AT, 4);
		uint32_t size = number(entry + SIZE_AT, 4);
		uint32_t offset = number(entry + OFFSET_AT, 4);

		if (!is_named(in, header, entry, name))
			continue;
		/* In the file it is padded. */
		size = memory && memory < size ? memory : size;
		if (!has(in, offset, size))
			return false;
		*ret = (struct bytes){in.data + offset, size};
		return true;
	}
	return false;
}

/* ---- digest ----------------------------------------------------------------------------- */

struct span {
	uint64_t offset, size;
};

static int by_offset(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	return (x->offset > y->offset) - (x->offset < y->offset);
}

/* What of the file its sections are, in their order there; -1: some lie outside. */
static int list_sections(struct span ret[PE_MAX_SECTIONS], struct bytes in, uint64_t header)
{
	uint32_t count = number(in.data + header + COUNT_AT, 2);
	uint64_t at = header + COFF_SIZE + number(in.data + header + OPTIONAL_SIZE_AT, 2);
	int n = 0;

	if (count > PE_MAX_SECTIONS || !has(in, at, (uint64_t)count * ENTRY))
		return -1;
	for (uint32_t i = 0; i < count; i++, at += ENTRY) {
		struct span s = {number(in.data + at + OFFSET_AT, 4),
			number(in.data + at + SIZE_AT, 4)};

		if (!has(in, s.offset, s.size))
			return -1;
		if (s.size)
			ret[n++] = s;
	}
	qsort(ret, (size_t)n, sizeof(*ret), by_offset);
	return n;
}

/* What comes behind all that was counted, but for the signatures at the end. */
static bool update_rest(struct digest *d, struct bytes in, uint64_t counted)
{
	struct bytes table = {0};
	uint64_t end = in.size;

	if (certificates(&table, in))
		end -= table.size;
	if (counted > end)
		return false;
	digest_update(d, in.data + counted, (size_t)(end - counted));
	return true;
}

int pe_digest(uint8_t ret[PE_DIGEST_SIZE], struct bytes in)
{
	_cleanup_(digest_free_p) struct digest *d = digest_new(DIGEST_SHA256);
	uint64_t header = find_header(in), directory = find_directory(in, header);
	uint64_t checksum = header + COFF_SIZE + CHECKSUM_AT, counted;
	struct span sections[PE_MAX_SECTIONS];
	uint8_t raw[DIGEST_MAX_SIZE];
	int n = directory ? list_sections(sections, in, header) : -1;

	if (!d)
		return -ENOMEM;
	if (n < 0)
		return 0;
	counted = number(in.data + header + COFF_SIZE + HEADERS_SIZE_AT, 4);
	if (counted < directory + 8 || counted > in.size)
		return 0;
	digest_update(d, in.data, (size_t)checksum);
	digest_update(d, in.data + checksum + 4, (size_t)(directory - checksum - 4));
	digest_update(d, in.data + directory + 8, (size_t)(counted - directory - 8));
	for (int i = 0; i < n; i++) {
		digest_update(d, in.data + sections[i].offset, (size_t)sections[i].size);
		counted += sections[i].size;
	}
	if (!update_rest(d, in, counted))
		return 0;
	digest_raw(d, raw);
	memcpy(ret, raw, PE_DIGEST_SIZE);
	return 1;
}
