/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Does the system take that kernel: its processor, its user space. */
#include "offer.h"
#include "verify_rules.h"

#include <errno.h>

static bool is_for_arch(const char *system, const char *package)
{
	return !system || strcmp(package, "noarch") == 0 || strcmp(system, package) == 0 ||
	       (system[0] == 'i' && package[0] == 'i' && strcmp(system + 2, "86") == 0 &&
		       strcmp(package + 2, "86") == 0);
}

/* Those of user space, told once more as what forbids that package. */
static int add_user_space(struct rules *r)
{
	static const char *const codes[] = {"glibc-needs-newer-kernel", "cpu-below-level"};
	struct findings *fs = &r->v->findings;

	for (size_t i = 0; i < fs->count; i++)
		for (size_t c = 0; c < ARRAY_SIZE(codes); c++) {
			if (strcmp(fs->items[i].code, codes[c]) != 0)
				continue;
			_cleanup_free_ char *message = strdup(fs->items[i].message);

			return !message ? -ENOMEM : findings_add(fs, "package-incompatible",
				SEVERITY_ERROR, r->offer->set->release, NULL, "%s", message);
		}
	return 0;
}

int rules_offer(struct rules *r)
{
	const struct system *s = r->inv->system;
	int rc = add_user_space(r);

	for (size_t i = 0; rc >= 0 && i < r->offer->set->count; i++) {
		const struct package *p =
			&r->offer->sets->packages[r->offer->set->packages[i]];

		if (!is_for_arch(s->arch, p->arch))
			rc = findings_add(&r->v->findings, "package-incompatible",
				SEVERITY_ERROR, r->offer->set->release, p->path,
				"%s is for %s, the system is %s", p->nevra, p->arch, s->arch);
	}
	return rc;
}
