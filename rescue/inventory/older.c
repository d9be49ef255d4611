/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Boot loaders from before GRUB 2, and extlinux: their configuration, entries and default.
 * They count where there is no grub.cfg.
 */
#include "reader.h"

#include <ctype.h>
#include <errno.h>

bool is_older_loader(const struct reader *r)
{
	return r->inv.loader == LOADER_GRUB_LEGACY || r->inv.loader == LOADER_EXTLINUX;
}

/* ---- which file ------------------------------------------------------------------- */

/* Red Hat's GRUB reads grub.conf, every other one menu.lst; /etc/grub.conf leads there. */
static const char *const menus[] = {"/boot/grub/grub.conf", "/boot/grub/menu.lst",
	"/boot/efi/EFI/redhat/grub.conf", "/boot/efi/EFI/centos/grub.conf",
	"/etc/grub.conf", NULL};
static const char *const extlinux_files[] = {"/boot/extlinux/extlinux.conf",
	"/boot/extlinux.conf", "/boot/syslinux/extlinux.conf",
	"/boot/syslinux/syslinux.cfg", "/etc/extlinux.conf", NULL};

/* *ret: the file itself, without links; NULL where none of them is there. */
static int find_config(struct reader *r, const char *const *paths, char **ret)
{
	for (; *paths; paths++) {
		struct stat st;

		if (target_stat(r->t, *paths, &st) == 0 && S_ISREG(st.st_mode))
			return target_canonical(r->t, *paths, ret);
	}
	return 0;
}

static int parse_config(struct reader *r)
{
	struct bytes text = buffer_bytes(&r->inv.loader_config);

	return r->inv.loader == LOADER_EXTLINUX
		       ? extlinux_parse(&r->extlinux, text, NULL)
		       : grub_legacy_parse(&r->legacy, text, NULL);
}

/* `default saved`: the number stands in the file `default` beside the menu. */
static int read_saved_number(struct reader *r)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	const char *slash = strrchr(r->inv.grub_cfg, '/');
	_cleanup_free_ char *path = text_printf(
		"%.*s/default", (int)(slash - r->inv.grub_cfg), r->inv.grub_cfg);
	int error;

	if (!path)
		return -ENOMEM;
	error = target_read(r->t, path, GRUBENV_MAX_SIZE, &text, NULL);
	if (error < 0)
		return error == -ENOMEM ? error : reader_cannot_read(r, path, error);
	r->legacy.default_entry = grub_legacy_saved_number(buffer_bytes(&text));
	return 0;
}

static bool is_blank(const struct buffer *b)
{
	size_t i = 0;

	while (i < b->size && isspace((unsigned char)b->data[i]))
		i++;
	return i == b->size;
}

static int read_config(struct reader *r, enum loader_rules rules, size_t limit)
{
	int error = target_read(
		r->t, r->inv.grub_cfg, limit, &r->inv.loader_config, NULL);

	r->inv.loader = rules;
	if (error >= 0 && is_blank(&r->inv.loader_config)) {
		r->inv.lost = (struct lost_config){TAKE_PTR(r->inv.grub_cfg), rules, true};
		r->inv.loader = LOADER_NONE;
		return 0;
	}
	if (error >= 0)
		error = parse_config(r);
	if (error >= 0 && r->legacy.default_is_saved)
		error = read_saved_number(r);
	if (error < 0 && error != -ENOMEM)
		return reader_cannot_read(r, r->inv.grub_cfg, error);
	return error;
}

int read_older_loader(struct reader *r)
{
	int error = 0;

	if (may_start(r, BOOTLOADER_GRUB_LEGACY))
		error = find_config(r, menus, &r->inv.grub_cfg);
	if (error >= 0 && r->inv.grub_cfg)
		return read_config(r, LOADER_GRUB_LEGACY, GRUB_LEGACY_MAX_SIZE);
	if (error >= 0 && may_start(r, BOOTLOADER_EXTLINUX))
		error = find_config(r, extlinux_files, &r->inv.grub_cfg);
	if (error >= 0 && r->inv.grub_cfg)
		return read_config(r, LOADER_EXTLINUX, EXTLINUX_MAX_SIZE);
	return error == -ENOMEM ? error : 0;
}

