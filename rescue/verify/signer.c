/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Secure Boot: a kernel image that is not signed, or by somebody whom nobody trusts, does
 * not start.
 */
#include "verify_rules.h"

#include "formats/linux_image.h"

#include <errno.h>

/* ---- the findings ------------------------------------------------------------------------ */

static int tell(struct rules *r, const struct kernel *k, enum severity severity,
		const char *what)
{
	int rc = findings_add(&r->v->findings, "secureboot-unsigned", severity, k->release,
		k->image.path, "Secure Boot is on, and the kernel image %s %s", k->image.path, what);

	return rc < 0 || severity != SEVERITY_ERROR ? rc : rules_package_remedy(r, k->release);
}

/* What another machine's firmware and owner trust is not known. */
static int tell_possible(struct rules *r, const struct kernel *k,
			 const struct signed_program *i)
{
	const struct vouchers *v = &r->vouchers;
	_cleanup_free_ char *signer = signed_program_signer(i), *known = NULL, *text = NULL;

	if (!v->shim.count)
		return signer ? 0 : -ENOMEM;
	known = certificate_name(v->shim.items[0].subject);
	text = signer && known ? text_printf("is signed by %s, and shim trusts %s: it starts "
		"only where the firmware's or the machine owner's keys vouch for it", signer, known)
		: NULL;
	return text ? tell(r, k, SEVERITY_WARNING, text) : -ENOMEM;
}

static int tell_stranger(struct rules *r, const struct kernel *k,
			 const struct signed_program *i, enum vouch answer)
{
	_cleanup_free_ char *signer = signed_program_signer(i), *text = NULL;
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
	return text ? tell(r, k, answer == VOUCH_SESSION
		? SEVERITY_WARNING : rules_severity(r, k), text) : -ENOMEM;
}

static int tell_refused(struct rules *r, const struct kernel *k)
{
	return tell(r, k, rules_severity(r, k),
		"is on a list of what must not start (dbx, or shim's own), or who signed it is: "
		"it will not start; install a newer kernel");
}

static int judge_image(struct rules *r, const struct kernel *k, const struct signed_program *i)
{
	const struct vouchers *v = &r->vouchers;
	enum vouch answer = vouchers_ask(v, v->chain, i);
	enum severity severity = rules_severity(r, k);

	if (answer == VOUCH_YES)
		return 0;
	if (answer == VOUCH_REFUSED)
		return tell_refused(r, k);
	if (!i->is_signed)
		return tell(r, k, severity, "is not signed");
	if (i->is_changed)
		return tell(r, k, severity, "was changed after it was signed: it will "
			"not start");
	if (v->chain == CHAIN_UNKNOWN)
		return 0;
	return v->firmware ? tell_stranger(r, k, i, answer) : tell_possible(r, k, i);
}

int rules_secure_boot(struct rules *r, const struct kernel *k)
{
	const struct platform *p = r->options->platform;
	_cleanup_(buffer_done) struct buffer file = {0};
	struct signed_program image = {0};
	int rc;

	if (!p || p->secure_boot != SECURE_BOOT_ON || k->image.state != PART_OK ||
		(r->vouchers.chain == CHAIN_SHIM && p->trust.checks_nothing))
		return 0;
	rc = files_read(rules_files(r, k), k->image.path, LINUX_IMAGE_MAX_SIZE, &file);
	if (rc < 0)
		return rc == -ENOMEM ? rc : 0;
	rc = signed_program_read(&image, buffer_bytes(&file));
	if (rc < 0 || image.is_unread)
		return rc;
	return judge_image(r, k, &image);
}
