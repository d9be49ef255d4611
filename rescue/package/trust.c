/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does a known key vouch for this package? Header signatures cover the payload through the
 * digest in the header; older ones also sign header and payload together (a seal).
 * One bad signature makes the package bad, whatever the others say.
 */
#include "package_room.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

enum { SIGNATURES_MAX = 64, BLOCK = 256 * 1024 };

struct verdict {
	enum signature_state state;
	enum signature_problem problem;
	const struct known_key *key; /* that vouches */
};

struct trust {
	struct package *package;
	struct bytes header;
	int fd;
	struct package_keys *keys;
	unsigned count;
	struct fault *fault;
};

/* ---- one signature ---------------------------------------------------------------------- */

/* Whether it is of these bytes; the digest is spent. */
typedef int digest_content(struct trust *t, struct digest *d);

static int digest_header(struct trust *t, struct digest *d)
{
	digest_update(d, t->header.data, t->header.size);
	return 0;
}

static int digest_all(struct trust *t, struct digest *d)
{
	const struct package *p = t->package;
	_cleanup_free_ char *block = malloc(BLOCK);
	uint64_t at = p->payload_offset;

	if (!block)
		return fault_no_memory(t->fault);
	digest_header(t, d);
	while (at < p->file_size) {
		size_t wanted = (size_t)MIN_OF(p->file_size - at, (uint64_t)BLOCK);
		ssize_t n = pread(t->fd, block, wanted, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fault_errno(t->fault, errno, p->path, "read %s", p->path);
		if (n == 0)
			return package_bad_digest(t->fault, p, "it is shorter than it was");
		digest_update(d, block, (size_t)n);
		at += (uint64_t)n;
	}
	return 0;
}

/* 1: by that key; 0: not. */
static int is_signed_by(struct trust *t, const struct openpgp_signature *s,
			const struct openpgp_key *k, digest_content *content)
{
	struct digest *d = signature_begin(s);
	int r;

	if (!d)
		return fault_no_memory(t->fault);
	r = content(t, d);
	if (r == 0)
		r = signature_end(s, k, d);
	digest_free(d);
	return r;
}

static bool is_issuer(const struct known_key *k, const struct openpgp_signature *s)
{
	return s->has_issuer && !memcmp(k->key.id, s->issuer, sizeof(s->issuer));
}

/* A clock that was set back to its beginning lets it pass. */
static bool is_stale(const struct openpgp_signature *s)
{
	return s->lifetime && (uint64_t)time(NULL) >= (uint64_t)s->created + s->lifetime;
}

/*
 * Several keys may carry one id, by accident or to deceive: the first one that is fit and
 * fits the signature vouches. Of those that do not, the most telling reason stays.
 */
static int judge(struct trust *t, const struct openpgp_signature *s, digest_content *content,
		 struct verdict *ret)
{
	*ret = (struct verdict){SIGNATURE_UNKNOWN_KEY, PROBLEM_NO_KEY, NULL};
	if (!signature_is_supported(s) || s->type != OPENPGP_OF_BINARY) {
		ret->problem = PROBLEM_UNSUPPORTED;
		return 0;
	}
	for (size_t i = 0; t->keys && i < t->keys->count; i++) {
		struct known_key *k = &t->keys->items[i];
		int problem = is_issuer(k, s) ? known_key_judge(k, s->created) : PROBLEM_NO_KEY;
		int r = 1;

		if (problem < 0)
			return fault_no_memory(t->fault);
		if (problem && problem != PROBLEM_NO_KEY && ret->state != SIGNATURE_BAD)
			ret->problem = (enum signature_problem)problem;
		if (problem)
			continue;
		if (content)
			r = is_signed_by(t, s, &k->key, content);
		if (r < 0)
			return r;
		if (!r)
			*ret = (struct verdict){SIGNATURE_BAD, PROBLEM_FORGED, NULL};
		else if (is_stale(s))
			*ret = (struct verdict){SIGNATURE_UNKNOWN_KEY, PROBLEM_STALE, NULL};
		else
			*ret = (struct verdict){SIGNATURE_GOOD, PROBLEM_NONE, k};
		if (r)
			return 0;
	}
	return 0;
}

/* ---- the package's answer ----------------------------------------------------------------- */

static int note_signer(struct package *p, const struct openpgp_signature *s)
{
	char id[2 * OPENPGP_KEY_ID_SIZE + 1] = "";

	for (unsigned i = 0; s->has_issuer && i < sizeof(s->issuer); i++)
		snprintf(id + 2 * i, 3, "%02x", s->issuer[i]);
	free(p->signature_key);
	free(p->signature_algorithm);
	p->signature_key = s->has_issuer ? strdup(id) : NULL;
	p->signature_algorithm = text_printf("%s/%s", signature_algorithm_name(s),
					     signature_digest_name(s));
	return p->signature_algorithm && (p->signature_key || !s->has_issuer) ? 0 : -ENOMEM;
}

/* Bad outweighs good, good outweighs unknown, anything outweighs none. s: NULL: unreadable. */
static int settle(struct package *p, const struct verdict *v,
		  const struct openpgp_signature *s)
{
	static const int weight[] = {
		[SIGNATURE_UNSIGNED] = 0,
		[SIGNATURE_UNKNOWN_KEY] = 1,
		[SIGNATURE_GOOD] = 2,
		[SIGNATURE_BAD] = 3,
	};

	if (weight[v->state] <= weight[p->signature])
		return 0;
	p->signature = v->state;
	p->signature_problem = v->problem;
	return s ? note_signer(p, s) : 0;
}

static int add_seal(struct package *p, struct bytes signature, const struct known_key *key)
{
	struct package_seal *grown =
		reallocarray(p->seals, p->seal_count + 1, sizeof(*p->seals)), *seal;
	int r;

	if (!grown)
		return -ENOMEM;
	p->seals = grown;
	seal = &p->seals[p->seal_count++];
	memset(seal, 0, sizeof(*seal));
	r = buffer_append(&seal->signature, signature.data, signature.size);
	if (r == 0)
		r = buffer_append(&seal->key, key->key.body.data, key->key.body.size);
	return r;
}

/* A seal is verified here only where nothing else vouches: it costs reading everything. */
static int take_packet(struct trust *t, struct bytes body, digest_content *content)
{
	struct package *p = t->package;
	struct openpgp_signature s;
	struct verdict v = {SIGNATURE_BAD, PROBLEM_FORGED, NULL};
	bool is_seal = content == digest_all;
	int r = openpgp_signature_parse(&s, body);

	if (r == -ENOTSUP) {
		v = (struct verdict){SIGNATURE_UNKNOWN_KEY, PROBLEM_UNSUPPORTED, NULL};
		return settle(p, &v, NULL);
	}
	if (r < 0)
		return settle(p, &v, NULL);
	r = judge(t, &s, is_seal && p->signature == SIGNATURE_GOOD ? NULL : content, &v);
	if (r < 0)
		return r;
	if (is_seal && v.state == SIGNATURE_GOOD)
		r = add_seal(p, body, v.key);
	if (r == 0)
		r = settle(p, &v, &s);
	return r == -ENOMEM ? fault_no_memory(t->fault) : r;
}

/* A tag's value: one signature packet, or several. */
static int take_packets(struct trust *t, struct bytes in, digest_content *content)
{
	static const struct verdict unreadable = {SIGNATURE_BAD, PROBLEM_FORGED, NULL};
	struct openpgp_packet packet;
	int r;

	do {
		r = openpgp_next(&in, &packet);
		if (r < 0 || packet.tag != OPENPGP_SIGNATURE || ++t->count > SIGNATURES_MAX)
			return settle(t->package, &unreadable, NULL);
		r = take_packet(t, packet.body, content);
	} while (r == 0 && in.size);
	return r;
}

static int take_binary(struct trust *t, const struct rpm_header *h, uint32_t tag,
		       digest_content *content)
{
	static const struct verdict unreadable = {SIGNATURE_BAD, PROBLEM_FORGED, NULL};
	struct bytes value;
	int r = rpm_header_binary(h, tag, &value);

	if (r == -ENOENT)
		return 0;
	return r < 0 ? settle(t->package, &unreadable, NULL) : take_packets(t, value, content);
}

/* Format 6: any number of them, in base64. 1: there are. */
static int take_texts(struct trust *t, const struct rpm_header *h)
{
	static const struct verdict unreadable = {SIGNATURE_BAD, PROBLEM_FORGED, NULL};
	_cleanup_(strings_done) struct strings texts = {0};
	int r = rpm_header_texts(h, SIGTAG_OPENPGP, &texts);

	if (r == -ENOENT)
		return 0;
	if (r == -EBADMSG)
		r = settle(t->package, &unreadable, NULL);
	for (size_t i = 0; r == 0 && i < texts.count; i++) {
		_cleanup_(buffer_done) struct buffer packets = {0};
		struct bytes text = {(const uint8_t *)texts.items[i],
				     strlen(texts.items[i])};

		r = base64_decode(&packets, text);
		if (r == 0)
			r = take_packets(t, buffer_bytes(&packets), digest_header);
		else if (r == -EBADMSG)
			r = settle(t->package, &unreadable, NULL);
	}
	return r < 0 ? r : 1;
}

int package_take_trust(struct package *p, const struct rpm_header *signature,
		       struct bytes whole, int fd, struct package_keys *keys,
		       struct fault *f)
{
	static const struct {
		uint32_t tag;
		digest_content *content;
		bool old; /* for rpm 4 alone where there are format 6 signatures */
	} tags[] = {
		{SIGTAG_RSA, digest_header, true},
		{SIGTAG_DSA, digest_header, true},
		{SIGTAG_PGP, digest_all, false},
		{SIGTAG_GPG, digest_all, false},
	};
	struct trust t = {p, whole, fd, keys, 0, f};
	int has_new, r;

	p->signature = SIGNATURE_UNSIGNED;
	r = has_new = take_texts(&t, signature);
	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(tags); i++) {
		if (!has_new || !tags[i].old)
			r = take_binary(&t, signature, tags[i].tag, tags[i].content);
	}
	return r == -ENOMEM ? fault_no_memory(f) : MIN_OF(r, 0);
}
