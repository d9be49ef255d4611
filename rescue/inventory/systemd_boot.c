/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * systemd-boot: does UEFI start it, and the entries that it reads on the ESP itself
 * (systemd: src/boot/boot.c, bootctl(1)). Paths in such an entry begin at the top of the
 * file system that holds it.
 */
#include "reader.h"

#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
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

static int set_paths(struct draft *d, const struct bls_entry *b, const char *mountpoint)
{
	const char *kernel = bls_get_last(b, "linux");

	d->starts_other = !kernel && (bls_get(b, "efi") || bls_get(b, "uki"));
	if (kernel && !(d->entry.linux_path = path_on(mountpoint, kernel)))
		return -ENOMEM;
	if (kernel)
		d->release = release_of_image_path(d->entry.linux_path);
	for (size_t i = 0; i < b->count; i++)
		if (strcmp(b->items[i].key, "initrd") == 0 &&
			strings_take(&d->entry.initrd,
				path_on(mountpoint, b->items[i].value)) < 0)
			return -ENOMEM;
	if (!d->release && d->version && is_release(d->version))
		return copy_text(&d->release, d->version);
	return 0;
}

/* Of keys that stand there twice the last one counts. */
static int fill(struct draft *d, const struct bls_entry *b, const char *mountpoint)
{
	if (copy_text(&d->entry.title, bls_get_last(b, "title")) < 0 ||
		copy_text(&d->version, bls_get_last(b, "version")) < 0 ||
		copy_text(&d->sort_key, bls_get_last(b, "sort-key")) < 0 ||
		copy_text(&d->machine_id, bls_get_last(b, "machine-id")) < 0 ||
		join_options(d, b) < 0)
		return -ENOMEM;
	d->entry.line = b->count > 0 ? b->items[0].line : 1;
	d->entry.options_line = bls_line(b, "options");
	return set_paths(d, b, mountpoint);
}

/* An entry for another machine is not shown. */
static bool is_of_other_machine(const struct reader *r, const struct bls_entry *b)
{
	static const struct {
		const char *machine, *efi;
	} names[] = {{"x86_64", "x64"}, {"i386", "ia32"}, {"aarch64", "aa64"},
		{"riscv64", "riscv64"}, {"arm", "arm"}};
	const char *wanted = bls_get(b, "architecture");

	for (size_t i = 0; wanted && r->sys->arch && i < ARRAY_SIZE(names); i++)
		if (strcmp(r->sys->arch, names[i].machine) == 0)
			return strcasecmp(wanted, names[i].efi) != 0;
	return false;
}

static int parse_file(struct reader *r, const char *path, struct bls_entry *ret)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	int error = target_read(r->t, path, BLS_MAX_SIZE, &text, NULL);

	return error < 0 ? error : bls_parse(ret, buffer_bytes(&text), BLS_SYSTEMD, NULL);
}

/* An id is the file name in lower case. */
static char *lower_case(const char *text)
{
	char *copy = strdup(text);

	for (char *c = copy; c && *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return copy;
}

static int add_entry(struct reader *r, const char *mountpoint, const char *name)
{
	_cleanup_(bls_done) struct bls_entry b = {0};
	_cleanup_free_ char *path = text_printf("%s/loader/entries/%s", mountpoint, name);
	int error = path ? parse_file(r, path, &b) : -ENOMEM;
	struct draft *d;

	if (error < 0)
		return error == -ENOMEM ? error : reader_cannot_read(r, path, error);
	d = reader_add_draft(r);
	if (!d)
		return -ENOMEM;
	d->entry.kind = ENTRY_BLS;
	d->entry.source = TAKE_PTR(path);
	d->entry.id = strndup(name, strlen(name) - strlen(".conf"));
	d->grub_id = lower_case(name);
	if (!d->entry.id || !d->grub_id)
		return -ENOMEM;
	bls_tries(name, &d->tries_left, &d->tries_done);
	d->unseen = is_of_other_machine(r, &b);
	d->why_unseen = "its `architecture` is not this system's";
	return fill(d, &b, mountpoint);
}

static bool is_entry_name(const char *name)
{
	size_t size = strlen(name);

	return name[0] != '.' && size > 5 && strcasecmp(name + size - 5, ".conf") == 0 &&
	       strncasecmp(name, "auto-", 5) != 0;
}

int read_systemd_entries(struct reader *r, const char *mountpoint)
{
	_cleanup_(strings_done) struct strings names = {0};
	_cleanup_free_ char *directory = text_printf("%s/loader/entries", mountpoint);
	int error = directory ? reader_list(r, directory, &names) : -ENOMEM;

	for (size_t i = 0; error >= 0 && i < names.count; i++) {
		if (!is_entry_name(names.items[i]))
			continue;
		if (r->draft_count >= INVENTORY_MAX_ENTRIES)
			return reader_cannot_read(r, directory, -E2BIG);
		error = add_entry(r, mountpoint, names.items[i]);
	}
	return error;
}

int read_esp_entries(struct reader *r)
{
	const char *esp = esp_mountpoint(r);

	if (r->inv.loader != LOADER_SYSTEMD_BOOT || strcmp(esp, "/boot") == 0)
		return 0;
	return read_systemd_entries(r, esp);
}

/* ---- default ---------------------------------------------------------------------- */

/* `default PATTERN` in loader.conf on the ESP; @saved is in a variable of the firmware. */
static int wanted_pattern(struct reader *r, char **ret)
{
	_cleanup_(bls_done) struct bls_entry conf = {0};
	_cleanup_free_ char *path = text_printf("%s/loader/loader.conf", esp_mountpoint(r));
	int error = path ? parse_file(r, path, &conf) : -ENOMEM;

	if (error < 0)
		return error == -ENOMEM ? error : reader_cannot_read(r, path, error);
	if (!bls_get_last(&conf, "default"))
		return 0;
	*ret = lower_case(bls_get_last(&conf, "default"));
	return *ret ? 0 : -ENOMEM;
}

int systemd_default(struct reader *r, int *ret)
{
	_cleanup_free_ char *pattern = NULL;
	int error = wanted_pattern(r, &pattern);

	*ret = -1;
	for (size_t i = 0; pattern && *ret < 0 && i < r->draft_count; i++)
		if (r->drafts[i].place && fnmatch(pattern, r->drafts[i].grub_id, 0) == 0)
			*ret = (int)i;
	return error;
}
