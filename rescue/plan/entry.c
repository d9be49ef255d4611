/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The boot entry of the restored kernel (as 20-grub.install writes it) and the default. */
#include "planner.h"

#include "formats/bls.h"
#include "formats/grub_cfg.h"

#include <errno.h>

static const struct entry *working_entry(const struct planner *p)
{
	for (size_t i = 0; p->kernel && i < p->kernel->entry_count; i++) {
		const struct entry *e = &p->inv->entries[p->kernel->entries[i]];

		if (planner_will_work(p, e))
			return e;
	}
	return NULL;
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

/* A grub.cfg that shows BLS entries, where it is gone. */
static int add_lost_grub_cfg(struct planner *p, struct fault *f)
{
	const struct system *s = p->inv->system;
	const struct place *place = s->boot.separate ? &s->boot : &s->root;
	const char *path = p->inv->lost.path, *entries = NULL;
	_cleanup_(buffer_done) struct buffer content = {0};
	struct operation *op;

	if (!path)
		return 0;
	if (p->inv->loader == LOADER_BLSUKI && !s->boot.separate)
		entries = p->inv->entries_directory;
	if (grub_cfg_write_head(&content) < 0 ||
		grub_cfg_write_blscfg(&content, place->uuid, entries) < 0 ||
		planner_add(p, OP_ENTRY, path, 0600, content.size, &op,
			"GRUB's configuration is lost") < 0)
		return fault_no_memory(f);
	op->content = TAKE_STRUCT(content);
	return 0;
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
