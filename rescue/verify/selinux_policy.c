/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SELinux in enforcing mode without a policy: the first program (systemd, EL6's dracut,
 * EL5's init) halts the machine. A SELINUXTYPE that is mistaken is the usual cause.
 */
#include "verify_rules.h"

#include "formats/cmdline.h"

#include <errno.h>

static bool says(const struct cmdline *c, const char *name, const char *value)
{
	_cleanup_free_ char *found = cmdline_get(c, name);

	return text_equal(found, value);
}

/* Its kernels have it on; those of other families start with it where they are told to. */
static bool is_on(const struct system *s, const struct cmdline *c)
{
	_cleanup_free_ char *modules = cmdline_get(c, "lsm");

	if (says(c, "selinux", "0") || says(c, "enforcing", "0"))
		return false;
	if (modules || cmdline_has(c, "security"))
		return says(c, "security", "selinux") || (modules && strstr(modules, "selinux"));
	return system_el_major(s) || text_equal(s->os_id, "fedora") || says(c, "selinux", "1");
}

int rules_policy(struct rules *r)
{
	const struct inventory *inv = r->inv;
	const struct lost_policy *lost = &inv->lost_policy;
	const struct entry *e =
		inv->default_entry >= 0 ? &inv->entries[inv->default_entry] : NULL;
	_cleanup_(cmdline_done) struct cmdline c = {0};
	int rc = lost->wanted && e && e->options ? cmdline_parse(&c, e->options) : 0;

	if (rc == -ENOMEM || !lost->wanted || !is_on(inv->system, &c))
		return MIN_OF(rc, 0);
	return findings_add(&r->v->findings, "selinux-policy-missing", SEVERITY_ERROR, NULL,
		"/etc/selinux/config", "SELinux is enforcing, and its policy \"%s\" is not "
		"there%s%s%s: the first program halts; correct /etc/selinux/config, or start "
		"once with enforcing=0", lost->wanted, lost->present ? " (\"" : "",
		lost->present ? lost->present : "", lost->present ? "\" is)" : "");
}
