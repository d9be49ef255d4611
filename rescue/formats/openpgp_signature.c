/* SPDX-License-Identifier: GPL-2.0-or-later */
/* OpenPGP signature packets, versions 3, 4 and 6, with the subpackets that bear on trust. */
#include "openpgp_numbers.h"

#include <errno.h>

enum subpacket {
	SUBPACKET_CREATED = 2,
	SUBPACKET_LIFETIME = 3,
	SUBPACKET_KEY_LIFETIME = 9,
	SUBPACKET_ISSUER = 16,
	SUBPACKET_KEY_FLAGS = 27,
	SUBPACKET_EMBEDDED = 32,
	SUBPACKET_ISSUER_FINGERPRINT = 33
};

/* Subpackets that may be critical: these, and those that say nothing about validity. */
static bool is_understood(unsigned type)
{
	static const uint8_t understood[] = {
		SUBPACKET_CREATED, SUBPACKET_LIFETIME, 4, 5, 7, SUBPACKET_KEY_LIFETIME, 11, 12,
		SUBPACKET_ISSUER,
		21, 22, 23, 24, 25, 26, SUBPACKET_KEY_FLAGS, 28, 29, 30, SUBPACKET_EMBEDDED,
		SUBPACKET_ISSUER_FINGERPRINT, 34, 35, 39};

	return memchr(understood, (int)type, sizeof(understood));
}

/* Version 4 ids end the fingerprint, version 6 ids begin it. */
static int take_fingerprint(struct openpgp_signature *s, struct bytes in)
{
	uint32_t version;
	int r = take_number(&in, 1, &version);

	if (r < 0 || in.size != (version == 6 ? 32u : 20u))
		return -EBADMSG;
	memcpy(s->issuer, in.data + (version == 6 ? 0 : in.size - sizeof(s->issuer)),
	       sizeof(s->issuer));
	s->has_issuer = true;
	return 0;
}

static int take_issuer(struct openpgp_signature *s, struct bytes in)
{
	if (in.size != sizeof(s->issuer))
		return -EBADMSG;
	memcpy(s->issuer, in.data, in.size);
	s->has_issuer = true;
	return 0;
}

/* What both areas may hold: hints of who signed, and a signature that proves itself. */
static int take_hint(struct openpgp_signature *s, unsigned type, struct bytes in)
{
	switch (type) {
	case SUBPACKET_ISSUER:
		return take_issuer(s, in);
	case SUBPACKET_ISSUER_FINGERPRINT:
		return take_fingerprint(s, in);
	case SUBPACKET_EMBEDDED:
		s->embedded = in;
		return 0;
	default:
		return 0;
	}
}

static int take_statement(struct openpgp_signature *s, unsigned type, struct bytes in)
{
	switch (type) {
	case SUBPACKET_CREATED:
		return take_number(&in, 4, &s->created);
	case SUBPACKET_LIFETIME:
		return take_number(&in, 4, &s->lifetime);
	case SUBPACKET_KEY_LIFETIME:
		return take_number(&in, 4, &s->key_lifetime);
	case SUBPACKET_KEY_FLAGS:
		s->key_flags = in.size ? *in.data : 0;
		return 0;
	default:
		return take_hint(s, type, in);
	}
}

typedef int take_subpacket(struct openpgp_signature *s, unsigned type, struct bytes in);

static int take_subpackets(struct openpgp_signature *s, struct bytes in,
			   take_subpacket *take)
{
	while (in.size) {
		struct bytes body;
		uint32_t length, type;
		int r = take_length(&in, LENGTH_OF_SUBPACKET, &length);

		if (r == 0)
			r = take_bytes(&in, length, &body);
		if (r == 0)
			r = take_number(&body, 1, &type);
		if (r == 0)
			r = take(s, type & 0x7f, body);
		if (r < 0)
			return r;
		if (type & 0x80 && take == take_statement && !is_understood(type & 0x7f))
			s->has_unknown_critical = true;
	}
	return 0;
}

