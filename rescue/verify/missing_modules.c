/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Modules that the index names and that are gone: which boots fail without them. The
 * root is there by then, opened by the initramfs; what fstab names comes after it.
 */
#include "verify_rules.h"

#include "formats/modules_index.h"

#include <errno.h>

/* A module that drives that file system is gone, or one that it needs; NULL: none is. */
static const char *missing_driver(const struct module_tree *m, const struct modules_dep *dep,
				  const char *fstype)
{
	for (size_t i = 0; i < dep->count; i++) {
		const struct module_dep *d = &dep->items[i];
		_cleanup_free_ char *name = module_name_of(d->path);

		if (!name || !module_drives_filesystem(name, fstype))
			continue;
		if (strings_has(&m->missing, d->path))
			return d->path;
		for (size_t n = 0; n < d->needs.count; n++)
			if (strings_has(&m->missing, d->needs.items[n]))
				return d->needs.items[n];
	}
	return NULL;
}

/* FAT reads its names by tables that the kernel loads when it mounts: CONFIG_FAT_DEFAULT_*. */
static const char *missing_table(const struct module_tree *m, const char *fstype)
{
	for (size_t i = 0; text_equal(fstype, "vfat") && i < m->missing.count; i++)
		if (strstr(m->missing.items[i], "/nls/nls_"))
			return m->missing.items[i];
	return NULL;
}

static int lacks_for_mounts(const struct rules *r, const struct kernel *k, char **ret)
{
	_cleanup_(modules_dep_done) struct modules_dep dep = {0};
	_cleanup_(buffer_done) struct buffer text = {0};
	_cleanup_free_ char *path = text_printf("%s/modules.dep", k->modules.path);
	const struct fstab *t = &r->inv->system->fstab;
	int rc = path ? files_read(rules_files(r, k), path, MODULES_INDEX_MAX_SIZE, &text)
		      : -ENOMEM;

	if (rc >= 0)
		rc = modules_dep_parse(&dep, buffer_bytes(&text), NULL);
	for (size_t i = 0; rc >= 0 && !*ret && i < t->count; i++) {
		const struct fstab_line *line = &t->items[i];
		const char *gone;

		/* The root's own driver is loaded by then; others of the initramfs are not. */
		if (fstab_may_lack(line) ||
			text_equal(r->inv->system->root.fstype, line->type))
			continue;
		gone = missing_driver(&k->modules, &dep, line->type);
		if (!gone)
			gone = missing_table(&k->modules, line->type);
		if (gone && !(*ret = text_printf("%s cannot be mounted without %s",
				      line->target, gone)))
			rc = -ENOMEM;
	}
	return rc == -ENOMEM ? rc : 0;
}

/* What else than the root lies on a stack needs the driver that the initramfs has not. */
static int lacks_for_stacks(const struct rules *r, const struct kernel *k, char **ret)
{
	static const struct {
		unsigned pieces;
		const char *module;
	} stacks[] = {{PIECE_LVM | PIECE_CRYPT, "dm_mod"}, {PIECE_CRYPT, "dm_crypt"},
		{PIECE_MD, "raid1"}, {PIECE_MD, "raid456"}, {PIECE_MD, "raid10"},
		{PIECE_MD, "raid0"}};

	for (size_t i = 0; !*ret && i < ARRAY_SIZE(stacks); i++) {
		if (!(r->inv->system->pieces & stacks[i].pieces) ||
			strings_has(&k->initramfs.modules, stacks[i].module))
			continue;
		for (size_t n = 0; !*ret && n < k->modules.missing.count; n++) {
			const char *gone = k->modules.missing.items[n];
			_cleanup_free_ char *name = module_name_of(gone);

			if (text_equal(name, stacks[i].module) &&
				!(*ret = text_printf("%s opens what fstab names", gone)))
				return -ENOMEM;
		}
	}
	return 0;
}

int rules_modules_lack(const struct rules *r, const struct kernel *k, char **ret)
{
	const struct module_tree *m = &k->modules;
	int rc;

	*ret = NULL;
	if (m->state != PART_INCOMPLETE)
		return 0;
	if (m->lacks_index || m->missing.count > m->count) {
		*ret = strdup(m->lacks_index ? "there is no usable index"
					     : "most of them are gone");
		return *ret ? 0 : -ENOMEM;
	}
	rc = lacks_for_mounts(r, k, ret);
	return rc < 0 || *ret ? rc : lacks_for_stacks(r, k, ret);
}
