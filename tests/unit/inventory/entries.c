/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boot entries: where their paths lead, what their variables stand for. */
#include "patient.h"

#define ENTRIES "/boot/loader/entries/"

static void resolves_paths_beside_a_separate_boot(void **state)
{
	struct patient *p = patient_new("f 0644 " ENTRIES "a.conf <<END\n"
					"title A\n"
					"linux /vmlinuz-" V "\n"
					"initrd //initramfs-" V ".img\n"
					"options root=UUID=" UUID "\n"
					"END\n");
	const struct entry *e;

	(void)state;
	p->sys.boot.separate = true;
	add_image(p, "/boot/vmlinuz-" V, V);
	add_initramfs(p, "/boot/initramfs-" V ".img", V);
	patient_read(p);
	e = patient_entry(p, "a");
	assert_string_equal(e->title, "A");
	assert_int_equal(e->kind, ENTRY_BLS);
	assert_string_equal(e->source, ENTRIES "a.conf");
	assert_int_equal(e->line, 1);
	assert_string_equal(e->linux_path, "/boot/vmlinuz-" V);
	assert_int_equal(e->initrd.count, 1);
	assert_string_equal(e->initrd.items[0], "/boot/initramfs-" V ".img");
	assert_false(e->broken);
	assert_int_equal(e->kernel, 0);
	p->sys.boot.separate = false; /* then the same file names what is not there */
	patient_read(p);
	assert_true(patient_entry(p, "a")->broken);
	assert_string_equal(patient_entry(p, "a")->linux_path, "/vmlinuz-" V);
	patient_free(p);
}

static void strips_the_subvolume(void **state)
{
	struct patient *p =
		patient_new("f 0644 " ENTRIES "a.conf <<END\n"
			    "linux /root/boot/vmlinuz-" V "\n"
			    "initrd /root/boot/i.img\n"
			    "options root=UUID=" UUID " rootflags=subvol=root\n"
			    "END\n"
			    "f 0644 " ENTRIES "b.conf <<END\n"
			    "linux /root/boot/vmlinuz-" V "\n"
			    "options root=UUID=" UUID " rootflags=subvol=other\n"
			    "END\n"
			    "f 0644 /boot/i.img =x\n");

	(void)state;
	p->sys.subvolume = (char *)"root";
	add_image(p, "/boot/vmlinuz-" V, V);
	patient_read(p);
	assert_string_equal(patient_entry(p, "a")->linux_path, "/boot/vmlinuz-" V);
	assert_false(patient_entry(p, "a")->broken);
	assert_true(patient_entry(p, "a")->is_of_this_root);
	assert_false(patient_entry(p, "b")->is_of_this_root);
	patient_free(p);
}

static void expands_variables(void **state)
{
	struct patient *p =
		patient_new("f 0644 /boot/grub2/grub.cfg <<END\n"
			    "load_env\n"
			    "if [ -z \"${kernelopts}\" ]; then\n"
			    "  set kernelopts=\"root=UUID=" UUID " fallback\"\n"
			    "fi\n"
			    "set tuned_initrd=\n"
			    "blscfg\n"
			    "END\n"
			    "f 0644 /boot/microcode.img =x\n"
			    "f 0644 " ENTRIES "a.conf <<END\n"
			    "linux /boot/vmlinuz-" V "\n"
			    "initrd /boot/microcode.img $tuned_initrd $early\n"
			    "options $kernelopts $tuned_params\n"
			    "END\n"
			    "f 0644 " ENTRIES "b.conf <<END\n"
			    "linux /boot/vmlinuz-" V "\n"
			    "options $nothing\n"
			    "END\n");

	(void)state;
	add_image(p, "/boot/vmlinuz-" V, V);
	patient_read(p);
	assert_string_equal(
		patient_entry(p, "a")->options, "root=UUID=" UUID " fallback");
	assert_string_equal(
		patient_entry(p, "a")->raw_options, "$kernelopts $tuned_params");
	assert_int_equal(patient_entry(p, "a")->initrd.count, 1);
	assert_false(patient_entry(p, "a")->broken);
	assert_null(patient_entry(p, "b")->options);
	assert_true(patient_entry(p, "b")->broken);
	/* The environment block is loaded first, so that the fallback is not taken. */
	tree_add(&p->tree, "f 0644 /boot/grub2/grubenv <<END\n"
			   "# GRUB Environment Block\n"
			   "kernelopts=root=UUID=" UUID " ro\n"
			   "tuned_params=isolcpus=1\n"
			   "early=/boot/other.img\n"
			   "default_kernelopts=root=LABEL=x\n"
			   "END\n");
	patient_read(p);
	assert_string_equal(
		patient_entry(p, "a")->options, "root=UUID=" UUID " ro isolcpus=1");
	assert_int_equal(patient_entry(p, "a")->initrd.count, 2);
	assert_string_equal(patient_entry(p, "a")->initrd.items[1], "/boot/other.img");
	assert_true(patient_entry(p, "a")->broken);
	assert_string_equal(patient_entry(p, "b")->options, "root=LABEL=x");
	assert_string_equal(p->inv.cmdline.kernelopts, "root=UUID=" UUID " ro");
	patient_free(p);
}

