/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * OpenPGP bytes as structs (RFC 4880, RFC 6637, RFC 9580): armor, packets, public keys,
 * signatures. Nothing is verified here. Answers: 0, -EBADMSG (damaged, or beyond a limit),
 * -ENOTSUP (whole, but of a version or algorithm that is unknown here), -ENOMEM.
 */
#ifndef RESCUE_FORMATS_OPENPGP_H
#define RESCUE_FORMATS_OPENPGP_H

#include "digest.h"

#define OPENPGP_MAX_KEYS_SIZE (4u * 1024 * 1024) /* of one file of keys */
#define OPENPGP_MAX_SIGNATURE_SIZE (64u * 1024)
#define OPENPGP_MAX_PACKETS 8192u     /* of one file of keys */
#define OPENPGP_MAX_NUMBER_SIZE 2048u /* 16,384 bits */
#define OPENPGP_KEY_ID_SIZE 8
#define OPENPGP_MAX_FINGERPRINT_SIZE 32

enum openpgp_tag {
	OPENPGP_SIGNATURE = 2,
	OPENPGP_KEY = 6,
	OPENPGP_USER_ID = 13,
	OPENPGP_SUBKEY = 14,
	OPENPGP_USER_ATTRIBUTE = 17
};

enum openpgp_algorithm {
	OPENPGP_RSA = 1,
	OPENPGP_RSA_SIGN_ONLY = 3,
	OPENPGP_DSA = 17,
	OPENPGP_ECDSA = 19,
	OPENPGP_EDDSA = 22,  /* Ed25519 as gpg 2.1 to 2.4 write it */
	OPENPGP_ED25519 = 27 /* as RFC 9580 has it */
};

enum openpgp_curve {
	OPENPGP_NO_CURVE,
	OPENPGP_P256,
	OPENPGP_P384,
	OPENPGP_P521,
	OPENPGP_CURVE_ED25519
};

enum openpgp_signature_type {
	OPENPGP_OF_BINARY = 0x00,
	OPENPGP_CERTIFICATION = 0x10, /* to 0x13 */
	OPENPGP_CERTIFICATION_LAST = 0x13,
	OPENPGP_SUBKEY_BINDING = 0x18,
	OPENPGP_PRIMARY_KEY_BINDING = 0x19, /* a signing subkey agrees to its primary key */
	OPENPGP_DIRECT_KEY = 0x1f,
	OPENPGP_KEY_REVOCATION = 0x20,
	OPENPGP_SUBKEY_REVOCATION = 0x28
};

#define OPENPGP_MAY_SIGN 0x02 /* key flags: signs data */

struct openpgp_packet {
	unsigned tag;
	struct bytes body;
};

/* Everything borrows the bytes it was parsed from. */
struct openpgp_key {
	struct bytes body; /* of its packet: what fingerprints and signatures digest */
	unsigned version;  /* 4 or 6 */
	uint32_t created;
	enum openpgp_algorithm algorithm;
	enum openpgp_curve curve;
	/* Big endian. RSA: n e. DSA: p q g y. ECDSA: 04 x y. Ed25519: 32 bytes. */
	struct bytes numbers[4];
	uint8_t fingerprint[OPENPGP_MAX_FINGERPRINT_SIZE];
	size_t fingerprint_size;	 /* 20 or 32 */
	uint8_t id[OPENPGP_KEY_ID_SIZE]; /* part of the fingerprint */
};

struct openpgp_signature {
	unsigned version; /* 3, 4 or 6 */
	unsigned type;
	enum openpgp_algorithm algorithm;
	int hash; /* as enum digest_algorithm numbers them; may be unknown */
	uint32_t created;
	uint32_t lifetime;     /* of the signature, in seconds; 0: for ever */
	uint32_t key_lifetime; /* seconds, of self signatures; 0: for ever */
	int key_flags;	       /* -1: not said */
	bool has_issuer;
	uint8_t issuer[OPENPGP_KEY_ID_SIZE];
	bool has_unknown_critical; /* says something that must be understood, and is not */
	struct bytes embedded;	   /* a signature packet's body, or empty */
	struct bytes salt;	   /* version 6: digested before the data */
	struct bytes hashed;	   /* digested behind the data, then the trailer */
	uint8_t trailer[6];
	size_t trailer_size;
	struct bytes numbers[2]; /* RSA: s. DSA, ECDSA: r s. Ed25519: r s, or 64 bytes */
};

/* The next packet, taken off in. 1; 0: the end; partial lengths are -EBADMSG. */
int openpgp_next(struct bytes *in, struct openpgp_packet *ret);
int openpgp_key_parse(struct openpgp_key *ret, struct bytes body);
int openpgp_signature_parse(struct openpgp_signature *ret, struct bytes body);
/* What stands before a key's body where it is digested: at most 5 bytes, ret_size of them. */
void openpgp_key_prefix(const struct openpgp_key *k, uint8_t ret[5], size_t *ret_size);

/*
 * The next armored block of public keys in a text as bytes, and the text behind it in rest.
 * 1; 0: there is none.
 */
int openpgp_dearmor(struct buffer *ret, struct bytes in, struct bytes *ret_rest);
/* Base64; white space is skipped, padding ends it. */
int base64_decode(struct buffer *ret, struct bytes in);

#endif
