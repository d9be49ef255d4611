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

static int report_dead(struct reader *r, const char *why)
{
	return findings_add(&r->inv.findings, "loader-astray", SEVERITY_ERROR, NULL,
		r->sys->bios.where, "the boot sector of %s %s: no menu is shown, and nothing "
		"starts; the system's own grub2-install puts the boot loader there anew",
		r->sys->bios.where, why);
}

/* Beside its menu, unless they are in its image. 1: there; 0; -ENOMEM. */
static int has_grub_module(struct reader *r, const char *const names[2])
{
	_cleanup_free_ char *menu = system_path_of(r->sys, r->sys->bios.grub.path);
	int found = 0;

	if (!menu)
		return -ENOMEM;
	/* A path of another file system may not be there at all. */
	if (!has_directory(r, menu))
		return 1;
	for (size_t i = 0; i < 2 && !found; i++) {
		_cleanup_free_ char *path = text_printf("%.*s/i386-pc/%s",
			(int)(strrchr(menu, '/') - menu), menu, names[i]);

		if (!path)
			return -ENOMEM;
		found = target_exists(r->t, path);
	}
	return found;
}

/* It loads what shows a menu, and what makes one of BLS entries. */
static int check_modules(struct reader *r)
{
	static const char *const normal[] = {"normal.mod", "normal.mod"};
	static const char *const blscfg[] = {"blscfg.mod", "blsuki.mod"};
	const struct grub_stub *grub = &r->sys->bios.grub;
	int found;

	if (started(r) != BOOTLOADER_GRUB2 || !grub->path || leads_elsewhere(r))
		return 0;
	found = grub->has_normal ? 1 : has_grub_module(r, normal);
	if (found == 0)
		return report_dead(r, "starts GRUB 2, and its normal.mod is gone");
	if (found > 0 && r->menu.has_blscfg && !grub->has_blscfg)
		found = has_grub_module(r, blscfg);
	if (found == 0)
		return report_dead(r, "starts GRUB 2, and its blscfg.mod is gone");
	return MIN_OF(found, 0);
}

static int check_bios(struct reader *r)
{
	if (r->sys->firmware != FIRMWARE_BIOS)
		return 0;
	return r->sys->bios.obstacle ? report_dead(r, r->sys->bios.obstacle)
				     : check_modules(r);
}

int check_started(struct reader *r)
{
	static const enum bootloader all[] = {BOOTLOADER_GRUB2, BOOTLOADER_GRUB_LEGACY,
		BOOTLOADER_SYSTEMD_BOOT, BOOTLOADER_EXTLINUX};
	enum bootloader b = started(r);
	int error = check_bios(r);

	if (error >= 0 && b == BOOTLOADER_GRUB2 && leads_elsewhere(r))
		error = report_astray(r);
	for (size_t i = 0; b && error >= 0 && i < ARRAY_SIZE(all); i++)
		if (all[i] != b && (r->sys->bootloaders & all[i]))
			error = report_unread(r, all[i]);
	return error;
}
