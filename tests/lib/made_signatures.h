/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EFI signature lists and shims, made here. */
#ifndef TESTS_MADE_SIGNATURES_H
#define TESTS_MADE_SIGNATURES_H

#include "base.h"

#define LIST_X509 "\xa1\x59\xc0\xa5\xe4\x94\xa7\x4a\x87\xb5\xab\x15\x5c\x2b\xf0\x72"
#define LIST_SHA256 "\x26\x16\xc4\xc1\x4c\x50\x92\x40\xac\xa9\x41\xf9\x36\x93\x43\x28"

static inline void made_number(uint8_t *at, uint64_t value, size_t size)
{
	for (size_t i = 0; i < size; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

/* One list of that kind with one signature; how long it is. */
static inline size_t made_list(uint8_t *at, const char *kind, struct bytes signature)
{
	enum { HEAD = 28, OWNER = 16 };

	memcpy(at, kind, 16);
	made_number(at + 16, HEAD + OWNER + signature.size, 4);
	made_number(at + 20, 0, 4);
	made_number(at + 24, OWNER + signature.size, 4);
	memset(at + HEAD, 0x0e, OWNER);
	memcpy(at + HEAD + OWNER, signature.data, signature.size);
	return HEAD + OWNER + signature.size;
}

/* A 64-bit EFI program whose one section holds that from MADE_CONTENT on; its size. */
enum { MADE_PE = 0x80, MADE_DIRECTORIES = MADE_PE + 24 + 112, MADE_ENTRIES = MADE_PE + 24 + 240,
       MADE_CONTENT = 512 };

static inline size_t made_program(uint8_t *pe, const char *section, struct bytes content)
{
	size_t length = strlen(section);

	memset(pe, 0, MADE_CONTENT);
	memcpy(pe, "MZ", 2);
	made_number(pe + 0x3c, MADE_PE, 4);
	memcpy(pe + MADE_PE, "PE", 2);
	made_number(pe + MADE_PE + 6, 1, 2); /* sections */
	made_number(pe + MADE_PE + 20, 240, 2);
	made_number(pe + MADE_PE + 24, 0x20b, 2);
	made_number(pe + MADE_PE + 24 + 60, MADE_CONTENT, 4); /* size of all headers */
	made_number(pe + MADE_DIRECTORIES - 4, 16, 4);
	memcpy(pe + MADE_ENTRIES, section, MIN_OF(length, (size_t)8));
	made_number(pe + MADE_ENTRIES + 8, content.size, 4);
	made_number(pe + MADE_ENTRIES + 16, content.size, 4);
	made_number(pe + MADE_ENTRIES + 20, MADE_CONTENT, 4);
	if (content.size)
		memcpy(pe + MADE_CONTENT, content.data, content.size);
	return MADE_CONTENT + content.size;
}

/* A shim that trusts these and refuses those; its size. */
static inline size_t made_shim(uint8_t *pe, struct bytes trusted, struct bytes forbidden)
{
	size_t size = made_program(pe, ".vendor_", (struct bytes){0});
	uint8_t *head = pe + size;

	memset(head, 0, 16);
	made_number(head, trusted.size, 4);
	made_number(head + 4, forbidden.size, 4);
	made_number(head + 8, 16, 4);
	made_number(head + 12, 16 + trusted.size, 4);
	if (trusted.size)
		memcpy(head + 16, trusted.data, trusted.size);
	if (forbidden.size)
		memcpy(head + 16 + trusted.size, forbidden.data, forbidden.size);
	size = 16 + trusted.size + forbidden.size;
	made_number(pe + MADE_ENTRIES + 8, size, 4);
	made_number(pe + MADE_ENTRIES + 16, size, 4);
	return MADE_CONTENT + size;
}

#endif
