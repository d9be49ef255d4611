/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * systemd-boot: does UEFI start it, what does it read, and where do its kernels go
 * (bootctl(1), kernel-install(8), systemd: src/boot/boot.c)?
 */
#include "reader.h"

#include "formats/loader_conf.h"

#include <errno.h>
#include <strings.h>

#define LOADER_PROGRAM_MAX (16 * 1024 * 1024)
#define LOADER_DIRECTORY_MAX 64 /* names in EFI, and in one directory there */

/* ---- which loader UEFI starts ---------------------------------------------------------
 */

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

/* What a firmware without variables starts is systemd-boot: it says so itself. */
static int is_removable_path(struct reader *r, const char *mountpoint)
{
	static const char mark[] = "#### LoaderInfo: systemd-boot";
	_cleanup_(buffer_done) struct buffer program = {0};
	_cleanup_(strings_done) struct strings names = {0};
	_cleanup_free_ char *folder = text_printf("%s/EFI/BOOT", mountpoint),
			    *path = NULL;
	int error = folder ? target_list(r->t, folder, &names, NULL) : -ENOMEM;

	for (size_t i = 0; error >= 0 && !path && i < names.count; i++) {
		if (strncasecmp(names.items[i], "BOOT", 4) != 0 ||
			strcasecmp(names.items[i], "BOOT.CSV") == 0)
			continue;
		path = text_printf("%s/%s", folder, names.items[i]);
		error = path ? 0 : -ENOMEM;
	}
	if (error >= 0 && path)
		error = target_read(r->t, path, LOADER_PROGRAM_MAX, &program, NULL);
	if (error < 0 || !program.data)
		return error == -ENOMEM ? error : 0;
	return memmem(program.data, program.size, mark, sizeof(mark) - 1) != NULL;
}

/*
 * Where both are, the firmware's variables decide, which no disk holds; bootctl makes its
 * own program the one on the removable path, too.
 */
static int starts_from(struct reader *r, const char *mountpoint)
{
	static const char *const prefixes[] = {"systemd-boot", NULL};
	_cleanup_free_ char *efi = text_printf("%s/EFI", mountpoint);
	_cleanup_free_ char *own = text_printf("%s/EFI/systemd", mountpoint);
	int found, grub;

	if (!efi || !own)
		return -ENOMEM;
	found = has_program(r, own, prefixes);
	grub = found < 0 ? found : has_grub_program(r, efi);
	if (grub < 0)
		return grub;
	return found && !grub ? 1 : is_removable_path(r, mountpoint);
}

static bool has(const struct reader *r, const char *place, const char *below)
{
	_cleanup_free_ char *path = text_printf("%s/%s", place, below);

	return path && target_exists(r->t, path);
}

const char *systemd_boot_by_conf(const struct reader *r)
{
	const char *const places[] = {esp_mountpoint(r), "/efi", "/boot"};

	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (has(r, places[i], "loader/loader.conf"))
			return places[i];
	return places[0];
}

int starts_systemd_boot(struct reader *r)
{
	const char *const places[] = {esp_mountpoint(r), "/efi", "/boot"};
	const char *told = r->sys->efi_program;
	int found = 0;

	if (r->sys->firmware == FIRMWARE_BIOS)
		return 0;
	/* The firmware at hand is the system's own, and says it. */
	if (told && strcasestr(told, "/systemd-boot"))
		r->systemd_esp = places[0];
	if (told && strncasecmp(told, "/EFI/BOOT/", 10) != 0)
		return r->systemd_esp != NULL;
	for (size_t i = 0; found == 0 && i < ARRAY_SIZE(places); i++) {
		found = starts_from(r, places[i]);
		if (found > 0)
			r->systemd_esp = places[i];
	}
	return found;
}

/* ---- what it reads --------------------------------------------------------------- */

/* An XBOOTLDR partition: what UEFI has no driver for it cannot be. */
static bool reads_boot(const struct reader *r)
{
	const struct place *boot = &r->sys->boot;

	return boot->separate && (!boot->fstype || strcmp(boot->fstype, "vfat") == 0 ||
					 strcmp(boot->fstype, "auto") == 0);
}

