/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Certificates that a kernel has built in (certs/system_certificates.S). */
#include "formats/module_signature.h"

#include "der.h"
#include "elf_sections.h"

#include <errno.h>

#define OID_EC_KEY "\x2a\x86\x48\xce\x3d\x02\x01"
#define OID_RSA "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"
#define OID_SUBJECT_KEY_ID "\x55\x1d\x0e"
#define OID_COMMON_NAME "\x55\x04\x03"
#define OID_ORGANIZATION "\x55\x04\x0a"
#define IS_OID(oid, text) der_is_oid(oid, text, sizeof(text) - 1)

/* SubjectPublicKeyInfo: a bit string that holds modulus and exponent, or a point. */
static void read_key(struct kernel_key *k, struct bytes info)
{
	struct bytes algorithm, oid, bits, pair, modulus, exponent;

	if (!der_take(&algorithm, &info, DER_SEQUENCE) ||
	    !der_take(&oid, &algorithm, DER_OID) ||
	    !der_take(&bits, &info, DER_BIT_STRING) || !bits.size || bits.data[0])
		return;
	bits = (struct bytes){bits.data + 1, bits.size - 1};
	if (IS_OID(oid, OID_EC_KEY))
		k->point = bits;
	if (!IS_OID(oid, OID_RSA) || !der_take(&pair, &bits, DER_SEQUENCE) ||
	    !der_take(&modulus, &pair, DER_INTEGER) ||
	    !der_take(&exponent, &pair, DER_INTEGER))
		return;
	k->modulus = der_number(modulus);
	k->exponent = der_number(exponent);
}

static void read_extensions(struct kernel_key *k, struct bytes list)
{
	struct bytes one, oid, value;

	while (der_take(&one, &list, DER_SEQUENCE)) {
		if (der_take(&oid, &one, DER_OID) && IS_OID(oid, OID_SUBJECT_KEY_ID) &&
		    der_take(&value, &one, DER_OCTET_STRING))
			der_take(&k->key_id, &value, DER_OCTET_STRING);
	}
}

/* version, serial, algorithm, issuer, validity, subject, key, extensions. */
static bool read_certificate(struct kernel_key *k, struct bytes in)
{
	struct bytes whole, body, skipped, key, wrapped, list;
	struct der issuer, subject;

	if (!der_take(&whole, &in, DER_SEQUENCE) ||
	    !der_take(&body, &whole, DER_SEQUENCE) ||
	    !der_take(&skipped, &body, DER_TAGGED_0) ||
	    !der_take(&k->serial, &body, DER_INTEGER) ||
	    !der_take(&skipped, &body, DER_SEQUENCE) || !der_next(&issuer, &body) ||
	    issuer.tag != DER_SEQUENCE || !der_take(&skipped, &body, DER_SEQUENCE) ||
	    !der_next(&subject, &body) || subject.tag != DER_SEQUENCE ||
	    !der_take(&key, &body, DER_SEQUENCE))
		return false;
	k->issuer = issuer.whole;
	k->subject = subject.whole;
	read_key(k, key);
	if (der_take(&wrapped, &body, DER_TAGGED_0 + 3) &&
	    der_take(&list, &wrapped, DER_SEQUENCE))
		read_extensions(k, list);
	return true;
}

bool certificate_parse(struct kernel_key *ret, struct bytes *in)
{
	struct der whole;

	*ret = (struct kernel_key){0};
	return der_next(&whole, in) && read_certificate(ret, whole.whole);
}

/* Name: a sequence of sets of pairs, OID and text. */
static struct bytes name_part(struct bytes name, const char *oid, size_t size)
{
	struct bytes list, set, pair, id;
	struct der text;

	if (!der_take(&list, &name, DER_SEQUENCE))
		return (struct bytes){0};
	while (der_take(&set, &list, DER_SET))
		while (der_take(&pair, &set, DER_SEQUENCE))
			if (der_take(&id, &pair, DER_OID) && der_is_oid(id, oid, size) &&
			    der_next(&text, &pair))
				return text.content;
	return (struct bytes){0};
}

