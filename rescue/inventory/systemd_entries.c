/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The entries that systemd-boot reads (systemd: src/boot/boot.c). Paths in them begin at
 * the top of the file system that holds the entry.
 */
#include "reader.h"

#include <errno.h>
#include <strings.h>

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
	if (!d->release && d->entry.version && is_release(d->entry.version))
		return copy_text(&d->release, d->entry.version);
	return 0;
}

/* Of keys that stand there twice the last one counts. */
static int fill(struct draft *d, const struct bls_entry *b, const char *mountpoint)
{
	if (copy_text(&d->entry.title, bls_get_last(b, "title")) < 0 ||
		copy_text(&d->entry.version, bls_get_last(b, "version")) < 0 ||
		copy_text(&d->entry.sort_key, bls_get_last(b, "sort-key")) < 0 ||
		copy_text(&d->entry.machine_id, bls_get_last(b, "machine-id")) < 0 ||
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

static int add_entry(struct reader *r, const char *mountpoint, const char *name)
{
	_cleanup_(bls_done) struct bls_entry b = {0};
	_cleanup_free_ char *path = text_printf("%s/loader/entries/%s", mountpoint, name);
	int error = path ? parse_file(r, path, &b) : -ENOMEM;
	struct draft *d;

	if (error < 0)
		return error == -ENOMEM ? error : reader_cannot_read(r, path, error);
	d = reader_add_bls_draft(r, path, name);
	if (!d || !(d->entry.loader_name = lower_case(name)))
		return -ENOMEM;
	bls_tries(name, &d->entry.tries_left, &d->entry.tries_done);
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

static int read_place(struct reader *r, const char *mountpoint)
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

int read_systemd_entries(struct reader *r)
{
	const char *places[SYSTEMD_PLACES];
	size_t count = systemd_places(r, places);
	int error = 0;

	for (size_t i = 0; error >= 0 && i < count; i++)
		error = read_place(r, places[i]);
	return error;
}
