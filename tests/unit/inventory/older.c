/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GRUB legacy and extlinux: which file, entries, default. */
#include "patient.h"

#include <unistd.h>

#define EL6 "2.6.32-754.el6.x86_64"
#define EL6_OLD "2.6.32-71.el6.x86_64"
#define STANZA(release)                                                                  \
	"title Red Hat (" release ")\n\troot (hd0,0)\n\tkernel /vmlinuz-" release        \
	" ro root=UUID=" UUID "\n\tinitrd /initramfs-" release ".img\n"
#define KERNEL(release)                                                                  \
	"f 0755 /boot/vmlinuz-" release " =x\nf 0600 /boot/initramfs-" release ".img =x\n"

static struct patient *el6(const char *manifest)
{
	struct patient *p = patient_new(NULL);

	p->sys.os_version_id = (char *)"6.10";
	p->sys.boot.separate = true;
	assert_int_equal(unlinkat(p->tree.fd, "boot/grub2/grub.cfg", 0), 0);
	tree_add(&p->tree, KERNEL(EL6) KERNEL(EL6_OLD));
	tree_add(&p->tree, manifest);
	patient_read(p);
	return p;
}

static void reads_grub_conf(void **state)
{
	struct patient *p =
		el6("f 0600 /boot/grub/grub.conf <<END\n"
		    "default=1\n" STANZA(EL6) STANZA(EL6_OLD)
		    "title Other\n\trootnoverify (hd0,1)\nchainloader +1\nEND\n"
		    "l /boot/grub/menu.lst ./grub.conf\n"
		    "l /etc/grub.conf ../boot/grub/grub.conf\n");
	const struct entry *e;

	(void)state;
	assert_int_equal(p->inv.loader, LOADER_GRUB_LEGACY);
	assert_string_equal(p->inv.grub_cfg, "/boot/grub/grub.conf");
	assert_int_equal(p->inv.entry_count, 3);
	e = patient_entry(p, "grub.conf#0");
	assert_int_equal(e->kind, ENTRY_GRUB_LEGACY);
	assert_string_equal(e->linux_path, "/boot/vmlinuz-" EL6);
	assert_string_equal(e->initrd.items[0], "/boot/initramfs-" EL6 ".img");
	assert_string_equal(e->options, "ro root=UUID=" UUID);
	assert_int_equal(e->line, 2);
	assert_true(e->is_of_this_root);
	assert_false(e->broken);
	assert_string_equal(p->inv.kernels[e->kernel].release, EL6);
	assert_int_equal(p->inv.default_entry, 1);
	assert_true(p->inv.entries[1].is_default);
	assert_false(patient_entry(p, "grub.conf#2")->broken);
	assert_true(inventory_observed(&p->inv, "/boot/grub/grub.conf")->exists);
	patient_free(p);
}

static void follows_the_link_in_etc(void **state)
{
	struct patient *p =
		el6("f 0600 /boot/grub/other.conf <<END\n" STANZA(EL6) "END\n"
		    "l /etc/grub.conf ../boot/grub/other.conf\n");

	(void)state;
	assert_string_equal(p->inv.grub_cfg, "/boot/grub/other.conf");
	assert_int_equal(p->inv.default_entry, 0);
	patient_free(p);
}

static void knows_the_saved_stanza(void **state)
{
	struct patient *p = el6("f 0600 /boot/grub/menu.lst <<END\n"
				"default saved\n" STANZA(EL6) STANZA(EL6_OLD) "END\n"
				"f 0644 /boot/grub/default =1\n");

	(void)state;
	assert_int_equal(p->inv.default_entry, 1);
	patient_free(p);
}

static void a_number_beyond_the_end_is_the_first(void **state)
{
	struct patient *p = el6("f 0600 /boot/grub/menu.lst <<END\n"
				"default 7\n" STANZA(EL6) "END\n");

	(void)state;
	assert_int_equal(p->inv.default_entry, 0);
	patient_free(p);
}

