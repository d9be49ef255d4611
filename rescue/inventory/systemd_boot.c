/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * systemd-boot: does UEFI start it, and the entries that it reads on the ESP itself
 * (systemd: src/boot/efi/boot.c, bootctl(1)). Paths in such an entry begin at the top of
 * the file system that holds it. Those in /boot are read with all others.
 */
#include "reader.h"

#include <errno.h>
#include <strings.h>

#define LOADER_DIRECTORY_MAX 64 /* names in EFI, and in one directory there */

/* ---- which loader UEFI starts --------------------------------------------------------- */

/* A file PREFIX….efi is in that directory. 1, 0, or -ENOMEM. */
static int has_program(
	struct reader *r, const char *directory, const char *const *prefixes)
{
	_cleanup_(strings_done) struct strings names = {0};
	int error = target_list(r->t, directory, &names, NULL);

	if (error < 0)
		return error == -ENOMEM ? error : 0;
	for (size_t i = 0; i < names.count && i < LOADER_DIRECTORY_MAX; i++) {
		for (size_t p = 0; prefixes[p]; p++)
			if (strncasecmp(names.items[i], prefixes[p],
				    strlen(prefixes[p])) == 0)
				return 1;
	}
	return 0;
}

static int has_grub_program(struct reader *r, const char *efi)
{
	static const char *const prefixes[] = {"grub", "shim", NULL};
	_cleanup_(strings_done) struct strings vendors = {0};
	int found = target_list(r->t, efi, &vendors, NULL);

	if (found < 0)
		return found == -ENOMEM ? found : 0;
	found = 0;
	for (size_t i = 0; found == 0 && i < vendors.count && i < LOADER_DIRECTORY_MAX;
		i++) {
		_cleanup_free_ char *path = text_printf("%s/%s", efi, vendors.items[i]);

		found = path ? has_program(r, path, prefixes) : -ENOMEM;
	}
	return found;
}

/* Where both are, the firmware's variables decide, which no disk holds: then it is GRUB. */
static int starts_from(struct reader *r, const char *mountpoint)
{
	static const char *const prefixes[] = {"systemd-boot", NULL};
	_cleanup_free_ char *efi = text_printf("%s/EFI", mountpoint);
	_cleanup_free_ char *own = text_printf("%s/EFI/systemd", mountpoint);
	int found;

	if (!efi || !own)
		return -ENOMEM;
	found = has_program(r, own, prefixes);
	if (found <= 0)
		return found;
	found = has_grub_program(r, efi);
	return found < 0 ? found : !found;
}

int starts_systemd_boot(struct reader *r)
{
	const char *const places[] = {esp_mountpoint(r), "/efi", "/boot"};
	int found = 0;

	if (r->sys->firmware == FIRMWARE_BIOS)
		return 0;
	for (size_t i = 0; found == 0 && i < ARRAY_SIZE(places); i++)
		found = starts_from(r, places[i]);
	return found;
}

/* ---- entries on the ESP --------------------------------------------------------------- */

/* Blank lines and lines without a value do not end an entry here, as they do in GRUB. */
static int without_blank_lines(struct buffer *ret, char *text)
{
	char *line;

	while ((line = strsep(&text, "\n"))) {
		line = text_strip(line);
		if (line[strcspn(line, " \t")] != '\0' &&
			buffer_printf(ret, "%s\n", line) < 0)
			return -ENOMEM;
	}
	return 0;
}

static char *path_on(const char *mountpoint, const char *path)
{
	return text_printf("%s/%s", mountpoint, path + strspn(path, "/"));
}

/* `options` may stand in several lines. */
static int join_options(struct draft *d, const struct bls_entry *b)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	int error = 0;

	for (size_t i = 0; error >= 0 && i < b->count; i++)
		if (strcmp(b->items[i].key, "options") == 0)
			error = buffer_printf(&text, "%s%s", text.size > 0 ? " " : "",
				b->items[i].value);
	if (error < 0 || text.size == 0)
		return error;
	d->entry.raw_options = buffer_steal(&text);
	d->entry.options = d->entry.raw_options ? strdup(d->entry.raw_options) : NULL;
	return d->entry.options ? 0 : -ENOMEM;
}

