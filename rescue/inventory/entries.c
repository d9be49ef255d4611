/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boot entries as their files have them: BLS snippets and the menuentries of grub.cfg. */
#include "reader.h"

#include <ctype.h>
#include <errno.h>

static const char *variable(void *data, const char *name)
{
	return loader_variable(data, name);
}

struct draft *reader_add_draft(struct reader *r)
{
	if (vector_grow(&r->drafts, &r->draft_capacity, r->draft_count,
		    sizeof(*r->drafts)) < 0)
		return NULL;
	r->drafts[r->draft_count] = (struct draft){.entry.kernel = -1};
	return &r->drafts[r->draft_count++];
}

static int copy_text(char **ret, const char *text)
{
	*ret = text ? strdup(text) : NULL;
	return text && !*ret ? -ENOMEM : 0;
}

/* ---- names ------------------------------------------------------------------------ */

bool is_rescue_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return strstr(slash ? slash : path, "-0-rescue") != NULL ||
	       text_ends(path, "kdump.img") || text_ends(path, "kdump");
}

bool is_release(const char *text)
{
	size_t size = strlen(text);

	return isdigit((unsigned char)text[0]) && size < 65 && strchr(text, '.') &&
	       !strchr(text, '/') && path_is_clean(text, size);
}

char *release_of_image_path(const char *path)
{
	static const char *const prefixes[] = {"vmlinuz-", "vmlinux-", "Image-"};
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	if (is_rescue_name(path))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (text_starts(name, prefixes[i]) &&
			is_release(name + strlen(prefixes[i])))
			return strdup(name + strlen(prefixes[i]));
	if (slash && (strcmp(name, "linux") == 0 || strcmp(name, "vmlinuz") == 0)) {
		_cleanup_free_ char *folder = strndup(path, (size_t)(slash - path));
		const char *last = folder ? strrchr(folder, '/') : NULL;

		if (last && is_release(last + 1))
			return strdup(last + 1);
	}
	return NULL;
}

/* "($root)/vmlinuz", "(hd0,1)/vmlinuz" → "/vmlinuz". */
static const char *without_device(const char *path)
{
	const char *end = path[0] == '(' ? strchr(path, ')') : NULL;

	return end ? end + 1 : path;
}

/* On btrfs GRUB sees all subvolumes: "/SUBVOL/boot/vmlinuz" is our /boot/vmlinuz. */
static const char *without_subvolume(const struct system *sys, const char *path)
{
	size_t size = sys->subvolume && !sys->boot.separate ? strlen(sys->subvolume) : 0;

	while (path[0] == '/' && path[1] == '/')
		path++;
	if (size > 0 && path[0] == '/' && strncmp(path + 1, sys->subvolume, size) == 0 &&
		path[size + 1] == '/')
		path += size + 1;
	return path;
}

char *system_path_of(const struct system *sys, const char *loader_path)
{
	_cleanup_(buffer_done) struct buffer path = {0};
	const char *rest = without_subvolume(sys, without_device(loader_path));

	if (buffer_puts(&path, sys->boot.separate ? "/boot/" : "/") < 0)
		return NULL;
	for (; *rest; rest++)
		if (*rest != '/' || path.data[path.size - 1] != '/')
			if (buffer_append(&path, rest, 1) < 0)
				return NULL;
	return buffer_steal(&path);
}

/*
 * ---- what both kinds share ------------------------------------------------------------
 */

/* Words of an initrd line; one that begins with $ stands for the words of its value. */
static int add_initrd(struct reader *r, struct draft *d, const char *word)
{
	const char *value = word[0] == '$' ? loader_variable(r, word + 1) : word;
	_cleanup_free_ char *copy = value ? strdup(value) : NULL;
	char *rest = copy, *part;

	if (!value)
		return 0;
	if (!copy)
		return -ENOMEM;
	while ((part = strsep(&rest, " \t")))
		if (*part &&
			strings_take(&d->entry.initrd, system_path_of(r->sys, part)) < 0)
			return -ENOMEM;
	return 0;
}

int draft_set_paths(struct reader *r, struct draft *d, const char *linux_path,
	const struct strings *initrd)
{
	int error = 0;

	if (linux_path) {
		d->entry.linux_path = system_path_of(r->sys, linux_path);
		if (!d->entry.linux_path)
			return -ENOMEM;
		d->release = release_of_image_path(d->entry.linux_path);
	}
	for (size_t i = 0; error >= 0 && i < initrd->count; i++)
		error = add_initrd(r, d, initrd->items[i]);
	return error;
}

static int strip(char **text)
{
	char *stripped = *text ? strdup(text_strip(*text)) : NULL;

	if (*text && !stripped)
		return -ENOMEM;
	free(*text);
	*text = stripped;
	return 0;
}

/* No options of its own: EL's blscfg takes default_kernelopts, upstream's nothing. */
static int expand_options(struct reader *r, struct draft *d)
{
	const char *otherwise = loader_variable(r, "default_kernelopts");
	int error = 0;

	if (d->entry.raw_options)
		error = bls_expand(&d->entry.options, d->entry.raw_options, variable, r);
	if (error >= 0 && !d->entry.options && otherwise &&
		r->inv.loader != LOADER_BLSUKI)
		error = bls_expand(&d->entry.options, otherwise, variable, r);
	return error < 0 ? error : strip(&d->entry.options);
}

