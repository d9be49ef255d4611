/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whose signatures a kernel takes for modules under Secure Boot, besides those of its own
 * keys: of db and of the machine owner (security/integrity/platform_certs,
 * kernel/module/signing.c). Upstream asks .machine, from 5.18 on, and never .platform;
 * distributions have a patch that asks that, too.
 */
#include "judge_room.h"

#include <errno.h>

enum { CERTIFICATE_MAX_SIZE = 64 * 1024 };

/* Where dkms, Ubuntu's shim-signed and akmods keep the certificate that they sign with. */
static const char *const own_certificates[OWN_CERTIFICATES] = {"/var/lib/dkms/mok.pub",
	"/var/lib/shim-signed/mok/MOK.der", "/etc/pki/akmods/certs/public_key.der"};

/*
 * "KEYS: Make use of platform keyring for module signature verify": seen in the sources of
 * EL8 and later, Fedora, SUSE, and Debian from 6.1 on. Kernels that others build for these
 * systems need not have it.
 */
static bool has_patch(const struct loader *l, const struct system *s)
{
	const char *release = l->release;

	if (strstr(release, "elrepo") || strstr(release, "uek"))
		return false;
	if (system_el_major(s) >= 8)
		return strstr(release, ".el") != NULL;
	if (text_equal(s->os_id, "fedora"))
		return strstr(release, ".fc") != NULL;
	if (text_equal(s->os_id, "debian"))
		return l->version >= KERNEL_VERSION_OF(6u, 1u, 0u);
	return system_is_suse(s) && text_ends(release, "-default");
}

static int read_own(struct loader *l, const struct target *t)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < OWN_CERTIFICATES; i++) {
		_cleanup_(buffer_done) struct buffer file = {0};
		struct kernel_key key;
		struct bytes in;

		r = target_read(t, own_certificates[i], CERTIFICATE_MAX_SIZE, &file, NULL);
		in = buffer_bytes(&file);
		if (r < 0 || !certificate_parse(&key, &in)) {
			r = r == -ENOMEM ? r : 0;
			continue;
		}
		l->own_paths[l->own.count] = own_certificates[i];
		r = kernel_keys_add(&l->own, &key);
	}
	return r;
}

int loader_trust_machine(struct loader *l, const struct rules *r)
{
	const struct platform *p = r->options->platform;
	const struct system *s = r->inv->system;

	if (!p || p->secure_boot != SECURE_BOOT_ON || p->trust.checks_nothing)
		return 0;
	l->needs_signature = l->needs_signature || (l->checks_signatures && l->locks_down);
	if (!p->trust.is_known)
		return 0;
	l->vouchers = &r->vouchers;
	l->takes_db = l->keyrings.uefi || (l->keyrings.platform && has_patch(l, s));
	l->takes_mok = l->takes_db || (l->keyrings.machine && !l->keyrings.machine_ca_only &&
					      p->trust.trusts_mok);
	return read_own(l, &s->target);
}