/* ---- entries ---------------------------------------------------------------------- */

static struct draft *add_draft(
	struct reader *r, enum entry_kind kind, size_t number, unsigned line)
{
	const char *slash = strrchr(r->inv.grub_cfg, '/');
	struct draft *d = reader_add_draft(r);

	if (!d)
		return NULL;
	d->entry.kind = kind;
	d->entry.line = line;
	d->entry.id = text_printf("%s#%zu", slash + 1, number);
	d->number = text_printf("%zu", number);
	d->entry.source = strdup(r->inv.grub_cfg);
	return d->entry.id && d->number && d->entry.source ? d : NULL;
}

/* Nothing is expanded in these files. */
static int set_options(struct draft *d, const char *options)
{
	if (copy_text(&d->entry.raw_options, options) < 0)
		return -ENOMEM;
	return copy_text(&d->entry.options, options);
}

static int add_stanza(struct reader *r, size_t number)
{
	const struct grub_legacy_entry *e = &r->legacy.items[number];
	struct draft *d = add_draft(r, ENTRY_GRUB_LEGACY, number, e->line);

	if (!d || copy_text(&d->entry.title, e->title) < 0 ||
		set_options(d, e->options) < 0)
		return -ENOMEM;
	return draft_set_paths(r, d, e->linux_path, &e->initrd);
}

/* A relative path begins in the directory of the configuration. */
static int make_absolute(struct reader *r, char **path)
{
	const char *config = r->inv.grub_cfg, *slash = strrchr(config, '/');
	char *absolute;

	if (!*path)
		return 0;
	absolute = **path == '/' ? system_path_of(r->sys, *path)
				 : text_printf("%.*s/%s", (int)(slash - config), config,
					   *path);
	if (!absolute)
		return -ENOMEM;
	free(*path);
	*path = absolute;
	return 0;
}

static int add_label(struct reader *r, size_t number)
{
	const struct extlinux_entry *e = &r->extlinux.items[number];
	struct draft *d = add_draft(r, ENTRY_EXTLINUX, number, e->line);

	if (!d || copy_text(&d->entry.title, e->title ? e->title : e->label) < 0 ||
		set_options(d, e->options) < 0 ||
		copy_text(&d->entry.linux_path, e->linux_path) < 0 ||
		strings_copy(&d->entry.initrd, &e->initrd) < 0 ||
		make_absolute(r, &d->entry.linux_path) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < d->entry.initrd.count; i++)
		if (make_absolute(r, &d->entry.initrd.items[i]) < 0)
			return -ENOMEM;
	if (d->entry.linux_path)
		d->release = release_of_image_path(d->entry.linux_path);
	return 0;
}

int read_older_entries(struct reader *r)
{
	int error = 0;

	for (size_t i = 0; error >= 0 && i < r->legacy.count; i++)
		error = add_stanza(r, i);
	for (size_t i = 0; error >= 0 && i < r->extlinux.count; i++)
		error = add_label(r, i);
	return error;
}

/* Beyond the last stanza: the first that `fallback` names, else the first. */
static unsigned legacy_default(const struct grub_legacy *g)
{
	unsigned other = g->fallback_count > 0 ? g->fallback[0] : 0;

	if (g->default_entry < g->count)
		return g->default_entry;
	return other < g->count ? other : 0;
}

unsigned long older_default(const struct reader *r)
{
	int label;

	if (r->inv.loader == LOADER_GRUB_LEGACY)
		return legacy_default(&r->legacy);
	label = extlinux_default(&r->extlinux);
	return label > 0 ? (unsigned long)label : 0;
}
