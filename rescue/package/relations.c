/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Provides and Requires, and whether one satisfies the other. */
#include "package_room.h"

#include <errno.h>

struct tags {
	uint32_t names, flags, versions;
};

/* Names alone are valid too (format 3): then any version will do. */
static int read_relations(struct package_requirement **ret, size_t *ret_count,
			  const struct rpm_header *h, struct tags tags)
{
	_cleanup_(strings_done) struct strings names = {0}, versions = {0};
	_cleanup_free_ uint64_t *flags = NULL;
	struct package_requirement *relations;
	size_t count = 0;
	int r = rpm_header_texts(h, tags.names, &names);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	r = rpm_header_texts(h, tags.versions, &versions);
	if (r >= 0)
		r = rpm_header_numbers(h, tags.flags, &flags, &count);
	if (r < 0 && r != -ENOENT)
		return r;
	if (r == 0 && (versions.count != names.count || count != names.count))
		return -EBADMSG;
	relations = calloc(names.count, sizeof(*relations));
	if (!relations)
		return -ENOMEM;
	for (size_t i = 0; i < names.count; i++) {
		relations[i].name = TAKE_PTR(names.items[i]);
		if (r == 0 && versions.items[i][0]) {
			relations[i].version = TAKE_PTR(versions.items[i]);
			relations[i].flags = (unsigned)flags[i];
		}
	}
	*ret = relations;
	*ret_count = names.count;
	return 0;
}

int package_take_relations(struct package *p, const struct rpm_header *h, struct fault *f)
{
	static const struct tags provides = {TAG_PROVIDE_NAMES, TAG_PROVIDE_FLAGS,
					     TAG_PROVIDE_VERSIONS};
	static const struct tags requires = {TAG_REQUIRE_NAMES, TAG_REQUIRE_FLAGS,
					     TAG_REQUIRE_VERSIONS};
	int r = read_relations(&p->provides, &p->provide_count, h, provides);

	if (r >= 0)
		r = read_relations(&p->requires, &p->require_count, h, requires);
	if (r == -ENOMEM)
		return fault_no_memory(f);
	if (r < 0)
		return package_refuse(f, p, "its list of requirements is damaged");
	return 0;
}

static const char *without_epoch(const char *version)
{
	size_t digits = strspn(version, "0123456789");

	return digits && version[digits] == ':' ? version + digits + 1 : version;
}

/* A wanted version without a release accepts every release. */
static bool version_satisfies(const char *provided, const char *wanted)
{
	const char *release = strrchr(without_epoch(provided), '-');

	provided = without_epoch(provided);
	wanted = without_epoch(wanted);
	if (!strcmp(provided, wanted))
		return true;
	return release && !strchr(wanted, '-') &&
	       strlen(wanted) == (size_t)(release - provided) &&
	       !strncmp(provided, wanted, strlen(wanted));
}

bool package_provides(const struct package *p, const struct package_requirement *wanted)
{
	for (size_t i = 0; i < p->provide_count; i++) {
		const struct package_requirement *provide = &p->provides[i];

		if (strcmp(provide->name, wanted->name))
			continue;
		if (!wanted->version || !provide->version ||
		    version_satisfies(provide->version, wanted->version))
			return true;
	}
	return false;
}
