/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a stream of bytes must come to: digests and signatures that run along with it. */
#ifndef RESCUE_PACKAGE_PROOFS_H
#define RESCUE_PACKAGE_PROOFS_H

#include "package.h"
#include "pipeline.h"

struct proof;
struct proofs {
	const struct package *package;
	const char *what; /* "payload": whose digest differs */
	struct proof *items;
	size_t count;
};

void proofs_done(struct proofs *p);
/* 0 or -ENOMEM. */
int proofs_add_digest(struct proofs *p, enum digest_algorithm algorithm, const char *hex);
/* Those of an array that the header has. */
int proofs_add_digests(struct proofs *p, const struct payload_digest *digests);
int proofs_add_seal(struct proofs *p, const struct package_seal *seal); /* or -EBADMSG */
void proofs_update(struct proofs *p, const void *data, size_t size);
int proofs_check(void *proofs, struct block *b, struct fault *f); /* a stage's work */

#endif
