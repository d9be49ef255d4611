/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A new entry in a menu that is one file: GRUB legacy, extlinux, menuentries in grub.cfg.
 * Everything else in that file stays byte for byte.
 */
#include "menu.h"

#include "formats/extlinux.h"
#include "formats/grub_cfg.h"
#include "formats/grub_legacy.h"

#include <errno.h>

static void menu_done(struct menu *m)
{
	free(m->title);
	free(m->linux_path);
	free(m->initrd);
	free(m->options);
	free(m->origin);
	free(m->saved);
	buffer_done(&m->text);
	buffer_done(&m->head);
}

static bool is_one_file(enum loader_rules rules)
{
	return rules == LOADER_MENUENTRIES || rules == LOADER_GRUB_LEGACY ||
	       rules == LOADER_EXTLINUX;
}

/* A menu that is gone, and there were no BLS entries. */
static bool lost_menu(const struct planner *p)
{
	return p->inv->lost.path && is_one_file(p->inv->lost.rules);
}

bool planner_has_menu(const struct planner *p)
{
	const struct inventory *inv = p->inv;

	return lost_menu(p) ||
	       (inv->grub_cfg && inv->loader_config.size > 0 && is_one_file(inv->loader));
}

/* grub.conf#3 → 3, grub.cfg#1>0 → "1>0". */
static const char *number_of(const struct entry *e)
{
	const char *hash = strrchr(e->id, '#');

	return hash ? hash + 1 : "0";
}

/* ---- GRUB legacy ------------------------------------------------------------------ */

static bool is_of_this_root(const struct inventory *inv, const struct grub_legacy_entry *e)
{
	for (size_t i = 0; i < inv->entry_count; i++)
		if (inv->entries[i].is_of_this_root && inv->entries[i].line == e->line)
			return true;
	return false;
}

/* EL5's and SUSE's kernels for Xen start under it alone. *ret NULL: this one is no such. */
static int legacy_hypervisor(const struct menu *m, const struct grub_legacy *g, char **ret)
{
	const struct grub_legacy_entry *model = NULL;
	const char *options;

	for (size_t n = 0; !model && n < g->count; n++)
		if (g->items[n].hypervisor && is_of_this_root(m->p->inv, &g->items[n]))
			model = &g->items[n];
	if (!model || !text_ends(m->p->plan->release, "xen"))
		return 0;
	options = model->hypervisor_options;
	*ret = text_printf("%s%s%s", model->hypervisor, options && *options ? " " : "",
		options ? options : "");
	return *ret ? 0 : -ENOMEM;
}

/* The stanza's own root, as a stanza of this root has it; none: where the menu lies. */
static const char *legacy_root(const struct inventory *inv, const struct grub_legacy *g)
{
	for (size_t n = 0; n < g->count; n++)
		if (g->items[n].root && is_of_this_root(inv, &g->items[n]))
			return g->items[n].root;
	return NULL;
}

static const char legacy_head[] = "# The menu was gone, and \"rescue restore\" made this one.\n"
				  "default=0\ntimeout=5\n";

static int write_legacy(struct menu *m, struct fault *f)
{
	const struct inventory *inv = m->p->inv;
	_cleanup_(grub_legacy_done) struct grub_legacy g = {0};
	_cleanup_free_ char *hypervisor = NULL;
	int r = grub_legacy_parse(&g, m->before, f);
	struct grub_legacy_stanza s = {.title = m->title, .linux_path = m->linux_path,
		.options = m->options, .initrd = m->initrd};
	unsigned now = 0;

	if (r < 0)
		return r;
	if (legacy_hypervisor(m, &g, &hypervisor) < 0)
		return fault_no_memory(f);
	s.hypervisor = hypervisor;
	s.root = legacy_root(inv, &g);
	if (inv->default_entry >= 0)
		now = (unsigned)strtoul(
			      number_of(&inv->entries[inv->default_entry]), NULL, 10) + 1;
	if (!m->working)
		r = grub_legacy_insert(&m->text, &g, &s, m->makes_default ? 0 : now);
	else if (m->makes_default)
		r = grub_legacy_set_default(&m->text, &g,
			(unsigned)strtoul(number_of(m->working), NULL, 10));
	m->boots = m->makes_default;
	return r < 0 ? fault_no_memory(f) : 0;
}

