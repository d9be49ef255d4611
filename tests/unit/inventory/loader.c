/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which configuration is read, the environment block, and by whose rules. */
#include "patient.h"

#include <unistd.h>

#define CFG "/boot/grub2/grub.cfg"

static enum loader_rules rules_of(const char *os_id, const char *version, const char *cfg)
{
	struct patient *p = patient_new(NULL);
	enum loader_rules rules;

	p->sys.os_id = (char *)os_id;
	p->sys.os_version_id = (char *)version;
	add_text(p, CFG, cfg);
	patient_read(p);
	rules = p->inv.loader;
	patient_free(p);
	return rules;
}

static void knows_rules(void **state)
{
	(void)state;
	assert_int_equal(rules_of("rhel", "9.4", "blscfg\n"), LOADER_BLSCFG_EL9);
	assert_int_equal(rules_of("rhel", "9.4", "set timeout=5\n# blscfg\n"),
		LOADER_MENUENTRIES);
}

static void tells_what_is_lost(void **state)
{
	static const struct {
		const char *change, *os_id, *version, *path;
		enum loader_rules rules;
	} cases[] = {
		{"f 0644 " CFG " =", "rhel", "9.4", CFG, LOADER_BLSCFG_EL9},
		{"f 0644 " CFG " =# nothing\n", "rhel", "8.9", CFG, LOADER_BLSCFG_EL8},
		{"f 0644 " CFG " =set timeout=5\n", "rhel", "9.4", NULL, LOADER_NONE},
		{"r " CFG "\nl " CFG " nowhere\n", "rhel", "9.4", CFG, LOADER_BLSCFG_EL9},
		{"r " CFG "\nr /boot/loader\n", "rhel", "7.9", CFG, LOADER_MENUENTRIES},
		/* no folder of a boot loader at all: what the distribution has */
		{"r /boot/grub2\nr /boot/loader\n", "rhel", "7.9", CFG, LOADER_MENUENTRIES},
		{"r /boot/grub2\nr /boot/loader\n", "opensuse-leap", "15.6", CFG,
			LOADER_MENUENTRIES},
		/* a stub that leads to what is not there; one of another system stays */
		{"r " CFG "\nf 0644 /boot/efi/EFI/redhat/grub.cfg =configfile /boot/grub2/grub.cfg\n",
			"rhel", "9.4", CFG, LOADER_BLSCFG_EL9},
		{"r /boot/grub2\nr /boot/loader\nd 0755 /boot/grub\n", "centos", "6.10",
			"/boot/grub/grub.conf", LOADER_GRUB_LEGACY},
		{"r /boot/grub2\nr /boot/loader\nf 0644 /boot/grub/grub.conf =\n", "centos",
			"6.10", "/boot/grub/grub.conf", LOADER_GRUB_LEGACY},
		{"r /boot/grub2\nr /boot/loader\nf 0644 /boot/grub/menu.lst =default 0\n",
			"centos", "6.10", NULL, LOADER_NONE},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct patient *p = patient_new(cases[i].change);

		p->sys.os_id = (char *)cases[i].os_id;
		p->sys.os_version_id = (char *)cases[i].version;
		patient_read(p);
		if (!text_equal(p->inv.lost.path, cases[i].path) ||
			(cases[i].path && p->inv.lost.rules != cases[i].rules))
			fail_msg("%s: %s, by %u", cases[i].change,
				p->inv.lost.path ? p->inv.lost.path : "nothing",
				(unsigned)p->inv.lost.rules);
		patient_free(p);
	}
}

