/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LUKS headers; integers are big-endian. */
#include "formats/luks.h"

#define START_SIZE 108	      /* as far as both versions are read */
#define VERSION_AT 6	      /* 16 bits */
#define LUKS2_SIZE_AT 8	      /* 64 bits: binary header and JSON */
#define LUKS2_JSON_AT 4096
#define LUKS1_PAYLOAD_AT 104  /* 32 bits: sectors */
#define SECTOR 512

static uint64_t read_number(const uint8_t *at, size_t size)
{
	uint64_t number = 0;

	for (size_t i = 0; i < size; i++)
		number = number << 8 | at[i];
	return number;
}

static unsigned version_of(struct bytes in)
{
	static const uint8_t magic[6] = {'L', 'U', 'K', 'S', 0xba, 0xbe};

	if (in.size < START_SIZE || memcmp(in.data, magic, sizeof(magic)) != 0)
		return 0;
	return (unsigned)read_number(in.data + VERSION_AT, 2);
}

uint64_t luks_header_size(struct bytes start)
{
	unsigned version = version_of(start);
	uint64_t size = 0;

	if (version == 1)
		size = read_number(start.data + LUKS1_PAYLOAD_AT, 4) * SECTOR;
	else if (version == 2)
		size = read_number(start.data + LUKS2_SIZE_AT, 8);
	return MIN_OF(size, (uint64_t)LUKS_MAX_HEADER);
}

static const uint8_t *skip_blanks(const uint8_t *at, const uint8_t *end)
{
	while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
		at++;
	return at;
}

/* "type" : "clevis", which libcryptsetup writes without blanks. */
static bool has_clevis_token(struct bytes json)
{
	static const char key[] = "\"type\"", value[] = "\"clevis\"";
	const uint8_t *at = json.data, *end = json.data + json.size;

	while ((at = memmem(at, (size_t)(end - at), key, sizeof(key) - 1))) {
		at = skip_blanks(at + sizeof(key) - 1, end);
		if (at == end || *at != ':')
			continue;
		at = skip_blanks(at + 1, end);
		if ((size_t)(end - at) >= sizeof(value) - 1 &&
			memcmp(at, value, sizeof(value) - 1) == 0)
			return true;
	}
	return false;
}

bool luks_is_bound_to_clevis(struct bytes header)
{
	static const char luksmeta[] = "LUKSMETA";
	uint64_t size = luks_header_size(header);

	header.size = (size_t)MIN_OF((uint64_t)header.size, size);
	if (version_of(header) == 2 && header.size > LUKS2_JSON_AT)
		return has_clevis_token((struct bytes){
			header.data + LUKS2_JSON_AT, header.size - LUKS2_JSON_AT});
	return version_of(header) == 1 &&
	       memmem(header.data, header.size, luksmeta, sizeof(luksmeta) - 1);
}
