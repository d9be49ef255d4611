/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the initramfs to the root: systemd in it goes on only with one that has an
 * os-release (systemd: method_switch_root(), since 219; it may be told an init= instead).
 */
#include "verify_rules.h"

#include "formats/cmdline.h"

#include <errno.h>

/* 1: the command line of an entry that starts it names the first program. */
static int is_told_init(const struct rules *r, const struct kernel *k)
{
	for (size_t i = 0; i < k->entry_count; i++) {
		const char *options = r->inv->entries[k->entries[i]].options;
		_cleanup_(cmdline_done) struct cmdline c = {0};
		int rc = options ? cmdline_parse(&c, options) : 0;

		if (rc == -ENOMEM)
			return rc;
		if (rc >= 0 && cmdline_has(&c, "init"))
			return 1;
	}
	return 0;
}

static int judge_kernel(struct rules *r, const struct kernel *k)
{
	int rc = k->initramfs.has_systemd ? is_told_init(r, k) : 1;

	if (rc != 0)
		return MIN_OF(rc, 0);
	return findings_add(&r->v->findings, "os-unknown", rules_severity(r, k), k->release,
		k->initramfs.path, "neither /etc/os-release nor /usr/lib/os-release is there: "
		"systemd in the initramfs %s does not go on with such a root",
		k->initramfs.path);
}

int rules_handover(struct rules *r)
{
	const struct target *t = &r->inv->system->target;
	int rc = 0;

	if (t->fd < 0 || !r->inv->system->complete || target_exists(t, "/etc/os-release") ||
		target_exists(t, "/usr/lib/os-release"))
		return 0;
	for (size_t i = 0; rc >= 0 && i < r->inv->kernel_count; i++)
		if (r->v->kernel_states[i] != KERNEL_ABSENT &&
			rules_wants(r, r->inv->kernels[i].release))
			rc = judge_kernel(r, &r->inv->kernels[i]);
	return rc;
}
