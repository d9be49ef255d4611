/* SPDX-License-Identifier: GPL-2.0-or-later */
/* systemd-boot: when it is what UEFI starts, and its entries on the ESP. */
#include "patient.h"

#define ENTRY "/efi/loader/entries/" MID "-" V ".conf"

static struct patient *systemd_patient(const char *manifest)
{
	struct patient *p = patient_new("f 0755 /efi/EFI/systemd/systemd-bootx64.efi =x\n"
					"f 0755 /efi/EFI/BOOT/BOOTX64.EFI =x\n");

	p->sys.firmware = FIRMWARE_UEFI;
	p->sys.bootloaders = BOOTLOADER_SYSTEMD_BOOT | BOOTLOADER_GRUB2;
	p->sys.esp = (struct place){
		.device = -1, .mountpoint = (char *)"/efi", .present = true};
	tree_add(&p->tree, manifest);
	return p;
}

static enum loader_rules rules_of(const char *manifest, enum firmware firmware)
{
	struct patient *p = systemd_patient(manifest);
	enum loader_rules rules;

	p->sys.firmware = firmware;
	patient_read(p);
	rules = p->inv.loader;
	patient_free(p);
	return rules;
}

static void what_uefi_starts(void **state)
{
	(void)state;
	assert_int_equal(rules_of("", FIRMWARE_UEFI), LOADER_SYSTEMD_BOOT);
	assert_int_equal(rules_of("", FIRMWARE_UNKNOWN), LOADER_SYSTEMD_BOOT);
	assert_int_equal(rules_of("", FIRMWARE_BIOS), LOADER_BLSCFG_EL9);
	assert_int_equal(rules_of("f 0755 /efi/EFI/redhat/shimx64.efi =x\n",
				 FIRMWARE_UEFI), LOADER_BLSCFG_EL9);
	assert_int_equal(rules_of("f 0755 /efi/EFI/Debian/GRUBX64.EFI =x\n",
				 FIRMWARE_UEFI), LOADER_BLSCFG_EL9);
	assert_int_equal(rules_of("r /efi/EFI/systemd\n", FIRMWARE_UEFI),
		LOADER_BLSCFG_EL9);
}

static void entries_on_the_esp(void **state)
{
	struct patient *p = systemd_patient("f 0644 " ENTRY " <<END\n"
		"title      Linux\n"
		"\n"
		"version\t" V "\n"
		"machine-id\n"
		"linux      /" MID "/" V "/linux\n"
		"initrd     /" MID "/" V "/initrd\n"
		"options    root=UUID=" UUID "\n"
		"options    ro quiet\n"
		"END\n"
		"f 0644 /efi/loader/entries/.hidden.conf =linux /x\n"
		"f 0644 /efi/loader/entries/readme.txt =linux /x\n");
	const struct entry *e;

	(void)state;
	add_image(p, "/efi/" MID "/" V "/linux", V);
	add_initramfs(p, "/efi/" MID "/" V "/initrd", V);
	patient_read(p);
	assert_int_equal(p->inv.entry_count, 1);
	e = patient_entry(p, MID "-" V);
	assert_int_equal(e->kind, ENTRY_BLS);
	assert_string_equal(e->source, ENTRY);
	assert_string_equal(e->linux_path, "/efi/" MID "/" V "/linux");
	assert_string_equal(e->initrd.items[0], "/efi/" MID "/" V "/initrd");
	assert_string_equal(e->options, "root=UUID=" UUID " ro quiet");
	assert_false(e->broken);
	assert_true(e->is_of_this_root && e->is_default);
	assert_string_equal(p->inv.kernels[e->kernel].release, V);
	patient_free(p);
}

/* Both are there: what a firmware without variables starts decides. */
static void the_removable_path(void **state)
{
	static const char both[] = "f 0755 /efi/EFI/redhat/shimx64.efi =x\n"
				   "f 0755 /efi/EFI/BOOT/BOOTX64.EFI =MZ"
				   "#### LoaderInfo: systemd-boot 252 ####\n";

	(void)state;
	assert_int_equal(rules_of(both, FIRMWARE_UEFI), LOADER_SYSTEMD_BOOT);
	assert_int_equal(rules_of(both, FIRMWARE_BIOS), LOADER_BLSCFG_EL9);
	assert_int_equal(rules_of("r /efi/EFI/systemd\n"
				  "f 0755 /efi/EFI/BOOT/BOOTX64.EFI =MZ"
				  "#### LoaderInfo: systemd-boot 252 ####\n",
				 FIRMWARE_UEFI), LOADER_SYSTEMD_BOOT);
	assert_int_equal(rules_of("r /efi/EFI/systemd\n"
				  "f 0755 /efi/EFI/BOOT/BOOTX64.EFI =MZ"
				  "#### LoaderInfo: systemd-stub 252 ####\n",
				 FIRMWARE_UEFI), LOADER_BLSCFG_EL9);
}

