/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many packages become kernels: grouped by release. */
#include "package_room.h"

#include "formats/rpm_version.h"

#include <errno.h>

/* ---- grouping ----------------------------------------------------------------------- */

/* A meta package holds no paths: what it requires tells its kernel. NULL: no memory. */
static char *meta_release(const struct package_sets *s, const struct package *p)
{
	const struct package_requirement *plain = NULL;

	for (size_t i = 0; i < p->require_count; i++) {
		const struct package_requirement *r = &p->requires[i];

		if (!package_requires_kernel(r))
			continue;
		if (text_ends(r->name, "-uname-r"))
			return strdup(r->version);
		plain = r;
	}
	for (size_t i = 0; plain && i < s->count; i++) {
		if (s->packages[i].part == PACKAGE_CORE &&
		    package_provides(&s->packages[i], plain))
			return strdup(s->packages[i].release);
	}
	return text_printf("%s.%s", p->version_release, p->arch);
}

static int find_set(struct package_sets *s, const char *release)
{
	for (size_t i = 0; i < s->set_count; i++) {
		if (!strcmp(s->sets[i].release, release))
			return (int)i;
	}
	if (vector_grow(&s->sets, &s->set_capacity, s->set_count, sizeof(*s->sets)) < 0)
		return -ENOMEM;
	s->sets[s->set_count] = (struct package_set){.release = strdup(release)};
	if (!s->sets[s->set_count].release)
		return -ENOMEM;
	return (int)s->set_count++;
}

static int group_package(struct package_sets *s, size_t index)
{
	const struct package *p = &s->packages[index];
	_cleanup_free_ char *release = NULL;
	int r;

	/* Nobody needs kernel-modules-extra to boot, and it brings blacklists along. */
	if (p->part == PACKAGE_OTHER || p->part > PACKAGE_MODULES_EXTRA ||
	    (p->part == PACKAGE_MODULES_EXTRA && !p->named))
		return 0;
	release = p->part == PACKAGE_META ? meta_release(s, p) : strdup(p->release);
	if (!release)
		return -ENOMEM;
	r = find_set(s, release);
	return r < 0 ? r : package_set_add(s, &s->sets[r], index);
}

static int compare_sets(const void *a, const void *b)
{
	const struct package_set *x = a, *y = b;
	int order = rpm_version_compare(y->release, x->release);

	return order ? order : strcmp(y->release, x->release);
}

/* ---- the whole ----------------------------------------------------------------------- */

static int group(struct package_sets *s)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < s->count; i++)
		r = group_package(s, i);
	for (size_t i = 0; r >= 0 && i < s->set_count; i++)
		r = package_set_judge(s, &s->sets[i]);
	if (s->set_count)
		qsort(s->sets, s->set_count, sizeof(*s->sets), compare_sets);
	return r;
}

int package_sets_read(struct package_sets *ret, const struct strings *operands,
		      const struct target *patient, const struct strings *key_files,
		      struct fault *f)
{
	_cleanup_(package_sets_done) struct package_sets s = {0};
	_cleanup_(package_keys_done) struct package_keys keys = {0};
	int r = package_keys_read(&keys, patient, key_files, f);

	if (r >= 0)
		r = package_operands_read(&s, operands, patient, &keys, f);
	if (r < 0)
		return r;
	if (group(&s) < 0)
		return fault_no_memory(f);
	*ret = TAKE_STRUCT(s);
	return 0;
}

void package_sets_done(struct package_sets *s)
{
	for (size_t i = 0; i < s->count; i++)
		package_done(&s->packages[i]);
	for (size_t i = 0; i < s->set_count; i++) {
		free(s->sets[i].release);
		free(s->sets[i].packages);
		strings_done(&s->sets[i].missing);
	}
	free(s->packages);
	free(s->sets);
	memset(s, 0, sizeof(*s));
}
