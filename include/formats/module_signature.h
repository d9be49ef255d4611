/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is appended to a signed module (include/linux/module_signature.h): a PKCS#7 message
 * without the content (RFC 5652), twelve bytes, and a marker. And the keys that a kernel
 * has built in: X.509 certificates (RFC 5280) in its initial data.
 */
#ifndef RESCUE_FORMATS_MODULE_SIGNATURE_H
#define RESCUE_FORMATS_MODULE_SIGNATURE_H

#include "base.h"

enum module_signature_state {
	MODULE_UNSIGNED,
	MODULE_SIGNED_OTHERWISE, /* not with PKCS#7, or by a digest that is not known here */
	MODULE_SIGNATURE_DAMAGED,
	MODULE_SIGNED
};

/* Spans of the file. Either issuer and serial or key_id name the key. */
struct module_signature {
	enum module_signature_state state;
	struct bytes content; /* what was signed */
	struct bytes issuer, serial, key_id, value;
	struct bytes attributes, message_digest; /* signed attributes, empty as a rule */
	struct bytes signed_attributes;		 /* their element behind its tag */
	struct bytes certificates;		 /* that came with it; empty as a rule */
	int digest;	      /* enum digest_algorithm */
};

/* The key of one certificate; spans of the image, or of memory that issuer begins. */
struct kernel_key {
	struct bytes issuer, serial, key_id;
	struct bytes subject;
	struct bytes modulus, exponent; /* RSA; empty: no such key */
	struct bytes point;		/* on an elliptic curve; likewise */
};

/* Several, each with a copy of what it points to. */
struct kernel_keys {
	struct kernel_key *items;
	size_t count, capacity;
};
void kernel_keys_done(struct kernel_keys *keys);
int kernel_keys_add(struct kernel_keys *keys, const struct kernel_key *key);
int kernel_keys_copy(struct kernel_keys *ret, const struct kernel_keys *from);

/* The certificate at the beginning of in, which moves behind it. Spans of it. */
bool certificate_parse(struct kernel_key *ret, struct bytes *in);
/* The common name in a distinguished name, else its organization; NULL: no memory. */
char *certificate_name(struct bytes distinguished_name);
/* A PKCS#7 message of one signer, as EFI programs have it, too. */
bool pkcs7_parse(struct module_signature *ret, struct bytes message);

void module_signature_parse(struct module_signature *ret, struct bytes file);
/* The two numbers of an ECDSA signature. false: it is none. */
bool ecdsa_numbers(struct bytes value, struct bytes *r, struct bytes *s);
bool kernel_key_made(const struct kernel_key *k, const struct module_signature *s);
/* Every certificate in the initial data of an uncompressed vmlinux. 0 or -ENOMEM. */
int kernel_keys_find(struct kernel_keys *ret, struct bytes vmlinux);

#endif
