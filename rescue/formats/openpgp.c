/* SPDX-License-Identifier: GPL-2.0-or-later */
/* OpenPGP packets: their framing, public keys, the numbers of both keys and signatures. */
#include "openpgp_numbers.h"

#include <errno.h>

/* ---- reading ------------------------------------------------------------------------ */

int take_bytes(struct bytes *in, size_t size, struct bytes *ret)
{
	if (size > in->size)
		return -EBADMSG;
	*ret = (struct bytes){in->data, size};
	in->data += size;
	in->size -= size;
	return 0;
}

int take_number(struct bytes *in, unsigned size, uint32_t *ret)
{
	struct bytes b;
	int r = take_bytes(in, size, &b);

	if (r < 0)
		return r;
	for (*ret = 0; b.size; b.data++, b.size--)
		*ret = *ret << 8 | *b.data;
	return 0;
}

static int take_mpi(struct bytes *in, struct bytes *ret)
{
	uint32_t bits;
	int r = take_number(in, 2, &bits);

	if (r == 0 && (bits + 7) / 8 > OPENPGP_MAX_NUMBER_SIZE)
		return -EBADMSG;
	if (r == 0)
		r = take_bytes(in, (bits + 7) / 8, ret);
	while (r == 0 && ret->size && !*ret->data) {
		ret->data++;
		ret->size--;
	}
	return r;
}

static int take_mpis(struct bytes *in, struct bytes *ret, unsigned count)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && i < count; i++)
		r = take_mpi(in, &ret[i]);
	return r;
}

/* ---- packets ------------------------------------------------------------------------ */

/* Old style: two bits tell how wide the length is; 3 would be "until the end". */
static int take_old_length(struct bytes *in, unsigned kind, uint32_t *ret)
{
	return kind > 2 ? -EBADMSG : take_number(in, 1u << kind, ret);
}

int take_length(struct bytes *in, enum length_style style, uint32_t *ret)
{
	uint32_t first, second = 0;
	uint32_t two_until = style == LENGTH_OF_SUBPACKET ? 255 : 224;
	int r = take_number(in, 1, &first);

	if (r < 0)
		return r;
	if (first == 255)
		return take_number(in, 4, ret);
	if (first >= two_until)
		return -EBADMSG; /* partial */
	if (first >= 192) {
		r = take_number(in, 1, &second);
		first = ((first - 192) << 8) + second + 192;
	}
	if (r == 0)
		*ret = first;
	return r;
}

int openpgp_next(struct bytes *in, struct openpgp_packet *ret)
{
	uint32_t head, length;
	struct bytes rest = *in;
	int r;

	if (!in->size)
		return 0;
	r = take_number(&rest, 1, &head);
	if (r < 0 || !(head & 0x80))
		return -EBADMSG;
	r = head & 0x40 ? take_length(&rest, LENGTH_OF_PACKET, &length)
			: take_old_length(&rest, head & 3, &length);
	if (r == 0)
		r = take_bytes(&rest, length, &ret->body);
	if (r < 0)
		return r;
	ret->tag = head & 0x40 ? head & 0x3f : head >> 2 & 0xf;
	*in = rest;
	return 1;
}

/* ---- keys --------------------------------------------------------------------------- */

static const struct {
	enum openpgp_curve curve;
	uint8_t size;
	uint8_t oid[9];
} curves[] = {
	{OPENPGP_P256, 8, {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07}},
	{OPENPGP_P384, 5, {0x2b, 0x81, 0x04, 0x00, 0x22}},
	{OPENPGP_P521, 5, {0x2b, 0x81, 0x04, 0x00, 0x23}},
	{OPENPGP_CURVE_ED25519, 9, {0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x0f, 0x01}},
};

static int take_curve(struct bytes *in, enum openpgp_curve *ret)
{
	struct bytes oid = {0};
	uint32_t size;
	int r = take_number(in, 1, &size);

	if (r == 0)
		r = take_bytes(in, size, &oid);
	if (r < 0)
		return r;
	for (size_t i = 0; i < ARRAY_SIZE(curves); i++) {
		if (oid.size != curves[i].size || memcmp(oid.data, curves[i].oid, oid.size))
			continue;
		*ret = curves[i].curve;
		return 0;
	}
	return -ENOTSUP;
}

/* 40 and the 32 bytes: a point as it is, not one of two coordinates. */
static int take_ed25519_point(struct bytes *in, struct bytes *ret)
{
	int r = take_mpi(in, ret);

	if (r < 0)
		return r;
	if (ret->size != 33 || *ret->data != 0x40)
		return -EBADMSG;
	ret->data++;
	ret->size--;
	return 0;
}