static void where_kernels_go(void **state)
{
	struct patient *p = systemd_patient("f 0644 /efi/loader/loader.conf =timeout 3\n");
	char *path;

	(void)state;
	patient_read(p);
	assert_string_equal(p->inv.systemd.root, "/efi");
	assert_true(p->inv.systemd.by_token);
	assert_string_equal(p->inv.systemd.conf_path, "/efi/loader/loader.conf");
	assert_null(p->inv.systemd.wanted);
	assert_string_equal(p->inv.entries_directory, "/efi/loader/entries");
	path = inventory_image_path(&p->inv, V);
	assert_string_equal(path, "/efi/" MID "/" V "/linux");
	free(path);
	path = inventory_initramfs_path(&p->inv, V);
	assert_string_equal(path, "/efi/" MID "/" V "/initrd");
	free(path);

	tree_add(&p->tree, "f 0644 /efi/vmlinuz-" OLD " =x\n");
	patient_read(p);
	assert_false(p->inv.systemd.by_token);
	path = inventory_image_path(&p->inv, V);
	assert_string_equal(path, "/efi/vmlinuz-" V);
	free(path);
	patient_kernel(p, OLD); /* what lies there is a kernel, too */

	tree_add(&p->tree, "d 0755 /efi/" MID "\n"); /* kernel-install's layout wins */
	patient_read(p);
	assert_true(p->inv.systemd.by_token);
	patient_free(p);
}

/* /boot of another file system is nothing to it; as XBOOTLDR it is where entries go. */
static void an_xbootldr_partition(void **state)
{
	struct patient *p = systemd_patient("f 0644 /boot/loader/entries/a.conf <<END\n"
		"linux /vmlinuz-" V "\n"
		"options root=UUID=" UUID "\n"
		"END\n");

	(void)state;
	add_image(p, "/boot/vmlinuz-" V, V);
	p->sys.boot.fstype = (char *)"xfs";
	patient_read(p);
	assert_int_equal(p->inv.entry_count, 0);
	assert_string_equal(p->inv.systemd.root, "/efi");
	/* Kept by the package where the boot loader does not look. */
	assert_string_equal(patient_kernel(p, V)->image.spare, "/boot/vmlinuz-" V);

	p->sys.boot.separate = true;
	p->sys.boot.fstype = (char *)"vfat";
	patient_read(p);
	assert_int_equal(p->inv.entry_count, 1);
	assert_string_equal(p->inv.entries[0].linux_path, "/boot/vmlinuz-" V);
	assert_true(p->inv.entries[0].is_default && p->inv.entries[0].is_read);
	assert_string_equal(p->inv.systemd.root, "/boot");
	assert_string_equal(p->inv.systemd.conf_path, "/efi/loader/loader.conf");
	assert_string_equal(patient_kernel(p, V)->image.path, "/boot/vmlinuz-" V);
	patient_free(p);
}

/* Newest first, unless loader.conf says otherwise; what has no kernel is not in the menu. */
static void which_one_starts(void **state)
{
	struct patient *p = systemd_patient(
		"f 0644 /efi/loader/entries/t-1.conf =linux /a\n"
		"f 0644 /efi/loader/entries/t-2.conf =linux /a\n"
		"f 0644 /efi/loader/entries/t-10.conf =linux /a\n"
		"f 0644 /efi/loader/entries/t-11.CONF =linux /gone\n"
		"f 0644 /efi/a =x\n");

	(void)state;
	patient_read(p);
	assert_int_equal(p->inv.entry_count, 4);
	assert_string_equal(p->inv.entries[p->inv.default_entry].id, "t-10");
	tree_add(&p->tree, "f 0644 /efi/loader/loader.conf =default T-[0-9].conf\n");
	patient_read(p);
	assert_string_equal(p->inv.systemd.wanted, "t-[0-9].conf");
	assert_string_equal(p->inv.entries[p->inv.default_entry].id, "t-2");
	tree_add(&p->tree, "f 0644 /efi/loader/loader.conf =default t-11.conf\n");
	patient_read(p);
	assert_string_equal(p->inv.entries[p->inv.default_entry].id, "t-10");
	patient_free(p);
}

/* What the firmware was told comes before loader.conf; for once before that. */
static void variables_of_the_firmware(void **state)
{
	static const struct {
		const char *once, *asked, *saved, *conf, *id;
	} cases[] = {
		{NULL, "T-1.conf", NULL, "default t-2.conf", "t-1"},
		{"t-2.conf", "t-1.conf", NULL, "timeout 3", "t-2"},
		{"gone.conf", "t-1.conf", NULL, "timeout 3", "t-1"},
		{NULL, "gone*", NULL, "default t-2.conf", "t-2"},
		{NULL, NULL, "t-1.conf", "default @saved", "t-1"},
		{NULL, NULL, "t-1.conf", "default t-2.conf", "t-2"},
		{NULL, "@saved", "t-1.conf", "default t-2.conf", "t-1"},
		{NULL, "@saved", NULL, "default t-2.conf", "t-2"},
		{NULL, NULL, NULL, "default @saved", "t-10"},
	};
	struct patient *p = systemd_patient(
		"f 0644 /efi/loader/entries/t-1.conf =linux /a\n"
		"f 0644 /efi/loader/entries/t-2.conf =linux /a\n"
		"f 0644 /efi/loader/entries/t-10.conf =linux /a\n"
		"f 0644 /efi/a =x\n");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		p->sys.loader_variables = (struct loader_variables){.is_known = true,
			.one_shot = (char *)cases[i].once, .entry_default = (char *)cases[i].asked,
			.last_booted = (char *)cases[i].saved};
		add_text(p, "/efi/loader/loader.conf", cases[i].conf);
		patient_read(p);
		if (!text_equal(p->inv.entries[p->inv.default_entry].id, cases[i].id))
			fail_msg("case %zu: %s", i, p->inv.entries[p->inv.default_entry].id);
		assert_false(has_finding(p, "/efi/loader/loader.conf"));
	}
	p->sys.loader_variables = (struct loader_variables){0}; /* another machine's disk */
	patient_read(p);
	assert_true(has_finding(p, "/efi/loader/loader.conf"));
	assert_string_equal(p->inv.entries[p->inv.default_entry].id, "t-10");
	patient_free(p);
}