static void tells_the_release(void **state)
{
	struct patient *p =
		patient_new("f 0644 " ENTRIES "a.conf <<END\n"
			    "version " V "\n"
			    "linux /boot/kernel\n"
			    "options root=UUID=" UUID "\n"
			    "END\n"
			    "f 0644 " ENTRIES "b.conf <<END\n"
			    "version 0-rescue-" MID "\n"
			    "linux /boot/vmlinuz-0-rescue-" MID "\n"
			    "options root=UUID=" UUID "\n"
			    "END\n"
			    "f 0644 " ENTRIES "c.conf <<END\n"
			    "version 9.9.9-1\n"
			    "linux /boot/vmlinuz-9.9.9-1\n"
			    "options root=UUID=00000000-0000-4000-8000-000000000000\n"
			    "END\n");

	(void)state;
	patient_read(p);
	assert_int_equal(
		p->inv.kernel_count, 1); /* neither the rescue image's nor another's */
	assert_string_equal(p->inv.kernels[0].release, V);
	assert_int_equal(patient_entry(p, "a")->kernel, 0);
	assert_int_equal(patient_entry(p, "b")->kernel, -1);
	assert_int_equal(patient_entry(p, "c")->kernel, -1);
	/* The rescue image is a copy of a kernel: it starts that one, yet is none of its
	 * entries. */
	add_image(p, "/boot/vmlinuz-0-rescue-" MID, V);
	patient_read(p);
	assert_int_equal(patient_entry(p, "b")->kernel, 0);
	assert_int_equal(p->inv.kernels[0].entry_count, 1);
	assert_string_equal(p->inv.entries[p->inv.kernels[0].entries[0]].id, "a");
	patient_free(p);
}

static void passes_over_other_files(void **state)
{
	struct patient *p = patient_new("f 0644 " ENTRIES ".hidden.conf =linux /a\n"
					"f 0644 " ENTRIES ".conf =linux /a\n"
					"f 0644 " ENTRIES "a.conf.bak =linux /a\n"
					"d 0755 " ENTRIES "dir.conf\n"
					"f 0644 " ENTRIES "z.conf =linux /a\n");

	(void)state;
	patient_read(p);
	assert_int_equal(p->inv.entry_count, 1);
	assert_string_equal(p->inv.entries[0].id, "z");
	assert_true(has_finding(p, ENTRIES "dir.conf"));
	patient_free(p);
}

/* Upstream's blscfg shows what others pass over. */
static void dotfiles_as_each_loader_has_them(void **state)
{
	struct patient *p = patient_new("f 0644 /boot/loader/entries/.hidden.conf <<END\n"
					"linux /vmlinuz\nEND\n");

	(void)state;
	patient_read(p);
	assert_int_equal(p->inv.entry_count, 0);
	p->sys.os_id = (char *)"debian";
	p->sys.os_version_id = (char *)"14";
	patient_read(p);
	assert_int_equal(p->inv.loader, LOADER_BLSUKI);
	assert_int_equal(p->inv.entry_count, 1);
	assert_string_equal(p->inv.entries[0].id, ".hidden");
	patient_free(p);
}

static void reads_menuentries(void **state)
{
	struct patient *p = patient_new(
		"f 0644 /boot/grub2/grub.cfg <<END\n"
		"set extra=\"panic=5\"\n"
		"menuentry 'One' --id one { linux16 ($root)/boot/vmlinuz-" V
		" root=UUID=" UUID " ro ${extra}; initrd16 /boot/initramfs-" V ".img }\n"
		"submenu 'More' { menuentry 'Old' { linux /boot/vmlinuz-" OLD
		" root=UUID=" UUID " } }\n"
		"menuentry 'Firmware' { fwsetup }\n"
		"END\n");

	(void)state;
	add_image(p, "/boot/vmlinuz-" V, V);
	add_initramfs(p, "/boot/initramfs-" V ".img", V);
	patient_read(p);
	assert_int_equal(p->inv.loader, LOADER_MENUENTRIES);
	assert_int_equal(p->inv.entry_count, 3);
	assert_string_equal(p->inv.entries[0].id, "grub.cfg#0");
	assert_int_equal(p->inv.entries[0].kind, ENTRY_GRUB2);
	assert_int_equal(p->inv.entries[0].line, 2);
	assert_string_equal(p->inv.entries[0].source, "/boot/grub2/grub.cfg");
	assert_string_equal(p->inv.entries[0].linux_path, "/boot/vmlinuz-" V);
	assert_string_equal(p->inv.entries[0].options, "root=UUID=" UUID " ro panic=5");
	assert_false(p->inv.entries[0].broken);
	assert_string_equal(p->inv.entries[1].id, "grub.cfg#1>0");
	assert_true(p->inv.entries[1].broken);
	assert_int_equal(p->inv.entries[1].kernel, 1);
	assert_string_equal(p->inv.entries[2].id, "grub.cfg#2");
	assert_false(p->inv.entries[2].broken); /* it starts no Linux, and need not */
	assert_null(p->inv.entries[2].linux_path);
	assert_int_equal(p->inv.entries[2].kernel, -1);
	patient_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(resolves_paths_beside_a_separate_boot),
		cmocka_unit_test(strips_the_subvolume),
		cmocka_unit_test(expands_variables),
		cmocka_unit_test(tells_the_release),
		cmocka_unit_test(passes_over_other_files),
		cmocka_unit_test(dotfiles_as_each_loader_has_them),
		cmocka_unit_test(reads_menuentries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
