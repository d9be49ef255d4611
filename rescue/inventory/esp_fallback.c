/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What starts on the removable path, where no variable of the firmware names anything: shim
 * there starts its fallback beside it, which takes what EFI/VENDOR/BOOTX64.CSV lists
 * (shim: should_use_fallback, fallback.c); without one, the grub beside it.
 */
#include "reader.h"

#include "formats/boot_csv.h"
#include "formats/shim.h"

#include <errno.h>
#include <strings.h>

enum { MAX_VENDORS = 64 };

struct removable {
	char *program;	/* EFI/BOOT/BOOTX64.EFI, a shim; NULL: something else is there */
	char *machine;	/* "X64": of its name */
	bool fallback, grub; /* beside it */
	char *absent;	/* that a list names, and that is not there */
	bool found;	/* a list names what is there */
};

static void removable_done(struct removable *m)
{
	free(m->program);
	free(m->machine);
	free(m->absent);
}

static bool is_named(const char *name, const char *prefix, const char *machine,
		     const char *suffix)
{
	size_t before = strlen(prefix), size = strlen(machine);

	return strncasecmp(name, prefix, before) == 0 &&
	       strncasecmp(name + before, machine, size) == 0 &&
	       strcasecmp(name + before + size, suffix) == 0;
}

/* BOOTX64.EFI, if it is a shim. 0 or -ENOMEM. */
static int look_at_program(struct reader *r, struct removable *m, const char *folder,
			   const char *name)
{
	_cleanup_free_ char *path = text_printf("%s/%s", folder, name);
	_cleanup_(buffer_done) struct buffer file = {0};
	size_t size = strlen(name);
	struct shim shim;
	int error;

	if (size <= 8 || strncasecmp(name, "boot", 4) != 0 ||
		strcasecmp(name + size - 4, ".efi") != 0)
		return 0;
	error = path ? target_read(r->t, path, SHIM_MAX_SIZE, &file, NULL) : -ENOMEM;
	if (error < 0 || !shim_parse(&shim, buffer_bytes(&file)))
		return error == -ENOMEM ? error : 0;
	m->program = text_printf("EFI/BOOT/%s", name);
	m->machine = strndup(name + 4, size - 8);
	return m->program && m->machine ? 0 : -ENOMEM;
}

static int look_at_folder(struct reader *r, struct removable *m, const char *folder)
{
	_cleanup_(strings_done) struct strings names = {0};
	int error = reader_list(r, folder, &names);

	for (size_t i = 0; error >= 0 && !m->program && i < names.count; i++)
		error = look_at_program(r, m, folder, names.items[i]);
	for (size_t i = 0; error >= 0 && m->program && i < names.count; i++) {
		m->fallback = m->fallback || is_named(names.items[i], "fb", m->machine, ".efi");
		m->grub = m->grub || is_named(names.items[i], "grub", m->machine, ".efi");
	}
	return error;
}

/* The list for this machine counts, else the one for any. */
static const char *choose_list(const struct strings *names, const char *machine)
{
	const char *const machines[] = {machine, ""};

	for (size_t k = 0; k < ARRAY_SIZE(machines); k++)
		for (size_t i = 0; i < names->count; i++)
			if (is_named(names->items[i], "boot", machines[k], ".csv"))
				return names->items[i];
	return NULL;
}

static int look_at_list(struct reader *r, struct removable *m, const char *efi,
			const char *vendor, const char *list)
{
	_cleanup_free_ char *path = text_printf("%s/%s/%s", efi, vendor, list);
	_cleanup_(strings_done) struct strings files = {0};
	_cleanup_(buffer_done) struct buffer text = {0};
	_cleanup_free_ char *program = NULL;
	int error = path ? target_read(r->t, path, BOOT_CSV_MAX_SIZE, &text, NULL) : -ENOMEM;

	if (error >= 0)
		error = boot_csv_parse(&files, buffer_bytes(&text));
	if (error < 0 || files.count == 0)
		return error == -ENOMEM ? error : 0;
	/* It makes entries of all of them, and starts the first. */
	program = text_printf("%s/%s/%s", efi, vendor, files.items[0]);
	if (!program)
		return -ENOMEM;
	if (target_exists(r->t, program)) {
		m->found = true;
		return 0;
	}
	if (!m->absent)
		m->absent = text_printf("EFI/%s/%s names %s, which", vendor, list, files.items[0]);
	return m->absent ? 0 : -ENOMEM;
}

static int look_at_lists(struct reader *r, struct removable *m, const char *efi)
{
	_cleanup_(strings_done) struct strings vendors = {0};
	int error = reader_list(r, efi, &vendors);

	for (size_t i = 0; error >= 0 && i < MIN_OF(vendors.count, (size_t)MAX_VENDORS); i++) {
		_cleanup_free_ char *folder = text_printf("%s/%s", efi, vendors.items[i]);
		_cleanup_(strings_done) struct strings names = {0};
		const char *list;

		if (strcasecmp(vendors.items[i], "BOOT") == 0)
			continue;
		error = folder ? target_list(r->t, folder, &names, NULL) : -ENOMEM;
		if (error == -ENOMEM)
			return error;
		list = choose_list(&names, m->machine);
		error = list ? look_at_list(r, m, efi, vendors.items[i], list) : 0;
	}
	return error;
}

static int report(struct reader *r, const struct removable *m, enum severity severity)
{
	_cleanup_free_ char *why = NULL;

	if (m->fallback)
		why = m->absent ? text_printf("%s is not there", m->absent)
				: text_printf("no EFI/VENDOR/BOOT%s.CSV lists anything for its "
					"fallback to start", m->machine);
	else
		why = strdup("there is neither a grub nor a fallback beside it");
	if (!why)
		return -ENOMEM;
	return findings_add(&r->inv.findings, "loader-astray", severity, NULL,
		esp_mountpoint(r), "what a firmware starts whose variables name nothing on this "
		"disk, %s, is a shim that starts nothing: %s", m->program, why);
}

int check_esp_fallback(struct reader *r, enum severity severity)
{
	_cleanup_(removable_done) struct removable m = {0};
	_cleanup_free_ char *efi = text_printf("%s/EFI", esp_mountpoint(r));
	_cleanup_free_ char *folder = efi ? text_printf("%s/BOOT", efi) : NULL;
	int error = folder ? look_at_folder(r, &m, folder) : -ENOMEM;

	if (error < 0 || !m.program)
		return error;
	if (m.fallback)
		error = look_at_lists(r, &m, efi);
	if (error < 0 || (m.fallback ? m.found : m.grub))
		return error;
	return report(r, &m, severity);
}