/* Two digits of the digest follow, which spare a wrong key's arithmetic: not used here. */
static int take_tail(struct openpgp_signature *s, struct bytes in)
{
	uint32_t first_digits, salt = 0;
	int r = take_number(&in, 2, &first_digits);

	if (r == 0 && s->version == 6) {
		r = take_number(&in, 1, &salt);
		if (r == 0)
			r = take_bytes(&in, salt, &s->salt);
	}
	if (r == 0)
		r = take_signature_numbers(&in, s);
	return r == 0 && in.size ? -EBADMSG : r;
}

/* Version 3: type and time alone are digested behind the data. */
static int parse_old(struct openpgp_signature *s, struct bytes in)
{
	struct bytes issuer = {0};
	uint32_t size, type = 0, algorithm = 0, hash = 0;
	int r = take_number(&in, 1, &size);

	if (r < 0 || size != 5 || in.size < size)
		return -EBADMSG;
	s->hashed = (struct bytes){in.data, size};
	r = take_number(&in, 1, &type);
	if (r == 0)
		r = take_number(&in, 4, &s->created);
	if (r == 0)
		r = take_bytes(&in, OPENPGP_KEY_ID_SIZE, &issuer);
	if (r == 0)
		r = take_issuer(s, issuer);
	if (r == 0)
		r = take_number(&in, 1, &algorithm);
	if (r == 0)
		r = take_number(&in, 1, &hash);
	s->type = type;
	s->algorithm = (enum openpgp_algorithm)algorithm;
	s->hash = (int)hash;
	return r < 0 ? r : take_tail(s, in);
}

static void make_trailer(struct openpgp_signature *s)
{
	uint32_t size = (uint32_t)s->hashed.size;

	s->trailer[0] = (uint8_t)s->version;
	s->trailer[1] = 0xff;
	for (unsigned i = 0; i < 4; i++)
		s->trailer[2 + i] = (uint8_t)(size >> (24 - 8 * i));
	s->trailer_size = 6;
}

/* whole: from the version on. */
static int parse_new(struct openpgp_signature *s, struct bytes whole, struct bytes in)
{
	unsigned width = s->version == 6 ? 4 : 2;
	struct bytes hashed = {0}, unhashed = {0};
	uint32_t type = 0, algorithm = 0, hash = 0, size = 0;
	int r = take_number(&in, 1, &type);

	if (r == 0)
		r = take_number(&in, 1, &algorithm);
	if (r == 0)
		r = take_number(&in, 1, &hash);
	if (r == 0)
		r = take_number(&in, width, &size);
	if (r == 0)
		r = take_bytes(&in, size, &hashed);
	s->hashed = (struct bytes){whole.data, whole.size - in.size};
	if (r == 0)
		r = take_number(&in, width, &size);
	if (r == 0)
		r = take_bytes(&in, size, &unhashed);
	s->type = type;
	s->algorithm = (enum openpgp_algorithm)algorithm;
	s->hash = (int)hash;
	make_trailer(s);
	/* The hashed area last: what it says of the issuer outweighs a hint. */
	if (r == 0)
		r = take_subpackets(s, unhashed, take_hint);
	if (r == 0)
		r = take_subpackets(s, hashed, take_statement);
	return r < 0 ? r : take_tail(s, in);
}

int openpgp_signature_parse(struct openpgp_signature *ret, struct bytes body)
{
	struct openpgp_signature s = {.key_flags = -1};
	struct bytes in = body;
	uint32_t version;
	int r = take_number(&in, 1, &version);

	if (r < 0 || body.size > OPENPGP_MAX_SIGNATURE_SIZE)
		return -EBADMSG;
	s.version = version;
	if (version == 4 || version == 6)
		r = parse_new(&s, body, in);
	else
		r = version == 3 ? parse_old(&s, in) : -ENOTSUP;
	if (r == 0)
		*ret = s;
	return r;
}
