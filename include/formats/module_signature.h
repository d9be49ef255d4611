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
	int digest;	      /* enum digest_algorithm */
};

/* The key of one certificate; spans of the image. */
struct kernel_key {
	struct bytes issuer, serial, key_id;
	struct bytes modulus, exponent; /* empty: no RSA key */
};

void module_signature_parse(struct module_signature *ret, struct bytes file);
bool kernel_key_made(const struct kernel_key *k, const struct module_signature *s);
/* Every certificate in the initial data of an uncompressed vmlinux; 0, or what visit says. */
int kernel_keys_visit(struct bytes vmlinux,
		      int (*visit)(void *data, const struct kernel_key *k), void *data);

#endif