/* Without a disk it may be on an ESP; BLS entries that are left are shown by something. */
static void is_certain_where_a_disk_is_seen(void **state)
{
	struct patient *p = patient_new("r " CFG "\n");

	(void)state;
	patient_read(p);
	assert_string_equal(p->inv.lost.path, CFG);
	assert_false(p->inv.lost.is_certain);
	p->sys.firmware = FIRMWARE_BIOS;
	patient_read(p);
	assert_true(p->inv.lost.is_certain);
	tree_add(&p->tree, "r /boot/grub2\nf 0644 /boot/loader/entries/a.conf =title a\n");
	patient_read(p);
	assert_string_equal(p->inv.lost.path, CFG);
	p->sys.firmware = FIRMWARE_UNKNOWN;
	patient_read(p);
	assert_null(p->inv.lost.path);
	tree_add(&p->tree, "r /boot/loader/entries/a.conf\n");
	patient_read(p);
	assert_string_equal(p->inv.lost.path, CFG);
	patient_free(p);
}

/* What GRUB left behind on the ESP is not missed. */
static void misses_nothing_where_another_starts(void **state)
{
	struct patient *p = patient_new("r " CFG "\nf 0644 /boot/efi/EFI/redhat/grub.cfg "
					"=configfile /boot/grub2/grub.cfg\n");

	(void)state;
	p->sys.bootloaders = BOOTLOADER_SYSTEMD_BOOT;
	patient_read(p);
	assert_int_equal(p->inv.loader, LOADER_SYSTEMD_BOOT);
	assert_null(p->inv.lost.path);
	p->sys.bootloaders = 0;
	tree_add(&p->tree, "f 0644 /boot/extlinux/extlinux.conf =default a\n");
	patient_read(p);
	assert_string_equal(p->inv.grub_cfg, "/boot/extlinux/extlinux.conf");
	assert_null(p->inv.lost.path);
	patient_free(p);
}

static void infers_without_a_configuration(void **state)
{
	struct patient *p = patient_new("r " CFG "\n");

	(void)state;
	patient_read(p);
	assert_null(p->inv.grub_cfg);
	assert_int_equal(p->inv.loader, LOADER_BLSCFG_EL9);
	p->sys.bootloaders = BOOTLOADER_SYSTEMD_BOOT;
	patient_read(p);
	assert_int_equal(p->inv.loader, LOADER_SYSTEMD_BOOT);
	p->sys.bootloaders = 0;
	tree_add(&p->tree, "r /boot/loader\n");
	patient_read(p);
	assert_int_equal(p->inv.loader, LOADER_NONE);
	patient_free(p);
}

static void finds_the_configuration(void **state)
{
	struct patient *p =
		patient_new("r " CFG "\n"
			    "f 0644 /boot/efi/EFI/redhat/grub.cfg =blscfg\n"
			    "f 0644 /boot/efi/EFI/redhat/grubenv <<END\n"
			    "# GRUB Environment Block\n"
			    "saved_entry=x\n"
			    "END\n"
			    "l /boot/grub2/grubenv ../efi/EFI/redhat/grubenv\n");

	(void)state;
	patient_read(p); /* EL8 with UEFI */
	assert_string_equal(p->inv.grub_cfg, "/boot/efi/EFI/redhat/grub.cfg");
	assert_string_equal(p->inv.grubenv_path, "/boot/efi/EFI/redhat/grubenv");
	assert_string_equal(p->inv.saved_entry, "x");
	add_text(p, CFG, "blscfg\n"); /* now the ESP's is a stub that leads here */
	patient_read(p);
	assert_string_equal(p->inv.grub_cfg, CFG);
	assert_string_equal(
		p->inv.grubenv_path, "/boot/efi/EFI/redhat/grubenv"); /* the link */
	tree_add(
		&p->tree, "r " CFG "\nr /boot/efi\nf 0644 /boot/grub/grub.cfg =blscfg\n");
	patient_read(p);
	assert_string_equal(p->inv.grub_cfg, "/boot/grub/grub.cfg");
	assert_null(p->inv.grubenv_path); /* the link dangles */
	patient_free(p);
}