static void an_entry_without_its_kernel(void **state)
{
	struct patient *p = systemd_patient("f 0644 " ENTRY " <<END\n"
					    "version " V "\n"
					    "linux /" MID "/" V "/linux\n"
					    "options root=UUID=" UUID "\n"
					    "END\n");

	(void)state;
	patient_read(p);
	assert_true(patient_entry(p, MID "-" V)->broken);
	p->sys.esp.present = false;
	tree_add(&p->tree, "r /efi\n");
	patient_read(p);
	assert_int_equal(p->inv.entry_count, 0);
	patient_free(p);
}

#define ENTRIES "/efi/loader/entries/"

/* Three entries whose kernels are there, newest first in the menu. */
static struct patient *patient_with_menu(const char *loader_conf)
{
	struct patient *p = systemd_patient(
		"f 0644 /efi/k =\n"
		"f 0644 " ENTRIES "M-3.conf =linux /k\n"
		"f 0644 " ENTRIES "m-2.conf =linux /k\n"
		"f 0644 " ENTRIES "m-1+2-1.conf =linux /k\n"
		"f 0644 " ENTRIES "m-9+0-3.conf =linux /k\n");

	if (loader_conf)
		add_text(p, "/efi/loader/loader.conf", loader_conf);
	patient_read(p);
	return p;
}

static const struct {
	const char *loader_conf, *id;
} default_cases[] = {
	{NULL, "M-3"},
	{"timeout 3\ndefault m-1*\n", "m-1+2-1"},
	{"default m-?.conf\n", "M-3"}, /* in lower case */
	{"default M-2.conf\n", "m-2"},
	{"default m-[12]*\n", "m-2"},
	{"default m-2.conf\ndefault m-1*\n", "m-1+2-1"},
	{"default m-2\n", "M-3"}, /* an id has its ending */
	{"default @saved\n", "M-3"},
	{"default m-9*\n", "m-9+0-3"},
};

static void picks_the_default(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(default_cases); i++) {
		struct patient *p = patient_with_menu(default_cases[i].loader_conf);

		assert_true(p->inv.default_entry >= 0);
		if (!text_equal(p->inv.entries[p->inv.default_entry].id, default_cases[i].id))
			fail_msg("%s: %s", default_cases[i].loader_conf,
				p->inv.entries[p->inv.default_entry].id);
		patient_free(p);
	}
}

/* Last stands what has no tries left, then what is not shown at all. */
static void passes_over(void **state)
{
	struct patient *p = patient_with_menu(NULL);

	(void)state;
	p->sys.arch = (char *)"x86_64";
	add_text(p, ENTRIES "m-4.conf", "linux /gone\n");
	add_text(p, ENTRIES "m-5.conf", "linux /k\narchitecture aa64\n");
	add_text(p, ENTRIES "m-6.conf", "linux /k\narchitecture X64\n");
	add_text(p, ENTRIES "m-7.conf", "title other\nefi /shell.efi\n");
	add_text(p, ENTRIES "auto-8.conf", "linux /k\n");
	patient_read(p);
	assert_int_equal(p->inv.entry_count, 8);
	assert_string_equal(p->inv.entries[0].id, "m-7");
	assert_false(p->inv.entries[0].broken);
	assert_string_equal(p->inv.entries[1].id, "m-6");
	assert_string_equal(p->inv.entries[2].id, "M-3");
	assert_string_equal(p->inv.entries[5].id, "m-9+0-3");
	assert_true(patient_entry(p, "m-4")->broken);
	p->sys.arch = NULL;
	patient_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_uefi_starts),
		cmocka_unit_test(entries_on_the_esp),
		cmocka_unit_test(the_removable_path),
		cmocka_unit_test(where_kernels_go),
		cmocka_unit_test(an_xbootldr_partition),
		cmocka_unit_test(which_one_starts),
		cmocka_unit_test(variables_of_the_firmware),
		cmocka_unit_test(an_entry_without_its_kernel),
		cmocka_unit_test(picks_the_default),
		cmocka_unit_test(passes_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
