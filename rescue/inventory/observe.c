/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names a repair may touch, as they were when looked at: a plan's expected old state.
 */
#include "inventory.h"

#include <errno.h>

#define MAX_OBSERVED 65536

static int observe(struct inventory *inv, const char *path)
{
	struct snapshot now;
	int r = snapshot_take(&now, &inv->system->target, path);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	if (!now.exists)
		return 0;
	if (inv->observed_count == MAX_OBSERVED)
		return -E2BIG;
	r = vector_grow(&inv->observed, &inv->observed_capacity, inv->observed_count,
		sizeof(*inv->observed));
	if (r < 0)
		return r;
	char *copy = strdup(path);
	if (!copy)
		return -ENOMEM;
	inv->observed[inv->observed_count++] = (struct observed){copy, now,
		S_ISLNK(now.mode) && !target_exists(&inv->system->target, path)};
	return 0;
}

/*
 * The directory and every name in it; a directory that cannot be listed is just absent.
 */
static int observe_directory(struct inventory *inv, const char *path)
{
	_cleanup_(strings_done) struct strings names = {0};
	int r = observe(inv, path);

	if (r < 0)
		return r;
	r = target_list(&inv->system->target, path, &names, NULL);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	for (size_t i = 0; i < names.count; i++) {
		_cleanup_free_ char *child = text_printf("%s/%s", path, names.items[i]);

		if (!child)
			return -ENOMEM;
		r = observe(inv, child);
		if (r < 0)
			return r;
	}
	return 0;
}

static int compare_observed(const void *a, const void *b)
{
	const struct observed *x = a, *y = b;

	return strcmp(x->path, y->path);
}

/* As the entry spells them: FAT takes every case for the same. */
static int observe_entry(struct inventory *inv, const struct entry *e)
{
	int r = e->linux_path && e->linux_path[0] == '/' ? observe(inv, e->linux_path) : 0;

	for (size_t i = 0; r >= 0 && i < e->initrd.count; i++)
		r = observe(inv, e->initrd.items[i]);
	return r;
}

static int observe_systemd_boot(struct inventory *inv)
{
	const struct systemd_boot *s = &inv->systemd;
	_cleanup_free_ char *token = NULL;
	int r;

	if (!s->root)
		return 0;
	r = strcmp(s->root, "/boot") == 0 ? 0 : observe_directory(inv, s->root);
	token = text_printf("%s/%s", s->root, inv->entry_token);
	if (r >= 0 && strcmp(s->root, "/boot") != 0)
		r = token ? observe_directory(inv, token) : -ENOMEM;
	for (size_t i = 0; r >= 0 && i < inv->kernel_count; i++) {
		_cleanup_free_ char *folder =
			text_printf("%s/%s/%s", s->root, inv->entry_token,
				inv->kernels[i].release);

		r = folder ? observe_directory(inv, folder) : -ENOMEM;
	}
	return r < 0 ? r : observe(inv, s->conf_path);
}

int inventory_observe(struct inventory *inv)
{
	_cleanup_free_ char *token = NULL;
	static const char *const folders[] = {"/boot", "/boot/grub2", "/boot/grub"};
	int r = 0;

	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(folders); i++)
		r = observe_directory(inv, folders[i]);
	if (r >= 0 && inv->entries_directory)
		r = observe_directory(inv, inv->entries_directory);
	if (r >= 0 && inv->entry_token) {
		token = text_printf("/boot/%s", inv->entry_token);
		r = token ? observe_directory(inv, token) : -ENOMEM;
	}
	if (r >= 0)
		r = observe_systemd_boot(inv);
	for (size_t i = 0; r >= 0 && i < inv->entry_count; i++)
		r = observe_entry(inv, &inv->entries[i]);
	if (r >= 0)
		r = observe_directory(inv, "/lib/modules");
	for (size_t i = 0; r >= 0 && i < inv->kernel_count; i++)
		r = observe_directory(inv, inv->kernels[i].modules.path);
	if (r >= 0 && inv->grub_cfg)
		r = observe(inv, inv->grub_cfg);
	if (r >= 0 && inv->lost.path)
		r = observe(inv, inv->lost.path);
	if (r >= 0 && inv->grubenv_path)
		r = observe(inv, inv->grubenv_path);
	if (inv->observed_count > 1)
		qsort(inv->observed, inv->observed_count, sizeof(*inv->observed),
			compare_observed);
	return r;
}

static const struct observed *find(const struct inventory *inv, const char *path)
{
	struct observed key = {.path = (char *)path};

	return inv->observed_count ? bsearch(&key, inv->observed, inv->observed_count,
					     sizeof(*inv->observed), compare_observed)
				   : NULL;
}

const struct snapshot *inventory_observed(const struct inventory *inv, const char *path)
{
	static const struct snapshot absent;
	const struct observed *found = find(inv, path);

	return found ? &found->now : &absent;
}

bool inventory_dangles(const struct inventory *inv, const char *path)
{
	const struct observed *found = find(inv, path);

	return found && found->dangles;
}