static void a_number_beyond_the_end_is_the_fallback(void **state)
{
	struct patient *p = el6("f 0600 /boot/grub/menu.lst <<END\n"
				"fallback 5 1\ndefault 7\n" STANZA(EL6) STANZA(EL6_OLD) "END\n");

	(void)state;
	assert_int_equal(p->inv.default_entry, 0);
	patient_free(p);
	p = el6("f 0600 /boot/grub/menu.lst <<END\n"
		"fallback 1\ndefault 7\n" STANZA(EL6) STANZA(EL6_OLD) "END\n");
	assert_int_equal(p->inv.default_entry, 1);
	patient_free(p);
}

static void tells_what_is_missing(void **state)
{
	struct patient *p = el6("f 0600 /boot/grub/menu.lst <<END\n" STANZA(
		"2.6.32-1.el6.x86_64") "END\n");

	(void)state;
	assert_true(p->inv.entries[0].broken);
	assert_non_null(strstr(p->inv.entries[0].reason, "vmlinuz-2.6.32-1"));
	patient_free(p);
}

static void reads_extlinux(void **state)
{
	struct patient *p =
		el6("f 0644 /boot/extlinux/extlinux.conf <<END\n"
		    "default two\nlabel one\nkernel ../vmlinuz-" EL6
		    "\ninitrd ../initramfs-" EL6 ".img\nappend root=UUID=" UUID
		    "\nlabel two\nkernel /vmlinuz-" EL6_OLD
		    "\nappend initrd=/initramfs-" EL6_OLD ".img root=UUID=" UUID "\nEND\n");

	(void)state;
	assert_int_equal(p->inv.loader, LOADER_EXTLINUX);
	assert_int_equal(p->inv.entry_count, 2);
	assert_int_equal(p->inv.default_entry, 1);
	assert_string_equal(p->inv.entries[1].linux_path, "/boot/vmlinuz-" EL6_OLD);
	assert_int_equal(p->inv.entries[1].kind, ENTRY_EXTLINUX);
	assert_false(p->inv.entries[0].broken);
	assert_false(p->inv.entries[1].broken);
	assert_true(p->inv.entries[0].kernel >= 0);
	patient_free(p);
}

/* Real files in /boot, the initrd by its old name, also where it is gone. */
static void kernels_of_el5(void **state)
{
	struct patient *p = el6("f 0644 /boot/vmlinuz-2.6.18-398.el5 =x\n"
				"f 0644 /boot/vmlinuz-2.6.18-371.el5 =x\n"
				"f 0600 /boot/initrd-2.6.18-371.el5.img =x\n"
				"f 0600 /boot/grub/grub.conf <<END\ntitle Old\n"
				"\tkernel /vmlinuz-2.6.18-371.el5 ro root=UUID=" UUID
				"\n\tinitrd /initrd-2.6.18-371.el5.img\nEND\n");

	(void)state;
	assert_false(p->inv.entries[0].broken);
	assert_string_equal(patient_kernel(p, "2.6.18-371.el5")->initramfs.path,
		"/boot/initrd-2.6.18-371.el5.img");
	assert_string_equal(patient_kernel(p, "2.6.18-398.el5")->initramfs.path,
		"/boot/initrd-2.6.18-398.el5.img");
	patient_free(p);
}

static void grub_2_comes_first(void **state)
{
	struct patient *p = patient_new(
		"f 0600 /boot/grub/menu.lst <<END\ntitle A\nkernel /a\nEND\n");

	(void)state;
	patient_read(p);
	assert_int_equal(p->inv.loader, LOADER_BLSCFG_EL9);
	assert_int_equal(p->inv.entry_count, 0);
	patient_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_grub_conf),
		cmocka_unit_test(follows_the_link_in_etc),
		cmocka_unit_test(knows_the_saved_stanza),
		cmocka_unit_test(a_number_beyond_the_end_is_the_first),
		cmocka_unit_test(a_number_beyond_the_end_is_the_fallback),
		cmocka_unit_test(tells_what_is_missing),
		cmocka_unit_test(reads_extlinux),
		cmocka_unit_test(kernels_of_el5),
		cmocka_unit_test(grub_2_comes_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