/* In a menuentry $name and ${name} stand for their value, or for nothing. */
static int expand_script(struct reader *r, struct draft *d)
{
	_cleanup_(buffer_done) struct buffer out = {0};
	const char *text = d->entry.raw_options;

	while (text && *text) {
		size_t size = strcspn(text, "$");

		if (buffer_append(&out, text, size) < 0)
			return -ENOMEM;
		text += size;
		if (*text != '$')
			break;

		bool braced = text[1] == '{';

		text += braced ? 2 : 1;
		for (size = 0; text[size] == '_' || isalnum((unsigned char)text[size]);)
			size++;

		_cleanup_free_ char *name = strndup(text, size);
		const char *value = name ? loader_variable(r, name) : NULL;

		if (!name || (value && buffer_puts(&out, value) < 0))
			return -ENOMEM;
		text += size + (braced && text[size] == '}');
	}
	if (!d->entry.raw_options)
		return 0;
	d->entry.options = buffer_steal(&out);
	return d->entry.options ? strip(&d->entry.options) : -ENOMEM;
}

/* ---- BLS -------------------------------------------------------------------------- */

static int fill_bls(struct reader *r, struct draft *d, const struct bls_entry *b)
{
	_cleanup_(strings_done) struct strings initrd = {0};
	const char *version = bls_get(b, "version");
	int error = bls_get_all(b, "initrd", &initrd);

	if (error >= 0)
		error = copy_text(&d->entry.title, bls_get(b, "title"));
	if (error >= 0)
		error = copy_text(&d->version, version);
	if (error >= 0)
		error = copy_text(&d->entry.raw_options, bls_get(b, "options"));
	if (error >= 0)
		error = draft_set_paths(r, d, bls_get(b, "linux"), &initrd);
	if (error >= 0)
		error = expand_options(r, d);
	if (error >= 0 && !d->release && version && is_release(version) &&
		!(d->entry.linux_path && is_rescue_name(d->entry.linux_path)))
		error = copy_text(&d->release, version);
	d->stopped_line = b->stopped_line;
	d->entry.line = b->count > 0 ? b->items[0].line : 1;
	return error;
}

static int read_bls(struct reader *r, const char *name)
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
		error = bls_parse(&b, buffer_bytes(&text), NULL);
	if (error < 0)
		return error == -ENOMEM ? error : reader_cannot_read(r, path, error);
	d = reader_add_draft(r);
	if (!d)
		return -ENOMEM;
	d->entry.kind = ENTRY_BLS;
	d->entry.source = TAKE_PTR(path);
	d->entry.id = strndup(name, strlen(name) - strlen(".conf"));
	if (!d->entry.id || copy_text(&d->grub_id, d->entry.id) < 0)
		return -ENOMEM;
	d->unseen = r->inv.loader == LOADER_MENUENTRIES ||
		    r->inv.loader == LOADER_NONE || is_older_loader(r);
	return fill_bls(r, d, &b);
}

static int read_all_bls(struct reader *r)
{
	_cleanup_(strings_done) struct strings names = {0};
	int error = reader_list(r, r->inv.entries_directory, &names);

	for (size_t i = 0; error >= 0 && i < names.count; i++) {
		const char *name = names.items[i];

		/* Upstream's blscfg reads these as well. */
		if (name[0] == '.' && r->inv.loader != LOADER_BLSUKI)
			continue;
		if (!text_ends(name, ".conf") || strlen(name) <= 5)
			continue;
		if (r->draft_count >= INVENTORY_MAX_ENTRIES)
			return reader_cannot_read(r, r->inv.entries_directory, -E2BIG);
		error = read_bls(r, name);
	}
	return error;
}

/* ---- grub.cfg --------------------------------------------------------------------- */

static int add_menuentry(struct reader *r, const struct grub_menuentry *m)
{
	struct draft *d = reader_add_draft(r);
	const char *slash = strrchr(r->inv.grub_cfg, '/');

	if (!d)
		return -ENOMEM;
	d->entry.kind = ENTRY_GRUB2;
	d->entry.line = m->line;
	d->entry.id =
		text_printf("%s#%s", slash ? slash + 1 : r->inv.grub_cfg, m->number);
	if (!d->entry.id || copy_text(&d->entry.source, r->inv.grub_cfg) < 0 ||
		copy_text(&d->entry.title, m->title) < 0 ||
		copy_text(&d->grub_id, m->id) < 0 ||
		copy_text(&d->number, m->number) < 0 ||
		copy_text(&d->entry.raw_options, m->options) < 0)
		return -ENOMEM;
	if (draft_set_paths(r, d, m->linux_path, &m->initrd) < 0)
		return -ENOMEM;
	return expand_script(r, d);
}

static int read_menuentries(struct reader *r)
{
	for (size_t i = 0; i < r->cfg.count; i++) {
		if (r->draft_count >= INVENTORY_MAX_ENTRIES)
			return reader_cannot_read(r, r->inv.grub_cfg, -E2BIG);
		if (add_menuentry(r, &r->cfg.items[i]) < 0)
			return -ENOMEM;
	}
	return 0;
}

int read_entries(struct reader *r)
{
	int error = read_all_bls(r);

	if (error >= 0)
		error = read_esp_entries(r);
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