static int copy_key(char **ret, const struct bls_entry *b, const char *key)
{
	const char *value = bls_get(b, key);

	*ret = value ? strdup(value) : NULL;
	return value && !*ret ? -ENOMEM : 0;
}

static int fill(struct draft *d, const struct bls_entry *b, const char *mountpoint)
{
	_cleanup_(strings_done) struct strings initrd = {0};
	const char *kernel = bls_get(b, "linux");
	int error = bls_get_all(b, "initrd", &initrd);

	if (error >= 0)
		error = copy_key(&d->entry.title, b, "title");
	if (error >= 0)
		error = copy_key(&d->version, b, "version");
	if (error >= 0)
		error = join_options(d, b);
	if (error >= 0 && kernel) {
		d->entry.linux_path = path_on(mountpoint, kernel);
		error = d->entry.linux_path ? 0 : -ENOMEM;
	}
	if (error >= 0 && d->entry.linux_path)
		d->release = release_of_image_path(d->entry.linux_path);
	for (size_t i = 0; error >= 0 && i < initrd.count; i++)
		error = strings_take(
			&d->entry.initrd, path_on(mountpoint, initrd.items[i]));
	if (error >= 0 && !d->release && d->version && is_release(d->version))
		error = copy_key(&d->release, b, "version");
	return error;
}

static int parse_file(struct reader *r, const char *path, struct bls_entry *ret)
{
	_cleanup_(buffer_done) struct buffer text = {0}, kept = {0};
	int error = target_read(r->t, path, BLS_MAX_SIZE, &text, NULL);

	if (error >= 0 && text.data)
		error = without_blank_lines(&kept, text.data);
	return error < 0 ? error : bls_parse(ret, buffer_bytes(&kept), NULL);
}

static int add_entry(struct reader *r, const char *mountpoint, const char *name)
{
	_cleanup_(bls_done) struct bls_entry b = {0};
	_cleanup_(draft_done) struct draft d = {.entry = {.kind = ENTRY_BLS, .kernel = -1}};
	int error;

	d.entry.line = 1;
	d.entry.source = text_printf("%s/loader/entries/%s", mountpoint, name);
	d.entry.id = strndup(name, strlen(name) - strlen(".conf"));
	d.grub_id = d.entry.id ? strdup(d.entry.id) : NULL;
	if (!d.entry.source || !d.grub_id)
		return -ENOMEM;
	error = parse_file(r, d.entry.source, &b);
	if (error < 0)
		return error == -ENOMEM ? error
					: reader_cannot_read(r, d.entry.source, error);
	error = fill(&d, &b, mountpoint);
	if (error >= 0)
		error = vector_grow(&r->drafts, &r->draft_capacity, r->draft_count,
			sizeof(*r->drafts));
	if (error >= 0)
		r->drafts[r->draft_count++] = TAKE_STRUCT(d);
	return error;
}

int read_esp_entries(struct reader *r)
{
	const char *esp = esp_mountpoint(r);
	_cleanup_(strings_done) struct strings names = {0};
	_cleanup_free_ char *directory = text_printf("%s/loader/entries", esp);
	int error = directory ? 0 : -ENOMEM;

	if (r->inv.loader != LOADER_SYSTEMD_BOOT || strcmp(esp, "/boot") == 0)
		return 0;
	if (error >= 0)
		error = reader_list(r, directory, &names);
	for (size_t i = 0; error >= 0 && i < names.count; i++) {
		const char *name = names.items[i];

		if (name[0] == '.' || !text_ends(name, ".conf") || strlen(name) <= 5)
			continue;
		if (r->draft_count >= INVENTORY_MAX_ENTRIES)
			return reader_cannot_read(r, directory, -E2BIG);
		error = add_entry(r, esp, name);
	}
	return error;
}
