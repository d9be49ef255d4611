/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EFI_SIGNATURE_LIST: kind (16 bytes), sizes of the list, of its own header, of each one. */
#include "formats/signature_list.h"

#include "superblock_fields.h"

enum { GUID = 16, HEAD = 28, LIST_SIZE_AT = 16, HEADER_SIZE_AT = 20, EACH_SIZE_AT = 24 };
enum { OWNER = 16, SHA256 = 32 }; /* before each signature stands whose it is */

/* As in memory: the first three groups of the GUID are little endian. */
static const uint8_t x509_guid[GUID] = {0xa1, 0x59, 0xc0, 0xa5, 0xe4, 0x94, 0xa7, 0x4a, 0x87,
	0xb5, 0xab, 0x15, 0x5c, 0x2b, 0xf0, 0x72};
static const uint8_t sha256_guid[GUID] = {0x26, 0x16, 0xc4, 0xc1, 0x4c, 0x50, 0x92, 0x40, 0xac,
	0xa9, 0x41, 0xf9, 0x36, 0x93, 0x43, 0x28};

static enum efi_signature_kind kind_of(const uint8_t *guid, size_t each)
{
	if (memcmp(guid, x509_guid, GUID) == 0)
		return EFI_SIGNATURE_X509;
	if (memcmp(guid, sha256_guid, GUID) == 0 && each == OWNER + SHA256)
		return EFI_SIGNATURE_SHA256;
	return EFI_SIGNATURE_OTHER;
}

static bool open_list(struct signature_walk *w)
{
	const uint8_t *head = w->rest.data;
	size_t size, own;

	if (w->rest.size < HEAD)
		return false;
	size = (size_t)field_le(head + LIST_SIZE_AT, 4);
	own = (size_t)field_le(head + HEADER_SIZE_AT, 4);
	w->each = (size_t)field_le(head + EACH_SIZE_AT, 4);
	if (size < HEAD || size > w->rest.size || own > size - HEAD || w->each <= OWNER)
		return false;
	w->kind = kind_of(head, w->each);
	w->current = (struct bytes){head + HEAD + own, size - HEAD - own};
	w->rest = (struct bytes){head + size, w->rest.size - size};
	w->lists++;
	return true;
}

bool signature_walk_next(struct efi_signature *ret, struct signature_walk *w)
{
	while (!w->each || w->current.size < w->each)
		if (!open_list(w)) {
			*w = (struct signature_walk){0};
			return false;
		}
	*ret = (struct efi_signature){w->kind,
		{w->current.data + OWNER, w->each - OWNER}, w->lists - 1};
	w->current.data += w->each;
	w->current.size -= w->each;
	return true;
}

int signature_list_certificates(struct kernel_keys *ret, struct bytes lists, size_t first,
				size_t end)
{
	struct signature_walk w = {.rest = lists};
	struct efi_signature s;
	struct kernel_key key;
	int r = 0;

	while (r == 0 && signature_walk_next(&s, &w))
		if (s.kind == EFI_SIGNATURE_X509 && s.list >= first && s.list < end &&
			certificate_parse(&key, &s.data))
			r = kernel_keys_add(ret, &key);
	return r;
}

bool signature_list_has_digest(struct bytes lists, struct bytes digest)
{
	struct signature_walk w = {.rest = lists};
	struct efi_signature s;

	while (digest.size == SHA256 && signature_walk_next(&s, &w))
		if (s.kind == EFI_SIGNATURE_SHA256 && memcmp(s.data.data, digest.data, SHA256) == 0)
			return true;
	return false;
}
