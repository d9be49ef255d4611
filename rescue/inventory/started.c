/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The boot loader that a BIOS starts, by the boot sector of the disk: only its menu counts,
 * and GRUB 2's image tells which grub.cfg that is.
 */
#include "reader.h"

#include <errno.h>

/* 0: not known; UEFI may start something else. */
static enum bootloader started(const struct reader *r)
{
	return r->sys->firmware == FIRMWARE_BIOS ? r->sys->bios.loader : 0;
}

bool may_start(const struct reader *r, enum bootloader b)
{
	return !started(r) || started(r) == b;
}

/* ---- GRUB 2 ----------------------------------------------------------------------- */

/* Its image searches a file system that is not the one with /boot. */
static bool leads_elsewhere(const struct reader *r)
{
	return !stub_is_ours(r, &r->sys->bios.grub);
}

/* With GRUB's modules in it: without them it shows no menu at all. */
static bool has_directory(const struct reader *r, const char *path)
{
	_cleanup_free_ char *folder = strndup(path, (size_t)(strrchr(path, '/') - path));

	return folder && target_exists(r->t, folder);
}

int started_prefer_configuration(struct reader *r, struct strings *candidates)
{
	const char *told = r->sys->bios.grub.path;
	_cleanup_free_ char *path = NULL;

	if (started(r) != BOOTLOADER_GRUB2 || !told || leads_elsewhere(r))
		return 0;
	path = system_path_of(r->sys, told);
	if (!path)
		return -ENOMEM;
	for (size_t i = 0; i < candidates->count; i++)
		if (strcmp(candidates->items[i], path) == 0) {
			strings_move_to_front(candidates, i);
			return 0;
		}
	/* Where no search says so it may be another file system's path. */
	if ((!r->sys->bios.grub.uuid && candidates->count > 0) || !has_directory(r, path))
		return 0;
	strings_done(candidates);
	r->inv.lost.path = TAKE_PTR(path);
	r->inv.lost.is_certain = true;
	return 0;
}

/* ---- others ----------------------------------------------------------------------- */

static const char *spoken(enum bootloader b)
{
	return b == BOOTLOADER_GRUB2	     ? "GRUB 2"
	       : b == BOOTLOADER_GRUB_LEGACY ? "GRUB legacy"
	       : b == BOOTLOADER_EXTLINUX    ? "extlinux"
					     : "systemd-boot";
}

static int report_astray(struct reader *r)
{
	const struct bios_start *b = &r->sys->bios;

	return findings_add(&r->inv.findings, "loader-astray", SEVERITY_WARNING, NULL, b->where,
		"the boot sector of %s starts GRUB 2, which reads its menu from the file system "
		"%s, and not from this system's /boot",
		b->where, b->grub.uuid);
}

static int report_unread(struct reader *r, enum bootloader other)
{
	const struct bios_start *b = &r->sys->bios;

	return findings_add(&r->inv.findings, "loader-unread", SEVERITY_INFO, NULL,
		bootloader_name(other),
		"the boot sector of %s starts %s: the menu of %s, which is there too, is not read",
		b->where, spoken(b->loader), spoken(other));
}

int check_started(struct reader *r)
{
	static const enum bootloader all[] = {BOOTLOADER_GRUB2, BOOTLOADER_GRUB_LEGACY,
		BOOTLOADER_SYSTEMD_BOOT, BOOTLOADER_EXTLINUX};
	enum bootloader b = started(r);
	int error = b == BOOTLOADER_GRUB2 && leads_elsewhere(r) ? report_astray(r) : 0;

	for (size_t i = 0; b && error >= 0 && i < ARRAY_SIZE(all); i++)
		if (all[i] != b && (r->sys->bootloaders & all[i]))
			error = report_unread(r, all[i]);
	return error;
}
