/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The boot entry of the restored kernel (as 20-grub.install writes it) and the default. */
#include "planner.h"

#include "formats/bls.h"
#include "formats/grub_cfg.h"

#include <errno.h>

/* The plan makes that name, or it is there already. */
bool planner_will_exist(const struct planner *p, const char *path)
{
	for (size_t i = 0; i < p->plan->count; i++)
		if (text_equal(p->plan->operations[i].path, path))
			return true;
	return inventory_observed(p->inv, path)->exists;
}

bool planner_will_work(const struct planner *p, const struct entry *e)
{
	if (!e->is_read || !e->is_of_this_root || !e->linux_path || !planner_will_exist(p, e->linux_path) ||
		e->initrd.count == 0)
		return false;
	for (size_t i = 0; i < e->initrd.count; i++)
		if (!planner_will_exist(p, e->initrd.items[i]))
			return false;
	return true;
}

static const struct entry *working_entry(const struct planner *p)
{
	for (size_t i = 0; p->kernel && i < p->kernel->entry_count; i++) {
		const struct entry *e = &p->inv->entries[p->kernel->entries[i]];

		if (planner_will_work(p, e))
			return e;
	}
	return NULL;
}

/* As 20-grub.install makes it: NAME (V) VERSION, "with debugging" where it is that. */
static char *title_from_release(const struct system *s, const char *release)
{
	const char *name = s->os_name ? s->os_name : "Linux";
	const char *debug = text_ends(release, "+debug") ? " with debugging" : "";

	if (!s->os_version)
		return text_printf("%s (%s)%s",
			s->os_pretty_name ? s->os_pretty_name : name, release, debug);
	return text_printf("%s (%s) %s%s", name, release, s->os_version, debug);
}

/* The title of a sibling entry with this release in it, else one from os-release. */
char *planner_title(const struct planner *p)
{
	const struct inventory *inv = p->inv;

	for (size_t i = 0; i < inv->entry_count; i++) {
		const struct entry *e = &inv->entries[i];
		const char *old = e->kernel >= 0 ? inv->kernels[e->kernel].release : NULL;
		const char *at = old && e->title ? strstr(e->title, old) : NULL;

		if (at && e->is_of_this_root)
			return text_printf("%.*s%s%s", (int)(at - e->title), e->title,
				p->plan->release, at + strlen(old));
	}
	return title_from_release(inv->system, p->plan->release);
}

static const char *initramfs_path(const struct planner *p)
{
	for (size_t i = 0; i < p->plan->count; i++)
		if (p->plan->operations[i].op == OP_INITRAMFS)
			return p->plan->operations[i].path;
	if (p->kernel && p->kernel->initramfs.path && p->kernel->initramfs.state == PART_OK)
		return p->kernel->initramfs.path;
	return NULL;
}

static const char *grubenv_variable(void *data, const char *name)
{
	const struct planner *p = data;

	return grubenv_get(&p->inv->grubenv, name);
}

/*
 * GRUB 2.14 (blsuki.c, 32 bits) writes a byte behind the command that it makes of these
 * when that fills its memory to the last: an entry must not have that size. Blanks between
 * words are none to the kernel. *ret may stay NULL: options are good as they are.
 */
static int avoid_overrun(
	const struct planner *p, const char *kernel, const char *options, char **ret)
{
	_cleanup_free_ char *expanded = NULL;
	const char *blank = strchr(options, ' ');
	size_t size, more = 0;

	if (p->inv->loader != LOADER_BLSUKI || !blank)
		return 0;
	if (bls_expand(&expanded, options, grubenv_variable, (void *)p) < 0)
		return -ENOMEM;
	size = strlen("linux ") + strlen(kernel) + 1 + (expanded ? strlen(expanded) : 0);
	while ((size + more + 2) % 16 < 4) /* within a byte or two of it */
		more++;
	if (more > 0)
		*ret = text_printf("%.*s%*s%s", (int)(blank - options), options, (int)more, "",
			blank);
	return more > 0 && !*ret ? -ENOMEM : 0;
}

