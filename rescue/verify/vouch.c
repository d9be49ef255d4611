/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of certificates are compared, as far as those that came with a signature lead from
 * one to the next; digests of programs are compared whole.
 */
#include "vouch.h"

#include "digest.h"
#include "formats/shim.h"
#include "formats/signature_list.h"

#include <errno.h>
#include <strings.h>

enum { MAX_VENDORS = 64, MAX_CHAIN = 8 };

void vouchers_done(struct vouchers *v)
{
	kernel_keys_done(&v->shim);
	kernel_keys_done(&v->db);
	kernel_keys_done(&v->mok);
	kernel_keys_done(&v->session);
	kernel_keys_done(&v->refused);
	buffer_done(&v->refused_lists);
}

/* ---- shims on the ESP ------------------------------------------------------------------ */

/* 1: it is a shim; 0; -ENOMEM. */
static int read_shim(struct vouchers *v, const struct target *t, const char *path)
{
	_cleanup_(buffer_done) struct buffer file = {0};
	struct shim shim;
	int r = target_read(t, path, SHIM_MAX_SIZE, &file, NULL);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	if (!shim_parse(&shim, buffer_bytes(&file)))
		return 0;
	v->chain = CHAIN_SHIM;
	r = shim_certificates(&v->shim, &shim);
	if (r >= 0 && shim.forbidden.size)
		r = buffer_append(&v->refused_lists, shim.forbidden.data, shim.forbidden.size);
	return r < 0 ? r : 1;
}

/* EFI/VENDOR/shimx64.efi, EFI/BOOT/BOOTX64.EFI, …; names on a FAT differ in case. */
static bool may_be_shim(const char *name)
{
	size_t size = strlen(name);

	return size > 4 && strcasecmp(name + size - 4, ".efi") == 0 &&
	       (strncasecmp(name, "shim", 4) == 0 || strncasecmp(name, "boot", 4) == 0);
}

static int read_vendor(struct vouchers *v, const struct target *t, const char *directory)
{
	_cleanup_(strings_done) struct strings names = {0};
	int r = target_list(t, directory, &names, NULL);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	for (size_t i = 0; r >= 0 && i < names.count; i++) {
		_cleanup_free_ char *path = NULL;

		if (!may_be_shim(names.items[i]))
			continue;
		path = text_printf("%s/%s", directory, names.items[i]);
		r = path ? read_shim(v, t, path) : -ENOMEM;
	}
	return r;
}

static int read_shims(struct vouchers *v, const struct system *s, const char *esp)
{
	_cleanup_(strings_done) struct strings vendors = {0};
	_cleanup_free_ char *top = text_printf("%s/EFI", esp);
	int r = top ? target_list(&s->target, top, &vendors, NULL) : -ENOMEM;

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	v->chain = CHAIN_FIRMWARE;
	for (size_t i = 0; r >= 0 && i < MIN_OF(vendors.count, (size_t)MAX_VENDORS); i++) {
		_cleanup_free_ char *directory = text_printf("%s/%s", top, vendors.items[i]);

		r = directory ? read_vendor(v, &s->target, directory) : -ENOMEM;
	}
	return r;
}

/* What the firmware at hand starts, where its variables say it; else any shim that is there. */
static int read_chain(struct vouchers *v, const struct system *s)
{
	const char *esp = s->esp.mountpoint ? s->esp.mountpoint : "/boot/efi";
	_cleanup_free_ char *started = s->efi_program
		? text_printf("%s%s", esp, s->efi_program) : NULL;

	if (!s->efi_program)
		return read_shims(v, s, esp);
	v->chain = CHAIN_FIRMWARE;
	return started ? read_shim(v, &s->target, started) : -ENOMEM;
}

/* ---- variables ------------------------------------------------------------------------- */

static int read_variables(struct vouchers *v, const struct firmware_trust *f)
{
	bool by_shim = v->chain == CHAIN_SHIM;
	int r;

	r = signature_list_certificates(&v->db, buffer_bytes(&f->db), 0, SIZE_MAX);
	if (r >= 0 && f->dbx.size)
		r = buffer_append(&v->refused_lists, f->dbx.data, f->dbx.size);
	if (r >= 0 && by_shim && f->mokx.size)
		r = buffer_append(&v->refused_lists, f->mokx.data, f->mokx.size);
	/* MokListRT begins with what that shim itself trusts: one list (mok.c). */
	if (r >= 0 && by_shim)
		r = signature_list_certificates(&v->session, buffer_bytes(&f->mok), 0, 1);
	if (r >= 0 && by_shim)
		r = signature_list_certificates(&v->mok, buffer_bytes(&f->mok), 1, SIZE_MAX);
	return r;
}