static void tells_a_damaged_block(void **state)
{
	static const char *const blocks[] = {
		"", "saved_entry=x\n", "# GRUB Environment Block\nsaved_entry=x"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++) {
		struct patient *p = patient_new(NULL);

		add_text(p, "/boot/grub2/grubenv", blocks[i]);
		patient_read(p);
		assert_true(p->inv.grubenv_damaged);
		assert_string_equal(p->inv.grubenv_path, "/boot/grub2/grubenv");
		assert_null(p->inv.saved_entry);
		patient_free(p);
	}
}

static const struct {
	const char *file, *raw; /* variables of grubenv, and of the reserved area */
	const char *saved, *next;
	bool in_block;
} blocks[] = {
	{"env_block=512+1\nsaved_entry=a\n", NULL, "a", NULL, false},
	{"env_block=512+1\nsaved_entry=a\n", "next_entry=b\n", "a", "b", false},
	{"env_block=512+1\nsaved_entry=a\n", "saved_entry=\n", NULL, NULL, true},
	{"env_block=512+1\nsaved_entry=a\n", "saved_entry=c\n", "c", NULL, true},
	{"env_block=512+2\nsaved_entry=a\n", "prev_saved_entry=d\n", "d", NULL, true},
	{"saved_entry=a\n", "saved_entry=c\n", "a", NULL, false}, /* it is not loaded */
	{"env_block=512+9\nsaved_entry=a\n", "saved_entry=c\n", "a", NULL, false},
	{"env_block=513+1\nsaved_entry=a\n", "saved_entry=c\n", "a", NULL, false},
	{"env_block=x\nsaved_entry=a\n", "saved_entry=c\n", "a", NULL, false},
	{"env_block=512+0\nsaved_entry=a\n", "saved_entry=c\n", "a", NULL, false},
};

/* GRUB on btrfs keeps some variables outside of every file. */
static void reads_the_raw_block(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++) {
		struct patient *p = patient_new(NULL);
		_cleanup_free_ char *file =
			text_printf("# GRUB Environment Block\n%s###\n", blocks[i].file);
		char raw[1024];

		memset(raw, '#', sizeof(raw));
		if (blocks[i].raw) {
			int n = snprintf(raw, sizeof(raw), "# GRUB Environment Block\n%s",
				blocks[i].raw);

			raw[n] = '#';
			assert_int_equal(buffer_append(&p->sys.grub_block, raw, 1024), 0);
		}
		add_text(p, "/boot/grub2/grubenv", file);
		patient_read(p);
		if (!text_equal(p->inv.saved_entry, blocks[i].saved) ||
			!text_equal(p->inv.next_entry, blocks[i].next) ||
			p->inv.saved_in_block != blocks[i].in_block)
			fail_msg("%zu: saved %s", i,
				p->inv.saved_entry ? p->inv.saved_entry : "nothing");
		buffer_done(&p->sys.grub_block);
		patient_free(p);
	}
}

/* GRUB looks at the top of the file system that holds /boot first. */
static void finds_the_entries(void **state)
{
	struct patient *p = patient_new("f 0644 /loader/entries/a.conf =linux /boot/x\n");

	(void)state;
	patient_read(p);
	assert_string_equal(p->inv.entries_directory, "/loader/entries");
	assert_int_equal(p->inv.entry_count, 1);
	p->sys.boot.separate = true;
	patient_read(p);
	assert_string_equal(p->inv.entries_directory, "/boot/loader/entries");
	assert_int_equal(p->inv.entry_count, 0);
	patient_free(p);
}

