/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does an initramfs (with what is built into its kernel) get to the root: file system,
 * what it is stacked on, and the controller of its disk.
 */
#include "verify_rules.h"

#include "formats/modules_index.h"

#include <errno.h>

/* What a kernel has from its first moment on. */
struct early {
	const struct kernel *kernel;
	struct strings built_in;
};

static void early_done(struct early *e)
{
	strings_done(&e->built_in);
}

static int read_text(const struct files *files, const struct kernel *k, const char *name,
		     struct buffer *ret)
{
	_cleanup_free_ char *path = text_printf("%s/%s", k->modules.path, name);
	int r = path ? files_read(files, path, MODULES_INDEX_MAX_SIZE, ret) : -ENOMEM;

	return r == -ENOMEM ? r : 0;
}

static int early_read(struct early *ret, const struct files *files, const struct kernel *k)
{
	_cleanup_(strings_done) struct strings lines = {0};
	_cleanup_(buffer_done) struct buffer text = {0};
	_cleanup_(early_done) struct early e = {.kernel = k};
	int r = read_text(files, k, "modules.builtin", &text);

	if (r >= 0 && modules_list_parse(&lines, buffer_bytes(&text), NULL) == -ENOMEM)
		r = -ENOMEM;
	for (size_t i = 0; r >= 0 && i < lines.count; i++)
		r = strings_take(&e.built_in, module_name_of(lines.items[i]));
	if (r < 0)
		return r;
	*ret = TAKE_STRUCT(e);
	return 0;
}

static bool has(const struct early *e, const char *name)
{
	return strings_has(&e->kernel->initramfs.modules, name) ||
	       strings_has(&e->built_in, name);
}

static bool has_filesystem(const struct early *e, const char *fstype)
{
	if (initramfs_drives(&e->kernel->initramfs, fstype))
		return true;
	for (size_t i = 0; i < e->built_in.count; i++)
		if (module_drives_filesystem(e->built_in.items[i], fstype))
			return true;
	return false;
}

/* What the root lies on and the initramfs has no program for. */
static const char *missing_program(const struct early *e, unsigned pieces)
{
	unsigned missing = pieces & PIECES_INDISPENSABLE & ~e->kernel->initramfs.pieces;

	for (unsigned i = 0; i < ROOT_PIECES; i++)
		if (missing & 1u << i)
			return root_piece_name(1u << i);
	return NULL;
}

static const char *missing_of_stack(const struct early *e, unsigned pieces)
{
	static const char *const raids[] = {"raid1", "raid456", "raid10", "raid0", "linear"};
	bool raid = false;

	if ((pieces & (PIECE_LVM | PIECE_CRYPT)) && !has(e, "dm_mod"))
		return "no device mapper (dm_mod) for the volume that this root is on";
	if ((pieces & PIECE_CRYPT) && !has(e, "dm_crypt"))
		return "no dm_crypt for the encrypted device that this root is on";
	for (size_t i = 0; i < ARRAY_SIZE(raids); i++)
		raid = raid || has(e, raids[i]);
	return (pieces & PIECE_MD) && !raid ? "no driver for the array that this root is on"
					    : NULL;
}

/* ---- the controller ------------------------------------------------------------------- */

static int missing_driver(const struct early *e, const struct modules_alias *aliases,
			  const struct platform_device *device, char **ret)
{
	_cleanup_(strings_done) struct strings names = {0};
	_cleanup_free_ char *name = NULL;
	int r = modules_alias_match(aliases, device->modalias, &names);

	if (r < 0 || !names.count)
		return r; /* no driver at all is told of elsewhere */
	for (size_t i = 0; i < names.count; i++)
		if (has(e, names.items[i]))
			return 0;
	name = modalias_name(device->modalias, device->class);
	*ret = name ? text_printf("has no %s, the driver of %s%s%s", names.items[0], name,
			device->name ? " at " : "", device->name ? device->name : "")
		    : NULL;
	return *ret ? 0 : -ENOMEM;
}

static int missing_of_disk(const struct early *e, const struct files *files,
			   const struct platform *p, char **ret)
{
	_cleanup_(modules_alias_done) struct modules_alias aliases = {0};
	_cleanup_(buffer_done) struct buffer text = {0}, info = {0};
	bool known = false;
	int r;

	for (size_t i = 0; p && i < p->count; i++)
		known = known || p->items[i].carries_root;
	if (!known)
		return 0;
	r = read_text(files, e->kernel, "modules.alias", &text);
	if (r >= 0 && modules_alias_parse(&aliases, buffer_bytes(&text), NULL) == -ENOMEM)
		r = -ENOMEM;
	if (r >= 0)
		r = read_text(files, e->kernel, "modules.builtin.modinfo", &info);
	if (r >= 0)
		r = modules_builtin_aliases(&aliases, buffer_bytes(&info));
	for (size_t i = 0; r >= 0 && !*ret && i < p->count; i++)
		if (p->items[i].carries_root)
			r = missing_driver(e, &aliases, &p->items[i], ret);
	return r;
}

int rules_initramfs_lacks(const struct rules *r, const struct kernel *k, char **ret)
{
	_cleanup_(early_done) struct early e = {0};
	const struct files *files = rules_files(r, k);
	const char *fstype = r->inv->system->root.fstype, *missing;
	unsigned pieces = r->inv->system->pieces;
	int rc;

	*ret = NULL;
	/* Nothing to say where the root or the initramfs could not be read. */
	if (k->initramfs.state != PART_OK || !k->initramfs.listed)
		return 0;
	rc = early_read(&e, files, k);
	if (rc < 0)
		return rc;
	if (fstype && !text_equal(fstype, "auto") && !has_filesystem(&e, fstype)) {
		*ret = text_printf("has no driver for this root's file system (%s)", fstype);
		return *ret ? 0 : -ENOMEM;
	}
	missing = missing_program(&e, pieces);
	if (missing)
		*ret = text_printf("cannot open %s, on which this root lies", missing);
	else if ((missing = missing_of_stack(&e, pieces)))
		*ret = text_printf("has %s", missing);
	if (missing)
		return *ret ? 0 : -ENOMEM;
	return missing_of_disk(&e, files, r->options->platform, ret);
}

bool rules_reaches_root(const struct rules *r, const struct kernel *k)
{
	_cleanup_free_ char *missing = NULL;

	return rules_initramfs_lacks(r, k, &missing) >= 0 && !missing;
}