int vouchers_read(struct vouchers *ret, const struct system *s, const struct platform *p)
{
	_cleanup_(vouchers_done) struct vouchers v = {0};
	int r = read_chain(&v, s);

	if (r >= 0 && p->trust.is_known) {
		v.firmware = &p->trust;
		r = read_variables(&v, &p->trust);
	}
	if (r >= 0)
		r = signature_list_certificates(&v.refused, buffer_bytes(&v.refused_lists), 0,
			SIZE_MAX);
	if (r < 0)
		return r;
	*ret = TAKE_STRUCT(v);
	return 0;
}

/* ---- asked ----------------------------------------------------------------------------- */

static bool is_same(struct bytes a, struct bytes b)
{
	return a.size && a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

static bool has_made(const struct kernel_keys *keys, const struct module_signature *s)
{
	for (size_t i = 0; i < keys->count; i++)
		if (kernel_key_made(&keys->items[i], s))
			return true;
	return false;
}

/* The certificate among those that came with the signature whose subject has that name. */
static bool find_issuer(struct kernel_key *ret, struct bytes certificates, struct bytes name)
{
	while (certificate_parse(ret, &certificates))
		if (is_same(ret->subject, name))
			return true;
	return false;
}

static bool knows_chain(const struct kernel_keys *keys, const struct module_signature *s)
{
	struct bytes name = s->issuer;

	if (has_made(keys, s))
		return true;
	for (size_t depth = 0; depth < MAX_CHAIN; depth++) {
		struct kernel_key issuer;

		for (size_t i = 0; i < keys->count; i++)
			if (is_same(keys->items[i].subject, name))
				return true;
		if (!find_issuer(&issuer, s->certificates, name) ||
			is_same(issuer.issuer, name))
			return false;
		name = issuer.issuer;
	}
	return false;
}

/* A renewed certificate of the same name is not the one that is refused. */
static bool is_refused(const struct kernel_keys *refused, const struct module_signature *s)
{
	struct bytes certificates = s->certificates;
	struct kernel_key key;

	if (has_made(refused, s))
		return true;
	while (certificate_parse(&key, &certificates))
		for (size_t i = 0; i < refused->count; i++)
			if (is_same(refused->items[i].serial, key.serial) &&
				is_same(refused->items[i].issuer, key.issuer))
				return true;
	return false;
}

static bool has_digest(const struct vouchers *v, enum boot_chain by, struct bytes digest)
{
	const struct firmware_trust *f = v->firmware;

	if (!f)
		return false;
	return ((by != CHAIN_SHIM || !f->ignores_db) &&
		signature_list_has_digest(buffer_bytes(&f->db), digest)) ||
	       (by == CHAIN_SHIM && signature_list_has_digest(buffer_bytes(&f->mok), digest));
}

enum vouch vouchers_ask(const struct vouchers *v, enum boot_chain by,
			const struct signed_program *program)
{
	struct bytes digest = {program->digest, program->has_digest ? PE_DIGEST_SIZE : 0};
	const struct module_signature *s =
		program->is_signed && !program->is_changed ? &program->signature : NULL;

	if (signature_list_has_digest(buffer_bytes(&v->refused_lists), digest) ||
		(s && is_refused(&v->refused, s)))
		return VOUCH_REFUSED;
	if (has_digest(v, by, digest))
		return VOUCH_YES;
	if (!s)
		return VOUCH_NOBODY;
	if ((by != CHAIN_SHIM || !v->firmware || !v->firmware->ignores_db) &&
		knows_chain(&v->db, s))
		return VOUCH_YES;
	if (by == CHAIN_FIRMWARE)
		return VOUCH_NOBODY;
	if (knows_chain(&v->shim, s) || knows_chain(&v->mok, s))
		return VOUCH_YES;
	return knows_chain(&v->session, s) ? VOUCH_SESSION : VOUCH_NOBODY;
}

/* ---- programs -------------------------------------------------------------------------- */

/*
 * That the signature is of this very program its digest tells, which SpcIndirectDataContent
 * holds as it is; the arithmetic of the signature is left to the firmware.
 */
int signed_program_read(struct signed_program *ret, struct bytes file)
{
	struct signed_program p = {0};
	struct bytes message;
	int r = pe_digest(p.digest, file);

	p.has_digest = r > 0;
	p.is_signed = r >= 0 && pe_signature(&message, file) &&
		      pkcs7_parse(&p.signature, message) && p.signature.issuer.size;
	p.is_unread = !p.is_signed && pe_is_signed(file);
	p.is_changed = p.is_signed && p.has_digest && p.signature.digest == DIGEST_SHA256 &&
		       !memmem(message.data, message.size, p.digest, sizeof(p.digest));
	*ret = p;
	return MIN_OF(r, 0);
}

/* Its own name where its certificate came along, else that of who certified it. */
char *signed_program_signer(const struct signed_program *p)
{
	struct bytes certificates = p->signature.certificates;
	struct kernel_key key;

	while (certificate_parse(&key, &certificates))
		if (kernel_key_made(&key, &p->signature))
			return certificate_name(key.subject);
	return certificate_name(p->signature.issuer);
}