char *certificate_name(struct bytes distinguished_name)
{
	struct bytes text = name_part(distinguished_name, OID_COMMON_NAME,
				      sizeof(OID_COMMON_NAME) - 1);

	if (!text.size)
		text = name_part(distinguished_name, OID_ORGANIZATION,
				 sizeof(OID_ORGANIZATION) - 1);
	return text.size ? strndup((const char *)text.data, text.size) : strdup("somebody");
}

/* The list has no head of its own: certificates begin where a version 3 stands so deep. */
static int find_in(struct kernel_keys *keys, struct bytes in)
{
	static const char version_3[] = "\xa0\x03\x02\x01\x02\x02";
	enum { TWO_HEADS = 8 }; /* of sequences whose lengths take two bytes */
	const uint8_t *end = in.data + in.size, *at = in.data;
	int r = 0;

	while (r == 0 && (at = memmem(at, (size_t)(end - at), version_3,
				      sizeof(version_3) - 1))) {
		struct kernel_key key = {0};
		const uint8_t *from = at - TWO_HEADS;

		if (at - in.data >= TWO_HEADS &&
		    read_certificate(&key, (struct bytes){from, (size_t)(end - from)}))
			r = kernel_keys_add(keys, &key);
		at++;
	}
	return r;
}

int kernel_keys_find(struct kernel_keys *ret, struct bytes vmlinux)
{
	struct elf_section section;
	const char *why;
	struct elf elf;
	int r = 0;

	if (elf_open(&elf, vmlinux, NULL, &why) < 0)
		return 0;
	for (size_t i = 1; r == 0 && i < elf.count; i++)
		if (elf_section_at(&section, &elf, i, &why) >= 0 &&
		    text_starts(section.name, ".init") && section.content.size)
			r = find_in(ret, section.content);
	return r;
}

/* ---- kept ------------------------------------------------------------------------------- */

void kernel_keys_done(struct kernel_keys *keys)
{
	for (size_t i = 0; i < keys->count; i++)
		free((void *)(uintptr_t)keys->items[i].issuer.data);
	free(keys->items);
	*keys = (struct kernel_keys){0};
}

int kernel_keys_add(struct kernel_keys *keys, const struct kernel_key *key)
{
	struct kernel_key own = *key;
	struct bytes *const spans[] = {&own.issuer, &own.serial, &own.key_id, &own.subject,
		&own.modulus, &own.exponent, &own.point};
	size_t size = 0;
	uint8_t *bytes;

	if (VECTOR_GROW(keys) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < ARRAY_SIZE(spans); i++)
		size += spans[i]->size;
	bytes = malloc(size + 1);
	if (!bytes)
		return -ENOMEM;
	for (size_t i = 0, at = 0; i < ARRAY_SIZE(spans); at += spans[i++]->size) {
		if (spans[i]->size)
			memcpy(bytes + at, spans[i]->data, spans[i]->size);
		spans[i]->data = bytes + at;
	}
	keys->items[keys->count++] = own;
	return 0;
}

int kernel_keys_copy(struct kernel_keys *ret, const struct kernel_keys *from)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < from->count; i++)
		r = kernel_keys_add(ret, &from->items[i]);
	return r;
}

/* ---- asked ------------------------------------------------------------------------------ */

static bool equal(struct bytes a, struct bytes b)
{
	return a.size == b.size && a.size && !memcmp(a.data, b.data, a.size);
}

bool kernel_key_made(const struct kernel_key *k, const struct module_signature *s)
{
	return s->key_id.size ? equal(k->key_id, s->key_id)
			      : equal(k->serial, s->serial) && equal(k->issuer, s->issuer);
}

bool ecdsa_numbers(struct bytes value, struct bytes *r, struct bytes *s)
{
	struct bytes pair;

	if (!der_take(&pair, &value, DER_SEQUENCE) || !der_take(r, &pair, DER_INTEGER) ||
	    !der_take(s, &pair, DER_INTEGER))
		return false;
	*r = der_number(*r);
	*s = der_number(*s);
	return true;
}
