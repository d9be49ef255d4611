/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which blscfg a system's GRUB has: by its modules, by its EFI program, by the system. */
#include "patient.h"

struct rules_case {
	const char *os_id, *version, *path, *text; /* path NULL: no module is there */
	enum firmware firmware;
	enum loader_rules rules;
};

#define BIOS_BLSCFG "/boot/grub2/i386-pc/blscfg.mod"
#define BIOS_BLSUKI "/boot/grub2/i386-pc/blsuki.mod"
#define EFI_GRUB "/boot/efi/EFI/fedora/grubx64.efi"

static const struct rules_case cases[] = {
	{"rhel", "9.4", NULL, NULL, FIRMWARE_UNKNOWN, LOADER_BLSCFG_EL9},
	{"centos", "8", NULL, NULL, FIRMWARE_UNKNOWN, LOADER_BLSCFG_EL8},
	{"rocky", "8.10", NULL, NULL, FIRMWARE_UNKNOWN, LOADER_BLSCFG_EL8},
	{"almalinux", "10.0", NULL, NULL, FIRMWARE_UNKNOWN, LOADER_BLSCFG_EL9},
	{"fedora", "40", NULL, NULL, FIRMWARE_UNKNOWN, LOADER_BLSCFG_EL9},
	/* Their blsuki.c does not register the command. */
	{"fedora", "44", NULL, NULL, FIRMWARE_UNKNOWN, LOADER_BLSCFG_EL9},
	{"rhel", "10.2", NULL, NULL, FIRMWARE_UNKNOWN, LOADER_BLSCFG_EL9},
	{"debian", "14", NULL, NULL, FIRMWARE_UNKNOWN, LOADER_BLSUKI},
	{NULL, NULL, NULL, NULL, FIRMWARE_UNKNOWN, LOADER_BLSCFG_EL9},
	/* The modules know better. */
	{"rhel", "9.4", BIOS_BLSUKI, "--enable-fallback", FIRMWARE_BIOS, LOADER_BLSUKI},
	{"rhel", "9.4", BIOS_BLSCFG, "default_kernelopts", FIRMWARE_BIOS, LOADER_BLSCFG_EL8},
	{"rhel", "8.9", BIOS_BLSCFG, "default_kernelopts early_initrd", FIRMWARE_BIOS,
		LOADER_BLSCFG_EL9},
	{"rhel", "8.9", EFI_GRUB, "enable-fallback default_kernelopts early_initrd",
		FIRMWARE_UEFI, LOADER_BLSCFG_EL9},
	{"rhel", "8.9", EFI_GRUB, "something else", FIRMWARE_UEFI, LOADER_BLSCFG_EL8},
};

static void finds_rules(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct rules_case *c = &cases[i];
		struct patient *p = patient_new(NULL);

		p->sys.os_id = (char *)c->os_id;
		p->sys.os_version_id = (char *)c->version;
		p->sys.firmware = c->firmware;
		if (c->path)
			tree_add(&p->tree, "d 0755 /boot/grub2/i386-pc\n"
					   "d 0755 /boot/efi/EFI/fedora\n");
		if (c->path)
			add_text(p, c->path, c->text);
		patient_read(p);
		if (p->inv.loader != c->rules)
			fail_msg("case %zu: %d, not %d", i, p->inv.loader, c->rules);
		patient_free(p);
	}
}

/* BIOS does not start what lies on the ESP, and UEFI not the modules of BIOS. */
static void asks_what_the_firmware_starts(void **state)
{
	struct patient *p = patient_new("f 0644 " EFI_GRUB " =default_kernelopts\n"
					"f 0644 " BIOS_BLSUKI " =enable-fallback\n");

	(void)state;
	p->sys.firmware = FIRMWARE_BIOS;
	patient_read(p);
	assert_int_equal(p->inv.loader, LOADER_BLSUKI);
	p->sys.firmware = FIRMWARE_UEFI;
	patient_read(p);
	assert_int_equal(p->inv.loader, LOADER_BLSCFG_EL8);
	patient_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_rules),
		cmocka_unit_test(asks_what_the_firmware_starts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
