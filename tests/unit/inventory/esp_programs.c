/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What UEFI finds on the ESP to start. */
#include "patient.h"

static struct patient *with_esp(const char *manifest)
{
	struct patient *p = patient_new("d 0755 /boot/efi\n");

	p->sys.by_directory = false;
	p->sys.firmware = FIRMWARE_UEFI;
	p->sys.esp = (struct place){.device = -1, .mountpoint = (char *)"/boot/efi",
		.present = true, .separate = true, .mounted = true};
	if (*manifest)
		tree_add(&p->tree, manifest);
	patient_read(p);
	return p;
}

/* The severity of the one finding about it, or -1; its message holds text. */
static int told(const struct patient *p, const char *text)
{
	int severity = -1;

	for (size_t i = 0; i < p->inv.findings.count; i++) {
		const struct finding *f = &p->inv.findings.items[i];

		if (strcmp(f->code, "loader-astray") != 0)
			continue;
		assert_int_equal(severity, -1);
		assert_non_null(strstr(f->message, text));
		severity = (int)f->severity;
	}
	return severity;
}

static void nothing_there(void **state)
{
	struct patient *p = with_esp("f 0644 /boot/efi/EFI/BOOT/readme.txt =x\n");

	(void)state;
	assert_int_equal(told(p, "no boot loader"), SEVERITY_ERROR);
	p->sys.firmware = FIRMWARE_BOTH;
	patient_read(p);
	assert_int_equal(told(p, "no boot loader"), SEVERITY_INFO);
	p->sys.esp.mounted = false;
	patient_read(p);
	assert_int_equal(told(p, ""), -1);
	patient_free(p);
}

static void the_removable_path(void **state)
{
	struct patient *p = with_esp("f 0755 /boot/efi/EFI/Boot/bootx64.EFI =x\n");

	(void)state;
	assert_int_equal(told(p, ""), -1);
	patient_free(p);
}

static void a_vendor_alone(void **state)
{
	struct patient *p = with_esp("f 0755 /boot/efi/EFI/redhat/shimx64.efi =x\n"
				     "f 0755 /boot/efi/EFI/redhat/grubx64.efi =x\n");

	(void)state;
	assert_int_equal(told(p, "EFI/redhat/grubx64.efi"), SEVERITY_INFO);
	p->sys.efi_program = (char *)"/EFI/redhat/shimx64.efi";
	patient_read(p);
	assert_int_equal(told(p, ""), -1);
	patient_free(p);
}

static void a_shim_without_grub(void **state)
{
	struct patient *p = with_esp("f 0755 /boot/efi/EFI/BOOT/BOOTX64.EFI =x\n"
				     "f 0755 /boot/efi/EFI/redhat/shimx64.efi =x\n");

	(void)state;
	assert_int_equal(told(p, "EFI/redhat/shimx64.efi"), SEVERITY_WARNING);
	patient_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_there),
		cmocka_unit_test(the_removable_path),
		cmocka_unit_test(a_vendor_alone),
		cmocka_unit_test(a_shim_without_grub),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
