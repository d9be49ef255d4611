/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Secure Boot: what is not signed does not start. Where shim starts GRUB it asks for what
 * its own certificates, the firmware's or the machine owner's vouch for; of these the first
 * can be read here, from the ESP. Names are compared, no arithmetic is done: an image that
 * was changed is none of this.
 */
#include "formats/linux_image.h"
#include "formats/module_signature.h"
#include "formats/pe_image.h"
#include "formats/shim.h"
#include "verify_rules.h"

#include <errno.h>
#include <strings.h>

enum { MAX_VENDORS = 64, MAX_CHAIN = 8 };

static bool is_same(struct bytes a, struct bytes b)
{
	return a.size && a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

/* ---- whom shim trusts ------------------------------------------------------------------ */

static int read_shim(const struct target *t, const char *path, struct kernel_keys *ret)
{
	_cleanup_(buffer_done) struct buffer file = {0};
	struct shim shim;
	int r = target_read(t, path, SHIM_MAX_SIZE, &file, NULL);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	return shim_parse(&shim, buffer_bytes(&file)) ? shim_certificates(ret, &shim) : 0;
}

/* EFI/VENDOR/shimx64.efi, shimaa64.efi, …; names on a FAT differ in case. */
static int read_vendor(const struct target *t, const char *directory, struct kernel_keys *ret)
{
	_cleanup_(strings_done) struct strings names = {0};
	int r = target_list(t, directory, &names, NULL);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	for (size_t i = 0; r >= 0 && i < names.count; i++) {
		_cleanup_free_ char *path = NULL;

		if (strncasecmp(names.items[i], "shim", 4) != 0)
			continue;
		path = text_printf("%s/%s", directory, names.items[i]);
		r = path ? read_shim(t, path, ret) : -ENOMEM;
	}
	return r;
}

static int read_shims(const struct system *s, struct kernel_keys *ret)
{
	_cleanup_(strings_done) struct strings vendors = {0};
	_cleanup_free_ char *top = text_printf("%s/EFI",
		s->esp.mountpoint ? s->esp.mountpoint : "/boot/efi");
	int r = top ? target_list(&s->target, top, &vendors, NULL) : -ENOMEM;

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	for (size_t i = 0; r >= 0 && i < MIN_OF(vendors.count, (size_t)MAX_VENDORS); i++) {
		_cleanup_free_ char *directory = text_printf("%s/%s", top, vendors.items[i]);

		r = directory ? read_vendor(&s->target, directory, ret) : -ENOMEM;
	}
	return r;
}

/* ---- who signed ------------------------------------------------------------------------ */

/* The certificate among those that came with the signature whose subject has that name. */
static bool find_issuer(struct kernel_key *ret, struct bytes certificates, struct bytes name)
{
	while (certificate_parse(ret, &certificates))
		if (is_same(ret->subject, name))
			return true;
	return false;
}

static bool is_trusted(const struct kernel_keys *trusted, const struct module_signature *s)
{
	struct bytes name = s->issuer;

	for (size_t i = 0; i < trusted->count; i++)
		if (kernel_key_made(&trusted->items[i], s))
			return true;
	for (size_t depth = 0; depth < MAX_CHAIN; depth++) {
		struct kernel_key issuer;

		for (size_t i = 0; i < trusted->count; i++)
			if (is_same(trusted->items[i].subject, name))
				return true;
		if (!find_issuer(&issuer, s->certificates, name) ||
			is_same(issuer.issuer, name))
			return false;
		name = issuer.issuer;
	}
	return false;
}

/* ---- the finding ------------------------------------------------------------------------- */

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

static int tell_stranger(struct rules *r, const struct kernel *k,
			 const struct module_signature *s, const struct kernel_keys *trusted)
{
	_cleanup_free_ char *signer = signer_name(s);
	_cleanup_free_ char *known = certificate_name(trusted->items[0].subject);

	if (!signer || !known)
		return -ENOMEM;
	return findings_add(&r->v->findings, "secureboot-unsigned", SEVERITY_WARNING, k->release,
		k->image.path, "Secure Boot is on, and the kernel image %s is signed by %s, "
		"and shim trusts %s: it starts only where the firmware's or the machine "
		"owner's keys vouch for it", k->image.path, signer, known);
}

static int judge_signer(struct rules *r, const struct kernel *k, struct bytes image)
{
	struct kernel_keys trusted = {0};
	struct module_signature s;
	struct bytes message;
	int rc;

	if (!pe_signature(&message, image) || !pkcs7_parse(&s, message) || !s.issuer.size)
		return 0;
	rc = read_shims(r->inv->system, &trusted);
	if (rc >= 0 && trusted.count && !is_trusted(&trusted, &s))
		rc = tell_stranger(r, k, &s, &trusted);
	kernel_keys_done(&trusted);
	return rc;
}

int rules_secure_boot(struct rules *r, const struct kernel *k)
{
	const struct platform *p = r->options->platform;
	_cleanup_(buffer_done) struct buffer file = {0};
	int rc;

	if (!p || p->secure_boot != SECURE_BOOT_ON || k->image.state != PART_OK)
		return 0;
	rc = files_read(rules_files(r, k), k->image.path, LINUX_IMAGE_MAX_SIZE, &file);
	if (rc < 0)
		return rc == -ENOMEM ? rc : 0;
	if (pe_is_signed(buffer_bytes(&file)))
		return judge_signer(r, k, buffer_bytes(&file));
	return findings_add(&r->v->findings, "secureboot-unsigned", rules_severity(r, k),
		k->release, k->image.path,
		"Secure Boot is on, and the kernel image %s is not signed", k->image.path);
}