size_t systemd_places(const struct reader *r, const char *ret[SYSTEMD_PLACES])
{
	size_t count = 0;

	if (reads_boot(r) && strcmp(r->systemd_esp, "/boot") != 0)
		ret[count++] = "/boot";
	ret[count++] = r->systemd_esp;
	return count;
}

/* Where kernel-install put others; else where it would put the first one. */
static const char *find_root(const struct reader *r)
{
	const char *places[SYSTEMD_PLACES];
	size_t count = systemd_places(r, places);
	const char *const signs[] = {r->inv.entry_token, "loader/entries"};

	for (size_t s = 0; s < ARRAY_SIZE(signs); s++)
		for (size_t i = 0; i < count; i++)
			if (has(r, places[i], signs[s]))
				return places[i];
	return places[0];
}

/* Fedora's own scripts leave kernels at the top, where there is no directory for them. */
static int find_layout(struct reader *r)
{
	_cleanup_(strings_done) struct strings names = {0};
	struct systemd_boot *s = &r->inv.systemd;
	int error;

	s->by_token = true;
	if (has(r, s->root, r->inv.entry_token))
		return 0;
	error = reader_list(r, s->root, &names);
	for (size_t i = 0; error >= 0 && i < names.count; i++)
		if (text_starts(names.items[i], "vmlinuz-") ||
			text_starts(names.items[i], "initramfs-"))
			s->by_token = false;
	return error;
}

/* "@saved" is the entry that was started last. */
static int set_pattern(struct reader *r, char **ret, const char *text)
{
	const struct loader_variables *v = &r->sys->loader_variables;

	if (text && strcasecmp(text, "@saved") == 0) {
		r->inv.systemd.saved_unknown = !v->is_known;
		text = v->last_booted;
	}
	*ret = text ? lower_case(text) : NULL;
	return text && !*ret ? -ENOMEM : 0;
}

static int read_conf(struct reader *r)
{
	_cleanup_(bls_done) struct bls_entry conf = {0};
	struct systemd_boot *s = &r->inv.systemd;
	int error = target_read(r->t, s->conf_path, LOADER_CONF_MAX_SIZE, &s->conf, NULL);

	if (error >= 0)
		error = bls_parse(&conf, buffer_bytes(&s->conf), BLS_SYSTEMD, NULL);
	if (error < 0)
		return error == -ENOMEM ? error
					: reader_cannot_read(r, s->conf_path, error);
	return set_pattern(r, &s->wanted, bls_get_last(&conf, "default"));
}

/* What is told to the firmware comes first: for the next start alone, then for all. */
static int read_variables(struct reader *r)
{
	const struct loader_variables *v = &r->sys->loader_variables;
	struct systemd_boot *s = &r->inv.systemd;
	int error = set_pattern(r, &s->once, v->one_shot);

	return error < 0 ? error : set_pattern(r, &s->asked, v->entry_default);
}

static int report_saved(struct reader *r)
{
	struct systemd_boot *s = &r->inv.systemd;

	return findings_add(&r->inv.findings, "loader-unread", SEVERITY_INFO, NULL, s->conf_path,
		"%s says \"default @saved\": which entry that is stands in a variable of the "
		"machine's firmware, which is not seen here; the first entry is taken for it",
		s->conf_path);
}

int read_systemd_boot(struct reader *r)
{
	struct systemd_boot *s = &r->inv.systemd;
	int error;

	if (r->inv.loader != LOADER_SYSTEMD_BOOT)
		return 0;
	s->root = strdup(find_root(r));
	s->conf_path = text_printf("%s/loader/loader.conf", r->systemd_esp);
	free(r->inv.entries_directory);
	r->inv.entries_directory =
		s->root ? text_printf("%s/loader/entries", s->root) : NULL;
	if (!s->conf_path || !r->inv.entries_directory)
		return -ENOMEM;
	error = find_layout(r);
	if (error >= 0)
		error = read_variables(r);
	if (error >= 0)
		error = read_conf(r);
	return error < 0 || !r->inv.systemd.saved_unknown ? error : report_saved(r);
}
