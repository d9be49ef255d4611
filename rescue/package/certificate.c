/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a certificate's own signatures say of its keys: that they belong together, what
 * they are for, until when, and whether they were taken back. A statement counts only
 * where its signature verifies; the newest one decides. A primary key that nothing of its
 * own speaks for, and a subkey without a binding in both directions, are nobody's.
 */
#include "trust.h"

#include <errno.h>

/* A hostile file of keys must not cost hours. */
enum { VERIFICATIONS_MAX = 256 };

/* What is said of one key. */
struct standing {
	bool bound, revoked;
	uint32_t said_at; /* when the newest binding was made */
	uint32_t lifetime;
	int flags;
	struct bytes embedded; /* the newest binding's */
};

struct walk {
	const struct known_key *wanted;
	struct openpgp_key primary;
	struct openpgp_packet subject; /* what the signatures at hand speak of */
	bool is_wanted;		       /* the subject is the wanted subkey */
	struct standing of_primary, of_subkey;
	unsigned verified;
};

/* ---- what is signed --------------------------------------------------------------------- */

static void digest_key(struct digest *d, const struct openpgp_key *k)
{
	uint8_t prefix[5];
	size_t size;

	openpgp_key_prefix(k, prefix, &size);
	digest_update(d, prefix, size);
	digest_update(d, k->body.data, k->body.size);
}

static void digest_user(struct digest *d, const struct openpgp_packet *user)
{
	uint32_t size = (uint32_t)user->body.size;
	uint8_t prefix[5] = {user->tag == OPENPGP_USER_ID ? 0xb4 : 0xd1, (uint8_t)(size >> 24),
			     (uint8_t)(size >> 16), (uint8_t)(size >> 8), (uint8_t)size};

	digest_update(d, prefix, sizeof(prefix));
	digest_update(d, user->body.data, user->body.size);
}

/* 1: by that key, over the primary key and what follows it here; 0: it is not. */
static int verify(struct walk *w, const struct openpgp_signature *s,
		  const struct openpgp_key *by, const struct openpgp_key *subkey,
		  const struct openpgp_packet *user)
{
	struct digest *d;
	int r;

	if (!signature_is_supported(s) || w->verified++ >= VERIFICATIONS_MAX)
		return 0;
	d = signature_begin(s);
	if (!d)
		return -ENOMEM;
	digest_key(d, &w->primary);
	if (subkey)
		digest_key(d, subkey);
	if (user)
		digest_user(d, user);
	r = signature_end(s, by, d);
	digest_free(d);
	return r;
}

/* ---- statements ---------------------------------------------------------------------------- */

static void take_binding(struct standing *ret, const struct openpgp_signature *s)
{
	if (ret->bound && s->created < ret->said_at)
		return;
	ret->bound = true;
	ret->said_at = s->created;
	ret->lifetime = s->key_lifetime;
	ret->flags = s->key_flags;
	ret->embedded = s->embedded;
}

static int hear_of_primary(struct walk *w, const struct openpgp_signature *s)
{
	bool is_user = w->subject.tag == OPENPGP_USER_ID ||
		       w->subject.tag == OPENPGP_USER_ATTRIBUTE;
	bool binds = is_user ? s->type >= OPENPGP_CERTIFICATION &&
				       s->type <= OPENPGP_CERTIFICATION_LAST
			     : s->type == OPENPGP_DIRECT_KEY;
	int r;

	if (!binds && (is_user || s->type != OPENPGP_KEY_REVOCATION))
		return 0;
	r = verify(w, s, &w->primary, NULL, is_user ? &w->subject : NULL);
	if (r <= 0)
		return r;
	if (binds)
		take_binding(&w->of_primary, s);
	else
		w->of_primary.revoked = true;
	return 0;
}

static int hear_of_subkey(struct walk *w, const struct openpgp_signature *s)
{
	int r;

	if (s->type != OPENPGP_SUBKEY_BINDING && s->type != OPENPGP_SUBKEY_REVOCATION)
		return 0;
	r = verify(w, s, &w->primary, &w->wanted->key, NULL);
	if (r <= 0)
		return r;
	if (s->type == OPENPGP_SUBKEY_BINDING)
		take_binding(&w->of_subkey, s);
	else
		w->of_subkey.revoked = true;
	return 0;
}

