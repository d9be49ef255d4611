/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RSA (PKCS#1 v1.5, RFC 8017, 8.2) and ECDSA (FIPS 186), of packages and of modules. */
#ifndef RESCUE_PUBLIC_KEY_H
#define RESCUE_PUBLIC_KEY_H

#include "digest.h"

/* Numbers are big-endian. false also for keys of a size that is not to be trusted. */
bool rsa_signed(struct bytes modulus, struct bytes exponent, enum digest_algorithm a,
		struct bytes digest, struct bytes signature);
/* point: 4, x, y; the size tells the curve: P-256, P-384 or P-521. */
bool ecdsa_signed(struct bytes point, struct bytes digest, struct bytes r, struct bytes s);

#endif
