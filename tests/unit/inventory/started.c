/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several boot loaders in one system: the one in the boot sector of its disk is read. */
#include "patient.h"

#define MENU "title Old\n\tkernel /boot/vmlinuz-" V " ro root=UUID=" UUID "\n"
#define CFG "menuentry New { linux /boot/vmlinuz-" V " root=UUID=" UUID " }\n"
#define LABEL "label l\n\tlinux /boot/vmlinuz-" V "\n\tappend root=UUID=" UUID "\n"

static const struct finding *find(const struct patient *p, const char *code)
{
	for (size_t i = 0; i < p->inv.findings.count; i++)
		if (strcmp(p->inv.findings.items[i].code, code) == 0)
			return &p->inv.findings.items[i];
	return NULL;
}

/* GRUB legacy, GRUB 2 and extlinux, one after another; which one starts is not known. */
static struct patient *three_loaders(enum bootloader starts)
{
	struct patient *p = patient_new(NULL);

	p->sys.bootloaders = BOOTLOADER_GRUB2 | BOOTLOADER_GRUB_LEGACY | BOOTLOADER_EXTLINUX;
	p->sys.firmware = FIRMWARE_BIOS;
	p->sys.bios = (struct bios_start){.loader = starts, .where = (char *)"/dev/sda"};
	add_text(p, "/boot/grub/menu.lst", MENU);
	add_text(p, "/boot/grub2/grub.cfg", CFG);
	add_text(p, "/boot/extlinux/extlinux.conf", LABEL);
	patient_read(p);
	return p;
}

static void check(enum bootloader starts, enum loader_rules loader, const char *id)
{
	struct patient *p = three_loaders(starts);
	const struct finding *f = find(p, "loader-unread");

	assert_int_equal(p->inv.loader, loader);
	assert_true(p->inv.default_entry >= 0);
	assert_string_equal(p->inv.entries[p->inv.default_entry].id, id);
	assert_int_equal(!f, !starts);
	if (f) {
		assert_int_equal(f->severity, SEVERITY_INFO);
		assert_non_null(strstr(f->message, "/dev/sda"));
		assert_string_not_equal(f->subject, bootloader_name(starts));
	}
	p->sys.firmware = FIRMWARE_BOTH; /* UEFI may start another one */
	patient_read(p);
	assert_int_equal(p->inv.loader, LOADER_MENUENTRIES);
	patient_free(p);
}

static void the_started_one_is_read(void **state)
{
	(void)state;
	check(0, LOADER_MENUENTRIES, "grub.cfg#0");
	check(BOOTLOADER_GRUB2, LOADER_MENUENTRIES, "grub.cfg#0");
	check(BOOTLOADER_GRUB_LEGACY, LOADER_GRUB_LEGACY, "menu.lst#0");
	check(BOOTLOADER_EXTLINUX, LOADER_EXTLINUX, "extlinux.conf#0");
}

/* GRUB 2 starts, and never reads the menu of the old one. */
static void the_menu_of_another_does_not_count(void **state)
{
	struct patient *p = patient_new(NULL);

	(void)state;
	p->sys.bootloaders = BOOTLOADER_GRUB_LEGACY;
	p->sys.firmware = FIRMWARE_BIOS;
	p->sys.bios.loader = BOOTLOADER_GRUB2;
	p->sys.bios.where = (char *)"/dev/sda";
	add_text(p, "/boot/grub/menu.lst", MENU);
	patient_read(p);
	for (size_t i = 0; i < p->inv.entry_count; i++)
		assert_int_equal(p->inv.entries[i].kind, ENTRY_BLS); /* which it has */
	assert_int_not_equal(p->inv.loader, LOADER_GRUB_LEGACY);
	assert_non_null(find(p, "loader-unread"));
	patient_free(p);
}

static struct patient *two_menus(const char *path, const char *uuid)
{
	struct patient *p = patient_new(NULL);

