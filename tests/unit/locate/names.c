/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "locate.h"

#include <setjmp.h>

#include <cmocka.h>

static void test_words(void **state)
{
	(void)state;
	assert_string_equal(device_type_name(DEVICE_IMAGE), "image");
	assert_string_equal(device_type_name(DEVICE_LVM), "lvm");
	assert_string_equal(device_role_name(ROLE_ROOT), "root");
	assert_string_equal(device_role_name(ROLE_BIOS_BOOT), "bios-boot");
	assert_string_equal(device_role_name(ROLE_LVM_PV), "lvm-pv");
	assert_string_equal(device_role_name(ROLE_LUKS), "luks");
	assert_string_equal(firmware_name(FIRMWARE_BIOS), "bios");
	assert_string_equal(firmware_name(FIRMWARE_BOTH), "both");
	assert_int_equal(FIRMWARE_BIOS | FIRMWARE_UEFI, FIRMWARE_BOTH);
	assert_string_equal(bootloader_name(BOOTLOADER_GRUB_LEGACY), "grub-legacy");
	assert_string_equal(bootloader_name(BOOTLOADER_EXTLINUX), "extlinux");
}

/* Every role has a word of its own. */
static void test_roles_differ(void **state)
{
	(void)state;
	for (unsigned a = 0; a < DEVICE_ROLES; a++) {
		for (unsigned b = 0; b < a; b++)
			assert_string_not_equal(
				device_role_name((enum device_role)(1u << a)),
				device_role_name((enum device_role)(1u << b)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_roles_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
