/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Message digests, numbered as rpm and OpenPGP number them (RFC 9580, 9.5). */
#ifndef RESCUE_DIGEST_H
#define RESCUE_DIGEST_H

#include "base.h"

enum digest_algorithm {
	DIGEST_MD5 = 1,
	DIGEST_SHA1 = 2,
	DIGEST_SHA256 = 8,
	DIGEST_SHA384 = 9,
	DIGEST_SHA512 = 10,
	DIGEST_SHA224 = 11,
	DIGEST_SHA3_256 = 12,
	DIGEST_SHA3_512 = 14
};
#define DIGEST_MAX_SIZE 64
#define DIGEST_HEX_SIZE (2 * DIGEST_MAX_SIZE + 1)

struct digest; /* a running computation */

bool digest_is_known(int algorithm);
size_t digest_size(enum digest_algorithm a); /* bytes */
struct digest *digest_new(enum digest_algorithm a); /* NULL: no memory or unknown */
void digest_free(struct digest *d);
void digest_free_p(struct digest **d);
void digest_update(struct digest *d, const void *data, size_t size);
/* The digest's bytes, and how many they are; starts the computation anew. */
size_t digest_raw(struct digest *d, uint8_t ret[DIGEST_MAX_SIZE]);
/* Lower-case hex; starts the computation anew. */
void digest_hex(struct digest *d, char ret[DIGEST_HEX_SIZE]);
void digest_of(enum digest_algorithm a, struct bytes in, char ret[DIGEST_HEX_SIZE]);
/* Of a whole file, whatever its offset. 0 or -errno. */
int digest_of_file(enum digest_algorithm a, int fd, char ret[DIGEST_HEX_SIZE]);
/* HMAC (RFC 2104) in lower-case hex; "" for an unknown algorithm or a key longer than its block. */
void hmac_of(enum digest_algorithm a, struct bytes key, struct bytes in,
	     char ret[DIGEST_HEX_SIZE]);
uint32_t crc32_of(struct bytes in, uint32_t before); /* zlib's polynomial; begin with 0 */

#endif