	p->sys.firmware = FIRMWARE_BIOS;
	p->sys.root.uuid = (char *)UUID;
	p->sys.bios = (struct bios_start){.loader = BOOTLOADER_GRUB2,
		.where = (char *)"/dev/sda",
		.grub = {.uuid = (char *)uuid, .path = (char *)path}};
	add_text(p, "/boot/grub2/grub.cfg", CFG);
	add_text(p, "/boot/grub/grub.cfg", CFG);
	return p;
}

static void the_image_names_its_menu(void **state)
{
	static const struct {
		const char *path, *uuid, *read, *lost;
	} cases[] = {
		{NULL, NULL, "/boot/grub2/grub.cfg", NULL},
		{"/boot/grub/grub.cfg", NULL, "/boot/grub/grub.cfg", NULL},
		{"/boot/grub/grub.cfg", UUID, "/boot/grub/grub.cfg", NULL},
		{"/boot/grub/grub.cfg", "other", "/boot/grub2/grub.cfg", NULL},
		/* Not there: where it certainly is this file system's, nothing else is read. */
		{"/boot/grub3/grub.cfg", NULL, "/boot/grub2/grub.cfg", NULL},
		{"/boot/grub3/grub.cfg", UUID, NULL, "/boot/grub3/grub.cfg"},
		{"/boot/grub4/grub.cfg", UUID, "/boot/grub2/grub.cfg", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct patient *p = two_menus(cases[i].path, cases[i].uuid);

		add_text(p, "/boot/grub/i386-pc/normal.mod", "x");
		add_text(p, "/boot/grub2/i386-pc/normal.mod", "x");
		add_text(p, "/boot/grub3/i386-pc/normal.mod", "x");
		patient_read(p);
		assert_true(text_equal(p->inv.grub_cfg, cases[i].read));
		assert_true(text_equal(p->inv.lost.path, cases[i].lost));
		assert_int_equal(find(p, "loader-astray") != NULL,
			text_equal(cases[i].uuid, "other"));
		patient_free(p);
	}
}

/* What is in GRUB's directory and what in its image; told: of what is missing, or NULL. */
static const struct {
	const char *obstacle, *module;
	bool has_normal, has_blscfg, has_bls_menu;
	const char *told;
} starts[] = {
	{NULL, "normal.mod", false, false, false, NULL},
	{NULL, "ext2.mod", false, false, false, "its normal.mod is gone"},
	{NULL, "ext2.mod", true, false, false, NULL},
	{NULL, "normal.mod", false, false, true, "its blscfg.mod is gone"},
	{NULL, "normal.mod", false, true, true, NULL},
	{NULL, "ext2.mod", true, true, true, NULL},
	{"holds no program", "normal.mod", false, false, false, "holds no program"},
};

static void what_grub_needs_to_show_a_menu(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		_cleanup_free_ char *module =
			text_printf("/boot/grub2/i386-pc/%s", starts[i].module);
		struct patient *p = two_menus("/boot/grub2/grub.cfg", UUID);
		const struct finding *f;

		p->sys.bios.obstacle = starts[i].obstacle;
		p->sys.bios.grub.has_normal = starts[i].has_normal;
		p->sys.bios.grub.has_blscfg = starts[i].has_blscfg;
		add_text(p, "/boot/grub2/grub.cfg", starts[i].has_bls_menu ? "blscfg\n" : CFG);
		add_text(p, module, "x");
		patient_read(p);
		f = find(p, "loader-astray");
		assert_int_equal(f != NULL, starts[i].told != NULL);
		assert_true(!f || (f->severity == SEVERITY_ERROR &&
					  strstr(f->message, starts[i].told)));
		patient_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_started_one_is_read),
		cmocka_unit_test(the_menu_of_another_does_not_count),
		cmocka_unit_test(the_image_names_its_menu),
		cmocka_unit_test(what_grub_needs_to_show_a_menu),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
