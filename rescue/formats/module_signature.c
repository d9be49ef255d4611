/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The signature behind a module: its trailer and the one signer of its PKCS#7 message. */
#include "formats/module_signature.h"

#include "der.h"
#include "digest.h"

static const char marker[] = "~Module signature appended~\n";

/* struct module_signature: algorithm, hash, kind, two lengths, three zeros, be32 length. */
enum { TRAILER = 12, AT_KIND = 2, KIND_PKCS7 = 2, AT_LENGTH = 8 };

#define OID_SIGNED_DATA "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
#define OID_MESSAGE_DIGEST "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04"
#define OID_SHA1 "\x2b\x0e\x03\x02\x1a"
#define OID_NIST_DIGEST "\x60\x86\x48\x01\x65\x03\x04\x02" /* and one byte */
#define IS_OID(oid, text) der_is_oid(oid, text, sizeof(text) - 1)

static int digest_of_oid(struct bytes oid)
{
	static const int nist[] = {[1] = DIGEST_SHA256, [2] = DIGEST_SHA384,
		[3] = DIGEST_SHA512, [4] = DIGEST_SHA224, [8] = DIGEST_SHA3_256,
		[10] = DIGEST_SHA3_512};
	const size_t prefix = sizeof(OID_NIST_DIGEST) - 1;

	if (IS_OID(oid, OID_SHA1))
		return DIGEST_SHA1;
	if (oid.size != prefix + 1 || memcmp(oid.data, OID_NIST_DIGEST, prefix) ||
	    oid.data[prefix] >= ARRAY_SIZE(nist))
		return 0;
	return nist[oid.data[prefix]];
}

static bool read_signer_name(struct module_signature *s, struct bytes *signer)
{
	struct bytes name;
	struct der issuer;

	if (der_take(&s->key_id, signer, DER_KEY_ID))
		return true;
	if (!der_take(&name, signer, DER_SEQUENCE) || !der_next(&issuer, &name) ||
	    issuer.tag != DER_SEQUENCE)
		return false;
	s->issuer = issuer.whole;
	return der_take(&s->serial, &name, DER_INTEGER);
}

/* Where there are attributes, they are what was signed, and one is the content's digest. */
static void read_attributes(struct module_signature *s)
{
	struct bytes list = s->attributes, one, oid, values;

	while (der_take(&one, &list, DER_SEQUENCE)) {
		if (der_take(&oid, &one, DER_OID) && IS_OID(oid, OID_MESSAGE_DIGEST) &&
		    der_take(&values, &one, DER_SET))
			der_take(&s->message_digest, &values, DER_OCTET_STRING);
	}
}

/* SignerInfo: version, name, digest, attributes, algorithm, value. */
static bool read_signer(struct module_signature *s, struct bytes signer)
{
	struct bytes skipped, algorithm, oid, rest;

	if (!der_take(&skipped, &signer, DER_INTEGER) || !read_signer_name(s, &signer) ||
	    !der_take(&algorithm, &signer, DER_SEQUENCE) ||
	    !der_take(&oid, &algorithm, DER_OID))
		return false;
	s->digest = digest_of_oid(oid);
	rest = signer;
	if (der_take(&s->attributes, &signer, DER_TAGGED_0)) {
		s->signed_attributes = (struct bytes){rest.data + 1, rest.size - signer.size - 1};
		read_attributes(s);
	}
	return der_take(&skipped, &signer, DER_SEQUENCE) &&
	       der_take(&s->value, &signer, DER_OCTET_STRING);
}

/* SignedData: version, digests, content, certificates, revocations, signers. */
static bool read_message(struct module_signature *s, struct bytes in)
{
	struct bytes info, oid, wrapped, data, skipped, signers, signer;

	if (!der_take(&info, &in, DER_SEQUENCE) || !der_take(&oid, &info, DER_OID) ||
	    !IS_OID(oid, OID_SIGNED_DATA) || !der_take(&wrapped, &info, DER_TAGGED_0) ||
	    !der_take(&data, &wrapped, DER_SEQUENCE) ||
	    !der_take(&skipped, &data, DER_INTEGER) ||
	    !der_take(&skipped, &data, DER_SET) || !der_take(&skipped, &data, DER_SEQUENCE))
		return false;
	der_take(&s->certificates, &data, DER_TAGGED_0);
	der_take(&skipped, &data, DER_TAGGED_0 + 1);
	return der_take(&signers, &data, DER_SET) &&
	       der_take(&signer, &signers, DER_SEQUENCE) && read_signer(s, signer);
}

static enum module_signature_state read_trailer(struct module_signature *s,
						struct bytes file)
{
	static const uint8_t zero[3];
	const uint8_t *t;
	size_t length;

	if (file.size < TRAILER)
		return MODULE_SIGNATURE_DAMAGED;
	file.size -= TRAILER;
	t = file.data + file.size;
	length = (size_t)t[AT_LENGTH] << 24 | (size_t)t[AT_LENGTH + 1] << 16 |
		 (size_t)t[AT_LENGTH + 2] << 8 | t[AT_LENGTH + 3];
	if (length >= file.size)
		return MODULE_SIGNATURE_DAMAGED;
	s->content = (struct bytes){file.data, file.size - length};
	if (t[AT_KIND] != KIND_PKCS7)
		return MODULE_SIGNED_OTHERWISE;
	if (t[0] || t[1] || t[3] || t[4] || memcmp(t + 5, zero, sizeof(zero)) ||
	    !read_message(s, (struct bytes){file.data + s->content.size, length}))
		return MODULE_SIGNATURE_DAMAGED;
	return s->digest ? MODULE_SIGNED : MODULE_SIGNED_OTHERWISE;
}

bool pkcs7_parse(struct module_signature *ret, struct bytes message)
{
	*ret = (struct module_signature){.state = MODULE_SIGNATURE_DAMAGED};
	if (!read_message(ret, message))
		return false;
	ret->state = ret->digest ? MODULE_SIGNED : MODULE_SIGNED_OTHERWISE;
	return true;
}

void module_signature_parse(struct module_signature *ret, struct bytes file)
{
	const size_t size = sizeof(marker) - 1;

	*ret = (struct module_signature){.state = MODULE_UNSIGNED, .content = file};
	if (file.size < size || memcmp(file.data + file.size - size, marker, size))
		return;
	file.size -= size;
	ret->state = read_trailer(ret, file);
}
