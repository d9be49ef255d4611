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
	{"sysctl.conf", "sysctl.conf-", 0644}, /* SUSE's */
};

/*
 * systemd's kernel-install keeps such a kernel in TOKEN/V of the ESP or of /boot; then
 * /boot itself is not ours.
 */
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

/* Where the package or the system has the image, before the boot loader's copy is made. */
static char *image_source(const struct planner *p, uint64_t *ret_size)
{
	_cleanup_free_ char *path = text_printf("/lib/modules/%s/vmlinuz", p->plan->release);

	if (!path || planner_will_have(p, path, ret_size))
		return TAKE_PTR(path);
	free(path);
	path = text_printf("/boot/vmlinuz-%s", p->plan->release);
	return path && planner_will_have(p, path, ret_size) ? TAKE_PTR(path) : NULL;
}

/* The image alone: what else kernel-install lays there entries and initramfs bring. */
static int add_systemd_image(struct planner *p)
{
	_cleanup_free_ char *path = inventory_image_path(p->inv, p->plan->release);
	_cleanup_free_ char *from = NULL;
	const struct kernel *k = p->kernel;
	struct operation *op;
	uint64_t size = 0;
	int r;

	if (!path)
		return -ENOMEM;
	if (k && k->image.state == PART_OK && text_equal(k->image.path, path) &&
		!planner_makes(p, OP_MODULES))
		return 0;
	from = image_source(p, &size);
	if (!from || text_equal(from, path))
		return 0;
	if (k && k->image.state == PART_OK && inventory_observed(p->inv, path)->exists &&
		inventory_observed(p->inv, path)->size == size)
		return 0;
	r = planner_add(p, OP_COPY, path, 0644, size, &op, "%s",
		inventory_observed(p->inv, path)->exists
			? "the present one is not the one that is restored"
			: "systemd-boot starts it from there");
	if (r >= 0)
		op->from = TAKE_PTR(from);
	return r;
}

static int add_link(struct planner *p, const char *path, char *take_text)
{
	_cleanup_free_ char *text = take_text;
	struct operation *op;
	int r;

	if (!text)
		return -ENOMEM;
	if (inventory_observed(p->inv, path)->exists && !inventory_dangles(p->inv, path))
		return 0;
	r = planner_add(p, OP_LINK, path, 0777, strlen(text), &op,
		"the system's tools look for the newest kernel there");
	return r < 0 ? r : buffer_puts(&op->content, text);
}

/* SUSE's names without a release. */
static int add_generic_links(struct planner *p)
{
	const char *release = p->plan->release;
	int r;

	if (!system_is_suse(p->inv->system))
		return 0;
	r = add_link(p, "/boot/vmlinuz", text_printf("vmlinuz-%s", release));
	return r < 0 ? r : add_link(p, "/boot/initrd", text_printf("initrd-%s", release));
}

int planner_boot_files(struct planner *p)
{
	const struct systemd_boot *s = &p->inv->systemd;
	int r = 0;

	/* An XBOOTLDR with kernels at its top is a /boot as any other. */
	if (s->root && (s->by_token || strcmp(s->root, "/boot") != 0))
		return add_systemd_image(p);
	if (is_in_token_directory(p))
		return 0;
	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(copies); i++)
		r = add_copy(p, &copies[i]);
	/* FAT has no links. */
	if (r >= 0 && !s->root)
		r = add_generic_links(p);
	return r < 0 || s->root ? r : add_symvers(p);
}
