/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The arithmetic: was this digest signed by that key? Every size is checked before. */
#include "public_key.h"

#include <nettle/bignum.h>
#include <nettle/dsa.h>
#include <nettle/ecc-curve.h>
#include <nettle/ecdsa.h>
#include <nettle/rsa.h>

/* Smaller ones can be broken; larger ones only cost time. Bytes. */
enum { RSA_MIN = 128, RSA_MAX = 2048, EXPONENT_MAX = 8 };

static bool is_odd(struct bytes in)
{
	return in.size && in.data[in.size - 1] & 1;
}

/* DER of DigestInfo up to the digest itself (RFC 8017, 9.2). Its size; 0: unknown. */
static size_t digest_info(uint8_t ret[19], enum digest_algorithm a)
{
	static const uint8_t sha1[] = {0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e,
				       0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14};
	static const uint8_t nist[] = {0x30, 0, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
				       0x65, 0x03, 0x04, 0x02, 0, 0x05, 0x00, 0x04, 0};
	static const uint8_t last_arc[] = {
		[DIGEST_SHA224] = 4, [DIGEST_SHA256] = 1, [DIGEST_SHA384] = 2,
		[DIGEST_SHA512] = 3, [DIGEST_SHA3_256] = 8, [DIGEST_SHA3_512] = 10};

	if (a == DIGEST_SHA1) {
		memcpy(ret, sha1, sizeof(sha1));
		return sizeof(sha1);
	}
	if ((size_t)a >= ARRAY_SIZE(last_arc) || !last_arc[a])
		return 0;
	memcpy(ret, nist, sizeof(nist));
	ret[1] = (uint8_t)(17 + digest_size(a));
	ret[14] = last_arc[a];
	ret[18] = (uint8_t)digest_size(a);
	return sizeof(nist);
}

bool rsa_signed(struct bytes modulus, struct bytes exponent, enum digest_algorithm a,
		struct bytes digest, struct bytes signature)
{
	uint8_t info[19 + DIGEST_MAX_SIZE];
	size_t size = digest_info(info, a);
	struct rsa_public_key key;
	mpz_t number;
	bool good;

	if (!size || modulus.size < RSA_MIN || modulus.size > RSA_MAX || !is_odd(modulus) ||
	    !is_odd(exponent) || exponent.size > EXPONENT_MAX ||
	    digest.size > DIGEST_MAX_SIZE || signature.size > modulus.size)
		return false;
	memcpy(info + size, digest.data, digest.size);
	rsa_public_key_init(&key);
	nettle_mpz_set_str_256_u(key.n, modulus.size, modulus.data);
	nettle_mpz_set_str_256_u(key.e, exponent.size, exponent.data);
	nettle_mpz_init_set_str_256_u(number, signature.size, signature.data);
	good = rsa_public_key_prepare(&key) &&
	       rsa_pkcs1_verify(&key, size + digest.size, info, number);
	mpz_clear(number);
	rsa_public_key_clear(&key);
	return good;
}

static const struct ecc_curve *curve_of(size_t coordinate)
{
	switch (coordinate) {
	case 32:
		return nettle_get_secp_256r1();
	case 48:
		return nettle_get_secp_384r1();
	case 66:
		return nettle_get_secp_521r1();
	default:
		return NULL;
	}
}

bool ecdsa_signed(struct bytes point, struct bytes digest, struct bytes r, struct bytes s)
{
	size_t size = point.size / 2;
	const struct ecc_curve *curve = curve_of(size);
	struct dsa_signature signature;
	struct ecc_point key;
	mpz_t x, y;
	bool good;

	if (!curve || point.size != 1 + 2 * size || point.data[0] != 4 || r.size > size ||
	    s.size > size)
		return false;
	nettle_mpz_init_set_str_256_u(x, size, point.data + 1);
	nettle_mpz_init_set_str_256_u(y, size, point.data + 1 + size);
	dsa_signature_init(&signature);
	nettle_mpz_set_str_256_u(signature.r, r.size, r.data);
	nettle_mpz_set_str_256_u(signature.s, s.size, s.data);
	ecc_point_init(&key, curve);
	good = ecc_point_set(&key, x, y) &&
	       ecdsa_verify(&key, digest.size, digest.data, &signature);
	ecc_point_clear(&key);
	dsa_signature_clear(&signature);
	mpz_clear(y);
	mpz_clear(x);
	return good;
}