/* ---- extlinux --------------------------------------------------------------------- */

static int write_extlinux(struct menu *m, struct fault *f)
{
	_cleanup_(extlinux_done) struct extlinux x = {0};
	int r = extlinux_parse(&x, m->before, f);
	const struct extlinux_template t = {.label = m->title, .linux_path = m->linux_path,
		.options = m->options, .initrd = m->initrd};

	if (r < 0)
		return r;
	if (!m->working)
		r = extlinux_insert(&m->text, &x, &t,
			m->makes_default ? EXTLINUX_MAKE_DEFAULT : EXTLINUX_KEEP_DEFAULT);
	else if (m->makes_default)
		r = extlinux_set_default(&m->text, &x,
			x.items[strtoul(number_of(m->working), NULL, 10) % x.count].label);
	m->boots = m->makes_default;
	return r < 0 ? fault_no_memory(f) : 0;
}

/* ---- all of them ------------------------------------------------------------------ */

static int fill(struct menu *m, const char *initramfs, struct fault *f)
{
	const struct system *s = m->p->inv->system;
	_cleanup_free_ char *image = text_printf("/boot/vmlinuz-%s", m->p->plan->release);
	int r = planner_cmdline(m->p, &m->options, &m->origin, f);

	if (r < 0)
		return r;
	m->title = planner_title(m->p);
	m->linux_path = image ? system_loader_path(s, image) : NULL;
	m->initrd = system_loader_path(s, initramfs);
	return m->title && m->linux_path && m->initrd ? 0 : fault_no_memory(f);
}

/* The menu that is there; where it is gone, the head of a new one. */
static int find_text(struct menu *m)
{
	const struct inventory *inv = m->p->inv;
	bool is_lost = lost_menu(m->p);
	int r = 0;

	if (is_lost && inv->lost.rules == LOADER_MENUENTRIES)
		r = grub_cfg_write_head(&m->head);
	else if (is_lost && inv->lost.rules == LOADER_GRUB_LEGACY)
		r = buffer_puts(&m->head, legacy_head);
	m->path = inv->grub_cfg ? inv->grub_cfg : inv->lost.path;
	m->before = buffer_bytes(is_lost ? &m->head : &inv->loader_config);
	return r;
}

static int write_menu(struct menu *m, struct fault *f)
{
	switch (lost_menu(m->p) ? m->p->inv->lost.rules : m->p->inv->loader) {
	case LOADER_GRUB_LEGACY:
		return write_legacy(m, f);
	case LOADER_EXTLINUX:
		return write_extlinux(m, f);
	default:
		return menu_write_menuentry(m, f);
	}
}

static int add_operations(struct menu *m, struct fault *f)
{
	const char *path = m->path;
	const struct snapshot *now = inventory_observed(m->p->inv, path);
	struct operation *op;
	int r = 0;

	if (m->text.size > 0 && S_ISLNK(now->mode) && !lost_menu(m->p)) {
		r = fault_errno(f, ELOOP, path, "add an entry to %s", path);
		fault_reason(f, "it is a link to another file, which must be kept");
		return r;
	}
	if (m->text.size > 0) {
		r = planner_add(m->p, OP_ENTRY, path, now->exists ? now->mode & 07777 : 0600,
			m->text.size, &op, "%s%s",
			m->working ? "the present default entry does not boot"
				   : "the command line comes from ",
			m->working ? "" : m->origin);
		if (r < 0)
			return fault_no_memory(f);
		op->content = TAKE_STRUCT(m->text);
	}
	return m->saved ? planner_save_default(m->p, m->saved, f) : 0;
}

int planner_menu(struct planner *p, const struct entry *working, const char *initramfs,
	struct fault *f)
{
	_cleanup_(menu_done) struct menu m = {.p = p, .working = working};
	int r = 0;

	if (!working && !initramfs)
		return 0; /* an entry without the initramfs it needs would be a trap */
	m.makes_default = planner_wants_default(p, working);
	if (find_text(&m) < 0)
		return fault_no_memory(f);
	if (!working)
		r = fill(&m, initramfs, f);
	if (r >= 0)
		r = write_menu(&m, f);
	if (r >= 0)
		r = add_operations(&m, f);
	p->plan->boots = r >= 0 && (m.boots || planner_default_boots(p) ||
					   (working && working->is_default));
	return r;
}
