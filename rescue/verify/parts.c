/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel's own parts: image, module directory, initramfs. */
#include "verify_rules.h"

#include <errno.h>

static bool is_repairable_image(const struct kernel *k)
{
	return k->image.state == PART_OK || k->image.spare;
}

static bool has_own_modules(const struct kernel *k)
{
	return k->modules.state != PART_MISSING && k->modules.count > k->modules.third_party;
}

bool rules_has_working_entry(const struct inventory *inv, const struct kernel *k)
{
	for (size_t i = 0; i < k->entry_count; i++) {
		const struct entry *e = &inv->entries[k->entries[i]];

		if (!e->broken && e->is_of_this_root)
			return true;
	}
	return false;
}

static bool fails_in_fips_mode(const struct rules *r, const struct kernel *k)
{
	_cleanup_free_ char *problem = NULL;

	return rules_fips_problem(r, k, &problem) >= 0 && problem;
}

/* Where some are gone: none that mounting what fstab names would want. */
static bool has_modules_enough(const struct rules *r, const struct kernel *k)
{
	_cleanup_free_ char *lacking = NULL;

	if (k->modules.state != PART_INCOMPLETE)
		return k->modules.state == PART_OK;
	return has_own_modules(k) && rules_modules_lack(r, k, &lacking) >= 0 && !lacking;
}

enum kernel_state rules_kernel_state(const struct rules *r, size_t i)
{
	const struct kernel *k = &r->inv->kernels[i];

	if (k->image.state == PART_MISSING && !k->image.spare &&
		(k->modules.state == PART_MISSING || !has_own_modules(k)))
		return KERNEL_ABSENT;
	if (k->image.state != PART_OK || !has_modules_enough(r, k) ||
		k->initramfs.state != PART_OK || !rules_reaches_root(r, k) ||
		!rules_has_working_entry(r->inv, k) || fails_in_fips_mode(r, k))
		return KERNEL_INCOMPLETE;
	return KERNEL_BOOTABLE;
}

/* The repair that needs no package: rescue restore --release V. */
static int remedy_from_system(struct rules *r, const struct kernel *k)
{
	_cleanup_free_ char *begin = rules_remedy(r, "restore");

	if (!begin)
		return -ENOMEM;
	return findings_remedy(&r->v->findings, "%s --release %s", begin, k->release);
}

static int add_image_missing(struct rules *r, const struct kernel *k)
{
	const char *path = k->image.path;
	struct findings *fs = &r->v->findings;

	if (k->image.spare)
		return findings_add(fs, "image-missing", rules_severity(r, k), k->release, path,
			"the kernel image %s is missing; %s is whole", path, k->image.spare);
	_cleanup_free_ char *files = rules_wanted_text(r, k->release);
	if (!files)
		return -ENOMEM;
	return findings_add(fs, "image-missing", rules_severity(r, k), k->release, path,
		"the kernel image %s is missing: wanted %s", path, files);
}

static int judge_image(struct rules *r, const struct kernel *k)
{
	const struct kernel_image *image = &k->image;
	bool is_other = image->release && strcmp(image->release, k->release) != 0;
	int rc;

	if (image->state == PART_OK)
		return 0;
	if (image->state == PART_MISSING)
		rc = add_image_missing(r, k);
	else
		rc = findings_add(&r->v->findings, "image-damaged", rules_severity(r, k),
			k->release, image->path, "the kernel image %s is %s: %s", image->path,
			is_other ? "another kernel's" : "damaged",
			image->damage ? image->damage : "it cannot be read");
	if (rc < 0)
		return rc;
	if (image->spare && has_own_modules(k))
		return remedy_from_system(r, k);
	return image->spare ? 0 : rules_package_remedy(r, k->release);
}

static int add_modules_missing(struct rules *r, const struct kernel *k)
{
	const struct module_tree *m = &k->modules;
	_cleanup_free_ char *files = rules_wanted_text(r, k->release);
	int rc;

	if (!files)
		return -ENOMEM;
	rc = findings_add(&r->v->findings, "modules-missing", rules_severity(r, k), k->release,
		m->path, "the modules of kernel %s are missing (%s %s): wanted %s", k->release,
		m->path, m->state == PART_MISSING ? "is not there" : "holds none of its own",
		files);
	return rc < 0 ? rc : rules_package_remedy(r, k->release);
}

