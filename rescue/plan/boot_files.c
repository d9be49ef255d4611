/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a distribution's kernel scripts lay into /boot (20-grub.install, %posttrans): copies
 * of the files that kernel-core holds beside the modules, and the symvers link.
 */
#include "planner.h"

#include <errno.h>

struct boot_copy {
	const char *from; /* in the module directory */
	const char *name; /* in /boot, before the release */
	mode_t mode;
};

static const struct boot_copy copies[] = {
	{"vmlinuz", "vmlinuz-", 0755},
	{"System.map", "System.map-", 0600},
	{"config", "config-", 0644},
	{".vmlinuz.hmac", ".vmlinuz-", 0644}, /* .vmlinuz-V.hmac */
};

/* systemd's kernel-install keeps such a kernel in /boot/TOKEN/V; then /boot itself is not ours. */
static bool is_in_token_directory(const struct planner *p)
{
	_cleanup_free_ char *path = text_printf("/boot/%s/%s", p->inv->entry_token,
		p->plan->release);

	return path && inventory_observed(p->inv, path)->exists;
}

static const char *reason_for(const struct planner *p, const struct boot_copy *c, bool exists)
{
	if (!exists)
		return "it is missing in /boot";
	if (strcmp(c->from, "vmlinuz") == 0 && p->kernel && p->kernel->image.state != PART_OK)
		return "the present one is damaged";
	return "it comes anew with the packages";
}

/* The image also where it is damaged; anything where the packages bring another one. */
static bool is_needed(const struct planner *p, const struct boot_copy *c, const char *from,
		      const char *path)
{
	const struct snapshot *now = inventory_observed(p->inv, path);
	const struct package_file *file = planner_package_file(p, from);

	if (planner_package_file(p, path))
		return false; /* EL5 to EL7: the package has it in /boot itself */
	if (!now->exists)
		return true;
	if (strcmp(c->from, "vmlinuz") == 0 && (!p->kernel || p->kernel->image.state != PART_OK))
		return true;
	return file && planner_makes(p, OP_MODULES) && now->size != file->size;
}

static int add_copy(struct planner *p, const struct boot_copy *c)
{
	const char *release = p->plan->release;
	_cleanup_free_ char *from = text_printf("/lib/modules/%s/%s", release, c->from);
	_cleanup_free_ char *path = text_printf("/boot/%s%s%s", c->name, release,
		c->name[0] == '.' ? ".hmac" : "");
	struct operation *op;
	uint64_t size;
	int r;

	if (!from || !path)
		return -ENOMEM;
	if (!planner_will_have(p, from, &size) || !is_needed(p, c, from, path))
		return 0;
	r = planner_add(p, OP_COPY, path, c->mode, size, &op, "%s",
		reason_for(p, c, inventory_observed(p->inv, path)->exists));
	if (r >= 0)
		op->from = TAKE_PTR(from);
	return r;
}

/* Weak-updates look for /boot/symvers-V.*; the scripts make it only where there is none. */
static int add_symvers(struct planner *p)
{
	static const char *const endings[] = {"gz", "xz", "zst"};
	const char *release = p->plan->release;

	for (size_t i = 0; i < ARRAY_SIZE(endings); i++) {
		_cleanup_free_ char *path = text_printf("/boot/symvers-%s.%s", release, endings[i]);
		_cleanup_free_ char *from = text_printf("/lib/modules/%s/symvers.%s", release,
			endings[i]);
		struct operation *op;
		int r;

		if (!path || !from)
			return -ENOMEM;
		if (inventory_observed(p->inv, path)->exists)
			return 0;
		if (!planner_will_have(p, from, NULL) || planner_package_file(p, path))
			continue;
		r = planner_add(p, OP_LINK, path, 0777, strlen(from), &op,
			"third-party modules are checked against it");
		return r < 0 ? r : buffer_puts(&op->content, from);
	}
	return 0;
}

int planner_boot_files(struct planner *p)
{
	int r = 0;

	if (is_in_token_directory(p))
		return 0;
	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(copies); i++)
		r = add_copy(p, &copies[i]);
	return r < 0 ? r : add_symvers(p);
}
