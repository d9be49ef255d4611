/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Message digests (nettle) and CRC-32 (zlib). */
#include "digest.h"

#include <errno.h>
#include <unistd.h>

#include <nettle/md5.h>
#include <nettle/nettle-meta.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <nettle/sha3.h>
#include <zlib.h>

struct digest {
	const struct nettle_hash *hash;
	union {
		struct md5_ctx md5;
		struct sha1_ctx sha1;
		struct sha256_ctx sha256;
		struct sha512_ctx sha512;
		struct sha3_256_ctx sha3_256;
		struct sha3_512_ctx sha3_512;
	} context;
};

static const struct nettle_hash *hash_of(int algorithm)
{
	switch (algorithm) {
	case DIGEST_MD5:
		return &nettle_md5;
	case DIGEST_SHA1:
		return &nettle_sha1;
	case DIGEST_SHA224:
		return &nettle_sha224;
	case DIGEST_SHA256:
		return &nettle_sha256;
	case DIGEST_SHA384:
		return &nettle_sha384;
	case DIGEST_SHA512:
		return &nettle_sha512;
	case DIGEST_SHA3_256:
		return &nettle_sha3_256;
	case DIGEST_SHA3_512:
		return &nettle_sha3_512;
	default:
		return NULL;
	}
}

bool digest_is_known(int algorithm)
{
	return hash_of(algorithm);
}

size_t digest_size(enum digest_algorithm a)
{
	const struct nettle_hash *hash = hash_of((int)a);

	return hash ? hash->digest_size : 0;
}

static bool digest_begin(struct digest *d, enum digest_algorithm a)
{
	d->hash = hash_of((int)a);
	if (!d->hash)
		return false;
	d->hash->init(&d->context);
	return true;
}

struct digest *digest_new(enum digest_algorithm a)
{
	struct digest *d = malloc(sizeof(*d));

	if (d && !digest_begin(d, a)) {
		free(d);
		d = NULL;
	}
	return d;
}

void digest_free(struct digest *d)
{
	free(d);
}

void digest_free_p(struct digest **d)
{
	digest_free(*d);
	*d = NULL;
}

void digest_update(struct digest *d, const void *data, size_t size)
{
	if (size > 0)
		d->hash->update(&d->context, size, data);
}

size_t digest_raw(struct digest *d, uint8_t ret[DIGEST_MAX_SIZE])
{
	d->hash->digest(&d->context, d->hash->digest_size, ret);
	return d->hash->digest_size;
}

void digest_hex(struct digest *d, char ret[DIGEST_HEX_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t raw[DIGEST_MAX_SIZE];
	size_t size = digest_raw(d, raw);

	for (size_t i = 0; i < size; i++) {
		ret[2 * i] = digits[raw[i] >> 4];
		ret[2 * i + 1] = digits[raw[i] & 15];
	}
	ret[2 * size] = '\0';
}

void digest_of(enum digest_algorithm a, struct bytes in, char ret[DIGEST_HEX_SIZE])
{
	struct digest d;

	ret[0] = '\0'; /* what stays for an unknown algorithm: equal to no digest */
	if (!digest_begin(&d, a))
		return;
	digest_update(&d, in.data, in.size);
	digest_hex(&d, ret);
}

int digest_of_file(enum digest_algorithm a, int fd, char ret[DIGEST_HEX_SIZE])
{
	uint8_t block[65536];
	struct digest d;
	off_t at = 0;
	ssize_t n;

	if (!digest_begin(&d, a))
		return -EINVAL;
	while ((n = pread(fd, block, sizeof(block), at)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		digest_update(&d, block, (size_t)n);
		at += n;
	}
	digest_hex(&d, ret);
	return 0;
}

/* The key, filled up with zeros to a block, each byte changed by the mask. */
static void digest_key(struct digest *d, struct bytes key, uint8_t mask)
{
	for (size_t i = 0; i < d->hash->block_size; i++) {
		uint8_t byte = (uint8_t)((i < key.size ? key.data[i] : 0) ^ mask);

		digest_update(d, &byte, 1);
	}
}

void hmac_of(enum digest_algorithm a, struct bytes key, struct bytes in,
	     char ret[DIGEST_HEX_SIZE])
{
	uint8_t inner[DIGEST_MAX_SIZE];
	struct digest d;
	size_t size;

	ret[0] = '\0';
	if (!digest_begin(&d, a) || key.size > d.hash->block_size)
		return;
	digest_key(&d, key, 0x36);
	digest_update(&d, in.data, in.size);
	size = digest_raw(&d, inner); /* begins anew */
	digest_key(&d, key, 0x5c);
	digest_update(&d, inner, size);
	digest_hex(&d, ret);
}

uint32_t crc32_of(struct bytes in, uint32_t before)
{
	/* zlib answers its start value for NULL, whatever came before. */
	return in.size > 0 ? (uint32_t)crc32_z(before, in.data, in.size) : before;
}
