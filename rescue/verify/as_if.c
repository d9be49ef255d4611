/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A restored set before it is restored: the inventory as it would be then (the kernel
 * whole, indexed, with an initramfs of its own modules and the default entry), judged by
 * the same rules as any other.
 */
#include "offer.h"
#include "verify_rules.h"

#include <errno.h>

/* Shallow copies; only what the set changes is its own. */
struct as_if {
	struct inventory inv;
	struct kernel kernel;
	struct entry entry;
	size_t entry_index;
};

static void as_if_done(struct as_if *a)
{
	strings_done(&a->kernel.modules.files);
	strings_done(&a->kernel.initramfs.modules);
	free(a->kernel.modules.path);
	free(a->kernel.initramfs.path);
	free(a->inv.kernels);
	free(a->inv.entries);
}

/* What is there already and no package brings stays. */
static int keep_present(struct strings *files, const struct kernel *now,
			const struct strings *brought)
{
	for (size_t i = 0; now && i < now->modules.files.count; i++)
		if (!strings_has(brought, now->modules.files.items[i]) &&
			strings_add(files, now->modules.files.items[i]) < 0)
			return -ENOMEM;
	return 0;
}

/* The sample that was brought is judged as a file; the others as they pass. */
static int list_files(struct kernel *k, const struct offer *o, const struct kernel *now)
{
	struct module_tree *tree = &k->modules;
	size_t n = strlen(tree->path);

	for (size_t i = 0; i < o->files.count; i++) {
		const char *path = o->files.items[i].path;

		if (strncmp(path, tree->path, n) == 0 && path[n] == '/' &&
			module_is_file_name(path) && strings_add(&tree->files, path + n + 1) < 0)
			return -ENOMEM;
	}
	if (keep_present(&tree->files, now, &o->modules) < 0)
		return -ENOMEM;
	tree->count = o->modules.count + tree->files.count;
	for (size_t i = 0; i < tree->files.count; i++)
		tree->third_party += !text_starts(tree->files.items[i], "kernel/");
	for (size_t i = 0; i < o->modules.count; i++)
		if (strings_take(&k->initramfs.modules, module_name_of(o->modules.items[i])) < 0)
			return -ENOMEM;
	strings_sort(&k->initramfs.modules);
	return 0;
}

static int make_kernel(struct as_if *a, const struct inventory *inv, const struct offer *o,
		       const struct kernel *now)
{
	struct kernel *k = &a->kernel;

	k->release = o->set->release;
	k->image.path = (char *)(o->image ? o->image : now ? now->image.path : NULL);
	k->image.state = o->image ? PART_OK : now ? now->image.state : PART_MISSING;
	k->modules.path = text_printf("/lib/modules/%s", k->release);
	k->initramfs.path = inventory_initramfs_path(inv, k->release);
	k->initramfs.listed = true;
	k->initramfs.pieces = ~0u; /* what cannot be opened stops the plan */
	k->entries = &a->entry_index;
	k->entry_count = 1;
	return k->modules.path && k->initramfs.path ? list_files(k, o, now) : -ENOMEM;
}

/* An entry for it that starts by default, before all others. */
static int make_entries(struct as_if *a, const struct inventory *inv, size_t kernel)
{
	struct entry *entries = calloc(inv->entry_count + 1, sizeof(*entries));

	if (!entries)
		return -ENOMEM;
	for (size_t i = 0; i < inv->entry_count; i++) {
		entries[i] = inv->entries[i];
		entries[i].is_default = false;
	}
	a->entry_index = inv->entry_count;
	entries[a->entry_index] = (struct entry){.id = a->kernel.release,
		.title = a->kernel.release, .source = inv->entries_directory,
		.kernel = (int)kernel, .is_default = true, .is_of_this_root = true};
	a->inv.entries = entries;
	a->inv.entry_count = inv->entry_count + 1;
	a->inv.default_entry = (int)a->entry_index;
	return 0;
}

static int as_if_make(struct as_if *a, const struct inventory *inv, const struct offer *o)
{
	const struct kernel *now = inventory_find_kernel(inv, o->set->release);
	size_t at = now ? (size_t)(now - inv->kernels) : inv->kernel_count;

	a->inv = *inv;
	a->inv.entries = NULL;
	a->inv.kernels = calloc(inv->kernel_count + 1, sizeof(*inv->kernels));
	if (!a->inv.kernels || make_kernel(a, inv, o, now) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < inv->kernel_count; i++)
		a->inv.kernels[i] = inv->kernels[i];
	a->inv.kernels[at] = a->kernel;
	a->inv.kernel_count = inv->kernel_count + !now;
	return make_entries(a, inv, at);
}

int verify_offer(struct verification *ret, const struct inventory *inv,
		 const struct package_sets *sets, const struct package_set *set,
		 const struct verify_options *options, const struct progress *progress,
		 struct fault *f)
{
	_cleanup_(offer_done) struct offer offer = {0};
	_cleanup_(as_if_done) struct as_if a = {0};
	struct verify_options only = *options;
	char *release[] = {set->release};
	int r = offer_open(&offer, sets, set, &inv->system->target, progress);

	if (r >= 0 && (!options->boot_path_only ||
			      (options->third_party && inventory_has_third_party(inv)))) {
		r = offer_read(&offer, f);
		if (r < 0)
			return r;
	}
	if (r < 0 || as_if_make(&a, inv, &offer) < 0)
		return fault_no_memory(f);
	only.kernels = (struct strings){release, 1, 1};
	return rules_run(ret, &a.inv, &only, &offer, f);
}
