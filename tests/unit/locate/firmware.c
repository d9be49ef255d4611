/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boot sectors, partitions that belong to a firmware, and what lies in /boot. */
#include "../../../rescue/locate/local.h"
#include "tree.h"

#include <setjmp.h>

#include <cmocka.h>

#define T(text) ((char[]){text})

/* A disk with root on its first and something else on its second partition. */
struct disk {
	struct tree tree;
	struct device devices[3];
	struct landscape landscape;
	struct system system;
	char path[128];
};

static void make(
	struct disk *d, const char *manifest, const char *boot_code, unsigned second_role)
{
	uint8_t sector[512] = {0};

	*d = (struct disk){0};
	memcpy(sector + 0x180, boot_code, strlen(boot_code));
	sector[510] = 0x55;
	sector[511] = 0xaa;
	tree_make(&d->tree, manifest);
	tree_file(&d->tree, "/disk", sector, sizeof(sector));
	snprintf(d->path, sizeof(d->path), "%s/disk", d->tree.path);
	d->devices[0] = (struct device){.backing = d->path,
		.path = d->path,
		.parent = -1,
		.type = DEVICE_IMAGE,
		.is_divided = true};
	d->devices[1] = (struct device){.path = T("1"), .type = DEVICE_PART};
	d->devices[2] = (struct device){
		.path = T("2"), .type = DEVICE_PART, .roles = second_role};
	d->landscape = (struct landscape){.devices = d->devices, .device_count = 3};
	system_init(&d->system);
	d->system.target.fd = d->tree.fd;
	d->system.root.device = 1;
	assert_int_equal(firmware_read(&d->landscape, &d->system), 0);
}

static void expect_firmware(const char *boot_code, unsigned role, enum firmware expected)
{
	struct disk d;

	make(&d, "d 0755 /boot\n", boot_code, role);
	assert_int_equal(d.system.firmware, expected);
	tree_remove(&d.tree);
}

static void test_firmware(void **state)
{
	(void)state;
	expect_firmware("GRUB \0Geom", 0, FIRMWARE_BIOS);
	expect_firmware("", ROLE_BIOS_BOOT, FIRMWARE_BIOS);
	expect_firmware("", ROLE_ESP, FIRMWARE_UEFI);
	expect_firmware("GRUB ", ROLE_ESP, FIRMWARE_BOTH);
	expect_firmware("", 0, FIRMWARE_UNKNOWN);
	expect_firmware("Missing operating system", ROLE_SWAP, FIRMWARE_UNKNOWN);
}

/* A bare file system has no boot sector of a disk. */
static void test_bare(void **state)
{
	struct disk d;

	(void)state;
	make(&d, "d 0755 /boot\n", "GRUB ", 0);
	d.devices[0].is_divided = false;
	assert_int_equal(firmware_read(&d.landscape, &d.system), 0);
	assert_int_equal(d.system.firmware, FIRMWARE_UNKNOWN);
	tree_remove(&d.tree);
}

/* What is on no disk a BIOS cannot start; UEFI, and other machines, do not ask. */
static void test_empty_sector(void **state)
{
	struct disk d;

	(void)state;
	make(&d, "d 0755 /boot\n", "", 0);
	assert_null(d.system.bios.obstacle);
	d.system.arch = T("x86_64");
	assert_int_equal(firmware_read(&d.landscape, &d.system), 0);
	assert_non_null(d.system.bios.obstacle);
	assert_int_equal(d.system.firmware, FIRMWARE_BIOS);
	d.devices[2].parent = -1; /* of another disk, which UEFI may start */
	d.devices[2].roles = ROLE_ESP;
	assert_int_equal(firmware_read(&d.landscape, &d.system), 0);
	assert_null(d.system.bios.obstacle);
	assert_int_equal(d.system.firmware, FIRMWARE_UNKNOWN);
	bios_start_done(&d.system.bios);
	tree_remove(&d.tree);
}

