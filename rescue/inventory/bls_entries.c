/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * BLS entries as the GRUB of this system's generation makes a menu of them: blscfg.c of
 * rhboot/grub2 (rhel-8-main, rhel-9-main, fedora-44), upstream's blsuki.c.
 */
#include "reader.h"

#include <errno.h>

enum bls_dialect bls_dialect_of(const struct reader *r)
{
	switch (r->inv.loader) {
	case LOADER_BLSCFG_EL8:
		return BLS_EL8;
	case LOADER_BLSUKI:
		return BLS_UKI;
	case LOADER_SYSTEMD_BOOT:
		return BLS_SYSTEMD;
	default:
		return BLS_EL9;
	}
}

/* ---- the script that it becomes --------------------------------------------------- */

/* 1: done. 0: GRUB refuses that text, the entry starts nothing. */
static int to_words(struct reader *r, struct strings *ret, const char *text)
{
	int error = grub_script_words(ret, text, reader_variable, r);

	return error == -EBADMSG ? 0 : error < 0 ? error : 1;
}

/* No options of its own: EL's blscfg takes default_kernelopts, upstream's nothing. */
static int options_text(struct reader *r, const struct draft *d, char **ret)
{
	const char *otherwise = loader_variable(r, "default_kernelopts");
	int error = 0;

	if (d->entry.raw_options)
		error = bls_expand(ret, d->entry.raw_options, reader_variable, r);
	if (error >= 0 && !*ret && otherwise && r->inv.loader != LOADER_BLSUKI)
		error = bls_expand(ret, otherwise, reader_variable, r);
	return error;
}

/* The command `linux PATH OPTIONS` that blscfg writes of an entry. */
static int set_linux(struct reader *r, struct draft *d, const char *path)
{
	static const struct strings none;
	_cleanup_(strings_done) struct strings words = {0};
	_cleanup_free_ char *options = NULL, *text = NULL;
	int done = options_text(r, d, &options);

	if (done < 0 || !path)
		return done;
	text = text_printf("%s %s", path, options ? options : "");
	done = text ? to_words(r, &words, text) : -ENOMEM;
	if (done < 0)
		return done;
	d->is_refused = done == 0;
	if ((options || words.count > 1) &&
		!(d->entry.options = grub_options_text(&words, 1)))
		return -ENOMEM;
	return draft_set_paths(r, d, words.count > 0 ? words.items[0] : path, &none);
}

/* The folder of a path, with its slash. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return strndup(path, slash ? (size_t)(slash - path) + 1 : 0);
}

/* EL9: what early_initrd names lies beside the entry's own initrd, else beside linux. */
static int add_early(struct reader *r, struct draft *d, const struct bls_entry *b)
{
	const char *early = loader_variable(r, "early_initrd");
	const char *own = bls_get(b, "initrd"), *kernel = bls_get(b, "linux");
	_cleanup_free_ char *folder = folder_of(own ? own : kernel ? kernel : "");
	_cleanup_free_ char *copy = early ? strdup(early) : NULL;
	_cleanup_(strings_done) struct strings words = {0};
	char *rest = copy, *name;

	if (!early || bls_dialect_of(r) != BLS_EL9)
		return 0;
	if (!copy || !folder)
		return -ENOMEM;
	while ((name = strsep(&rest, " ")))
		if (*name && strings_take(&words, text_printf("%s%s", folder, name)) < 0)
			return -ENOMEM;
	return draft_add_initrd(r, d, &words);
}

static int add_initrds(struct reader *r, struct draft *d, const struct bls_entry *b)
{
	int error = add_early(r, d, b);

	for (size_t i = 0; error >= 0 && i < b->count; i++) {
		_cleanup_(strings_done) struct strings words = {0};

		if (strcmp(b->items[i].key, "initrd") != 0)
			continue;
		error = to_words(r, &words, b->items[i].value);
		d->is_refused = d->is_refused || error == 0;
		if (error > 0)
			error = draft_add_initrd(r, d, &words);
	}
	return error < 0 ? error : 0;
}

/* ---- files ------------------------------------------------------------------------ */

static int fill(struct reader *r, struct draft *d, const struct bls_entry *b)
{
	const char *version = bls_get(b, "version");
	int error = copy_text(&d->entry.title, bls_get(b, "title"));

	if (error >= 0)
		error = copy_text(&d->entry.version, version);
	if (error >= 0)
		error = copy_text(&d->entry.raw_options, bls_get(b, "options"));
	if (error >= 0)
		error = set_linux(r, d, bls_get(b, "linux"));
	if (error >= 0)
		error = add_initrds(r, d, b);
	if (error >= 0 && !d->release && version && is_release(version) &&
		!(d->entry.linux_path && is_rescue_name(d->entry.linux_path)))
		error = copy_text(&d->release, version);
	d->stopped_line = b->stopped_line;
	d->fatal_line = b->fatal_line;
	d->entry.line = b->count > 0 ? b->items[0].line : 1;
	d->entry.options_line = bls_line(b, "options");
	return error;
}

static int read_file(struct reader *r, const char *name)
{
	_cleanup_(bls_done) struct bls_entry b = {0};
	_cleanup_(buffer_done) struct buffer text = {0};
	_cleanup_free_ char *path = text_printf("%s/%s", r->inv.entries_directory, name);
	struct draft *d;
	int error;

	if (!path)
		return -ENOMEM;
	error = target_read(r->t, path, BLS_MAX_SIZE, &text, NULL);
	if (error >= 0)
		error = bls_parse(&b, buffer_bytes(&text), bls_dialect_of(r), NULL);
	if (error < 0)
		return error == -ENOMEM ? error : reader_cannot_read(r, path, error);
	d = reader_add_bls_draft(r, path, name);
	if (!d || copy_text(&d->entry.loader_name, d->entry.id) < 0)
		return -ENOMEM;
	d->unseen = r->inv.loader == LOADER_MENUENTRIES ||
		    r->inv.loader == LOADER_NONE || is_older_loader(r);
	return fill(r, d, &b);
}

int read_bls_entries(struct reader *r)
{
	_cleanup_(strings_done) struct strings names = {0};
	int error;

	if (r->inv.loader == LOADER_SYSTEMD_BOOT)
		return read_systemd_entries(r);
	error = reader_list(r, r->inv.entries_directory, &names);
	for (size_t i = 0; error >= 0 && i < names.count; i++) {
		const char *name = names.items[i];

		/* Upstream's blscfg reads these as well. */
		if (name[0] == '.' && r->inv.loader != LOADER_BLSUKI)
			continue;
		if (!text_ends(name, ".conf") || strlen(name) <= 5)
			continue;
		if (r->draft_count >= INVENTORY_MAX_ENTRIES)
			return reader_cannot_read(r, r->inv.entries_directory, -E2BIG);
		error = read_file(r, name);
	}
	return error;
}
