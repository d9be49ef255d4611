/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Third-party modules that will not load: who put them there, and what they hide. */
#include "drivers.h"
#include "owners.h"

#include <errno.h>

char *rules_owner_text(const struct rules *r, const struct kernel *k,
		       const struct module_judgement *j)
{
	_cleanup_(module_owner_done) struct module_owner o = {0};
	const struct bad_module m = {j->path, k->release, j->reason};

	if (module_owner_find(&o, r->inv->system, &m) < 0)
		return NULL;
	if (o.name)
		return text_printf("; it belongs to %s, as %s tells; in the running system: %s",
			o.name, o.witness, o.command);
	if (o.command)
		return text_printf("; whose it is, only the running system can tell: %s",
			o.command);
	return strdup("");
}

static int tell_shadow(struct rules *r, const struct kernel_drivers *d,
		       const struct judged *m, const struct judged *hidden)
{
	_cleanup_free_ char *owner = rules_owner_text(r, d->kernel, &m->j);

	if (!owner)
		return -ENOMEM;
	return findings_add(&r->v->findings, "module-shadows", rules_severity(r, d->kernel),
		d->kernel->release, m->j.path,
		"module %s will not load and hides %s, which would%s", m->j.path,
		hidden->j.path, owner);
}

int rules_shadows(struct rules *r, const struct kernel_drivers *d)
{
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < d->judge->count; i++) {
		const struct judged *m = &d->judge->items[i], *hidden = NULL;

		if (m->named || m->j.verdict != MODULE_REFUSED ||
			kernel_drivers_module(d, m->j.name, &hidden) != m)
			continue;
		if (hidden && hidden->j.verdict == MODULE_LOADS)
			rc = tell_shadow(r, d, m, hidden);
	}
	return rc;
}
