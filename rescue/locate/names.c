/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of the JSON contract for what this room knows. */
#include "locate.h"

/* Which bit is set, counted from 0; count where none of them is. */
static size_t bit_number(unsigned bit, size_t count)
{
	size_t i = 0;

	while (i < count && bit != 1u << i)
		i++;
	return i;
}

const char *device_type_name(enum device_type t)
{
	static const char *const names[] = {
		[DEVICE_DISK] = "disk",
		[DEVICE_PART] = "part",
		[DEVICE_LVM] = "lvm",
		[DEVICE_RAID] = "raid",
		[DEVICE_CRYPT] = "crypt",
		[DEVICE_LOOP] = "loop",
		[DEVICE_IMAGE] = "image",
	};

	return (size_t)t < ARRAY_SIZE(names) ? names[t] : "disk";
}

const char *device_role_name(enum device_role r)
{
	static const char *const names[DEVICE_ROLES] = {"root", "boot", "usr", "esp",
		"bios-boot", "swap", "lvm-pv", "raid-member", "luks", "mount",
		"removable", "optical", "multipath-path", "bcache-member", "zfs-member"};
	size_t i = bit_number(r, DEVICE_ROLES);

	return i < DEVICE_ROLES ? names[i] : "mount";
}

const char *firmware_name(enum firmware w)
{
	static const char *const names[] = {
		[FIRMWARE_UNKNOWN] = "unknown",
		[FIRMWARE_BIOS] = "bios",
		[FIRMWARE_UEFI] = "uefi",
		[FIRMWARE_BOTH] = "both",
	};

	return (size_t)w < ARRAY_SIZE(names) ? names[w] : "unknown";
}

const char *bootloader_name(enum bootloader b)
{
	static const char *const names[BOOTLOADERS] = {
		"grub2", "grub-legacy", "systemd-boot", "extlinux"};
	size_t i = bit_number(b, BOOTLOADERS);

	return i < BOOTLOADERS ? names[i] : "unknown";
}
