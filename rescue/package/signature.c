/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The arithmetic: was this digest signed by that key? Every size is checked before. */
#include "trust.h"

#include "public_key.h"

#include <errno.h>
#include <nettle/bignum.h>
#include <nettle/dsa.h>
#include <nettle/eddsa.h>

/* Smaller ones can be broken; larger ones only cost time. Bytes. */
enum { DSA_P_MIN = 128, DSA_P_MAX = 512, DSA_Q_MIN = 20,
       DSA_Q_MAX = 64, ED25519_NUMBER = 32 };

static void number_init(mpz_t ret, struct bytes in)
{
	nettle_mpz_init_set_str_256_u(ret, in.size, in.data);
}

static bool is_odd(struct bytes in)
{
	return in.size && in.data[in.size - 1] & 1;
}

static bool verify_rsa(const struct openpgp_key *k, const struct openpgp_signature *s,
		       struct bytes digest)
{
	return rsa_signed(k->numbers[0], k->numbers[1], (enum digest_algorithm)s->hash, digest,
			  s->numbers[0]);
}

/* ---- DSA, ECDSA ------------------------------------------------------------------------ */

static void pair_init(struct dsa_signature *ret, const struct openpgp_signature *s)
{
	number_init(ret->r, s->numbers[0]);
	number_init(ret->s, s->numbers[1]);
}

static bool verify_dsa(const struct openpgp_key *k, const struct openpgp_signature *s,
		       struct bytes digest)
{
	struct bytes p = k->numbers[0], q = k->numbers[1];
	struct dsa_signature signature;
	struct dsa_params params;
	mpz_t y;
	bool good;

	if (!is_odd(p) || !is_odd(q) || p.size < DSA_P_MIN || p.size > DSA_P_MAX ||
	    q.size < DSA_Q_MIN || q.size > DSA_Q_MAX || digest.size < q.size ||
	    k->numbers[2].size > p.size || k->numbers[3].size > p.size ||
	    s->numbers[0].size > q.size || s->numbers[1].size > q.size)
		return false;
	dsa_params_init(&params);
	nettle_mpz_set_str_256_u(params.p, p.size, p.data);
	nettle_mpz_set_str_256_u(params.q, q.size, q.data);
	nettle_mpz_set_str_256_u(params.g, k->numbers[2].size, k->numbers[2].data);
	number_init(y, k->numbers[3]);
	pair_init(&signature, s);
	good = dsa_verify(&params, y, digest.size, digest.data, &signature);
	dsa_signature_clear(&signature);
	mpz_clear(y);
	dsa_params_clear(&params);
	return good;
}

/* Bytes of a coordinate; 0: another curve. */
static size_t size_of_curve(const struct openpgp_key *k)
{
	switch (k->curve) {
	case OPENPGP_P256:
		return 32;
	case OPENPGP_P384:
		return 48;
	case OPENPGP_P521:
		return 66;
	default:
		return 0;
	}
}

/* The point is 04, x, y; ecc_point_set sees whether it lies on the curve. */
static bool verify_ecdsa(const struct openpgp_key *k, const struct openpgp_signature *s,
			 struct bytes digest)
{
	struct bytes point = k->numbers[0];
	size_t size = size_of_curve(k);

	return size && point.size == 1 + 2 * size &&
	       ecdsa_signed(point, digest, s->numbers[0], s->numbers[1]);
}

/* ---- Ed25519 ---------------------------------------------------------------------------- */

/* As numbers, R and S have lost their leading zeros. */
static bool verify_ed25519(const struct openpgp_key *k, const struct openpgp_signature *s,
			   struct bytes digest)
{
	uint8_t signature[2 * ED25519_NUMBER] = {0};

	if (k->numbers[0].size != ED25519_NUMBER)
		return false;
	if (s->algorithm == OPENPGP_ED25519) {
		if (s->numbers[0].size != sizeof(signature))
			return false;
		memcpy(signature, s->numbers[0].data, sizeof(signature));
	} else {
		for (unsigned i = 0; i < 2; i++) {
			struct bytes number = s->numbers[i];

			if (number.size > ED25519_NUMBER)
				return false;
			if (number.size)
				memcpy(signature + (i + 1) * ED25519_NUMBER - number.size,
				       number.data, number.size);
		}
	}
	return ed25519_sha512_verify(k->numbers[0].data, digest.size, digest.data, signature);
}

/* ---- any ---------------------------------------------------------------------------------- */

/* RSA and "RSA, sign only" are one algorithm under two numbers. */
static bool is_of_key(const struct openpgp_key *k, const struct openpgp_signature *s)
{
	if (s->algorithm == OPENPGP_RSA || s->algorithm == OPENPGP_RSA_SIGN_ONLY)
		return k->algorithm == OPENPGP_RSA || k->algorithm == OPENPGP_RSA_SIGN_ONLY;
	return s->algorithm == k->algorithm;
}

bool signature_verify(const struct openpgp_signature *s, const struct openpgp_key *k,
		      struct bytes digest)
{
	if (!is_of_key(k, s) || s->has_unknown_critical)
		return false;
	switch (k->algorithm) {
	case OPENPGP_RSA:
	case OPENPGP_RSA_SIGN_ONLY:
		return verify_rsa(k, s, digest);
	case OPENPGP_DSA:
		return verify_dsa(k, s, digest);
	case OPENPGP_ECDSA:
		return verify_ecdsa(k, s, digest);
	case OPENPGP_EDDSA:
	case OPENPGP_ED25519:
		return verify_ed25519(k, s, digest);
	default:
		return false;
	}
}

bool signature_is_supported(const struct openpgp_signature *s)
{
	return s->hash != DIGEST_MD5 && digest_is_known(s->hash);
}

struct digest *signature_begin(const struct openpgp_signature *s)
{
	struct digest *d = digest_new((enum digest_algorithm)s->hash);

	if (d)
		digest_update(d, s->salt.data, s->salt.size);
	return d;
}

bool signature_end(const struct openpgp_signature *s, const struct openpgp_key *k,
		   struct digest *d)
{
	uint8_t raw[DIGEST_MAX_SIZE];
	size_t size;

	digest_update(d, s->hashed.data, s->hashed.size);
	digest_update(d, s->trailer, s->trailer_size);
	size = digest_raw(d, raw);
	return signature_verify(s, k, (struct bytes){raw, size});
}

const char *signature_algorithm_name(const struct openpgp_signature *s)
{
	switch (s->algorithm) {
	case OPENPGP_RSA:
	case OPENPGP_RSA_SIGN_ONLY:
		return "RSA";
	case OPENPGP_DSA:
		return "DSA";
	case OPENPGP_ECDSA:
		return "ECDSA";
	case OPENPGP_EDDSA:
	case OPENPGP_ED25519:
		return "Ed25519";
	default:
		return "unknown";
	}
}

const char *signature_digest_name(const struct openpgp_signature *s)
{
	static const char *const names[] = {
		[DIGEST_MD5] = "MD5",	      [DIGEST_SHA1] = "SHA1",
		[DIGEST_SHA256] = "SHA256",   [DIGEST_SHA384] = "SHA384",
		[DIGEST_SHA512] = "SHA512",   [DIGEST_SHA224] = "SHA224",
		[DIGEST_SHA3_256] = "SHA3-256", [DIGEST_SHA3_512] = "SHA3-512",
	};
	bool known = s->hash > 0 && (size_t)s->hash < ARRAY_SIZE(names) && names[s->hash];

	return known ? names[s->hash] : "unknown";
}
