/* SPDX-License-Identifier: GPL-2.0-or-later */
/* By which firmware a system's disks can be started, and which boot loaders it has. */
#include "local.h"

#include <errno.h>
#include <strings.h>

#define BOOT_CODE 440 /* bytes of program in an MBR */

/* GRUB 0.97 and GRUB 2 both carry their name for the error message. */
static bool has_grub_sector(const struct device *disk)
{
	uint8_t sector[512];

	if (device_peek(disk, 0, sector, sizeof(sector)) != sizeof(sector) ||
		sector[510] != 0x55 || sector[511] != 0xaa)
		return false;
	return memmem(sector, BOOT_CODE, "GRUB", 4) != NULL;
}

static bool disk_has_role(const struct landscape *l, int disk, unsigned role)
{
	for (size_t i = 0; i < l->device_count; i++) {
		if ((l->devices[i].roles & role) && device_disk(l, (int)i) == disk)
			return true;
	}
	return false;
}

/* FIRMWARE_BIOS and FIRMWARE_UEFI as bits. */
static unsigned disk_firmware(const struct landscape *l, int device)
{
	int disk = device_disk(l, device);
	unsigned bits = 0;

	if (!l->devices[disk].is_divided)
		return 0;
	if (disk_has_role(l, disk, ROLE_BIOS_BOOT) || has_grub_sector(&l->devices[disk]))
		bits |= FIRMWARE_BIOS;
	if (disk_has_role(l, disk, ROLE_ESP))
		bits |= FIRMWARE_UEFI;
	return bits;
}

static unsigned find_bootloaders(const struct target *t)
{
	static const struct {
		const char *path;
		unsigned loader;
	} signs[] = {
		{"/boot/grub2/grub.cfg", BOOTLOADER_GRUB2},
		{"/boot/grub2/grubenv", BOOTLOADER_GRUB2},
		{"/boot/grub2/i386-pc", BOOTLOADER_GRUB2},
		{"/boot/grub/grub.cfg", BOOTLOADER_GRUB2},
		{"/boot/grub/grub.conf", BOOTLOADER_GRUB_LEGACY},
		{"/boot/grub/menu.lst", BOOTLOADER_GRUB_LEGACY},
		{"/boot/loader/loader.conf", BOOTLOADER_SYSTEMD_BOOT},
		{"/boot/efi/loader/loader.conf", BOOTLOADER_SYSTEMD_BOOT},
		{"/efi/loader/loader.conf", BOOTLOADER_SYSTEMD_BOOT},
		{"/boot/efi/EFI/systemd", BOOTLOADER_SYSTEMD_BOOT},
		{"/efi/EFI/systemd", BOOTLOADER_SYSTEMD_BOOT},
		{"/boot/EFI/systemd", BOOTLOADER_SYSTEMD_BOOT},
		{"/boot/extlinux/extlinux.conf", BOOTLOADER_EXTLINUX},
		{"/boot/extlinux.conf", BOOTLOADER_EXTLINUX},
		{"/boot/syslinux/syslinux.cfg", BOOTLOADER_EXTLINUX},
	};
	unsigned found = 0;

	for (size_t i = 0; i < ARRAY_SIZE(signs); i++) {
		if (target_exists(t, signs[i].path))
			found |= signs[i].loader;
	}
	return found;
}

/* Directories of EFI on the ESP. */
static int list_vendors(const struct system *s, char **ret_efi, struct strings *ret)
{
	int r;

	*ret_efi = text_printf("%s/EFI",
		s->esp.present && s->esp.mountpoint ? s->esp.mountpoint : "/boot/efi");
	r = *ret_efi ? target_list(&s->target, *ret_efi, ret, NULL) : -ENOMEM;
	return r == -ENOMEM ? r : 0;
}

/* A vendor's directory there that holds a grub.cfg: /boot/efi/EFI/redhat. */
static int find_grub_on_esp(const struct system *s)
{
	_cleanup_(strings_done) struct strings vendors = {0};
	_cleanup_free_ char *efi = NULL;
	int r = list_vendors(s, &efi, &vendors);

	for (size_t i = 0; r == 0 && i < vendors.count; i++) {
		_cleanup_free_ char *path =
			text_printf("%s/%s/grub.cfg", efi, vendors.items[i]);

		if (!path)
			return -ENOMEM;
		if (target_exists(&s->target, path))
			return BOOTLOADER_GRUB2;
	}
	return r;
}