/* The default entry is the one that the raw block says, as load_env puts it over the file. */
static void starts_what_the_raw_block_says(void **state)
{
	struct patient *p = patient_new("f 0644 /boot/loader/entries/b-2.conf =linux /x\n"
					"f 0644 /boot/loader/entries/b-1.conf =linux /x\n");
	char raw[1024];
	int n = snprintf(raw, sizeof(raw), "# GRUB Environment Block\nsaved_entry=b-1\n");

	(void)state;
	memset(raw + n, '#', sizeof(raw) - (size_t)n);
	assert_int_equal(buffer_append(&p->sys.grub_block, raw, sizeof(raw)), 0);
	add_text(p, "/boot/grub2/grubenv",
		"# GRUB Environment Block\nsaved_entry=b-2\nenv_block=512+1\n###");
	patient_read(p);
	assert_string_equal(p->inv.entries[p->inv.default_entry].id, "b-1");
	buffer_done(&p->sys.grub_block);
	patient_read(p);
	assert_string_equal(p->inv.entries[p->inv.default_entry].id, "b-2");
	patient_free(p);
}

/* btrfs: mkconfig writes blsdir; upstream has an option for it. */
static void reads_where_blscfg_is_told(void **state)
{
	struct patient *p = patient_new("d 0755 /boot/other/entries\n"
					"d 0755 /boot/third\n");

	(void)state;
	p->sys.subvolume = (char *)"root";
	add_text(p, CFG, "load_env\nblscfg\n");
	add_text(p, "/boot/grub2/grubenv",
		"# GRUB Environment Block\nblsdir=/root/boot/other/entries/\n");
	patient_read(p);
	assert_string_equal(p->inv.entries_directory, "/boot/other/entries");
	add_text(p, CFG, "load_env\nblscfg --path=/root/boot/third\n");
	patient_read(p);
	assert_string_equal(p->inv.entries_directory, "/boot/third");
	add_text(p, CFG, "blscfg --path /gone\n");
	patient_read(p);
	assert_string_equal(p->inv.entries_directory, "/boot/loader/entries");
	p->sys.subvolume = NULL;
	patient_free(p);
}

/* /boot/grub leads to /boot/grub2: the file is one, and GRUB's $prefix is the name it has. */
static void a_linked_menu_is_its_file(void **state)
{
	struct patient *p = patient_new(NULL);
	size_t found = 0;

	(void)state;
	assert_int_equal(unlinkat(p->tree.fd, "boot/grub2/grub.cfg", 0), 0);
	add_text(p, "/boot/real/menu.cfg",
		"load_env -f $config_directory/grubenv\nset default=$saved_entry\n"
		"menuentry a { linux /boot/a }\nmenuentry b { linux /boot/b }\n");
	add_text(p, "/boot/grub2/grubenv", "# GRUB Environment Block\nsaved_entry=b\n####");
	add_text(p, "/boot/real/grubenv", "# GRUB Environment Block\nsaved_entry=a\n####");
	assert_int_equal(symlinkat("../real/menu.cfg", p->tree.fd, "boot/grub2/grub.cfg"), 0);
	patient_read(p);
	assert_string_equal(p->inv.grub_cfg, "/boot/real/menu.cfg");
	assert_string_equal(p->inv.grubenv_path, "/boot/grub2/grubenv");
	assert_true(p->inv.default_entry >= 0);
	assert_string_equal(p->inv.entries[p->inv.default_entry].title, "b");
	for (size_t i = 0; i < p->inv.entry_count; i++)
		if (p->inv.entries[i].kind == ENTRY_GRUB2)
			found += strcmp(p->inv.entries[i].source, "/boot/real/menu.cfg") == 0;
	assert_int_equal(found, 2);
	patient_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_rules),
		cmocka_unit_test(tells_what_is_lost),
		cmocka_unit_test(is_certain_where_a_disk_is_seen),
		cmocka_unit_test(misses_nothing_where_another_starts),
		cmocka_unit_test(infers_without_a_configuration),
		cmocka_unit_test(finds_the_configuration),
		cmocka_unit_test(tells_a_damaged_block),
		cmocka_unit_test(reads_the_raw_block),
		cmocka_unit_test(a_linked_menu_is_its_file),
		cmocka_unit_test(finds_the_entries),
		cmocka_unit_test(starts_what_the_raw_block_says),
		cmocka_unit_test(reads_where_blscfg_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
