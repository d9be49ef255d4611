/* SPDX-License-Identifier: GPL-2.0-or-later */
/* By which firmware a system's disks can be started, and which boot loaders it has. */
#include "local.h"

#include <errno.h>

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

/* A vendor's directory on the ESP that holds a grub.cfg: /boot/efi/EFI/redhat. */
static int find_grub_on_esp(const struct target *t)
{
	_cleanup_(strings_done) struct strings vendors = {0};

	if (target_list(t, "/boot/efi/EFI", &vendors, NULL) < 0)
		return 0;
	for (size_t i = 0; i < vendors.count; i++) {
		_cleanup_free_ char *path =
			text_printf("/boot/efi/EFI/%s/grub.cfg", vendors.items[i]);

		if (!path)
			return -ENOMEM;
		if (target_exists(t, path))
			return BOOTLOADER_GRUB2;
	}
	return 0;
}

int firmware_read(const struct landscape *l, struct system *s)
{
	unsigned bits = 0;
	int r = find_grub_on_esp(&s->target);

	if (r < 0)
		return r;
	s->bootloaders = find_bootloaders(&s->target) | (unsigned)r;
	if (s->root.device >= 0)
		bits |= disk_firmware(l, s->root.device);
	if (s->boot.device >= 0)
		bits |= disk_firmware(l, s->boot.device);
	s->firmware = bits;
	return 0;
}