static bool is_program(const char *name)
{
	size_t size = strlen(name);

	return size > 4 && strcasecmp(name + size - 4, ".efi") == 0;
}

/* UEFI finds something to start there. 1 also where that cannot be seen; 0; -ENOMEM. */
static int has_program(const struct system *s)
{
	_cleanup_(strings_done) struct strings vendors = {0};
	_cleanup_free_ char *efi = NULL;
	int r = list_vendors(s, &efi, &vendors);

	if (r < 0 || !s->esp.present || !s->esp.mounted)
		return r < 0 ? r : 1;
	for (size_t i = 0; i < vendors.count; i++) {
		_cleanup_(strings_done) struct strings names = {0};
		_cleanup_free_ char *path = text_printf("%s/%s", efi, vendors.items[i]);

		r = path ? target_list(&s->target, path, &names, NULL) : -ENOMEM;
		if (r == -ENOMEM)
			return r;
		for (size_t n = 0; n < names.count; n++)
			if (is_program(names.items[n]))
				return 1;
	}
	return 0;
}

/* The first that the firmware would find on this ESP. */
static int find_started(const struct landscape *l, struct system *s)
{
	const struct place *esp = &s->esp;

	for (size_t i = 0; esp->mounted && esp->partuuid && i < l->firmware_entries.count;
		i++) {
		const struct firmware_entry *e = &l->firmware_entries.items[i];
		_cleanup_free_ char *path = NULL;

		if (strcasecmp(e->partuuid, esp->partuuid) != 0)
			continue;
		path = text_printf("%s%s", esp->mountpoint, e->path);
		if (!path)
			return -ENOMEM;
		if (!target_exists(&s->target, path))
			continue;
		s->efi_program = strdup(e->path);
		return s->efi_program ? 0 : -ENOMEM;
	}
	return 0;
}

/* The disk with /boot before that of root. */
static int read_bios_start(const struct landscape *l, struct system *s)
{
	const struct place *places[] = {&s->boot, &s->root};
	int r = 0;

	for (size_t i = 0; r >= 0 && !s->bios.loader && i < ARRAY_SIZE(places); i++)
		if (places[i]->device >= 0)
			r = bios_start_read(&s->bios, l, device_disk(l, places[i]->device));
	return r;
}

static bool is_pc(const struct system *s)
{
	static const char *const machines[] = {"x86_64", "i386", "i486", "i586", "i686"};

	for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
		if (text_equal(s->arch, machines[i]))
			return true;
	return false;
}

/* Only a BIOS asks for a boot sector, and it may be told to start another disk. */
static bool may_start_elsewhere(const struct landscape *l, const struct system *s)
{
	if (!is_pc(s) || s->esp.present || another_disk_starts(l))
		return true;
	for (size_t i = 0; i < l->device_count; i++)
		if (l->devices[i].roles & ROLE_ESP)
			return true;
	return false;
}

int firmware_read(const struct landscape *l, struct system *s)
{
	const struct place *places[] = {&s->root, &s->boot, &s->esp};
	int grub = find_grub_on_esp(s), starts;
	unsigned bits = 0;

	if (grub < 0)
		return grub;
	s->bootloaders = find_bootloaders(&s->target) | (unsigned)grub;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (places[i]->device >= 0)
			bits |= disk_firmware(l, places[i]->device);
	bios_start_done(&s->bios);
	if (read_bios_start(l, s) < 0)
		return -ENOMEM;
	if (s->bios.obstacle && may_start_elsewhere(l, s))
		bios_start_done(&s->bios);
	if (s->bios.where)
		bits |= FIRMWARE_BIOS;
	starts = has_program(s);
	if (starts < 0)
		return starts;
	/* An ESP that nobody has put a boot loader on. */
	if (!starts)
		bits &= ~(unsigned)FIRMWARE_UEFI;
	s->firmware = bits;
	loader_variables_done(&s->loader_variables);
	if (loader_variables_copy(&s->loader_variables, &l->loader_variables) < 0)
		return -ENOMEM;
	return find_started(l, s);
}