static int write_entry(const struct planner *p, struct buffer *ret, const char *initramfs,
		       const char *options)
{
	const struct system *s = p->inv->system;
	_cleanup_free_ char *spaced = NULL;
	_cleanup_free_ char *title = planner_title(p);
	_cleanup_free_ char *image = text_printf("/boot/vmlinuz-%s", p->plan->release);
	_cleanup_free_ char *kernel = image ? system_loader_path(s, image) : NULL;
	_cleanup_free_ char *path = system_loader_path(s, initramfs);
	/* EL8's tuned adds its own initrd and options through variables of grubenv. */
	_cleanup_free_ char *initrd = path ? text_printf("%s%s", path,
		strstr(options, "$tuned_params") ? " $tuned_initrd" : "") : NULL;
	struct bls_template entry = {
		.title = title,
		.version = p->plan->release,
		.linux_path = kernel,
		.initrd = initrd,
		.grub_users = "$grub_users",
		.grub_arg = "--unrestricted",
		.grub_class = s->os_id ? s->os_id : "linux",
	};

	if (!title || !kernel || !initrd || avoid_overrun(p, kernel, options, &spaced) < 0)
		return -ENOMEM;
	entry.options = spaced ? spaced : options;
	return bls_write(ret, &entry);
}

/* GRUB's modules lie beside its menu, and stay where that is lost. */
const char *planner_lost_grub_cfg(const struct planner *p)
{
	const struct inventory *inv = p->inv;

	if (inv->grub_cfg || inv->loader == LOADER_SYSTEMD_BOOT)
		return NULL;
	if (inv->lost_grub_cfg)
		return inv->lost_grub_cfg;
	if (S_ISDIR(inventory_observed(inv, "/boot/grub2")->mode))
		return "/boot/grub2/grub.cfg";
	if ((inv->system->bootloaders & BOOTLOADER_GRUB2) &&
		S_ISDIR(inventory_observed(inv, "/boot/grub")->mode))
		return "/boot/grub/grub.cfg";
	return NULL;
}

/* A grub.cfg that shows BLS entries, where it is gone. */
static int add_lost_grub_cfg(struct planner *p, struct fault *f)
{
	const struct system *s = p->inv->system;
	const struct place *place = s->boot.separate ? &s->boot : &s->root;
	const char *path = planner_lost_grub_cfg(p), *entries = NULL;
	_cleanup_(buffer_done) struct buffer content = {0};
	struct operation *op;

	if (!path)
		return 0;
	if (p->inv->loader == LOADER_BLSUKI && !s->boot.separate)
		entries = p->inv->entries_directory;
	if (grub_cfg_write_head(&content) < 0 ||
		grub_cfg_write_blscfg(&content, place->uuid, entries) < 0 ||
		planner_add(p, OP_ENTRY, path, 0600, content.size, &op,
			"GRUB's configuration is gone") < 0)
		return fault_no_memory(f);
	op->content = TAKE_STRUCT(content);
	return 0;
}

bool planner_default_boots(const struct planner *p)
{
	const struct inventory *inv = p->inv;
	const struct entry *e = inv->default_entry < 0 ? NULL : &inv->entries[inv->default_entry];

	return e && !e->broken && e->is_of_this_root && e->kernel >= 0 &&
	       p->v->kernel_states[e->kernel] == KERNEL_BOOTABLE;
}

bool planner_wants_default(const struct planner *p, const struct entry *working)
{
	if (p->options->default_choice == DEFAULT_KEEP || (working && working->is_default))
		return false;
	return p->options->default_choice == DEFAULT_SET || !planner_default_boots(p);
}

/* Among BLS entries: one that works already, or a new one. */
static int add_bls_entry(struct planner *p, const struct entry *working,
	const char *initramfs, struct fault *f)
{
	_cleanup_free_ char *id = text_printf("%s-%s", p->inv->entry_token, p->plan->release);
	_cleanup_free_ char *title = planner_title(p);
	const struct entry added = {.kind = ENTRY_BLS, .id = id, .title = title,
		.version = p->plan->release};
	int r;

	if (!id || !title)
		return fault_no_memory(f);
	r = working ? 0 : planner_add_bls(p, id, initramfs, write_entry, f);
	if (r >= 0)
		r = add_lost_grub_cfg(p, f);
	return r < 0 ? r : planner_bls_default(p, working, &added, f);
}

int planner_entry(struct planner *p, struct fault *f)
{
	const struct entry *working = working_entry(p);
	const char *initramfs = initramfs_path(p);
	int r = 0;

	if (planner_has_menu(p))
		return planner_menu(p, working, initramfs, f);
	if (p->inv->systemd.root)
		return planner_systemd_boot(p, working, initramfs, f);
	if (!working && !initramfs)
		return 0; /* an entry without the initramfs it needs would be a trap */
	r = add_bls_entry(p, working, initramfs, f);
	p->plan->boots = r >= 0 && (planner_wants_default(p, working) ||
					   planner_default_boots(p) ||
					   (working && working->is_default));
	return r;
}
