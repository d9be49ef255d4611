/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first thing a loader looks at (kernel/module/signing.c). What is not signed, or by a
 * key that it does not know, it loads unless it is told to enforce signatures; a signature
 * of a known key that does not fit is refused by every kernel that checks them.
 */
#include "judge_room.h"

#include "public_key.h"

#include <errno.h>

static const struct kernel_key *key_of(const struct kernel_keys *keys,
				       const struct module_signature *s)
{
	for (size_t i = 0; i < keys->count; i++)
		if (kernel_key_made(&keys->items[i], s))
			return &keys->items[i];
	return NULL;
}

static struct bytes digest_into(uint8_t ret[DIGEST_MAX_SIZE], struct digest *d,
				struct bytes in)
{
	digest_update(d, in.data, in.size);
	return (struct bytes){ret, digest_raw(d, ret)};
}

/* 1 it fits, 0 not, -ENOMEM. Attributes are signed as the SET that they are. */
static int fits(const struct module_signature *s, const struct kernel_key *k)
{
	static const uint8_t set_tag = 0x31;
	_cleanup_(digest_free_p) struct digest *d =
		digest_new((enum digest_algorithm)s->digest);
	uint8_t raw[DIGEST_MAX_SIZE];
	struct bytes digest, first, second;

	if (!d)
		return -ENOMEM;
	digest = digest_into(raw, d, s->content);
	if (s->attributes.size) {
		if (s->message_digest.size != digest.size ||
		    memcmp(s->message_digest.data, digest.data, digest.size))
			return 0;
		digest_update(d, &set_tag, 1);
		/* The head of the element stands before its content. */
		digest = digest_into(raw, d, s->signed_attributes);
	}
	if (k->modulus.size)
		return rsa_signed(k->modulus, k->exponent, (enum digest_algorithm)s->digest,
				  digest, s->value);
	return ecdsa_numbers(s->value, &first, &second) &&
	       ecdsa_signed(k->point, digest, first, second);
}

/* ---- keys that are not the kernel's own --------------------------------------------- */

/* The file of the system's own certificate that was signed with; static, or NULL. */
static const char *own_path(const struct loader *l, const struct module_signature *s)
{
	const struct kernel_key *key = key_of(&l->own, s);

	return key ? l->own_paths[key - l->own.items] : NULL;
}

/* *ret_taken: this kernel takes it for sure. NULL: it is none of this machine's. */
static const struct kernel_key *machine_key(const struct loader *l,
					    const struct module_signature *s, bool *ret_taken)
{
	const struct vouchers *v = l->vouchers;
	const struct kernel_keys *const lists[] = {&v->db, &v->mok, &v->shim, &v->session};
	/* What is known from this session alone is another shim's, maybe. */
	const bool taken[] = {l->takes_db, l->takes_mok, l->takes_mok, false};

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		const struct kernel_key *key = key_of(lists[i], s);

		*ret_taken = taken[i];
		if (key)
			return key;
	}
	return NULL;
}

/* Nobody's key on a machine whose firmware was read. */
static int refuse_stranger(struct module_judgement *j, const struct loader *l,
			   const struct module_signature *s)
{
	j->certificate = own_path(l, s);
	return judge_refuse(j, "signature", j->certificate
		? text_printf("it is signed with this system's own key, which the machine's owner "
			"has not enrolled: %s", j->certificate)
		: strdup("it is signed with a key that neither this kernel nor the firmware of "
			"this machine nor its owner's list (MOK) holds"));
}

static int judge_unsigned(struct module_judgement *j, const struct loader *l,
			  const struct module_signature *s, enum signature_care care)
{
	bool firmware_may = l->keyrings.uefi || l->keyrings.platform || l->keyrings.machine;

	if (!l->needs_signature)
		return 0;
	if (s->state != MODULE_SIGNED)
		return judge_refuse(j, "signature",
			strdup("it is not signed, and this kernel loads signed modules alone"));
	if (l->keys.count && !firmware_may)
		return judge_refuse(j, "signature",
			strdup("it is signed with a key that this kernel does not know"));
	/* Whoever built the kernel signed them, as long as nothing else is known. */
	if (!l->keys.count && care == SIGNATURE_IF_ENFORCED)
		return 0;
	if (l->keys.count && l->vouchers && l->vouchers->chain != CHAIN_UNKNOWN)
		return refuse_stranger(j, l, s);
	return judge_doubt(j, "signature", strdup("it is signed with a key that is not built "
		"into this kernel; it loads where the firmware holds that key"));
}

/* ---- the judgement ------------------------------------------------------------------ */

int judge_signature(struct module_judgement *j, const struct loader *l, struct bytes file,
		    enum signature_care care)
{
	const struct kernel_key *key = NULL;
	struct module_signature s;
	bool taken = true;
	int r;

	if (!l->checks_signatures || (care == SIGNATURE_IF_ENFORCED && !l->needs_signature))
		return 0;
	module_signature_parse(&s, file);
	if (s.state == MODULE_SIGNATURE_DAMAGED)
		return judge_refuse(j, "signature", strdup("its signature is damaged"));
	if (s.state == MODULE_SIGNED)
		key = key_of(&l->keys, &s);
	if (s.state == MODULE_SIGNED && !key && l->vouchers)
		key = machine_key(l, &s, &taken);
	if (!key)
		return judge_unsigned(j, l, &s, care);
	if (!taken)
		return l->needs_signature ? judge_doubt(j, "signature", strdup("it is signed with a "
			"key that this machine holds; whether this kernel takes such a key for "
			"modules is not known")) : 0;
	if (care == SIGNATURE_IF_ENFORCED || (!key->modulus.size && !key->point.size))
		return 0;
	r = fits(&s, key);
	return r ? MIN_OF(r, 0) : judge_refuse(j, "signature",
		strdup("it was changed after it was signed: its signature does not fit"));
}
