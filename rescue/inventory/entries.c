/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boot entries as their files have them: menuentries of grub.cfg; all of them published. */
#include "reader.h"

#include <errno.h>

/* ---- grub.cfg --------------------------------------------------------------------- */

/* Its number among all that stand in the file, also where conditions leave some out. */
static const char *number_in_file(const struct reader *r, const struct grub_menuentry *m)
{
	for (size_t i = 0; !m->file && i < r->cfg.count; i++)
		if (r->cfg.items[i].at == m->at)
			return r->cfg.items[i].number;
	return m->number;
}

static char *source_of(const struct reader *r, const struct grub_menuentry *m)
{
	return m->file ? system_path_of(r->sys, m->file) : strdup(r->inv.grub_cfg);
}

static int add_menuentry(struct reader *r, const struct grub_menuentry *m)
{
	struct draft *d = reader_add_draft(r);
	const char *slash;

	if (!d)
		return -ENOMEM;
	d->entry.kind = ENTRY_GRUB2;
	d->entry.line = m->line;
	d->entry.options_line = m->linux_line;
	d->entry.source = source_of(r, m);
	slash = d->entry.source ? strrchr(d->entry.source, '/') : NULL;
	d->entry.id = text_printf("%s#%s", slash ? slash + 1 : "grub.cfg", number_in_file(r, m));
	if (!d->entry.id || !d->entry.source || copy_text(&d->entry.title, m->title) < 0 ||
		copy_text(&d->entry.loader_name, m->id ? m->id : m->title) < 0 ||
		copy_text(&d->number, m->number) < 0 ||
		copy_text(&d->entry.raw_options, m->raw_options) < 0 ||
		copy_text(&d->entry.options, m->options) < 0)
		return -ENOMEM;
	return draft_set_paths(r, d, m->linux_path, &m->initrd);
}

static int read_menuentries(struct reader *r)
{
	for (size_t i = 0; i < r->menu.count; i++) {
		if (r->menu.items[i].is_submenu)
			continue;
		if (r->draft_count >= INVENTORY_MAX_ENTRIES)
			return reader_cannot_read(r, r->inv.grub_cfg, -E2BIG);
		if (add_menuentry(r, &r->menu.items[i]) < 0)
			return -ENOMEM;
	}
	return 0;
}

int read_entries(struct reader *r)
{
	int error = read_bls_entries(r);

	if (error >= 0)
		error = read_menuentries(r);
	return error < 0 ? error : read_older_entries(r);
}

int publish_entries(struct reader *r)
{
	struct inventory *inv = &r->inv;

	if (r->draft_count == 0)
		return 0;
	inv->entries = calloc(r->draft_count, sizeof(*inv->entries));
	if (!inv->entries)
		return -ENOMEM;
	inv->entry_capacity = r->draft_count;
	for (size_t i = 0; i < r->draft_count; i++)
		inv->entries[inv->entry_count++] = TAKE_STRUCT(r->drafts[i].entry);
	return 0;
}
