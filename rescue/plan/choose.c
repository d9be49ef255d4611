/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which kernel: the complete set that the system's own traces ask for, else the newest. */
#include "planner.h"

#include <errno.h>

static bool asked_for(const struct restore_options *o, const char *release)
{
	if (o->release)
		return text_equal(o->release, release);
	return !o->fitting.count || strings_has(&o->fitting, release);
}

static bool is_trusted_arch(const char *system, const char *package)
{
	if (!system || text_equal(package, "noarch") || text_equal(system, package))
		return true;
	/* 32-bit x86: rpm says i586 or i686 where uname -m says i386 to i686. */
	return system[0] == 'i' && package[0] == 'i' && strcmp(system + 2, "86") == 0 &&
	       strcmp(package + 2, "86") == 0;
}

static int check_arch(const struct inventory *inv, const struct package *p,
		      const struct restore_options *o, struct fault *f)
{
	if (o->allow_incompatible || is_trusted_arch(inv->system->arch, p->arch))
		return 0;
	fault_named(f, FAULT_WRONG_ARCH, p->path, "restore from package",
		"%s is for %s, the system is %s", p->nevra, p->arch, inv->system->arch);
	fault_hint(f, "--allow-incompatible restores it all the same");
	return -EINVAL;
}

static int check_integrity(const struct package *p, struct fault *f)
{
	if (p->header_digests != DIGESTS_BAD)
		return 0;
	fault_named(f, FAULT_BAD_DIGEST, p->path, "restore from package", "%s is damaged: %s",
		p->path, p->damage ? p->damage : "a digest differs");
	fault_hint(f, "fetch or copy it again");
	return -EINVAL;
}

static int check_trust(const struct package *p, const struct restore_options *o,
		       struct fault *f)
{
	const char *by = p->signature_key ? p->signature_key : "nobody";

	if (p->signature == SIGNATURE_BAD)
		return fault_named(f, FAULT_BAD_SIGNATURE, p->path, "restore from package",
			"the signature of %s by %s is bad", p->nevra, by);
	if (p->signature == SIGNATURE_GOOD || o->allow_unsigned)
		return 0;
	if (p->signature == SIGNATURE_UNKNOWN_KEY)
		fault_named(f, FAULT_UNSIGNED, p->path, "restore from package",
			"%s is signed by key %s, which does not count: %s", p->nevra, by,
			signature_problem_text(p->signature_problem));
	else
		fault_named(f, FAULT_UNSIGNED, p->path, "restore from package",
			"no key vouches for %s: it is not signed", p->nevra);
	fault_hint(f, "give the vendor's public key with --key FILE; if you trust where the "
		      "package came from, add --allow-unsigned");
	return -EINVAL;
}

static int check_set(const struct inventory *inv, const struct package_sets *sets,
		     const struct package_set *set, const struct restore_options *o,
		     struct fault *f)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct package *p = &sets->packages[set->packages[i]];
		int r = check_arch(inv, p, o, f);

		if (r >= 0)
			r = check_integrity(p, f);
		if (r >= 0)
			r = check_trust(p, o, f);
		if (r < 0)
			return r;
	}
	return 0;
}

/* kernel-debug, -rt, -64k: nobody wants those who did not have or name them. */
static bool is_flavour(const char *release)
{
	return strchr(release, '+') != NULL;
}

/* The first clue that a complete set answers; else the newest complete set, plain first. */
static const struct package_set *best_set(const struct inventory *inv,
					  const struct package_sets *sets,
					  const struct restore_options *o)
{
	const struct package_set *newest = NULL;

	for (size_t c = 0; c <= inv->clue_count; c++)
		for (size_t i = 0; i < sets->set_count; i++) {
			const struct package_set *s = &sets->sets[i];

			if (!s->complete || !asked_for(o, s->release))
				continue;
			if (!newest || (is_flavour(newest->release) && !is_flavour(s->release)))
				newest = s;
			if (c < inv->clue_count &&
				text_equal(s->release, inv->clues[c].release))
				return s;
		}
	return newest;
}

static int nothing_complete(const struct package_sets *sets,
			    const struct restore_options *o, struct fault *f)
{
	_cleanup_(buffer_done) struct buffer missing = {0};
	const struct package_set *near = NULL;

	for (size_t i = 0; i < sets->set_count && !near; i++)
		if (asked_for(o, sets->sets[i].release))
			near = &sets->sets[i];
	if (!near && o->release && sets->set_count)
		return fault_named(f, FAULT_NO_KERNEL_IN_PACKAGE, NULL, "restore",
			"none of the packages holds kernel %s", o->release);
	if (!near)
		return fault_named(f, FAULT_NO_KERNEL_IN_PACKAGE,
			sets->count ? sets->packages[0].path : NULL, "restore",
			"no package given holds a kernel");
	for (size_t i = 0; i < near->missing.count; i++)
		if (buffer_printf(&missing, "%s%s", i ? ", " : "", near->missing.items[i]) < 0)
			return fault_no_memory(f);
	fault_named(f, FAULT_INCOMPLETE_SET, sets->packages[near->packages[0]].path, "restore",
		"the packages of kernel %s are not complete: %s is missing", near->release,
		missing.size ? missing.data : "a part");
	fault_hint(f, "give the missing package too, or the directory that holds all of them");
	return -EINVAL;
}

int plan_choose(const struct package_set **ret, const struct inventory *inv,
		const struct package_sets *sets, const struct restore_options *options,
		struct fault *f)
{
	const struct package_set *set = best_set(inv, sets, options);
	int r = 0;

	/* A damaged package may be the very one that is missing. */
	for (size_t i = 0; r >= 0 && i < sets->count; i++)
		if (!set || sets->packages[i].named)
			r = check_integrity(&sets->packages[i], f);
	if (r < 0)
		return r;
	if (!set)
		return nothing_complete(sets, options, f);
	r = check_set(inv, sets, set, options, f);
	if (r >= 0)
		*ret = set;
	return r;
}