static int take_key_numbers(struct bytes *in, struct openpgp_key *k)
{
	int r;

	switch (k->algorithm) {
	case OPENPGP_RSA:
	case OPENPGP_RSA_SIGN_ONLY:
		return take_mpis(in, k->numbers, 2);
	case OPENPGP_DSA:
		return take_mpis(in, k->numbers, 4);
	case OPENPGP_ECDSA:
		r = take_curve(in, &k->curve);
		if (r == 0 && k->curve == OPENPGP_CURVE_ED25519)
			return -ENOTSUP;
		return r < 0 ? r : take_mpi(in, &k->numbers[0]);
	case OPENPGP_EDDSA:
		r = take_curve(in, &k->curve);
		if (r == 0 && k->curve != OPENPGP_CURVE_ED25519)
			return -ENOTSUP;
		return r < 0 ? r : take_ed25519_point(in, &k->numbers[0]);
	case OPENPGP_ED25519:
		k->curve = OPENPGP_CURVE_ED25519;
		return take_bytes(in, 32, &k->numbers[0]);
	default:
		return -ENOTSUP;
	}
}

void openpgp_key_prefix(const struct openpgp_key *k, uint8_t ret[5], size_t *ret_size)
{
	uint32_t size = (uint32_t)k->body.size;

	*ret_size = k->version == 6 ? 5 : 3;
	*ret++ = k->version == 6 ? 0x9b : 0x99;
	if (k->version == 6) {
		*ret++ = (uint8_t)(size >> 24);
		*ret++ = (uint8_t)(size >> 16);
	}
	*ret++ = (uint8_t)(size >> 8);
	*ret = (uint8_t)size;
}

static int name_key(struct openpgp_key *k)
{
	uint8_t prefix[5], raw[DIGEST_MAX_SIZE];
	size_t size;
	struct digest *d = digest_new(k->version == 6 ? DIGEST_SHA256 : DIGEST_SHA1);

	if (!d)
		return -ENOMEM;
	openpgp_key_prefix(k, prefix, &size);
	digest_update(d, prefix, size);
	digest_update(d, k->body.data, k->body.size);
	k->fingerprint_size = digest_raw(d, raw);
	digest_free(d);
	memcpy(k->fingerprint, raw, k->fingerprint_size);
	memcpy(k->id, raw + (k->version == 6 ? 0 : k->fingerprint_size - sizeof(k->id)),
	       sizeof(k->id));
	return 0;
}

/* Version 6 tells the size of the numbers, which must be all that follows. */
static int take_material_size(struct bytes *in, const struct openpgp_key *k)
{
	uint32_t size;
	int r = k->version == 6 ? take_number(in, 4, &size) : 0;

	return r == 0 && k->version == 6 && size != in->size ? -EBADMSG : r;
}

int openpgp_key_parse(struct openpgp_key *ret, struct bytes body)
{
	struct openpgp_key k = {.body = body};
	uint32_t version, algorithm = 0;
	int r = take_number(&body, 1, &version);

	if (r == 0 && version != 4 && version != 6)
		return -ENOTSUP; /* 2, 3: MD5 fingerprints */
	if (r == 0)
		r = take_number(&body, 4, &k.created);
	if (r == 0)
		r = take_number(&body, 1, &algorithm);
	if (r < 0 || k.body.size > UINT16_MAX)
		return -EBADMSG;
	k.version = version;
	k.algorithm = (enum openpgp_algorithm)algorithm;
	r = take_material_size(&body, &k);
	if (r == 0)
		r = take_key_numbers(&body, &k);
	if (r == 0 && body.size)
		return -EBADMSG;
	if (r == 0)
		r = name_key(&k);
	if (r == 0)
		*ret = k;
	return r;
}

/* ---- the numbers of signatures -------------------------------------------------------- */

int take_signature_numbers(struct bytes *in, struct openpgp_signature *s)
{
	switch (s->algorithm) {
	case OPENPGP_RSA:
	case OPENPGP_RSA_SIGN_ONLY:
		return take_mpis(in, s->numbers, 1);
	case OPENPGP_DSA:
	case OPENPGP_ECDSA:
	case OPENPGP_EDDSA:
		return take_mpis(in, s->numbers, 2);
	case OPENPGP_ED25519:
		return take_bytes(in, 64, &s->numbers[0]);
	default:
		return -ENOTSUP;
	}
}
