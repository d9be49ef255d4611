/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every group of rules asks: is this kernel meant, how bad is it, what mends it. */
#include "offer.h"
#include "verify_rules.h"

bool rules_wants(const struct rules *r, const char *release)
{
	return r->options->kernels.count == 0 || strings_has(&r->options->kernels, release);
}

char *rules_remedy(const struct rules *r, const char *command)
{
	const char *scope = r->options->scope ? r->options->scope : "";

	return text_printf("rescue %s%s%s --system %s", command, *scope ? " " : "", scope,
		r->inv->system->id);
}

bool rules_is_offered(const struct rules *r, const struct kernel *k)
{
	return r->offer && strcmp(r->offer->set->release, k->release) == 0;
}

const struct files *rules_files(const struct rules *r, const struct kernel *k)
{
	return rules_is_offered(r, k) ? &r->offer->files : &r->present;
}

const struct kernel *rules_default_kernel(const struct inventory *inv)
{
	if (inv->default_entry < 0 || inv->entries[inv->default_entry].kernel < 0)
		return NULL;
	return &inv->kernels[inv->entries[inv->default_entry].kernel];
}

enum severity rules_severity(const struct rules *r, const struct kernel *k)
{
	const struct kernel *next = rules_default_kernel(r->inv);

	if (r->options->kernels.count || k == next)
		return SEVERITY_ERROR;
	for (size_t i = 0; i < r->v->kernel_count; i++)
		if (r->v->kernel_states[i] == KERNEL_BOOTABLE)
			return SEVERITY_WARNING;
	return SEVERITY_ERROR;
}
