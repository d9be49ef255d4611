/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stubs and whole configurations on the ESP. */
#include "patient.h"

#define BOOT_UUID "aaaaaaaa-1111-4222-8333-445566778899"
#define STUB(uuid, path)                                                                 \
	"search --no-floppy --root-dev-only --fs-uuid --set=dev " uuid "\n"              \
	"set prefix=($dev)" path "\nexport $prefix\nconfigfile $prefix/grub.cfg\n"

static struct patient *uefi_patient(void)
{
	struct patient *p = patient_new(NULL);

	p->sys.firmware = FIRMWARE_UEFI;
	p->sys.boot.separate = true;
	p->sys.boot.uuid = (char *)BOOT_UUID;
	p->sys.esp = (struct place){
		.device = -1, .mountpoint = (char *)"/boot/efi", .present = true};
	return p;
}

static const struct finding *astray(const struct patient *p)
{
	for (size_t i = 0; i < p->inv.findings.count; i++)
		if (strcmp(p->inv.findings.items[i].code, "loader-astray") == 0)
			return &p->inv.findings.items[i];
	return NULL;
}

static void a_stub_leads_to_boot(void **state)
{
	struct patient *p = uefi_patient();

	(void)state;
	add_text(p, "/boot/efi/EFI/redhat/grub.cfg", STUB(BOOT_UUID, "/grub2"));
	patient_read(p);
	assert_null(astray(p));
	assert_string_equal(p->inv.grub_cfg, "/boot/grub2/grub.cfg");
	patient_free(p);
}

static void a_stub_leads_elsewhere(void **state)
{
	struct patient *p = uefi_patient();

	(void)state;
	add_text(p, "/boot/efi/EFI/redhat/grub.cfg", STUB("0000", "/grub2"));
	patient_read(p);
	assert_non_null(astray(p));
	assert_int_equal(astray(p)->severity, SEVERITY_ERROR);
	assert_non_null(strstr(astray(p)->message, BOOT_UUID));
	p->sys.firmware = FIRMWARE_BOTH;
	patient_read(p);
	assert_int_equal(astray(p)->severity, SEVERITY_WARNING);
	/* Another system's stub beside ours. */
	add_text(p, "/boot/efi/EFI/zebra/grub.cfg", STUB(BOOT_UUID, "/grub2"));
	patient_read(p);
	assert_null(astray(p));
	patient_free(p);
}

static void a_stub_leads_to_nothing(void **state)
{
	struct patient *p = uefi_patient();

	(void)state;
	add_text(p, "/boot/efi/EFI/redhat/grub.cfg", STUB(BOOT_UUID, "/boot/grub2"));
	patient_read(p);
	assert_non_null(astray(p));
	assert_non_null(strstr(astray(p)->message, "/boot/boot/grub2/grub.cfg"));
	patient_free(p);
}

static void a_whole_configuration_is_what_uefi_reads(void **state)
{
	struct patient *p = uefi_patient();

	(void)state;
	add_text(p, "/boot/efi/EFI/redhat/grub.cfg", "blscfg\n");
	patient_read(p);
	assert_null(astray(p));
	assert_string_equal(p->inv.grub_cfg, "/boot/efi/EFI/redhat/grub.cfg");
	p->sys.firmware = FIRMWARE_BIOS;
	patient_read(p);
	assert_string_equal(p->inv.grub_cfg, "/boot/grub2/grub.cfg");
	patient_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stub_leads_to_boot),
		cmocka_unit_test(a_stub_leads_elsewhere),
		cmocka_unit_test(a_stub_leads_to_nothing),
		cmocka_unit_test(a_whole_configuration_is_what_uefi_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
