/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RSA signatures as RFC 8017 has them in 8.2 (PKCS#1 v1.5), of packages and of modules. */
#ifndef RESCUE_RSA_H
#define RESCUE_RSA_H

#include "digest.h"

/* Numbers are big-endian. false also for keys of a size that is not to be trusted. */
bool rsa_signed(struct bytes modulus, struct bytes exponent, enum digest_algorithm a,
		struct bytes digest, struct bytes signature);

#endif