/* Another disk's ESP says nothing of this system. */
static void test_other_disk(void **state)
{
	struct disk d;

	(void)state;
	make(&d, "d 0755 /boot\n", "", ROLE_ESP);
	d.devices[2].parent = -1;
	assert_int_equal(firmware_read(&d.landscape, &d.system), 0);
	assert_int_equal(d.system.firmware, FIRMWARE_UNKNOWN);
	tree_remove(&d.tree);
}

static void mount_esp(struct disk *d, const char *manifest)
{
	free(d->system.efi_program);
	d->system.efi_program = NULL;
	tree_add(&d->tree, manifest);
	d->system.esp = (struct place){.device = 2, .present = true, .mounted = true,
		.mountpoint = T("/boot/efi"), .partuuid = T("12AB")};
	assert_int_equal(firmware_read(&d->landscape, &d->system), 0);
}

/* One that nobody has put a boot loader on starts nothing. */
static void test_esp(void **state)
{
	struct firmware_entry entries[] = {{T("ffff"), T("/EFI/a/a.efi")},
		{T("12ab"), T("/EFI/gone/gone.efi")}, {T("12ab"), T("/EFI/a/a.efi")}};
	struct disk d;

	(void)state;
	make(&d, "d 0755 /boot/efi\n", "", ROLE_ESP);
	mount_esp(&d, "f 0644 /boot/efi/EFI/a/readme.txt\n");
	assert_int_equal(d.system.firmware, FIRMWARE_UNKNOWN);
	mount_esp(&d, "f 0755 /boot/efi/EFI/a/A.EFI\n");
	assert_int_equal(d.system.firmware, FIRMWARE_UEFI);
	assert_null(d.system.efi_program);

	/* What the firmware names first and finds there. */
	d.landscape.firmware_entries = (struct firmware_entries){entries, 3, 3};
	mount_esp(&d, "f 0755 /boot/efi/EFI/a/a.efi\n");
	assert_string_equal(d.system.efi_program, "/EFI/a/a.efi");
	free(d.system.efi_program);
	tree_remove(&d.tree);
}

static void test_bootloaders(void **state)
{
	static const struct {
		const char *manifest;
		unsigned expected;
	} cases[] = {
		{"f 0644 /boot/grub2/grub.cfg\n", BOOTLOADER_GRUB2},
		{"f 0644 /boot/grub/grub.cfg\n", BOOTLOADER_GRUB2},
		{"f 0644 /boot/efi/EFI/redhat/grub.cfg\n", BOOTLOADER_GRUB2},
		{"f 0644 /boot/grub/grub.conf\nl /boot/grub/menu.lst ./grub.conf\n",
			BOOTLOADER_GRUB_LEGACY},
		{"l /boot/grub/menu.lst ./gone\n", 0},
		{"f 0644 /boot/efi/loader/loader.conf\n", BOOTLOADER_SYSTEMD_BOOT},
		{"f 0755 /boot/EFI/systemd/systemd-bootx64.efi\n",
			BOOTLOADER_SYSTEMD_BOOT},
		{"f 0644 /boot/extlinux/extlinux.conf\n", BOOTLOADER_EXTLINUX},
		{"f 0644 /boot/grub2/grub.cfg\nf 0644 /boot/extlinux.conf\n",
			BOOTLOADER_GRUB2 | BOOTLOADER_EXTLINUX},
		/* BLS entries alone may be any loader's. */
		{"f 0644 /boot/loader/entries/a.conf\n", 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct disk d;

		make(&d, cases[i].manifest, "", 0);
		if (d.system.bootloaders != cases[i].expected)
			fail_msg("%s: %u", cases[i].manifest, d.system.bootloaders);
		tree_remove(&d.tree);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_firmware),
		cmocka_unit_test(test_bare),
		cmocka_unit_test(test_empty_sector),
		cmocka_unit_test(test_other_disk),
		cmocka_unit_test(test_esp),
		cmocka_unit_test(test_bootloaders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
