/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does UEFI find something to start on the ESP? What its variables name, else the
 * removable path; shim in turn starts the grub*.efi beside itself.
 */
#include "reader.h"

#include <errno.h>
#include <strings.h>

#define VENDORS_MAX 64  /* directories in EFI */
#define PROGRAMS_MAX 64 /* names in one of them */

struct programs {
	bool removable;  /* EFI/BOOT/BOOT….EFI */
	char *vendor;    /* another one: "EFI/fedora/shimx64.efi" */
	char *lone_shim; /* a shim without a grub */
};

static void programs_done(struct programs *p)
{
	free(p->vendor);
	free(p->lone_shim);
}

static bool starts(const char *name, const char *prefix)
{
	return strncasecmp(name, prefix, strlen(prefix)) == 0;
}

static bool is_program(const char *name)
{
	size_t size = strlen(name);

	return size > 4 && strcasecmp(name + size - 4, ".efi") == 0;
}

static int keep(char **ret, const char *vendor, const char *name)
{
	if (*ret)
		return 0;
	*ret = text_printf("EFI/%s/%s", vendor, name);
	return *ret ? 0 : -ENOMEM;
}

static int look_into(
	struct reader *r, struct programs *p, const char *efi, const char *vendor)
{
	_cleanup_free_ char *path = text_printf("%s/%s", efi, vendor);
	_cleanup_(strings_done) struct strings names = {0};
	const char *shim = NULL;
	bool grub = false, removable = strcasecmp(vendor, "BOOT") == 0;
	int error = path ? target_list(r->t, path, &names, NULL) : -ENOMEM;

	if (error < 0)
		return error == -ENOMEM ? error : 0;
	for (size_t i = 0; error == 0 && i < names.count && i < PROGRAMS_MAX; i++) {
		const char *name = names.items[i];

		if (!is_program(name))
			continue;
		grub = grub || starts(name, "grub");
		if (starts(name, "shim"))
			shim = name;
		if (removable)
			p->removable = p->removable || starts(name, "boot");
		else
			error = keep(&p->vendor, vendor, name);
	}
	if (error == 0 && shim && !grub && !removable)
		error = keep(&p->lone_shim, vendor, shim);
	return error;
}

static int find_programs(struct reader *r, struct programs *p)
{
	_cleanup_(strings_done) struct strings vendors = {0};
	_cleanup_free_ char *efi = text_printf("%s/EFI", esp_mountpoint(r));
	int error = efi ? target_list(r->t, efi, &vendors, NULL) : -ENOMEM;

	if (error < 0)
		return error == -ENOMEM ? error : 0;
	for (size_t i = 0; error == 0 && i < vendors.count && i < VENDORS_MAX; i++)
		error = look_into(r, p, efi, vendors.items[i]);
	return error;
}

static int report_none(struct reader *r, enum severity severity)
{
	return findings_add(&r->inv.findings, "loader-astray", severity, NULL,
		esp_mountpoint(r), "UEFI finds no boot loader on the ESP");
}

static int report_shim(struct reader *r, enum severity severity, const char *shim)
{
	return findings_add(&r->inv.findings, "loader-astray", severity, NULL,
		esp_mountpoint(r), "%s on the ESP has no grub*.efi beside it to start",
		shim);
}

static int report_vendor(struct reader *r, const char *program)
{
	return findings_add(&r->inv.findings, "loader-astray", SEVERITY_INFO, NULL,
		esp_mountpoint(r),
		"only a firmware whose variables name %s starts this disk: there is "
		"nothing "
		"on the removable path EFI/BOOT",
		program);
}

int check_esp_programs(struct reader *r)
{
	_cleanup_(programs_done) struct programs p = {0};
	const struct system *s = r->sys;
	/* A disk that BIOS starts as well boots without all this. */
	bool needs_it = !(s->firmware & FIRMWARE_BIOS);
	int error;

	if (s->by_directory || !s->esp.present || !s->esp.mounted)
		return 0;
	error = find_programs(r, &p);
	if (error >= 0 && !p.removable && !p.vendor)
		return report_none(r, needs_it ? SEVERITY_ERROR : SEVERITY_INFO);
	if (error >= 0 && p.lone_shim)
		error = report_shim(
			r, needs_it ? SEVERITY_WARNING : SEVERITY_INFO, p.lone_shim);
	if (error >= 0 && p.removable)
		error = check_esp_fallback(r, needs_it && !s->efi_program ? SEVERITY_WARNING
									  : SEVERITY_INFO);
	if (error >= 0 && !p.removable && !s->efi_program)
		error = report_vendor(r, p.vendor);
	return error;
}