static int hear(struct walk *w, struct bytes body)
{
	struct openpgp_signature s;

	if (openpgp_signature_parse(&s, body) < 0)
		return 0;
	if (s.has_issuer && memcmp(s.issuer, w->primary.id, sizeof(s.issuer)))
		return 0; /* somebody else's opinion */
	if (w->subject.tag == OPENPGP_SUBKEY)
		return w->is_wanted ? hear_of_subkey(w, &s) : 0;
	return hear_of_primary(w, &s);
}

/* 1: the certificate's primary key is of a known kind, and all was heard. */
static int walk_certificate(struct walk *w)
{
	struct bytes rest = w->wanted->certificate;
	struct openpgp_packet packet;
	int r;

	if (openpgp_next(&rest, &w->subject) <= 0)
		return 0;
	r = openpgp_key_parse(&w->primary, w->subject.body);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	while (openpgp_next(&rest, &packet) > 0) {
		if (packet.tag != OPENPGP_SIGNATURE) {
			w->subject = packet;
			w->is_wanted = w->wanted->is_subkey &&
				       packet.body.data == w->wanted->key.body.data;
			continue;
		}
		r = hear(w, packet.body);
		if (r < 0)
			return r;
	}
	return 1;
}

/* ---- judgement -------------------------------------------------------------------------- */

/* The subkey's own word that it belongs to this primary key, inside the binding. */
static int has_agreed(struct walk *w)
{
	const struct openpgp_key *subkey = &w->wanted->key;
	struct openpgp_signature s;

	if (!w->of_subkey.embedded.size ||
	    openpgp_signature_parse(&s, w->of_subkey.embedded) < 0 ||
	    s.type != OPENPGP_PRIMARY_KEY_BINDING)
		return 0;
	return verify(w, &s, subkey, subkey, NULL);
}

static uint64_t end_of(const struct openpgp_key *k, const struct standing *s)
{
	return s->lifetime ? (uint64_t)k->created + s->lifetime : UINT64_MAX;
}

static enum signature_problem judge_primary(const struct walk *w)
{
	const struct standing *s = &w->of_primary;
	bool signs = s->flags < 0 || s->flags & OPENPGP_MAY_SIGN || w->wanted->is_subkey;

	if (s->revoked)
		return PROBLEM_REVOKED;
	return s->bound && signs ? PROBLEM_NONE : PROBLEM_UNBOUND;
}

static int judge_subkey(struct walk *w)
{
	const struct standing *s = &w->of_subkey;
	int r;

	if (!s->bound || s->flags < 0 || !(s->flags & OPENPGP_MAY_SIGN))
		return PROBLEM_UNBOUND;
	r = has_agreed(w);
	if (r <= 0)
		return r < 0 ? r : PROBLEM_UNBOUND;
	return s->revoked ? PROBLEM_REVOKED : PROBLEM_NONE;
}

static int hear_certificate(struct known_key *k)
{
	struct walk w = {.wanted = k};
	int r = walk_certificate(&w);

	if (r < 0)
		return r;
	r = r ? (int)judge_primary(&w) : PROBLEM_UNBOUND;
	if (r == PROBLEM_NONE && k->is_subkey)
		r = judge_subkey(&w);
	if (r < 0)
		return r;
	k->problem = (enum signature_problem)r;
	k->expires = end_of(&w.primary, &w.of_primary);
	if (k->is_subkey)
		k->expires = MIN_OF(k->expires, end_of(&k->key, &w.of_subkey));
	k->is_heard = true;
	return 0;
}

int known_key_judge(struct known_key *k, uint32_t signed_at)
{
	int r = k->is_heard ? 0 : hear_certificate(k);

	if (r < 0)
		return r;
	if (k->problem)
		return (int)k->problem;
	if (signed_at < k->key.created)
		return PROBLEM_EARLY;
	return signed_at >= k->expires ? PROBLEM_EXPIRED : PROBLEM_NONE;
}
