/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Digests and seals over the same bytes, compared at their end. */
#include "proofs.h"

#include "package_room.h"

#include <errno.h>
#include <strings.h>

struct proof {
	struct digest *digest;
	const char *expected; /* NULL: of a seal */
	struct openpgp_signature signature;
	struct openpgp_key key;
};

void proofs_done(struct proofs *p)
{
	for (size_t i = 0; i < p->count; i++)
		digest_free(p->items[i].digest);
	free(p->items);
	memset(p, 0, sizeof(*p));
}

static int add(struct proofs *p, const struct proof *take_proof)
{
	struct proof *grown;

	if (!take_proof->digest)
		return -ENOMEM;
	grown = reallocarray(p->items, p->count + 1, sizeof(*grown));
	if (!grown) {
		digest_free(take_proof->digest);
		return -ENOMEM;
	}
	p->items = grown;
	p->items[p->count++] = *take_proof;
	return 0;
}

int proofs_add_digest(struct proofs *p, enum digest_algorithm algorithm, const char *hex)
{
	return add(p, &(struct proof){.digest = digest_new(algorithm), .expected = hex});
}

int proofs_add_digests(struct proofs *p, const struct payload_digest *digests)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < PACKAGE_PAYLOAD_DIGESTS; i++) {
		if (digests[i].hex)
			r = proofs_add_digest(p, digests[i].algorithm, digests[i].hex);
	}
	return r;
}

int proofs_add_seal(struct proofs *p, const struct package_seal *seal)
{
	struct proof proof = {0};
	int r = openpgp_signature_parse(&proof.signature, buffer_bytes(&seal->signature));

	if (r == 0)
		r = openpgp_key_parse(&proof.key, buffer_bytes(&seal->key));
	if (r < 0)
		return r;
	proof.digest = signature_begin(&proof.signature);
	return add(p, &proof);
}

void proofs_update(struct proofs *p, const void *data, size_t size)
{
	for (size_t i = 0; i < p->count; i++)
		digest_update(p->items[i].digest, data, size);
}

static int compare(const struct proofs *p, struct proof *proof, struct fault *f)
{
	char actual[DIGEST_HEX_SIZE];

	if (!proof->expected) {
		if (signature_end(&proof->signature, &proof->key, proof->digest))
			return 0;
		fault_named(f, FAULT_BAD_SIGNATURE, p->package->path, "use package",
			    "the signature over header and payload of %s is bad",
			    p->package->nevra);
		return -EINVAL;
	}
	digest_hex(proof->digest, actual);
	if (!strcasecmp(actual, proof->expected))
		return 0;
	return package_bad_digest(f, p->package, "the digest of its %s differs", p->what);
}

int proofs_check(void *data, struct block *b, struct fault *f)
{
	struct proofs *p = data;
	int r = 0;

	if (b)
		proofs_update(p, b->data, b->size);
	for (size_t i = 0; !b && r == 0 && i < p->count; i++)
		r = compare(p, &p->items[i], f);
	return r;
}
