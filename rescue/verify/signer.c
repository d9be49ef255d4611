/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Secure Boot: what is not signed, or by somebody whom nobody trusts, does not start. That
 * the signature is of this very image its digest tells; the arithmetic of the signature
 * itself is the firmware's.
 */
#include "vouch.h"
#include "verify_rules.h"

#include "digest.h"
#include "formats/linux_image.h"
#include "formats/pe_image.h"

#include <errno.h>

/* An image as the chain of loaders meets it. */
struct signed_image {
	const struct kernel *kernel;
	uint8_t digest[PE_DIGEST_SIZE];
	bool has_digest, is_signed;
	bool is_changed; /* what was signed is another program */
	struct module_signature signature;
};

static int read_signature(struct signed_image *i, struct bytes file)
{
	struct bytes message;
	int r = pe_digest(i->digest, file);

	i->has_digest = r > 0;
	if (!pe_signature(&message, file) || !pkcs7_parse(&i->signature, message) ||
		!i->signature.issuer.size)
		return MIN_OF(r, 0);
	i->is_signed = true;
	/* SpcIndirectDataContent holds the digest as it is. */
	i->is_changed = i->has_digest && i->signature.digest == DIGEST_SHA256 &&
			!memmem(message.data, message.size, i->digest, sizeof(i->digest));
	return MIN_OF(r, 0);
}

/* Its own name where its certificate came along, else that of who certified it. */
static char *signer_name(const struct module_signature *s)
{
	struct bytes certificates = s->certificates;
	struct kernel_key key;

	while (certificate_parse(&key, &certificates))
		if (kernel_key_made(&key, s))
			return certificate_name(key.subject);
	return certificate_name(s->issuer);
}

/* ---- the findings ------------------------------------------------------------------------ */

static int tell(struct rules *r, const struct kernel *k, enum severity severity,
		const char *what)
{
	int rc = findings_add(&r->v->findings, "secureboot-unsigned", severity, k->release,
		k->image.path, "Secure Boot is on, and the kernel image %s %s", k->image.path, what);

	return rc < 0 || severity != SEVERITY_ERROR ? rc : rules_package_remedy(r, k->release);
}

/* What another machine's firmware and owner trust is not known. */
static int tell_possible(struct rules *r, const struct signed_image *i)
{
	const struct vouchers *v = &r->vouchers;
	_cleanup_free_ char *signer = signer_name(&i->signature), *known = NULL, *text = NULL;

	if (!v->shim.count)
		return signer ? 0 : -ENOMEM;
	known = certificate_name(v->shim.items[0].subject);
	text = signer && known ? text_printf("is signed by %s, and shim trusts %s: it starts "
		"only where the firmware's or the machine owner's keys vouch for it", signer, known)
		: NULL;
	return text ? tell(r, i->kernel, SEVERITY_WARNING, text) : -ENOMEM;
}

static int tell_stranger(struct rules *r, const struct signed_image *i, enum vouch answer)
{
	_cleanup_free_ char *signer = signer_name(&i->signature), *text = NULL;
	bool by_shim = r->vouchers.chain == CHAIN_SHIM;

	if (!signer)
		return -ENOMEM;
	if (answer == VOUCH_SESSION)
		text = text_printf("is signed by %s, whom of all that were asked only the shim "
			"trusts that started this session: it starts where the system's own does, "
			"too", signer);
	else
		text = text_printf("is signed by %s, whom neither %s: it will not start; "
			"install a kernel that they vouch for%s", signer,
			by_shim ? "the firmware nor shim nor the machine owner's keys trust"
				: "the firmware trusts nor a shim that it would start",
			by_shim ? ", or have its certificate enrolled (mokutil --import)" : "");
	return text ? tell(r, i->kernel, answer == VOUCH_SESSION
		? SEVERITY_WARNING : rules_severity(r, i->kernel), text) : -ENOMEM;
}

static int tell_refused(struct rules *r, const struct signed_image *i)
{
	return tell(r, i->kernel, rules_severity(r, i->kernel),
		"is on a list of what must not start (dbx, or shim's own), or who signed it is: "
		"it will not start; install a newer kernel");
}

static int judge_image(struct rules *r, const struct signed_image *i)
{
	const struct vouchers *v = &r->vouchers;
	struct bytes digest = {i->digest, i->has_digest ? sizeof(i->digest) : 0};
	enum vouch answer = vouchers_ask(v, i->is_signed && !i->is_changed ? &i->signature : NULL,
		digest);
	enum severity severity = rules_severity(r, i->kernel);

	if (answer == VOUCH_YES)
		return 0;
	if (answer == VOUCH_REFUSED)
		return tell_refused(r, i);
	if (!i->is_signed)
		return tell(r, i->kernel, severity, "is not signed");
	if (i->is_changed)
		return tell(r, i->kernel, severity, "was changed after it was signed: it will "
			"not start");
	if (v->chain == CHAIN_UNKNOWN)
		return 0;
	return v->firmware ? tell_stranger(r, i, answer) : tell_possible(r, i);
}

int rules_secure_boot(struct rules *r, const struct kernel *k)
{
	const struct platform *p = r->options->platform;
	_cleanup_(buffer_done) struct buffer file = {0};
	struct signed_image image = {.kernel = k};
	int rc;

	if (!p || p->secure_boot != SECURE_BOOT_ON || k->image.state != PART_OK ||
		(r->vouchers.chain == CHAIN_SHIM && p->trust.checks_nothing))
		return 0;
	rc = files_read(rules_files(r, k), k->image.path, LINUX_IMAGE_MAX_SIZE, &file);
	if (rc < 0)
		return rc == -ENOMEM ? rc : 0;
	rc = read_signature(&image, buffer_bytes(&file));
	/* A signature of a kind that is not read here may be good. */
	if (rc < 0 || (!image.is_signed && pe_is_signed(buffer_bytes(&file))))
		return rc;
	return judge_image(r, &image);
}