static int add_modules_incomplete(struct rules *r, const struct kernel *k)
{
	const struct module_tree *m = &k->modules;
	_cleanup_free_ char *lacking = NULL;
	bool one = m->missing.count == 1;
	int rc = rules_modules_lack(r, k, &lacking);

	if (rc >= 0)
		rc = findings_add(&r->v->findings, "modules-incomplete", rules_severity(r, k),
			k->release, m->path, "%zu module%s that %s lists %s not there (%s%s)%s%s",
			m->missing.count, one ? "" : "s", m->path, one ? "is" : "are",
			m->missing.count ? m->missing.items[0] : "?", one ? "" : ", …",
			lacking ? ": " : "", lacking ? lacking : "");
	return rc < 0 ? rc : rules_package_remedy(r, k->release);
}

static int judge_modules(struct rules *r, const struct kernel *k)
{
	const struct module_tree *m = &k->modules;
	struct findings *fs = &r->v->findings;
	enum severity severity = rules_severity(r, k);
	int rc;

	if (!has_own_modules(k))
		return add_modules_missing(r, k);
	if (m->state == PART_INCOMPLETE)
		return add_modules_incomplete(r, k);
	if (m->state != PART_UNINDEXED)
		return 0;
	rc = findings_add(fs, "modules-unindexed", severity, k->release, m->path,
		"%s has no usable index (modules.dep, modules.alias): modules would not be found",
		m->path);
	if (rc >= 0 && is_repairable_image(k))
		rc = remedy_from_system(r, k);
	return rc;
}

static int add_initramfs(struct rules *r, const struct kernel *k, const char *lacks)
{
	const struct initramfs_file *i = &k->initramfs;
	struct findings *fs = &r->v->findings;
	enum severity severity = rules_severity(r, k);

	switch (i->state) {
	case PART_MISSING:
		return findings_add(fs, "initramfs-missing", severity, k->release, i->path,
			"the initramfs %s is missing", i->path);
	case PART_DAMAGED:
		return findings_add(fs, "initramfs-damaged", severity, k->release, i->path,
			"the initramfs %s is damaged: %s", i->path,
			i->damage ? i->damage : "it cannot be read");
	case PART_MISMATCHED:
		return findings_add(fs, "initramfs-mismatched", severity, k->release, i->path,
			"the initramfs %s holds modules of kernel %s, not of %s", i->path,
			i->release ? i->release : "another release", k->release);
	default:
		return findings_add(fs, "initramfs-lacks-root-driver", severity, k->release,
			i->path, "the initramfs %s %s", i->path, lacks);
	}
}

static int judge_initramfs(struct rules *r, const struct kernel *k)
{
	_cleanup_free_ char *lacks = NULL;
	int rc = rules_initramfs_lacks(r, k, &lacks);

	if (rc < 0 || (k->initramfs.state == PART_OK && !lacks))
		return rc;
	rc = add_initramfs(r, k, lacks);
	if (rc >= 0 && is_repairable_image(k) && has_own_modules(k))
		rc = remedy_from_system(r, k);
	return rc;
}

/* What is left of a removed kernel (a third-party directory, an old initramfs) is no fault. */
static bool is_remnant(const struct rules *r, size_t i)
{
	return r->v->kernel_states[i] == KERNEL_ABSENT &&
	       r->inv->kernels[i].entry_count == 0;
}

int rules_kernel_parts(struct rules *r)
{
	for (size_t i = 0; i < r->inv->kernel_count; i++) {
		const struct kernel *k = &r->inv->kernels[i];
		int rc;

		if (!rules_wants(r, k->release) ||
			(is_remnant(r, i) && r->options->kernels.count == 0))
			continue;
		rc = judge_image(r, k);
		if (rc >= 0)
			rc = judge_modules(r, k);
		if (rc >= 0)
			rc = judge_initramfs(r, k);
		if (rc < 0)
			return rc;
	}
	return 0;
}
