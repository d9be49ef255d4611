/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who signed a package: keys, their bindings, and the arithmetic of signatures. */
#ifndef RESCUE_PACKAGE_TRUST_H
#define RESCUE_PACKAGE_TRUST_H

#include "formats/openpgp.h"
#include "formats/rpm_header.h"
#include "package.h"

/* ---- signature.c ---- */

/* false: of an unknown digest, or of MD5, which anybody can forge. */
bool signature_is_supported(const struct openpgp_signature *s);
/* What is signed goes into the digest between these two. NULL: no memory. */
struct digest *signature_begin(const struct openpgp_signature *s);
bool signature_end(const struct openpgp_signature *s, const struct openpgp_key *k,
		   struct digest *d);
bool signature_verify(const struct openpgp_signature *s, const struct openpgp_key *k,
		      struct bytes digest);
const char *signature_algorithm_name(const struct openpgp_signature *s);
const char *signature_digest_name(const struct openpgp_signature *s);

/* ---- keys.c: public keys from files ---- */

/* A primary key with everything that follows it, or a subkey of it. */
struct known_key {
	struct openpgp_key key;
	struct bytes certificate; /* packets, the primary key first */
	bool is_subkey;
	/* What the certificate says of it, once it was asked. */
	bool is_heard;
	enum signature_problem problem;
	uint64_t expires; /* seconds since 1970; UINT64_MAX: never */
};

struct package_keys {
	struct buffer *files; /* what the keys borrow */
	size_t file_count, file_capacity;
	struct known_key *items;
	size_t count, capacity;
};

/*
 * Keys of the patient's etc/pki/rpm-gpg/ (NULL: none; a file there that holds no key is
 * passed over) and of named files on this machine (NULL: none; each must hold a key).
 */
int package_keys_read(struct package_keys *ret, const struct target *patient,
		      const struct strings *files, struct fault *f);
/* Keys of one file's text or bytes: how many there were, or -errno. */
int package_keys_add(struct package_keys *keys, struct bytes file);
void package_keys_done(struct package_keys *keys);

/* ---- certificate.c: what a key's own signatures say of it ---- */

/* May the key have made a signature of that time? -ENOMEM, or enum signature_problem. */
int known_key_judge(struct known_key *k, uint32_t signed_at);

/* ---- trust.c ---- */

/*
 * Judges every signature of a package's header. whole: the main header's bytes. What signs
 * the payload too is verified at once where nothing else vouches for the header, else by
 * package_stream.
 */
int package_take_trust(struct package *p, const struct rpm_header *signature,
		       struct bytes whole, int fd, struct package_keys *keys,
		       struct fault *f);

#endif
