/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is a set of packages a whole kernel? What Requires name is followed; what lacks is named. */
#include "package_room.h"

#include <errno.h>

/* Exact requirements on kernel packages; all others the patient's user space fulfils. */
bool package_requires_kernel(const struct package_requirement *r)
{
	return r->version && (r->flags & SENSE_MASK) == SENSE_EQUAL &&
	       (!strcmp(r->name, "kernel") || text_starts(r->name, "kernel-"));
}

static bool set_has(const struct package_sets *s, const struct package_set *set,
		    const char *nevra)
{
	for (size_t i = 0; i < set->count; i++) {
		if (!strcmp(s->packages[set->packages[i]].nevra, nevra))
			return true;
	}
	return false;
}

/* The same package may have been named twice. */
int package_set_add(const struct package_sets *s, struct package_set *set, size_t package)
{
	size_t *grown;

	if (set_has(s, set, s->packages[package].nevra))
		return 0;
	grown = reallocarray(set->packages, set->count + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	set->packages = grown;
	set->packages[set->count++] = package;
	return 0;
}

static bool set_provides(const struct package_sets *s, const struct package_set *set,
			 const struct package_requirement *wanted)
{
	for (size_t i = 0; i < set->count; i++) {
		if (package_provides(&s->packages[set->packages[i]], wanted))
			return true;
	}
	return false;
}

/* Packages that do not belong to every kernel join the set that requires them. */
static int set_find_provider(const struct package_sets *s, struct package_set *set,
			     const struct package_requirement *wanted)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct package *p = &s->packages[i];
		int r;

		if ((p->part != PACKAGE_OTHER && p->part < PACKAGE_MODULES_EXTRA) ||
		    !text_equal(p->release, set->release) || !package_provides(p, wanted))
			continue;
		r = package_set_add(s, set, i);
		return r < 0 ? r : 1;
	}
	return 0;
}

/*
 * The package that a requirement means, as its file is called: "kernel-modules-core-V"
 * for kernel-modules-core-uname-r = V, also where V ends in "+debug".
 */
static char *name_missing(const struct package *p, const struct package_requirement *wanted)
{
	static const char uname[] = "-uname-r";
	const char *version = wanted->version, *colon = strchr(version, ':');
	size_t size = strlen(wanted->name) - strlen(uname);

	if (!text_ends(wanted->name, uname))
		return text_printf("%s-%s.%s", wanted->name, colon ? colon + 1 : version,
				   p->arch);
	return text_printf("%.*s%s-%.*s", (int)size, wanted->name,
			   size == strlen("kernel") ? "-core" : "",
			   (int)strcspn(version, "+"), version);
}

static int miss(struct package_set *set, struct package *p, char *take_name)
{
	_cleanup_free_ char *name = take_name;
	int r = name ? strings_add_new(&set->missing, name) : -ENOMEM;

	return r < 0 || !p ? r : strings_add_new(&p->missing, name);
}

/* set->count grows while providers join: their own requirements are followed too. */
static int follow_requirements(struct package_sets *s, struct package_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		struct package *p = &s->packages[set->packages[i]];

		for (size_t k = 0; k < p->require_count; k++) {
			const struct package_requirement *wanted = &p->requires[k];
			int r;

			if (!package_requires_kernel(wanted) || set_provides(s, set, wanted))
				continue;
			r = set_find_provider(s, set, wanted);
			if (r == 0)
				r = miss(set, p, name_missing(p, wanted));
			if (r < 0)
				return r;
		}
	}
	return 0;
}

static struct package *set_part(const struct package_sets *s, const struct package_set *set,
				enum package_part part)
{
	for (size_t i = 0; i < set->count; i++) {
		if (s->packages[set->packages[i]].part == part)
			return &s->packages[set->packages[i]];
	}
	return NULL;
}

static bool set_has_modules(const struct package_sets *s, const struct package_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		if (package_has_modules(&s->packages[set->packages[i]]))
			return true;
	}
	return false;
}

/*
 * What Requires do not say: kernel-core stands for a kernel whose drivers are in
 * kernel-modules (EL8 requires it from the meta package alone), and an image without any
 * module brings no server up.
 */
static int require_modules(const struct package_sets *s, struct package_set *set)
{
	static const char core[] = "-core";
	struct package *image = set_part(s, set, PACKAGE_CORE);
	bool is_split = image && text_ends(image->name, core);
	size_t size;

	if (!image)
		return set->missing.count ? 0
					  : miss(set, NULL, text_printf("kernel-core-%s",
									set->release));
	if (set_part(s, set, PACKAGE_MODULES) || (!is_split && set_has_modules(s, set)))
		return 0;
	size = strlen(image->name) - (is_split ? strlen(core) : 0);
	return miss(set, image, text_printf("%.*s-modules-%.*s", (int)size, image->name,
					    (int)strcspn(set->release, "+"), set->release));
}

int package_set_judge(struct package_sets *s, struct package_set *set)
{
	int r = follow_requirements(s, set);

	if (r == 0)
		r = require_modules(s, set);
	strings_sort(&set->missing);
	set->complete = r == 0 && !set->missing.count;
	return r;
}
