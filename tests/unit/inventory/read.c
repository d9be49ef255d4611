/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The inventory as a whole: a sound system, an empty one, an unreadable one. */
#include "patient.h"

#include <unistd.h>

static void reads_a_sound_system(void **state)
{
	struct patient *p = patient_new(NULL);
	const struct kernel *k;
	const struct entry *e;

	(void)state;
	add_kernel(p, OLD);
	add_kernel(p, V);
	patient_read(p);
	assert_int_equal(p->inv.kernel_count, 2);
	assert_string_equal(p->inv.kernels[0].release, V); /* newest first */
	k = &p->inv.kernels[1];
	assert_string_equal(k->release, OLD);
	assert_int_equal(k->image.state, PART_OK);
	assert_int_equal(k->modules.state, PART_OK);
	assert_int_equal(k->initramfs.state, PART_OK);
	assert_int_equal(k->entry_count, 1);
	e = &p->inv.entries[k->entries[0]];
	assert_string_equal(e->id, MID "-" OLD);
	assert_int_equal(e->kernel, 1);
	assert_false(e->broken);
	assert_true(e->is_of_this_root);
	assert_int_equal(p->inv.default_entry, 0);
	assert_string_equal(p->inv.entries[0].id, MID "-" V);
	assert_true(p->inv.entries[0].is_default);
	assert_int_equal(p->inv.loader, LOADER_BLSCFG_EL9);
	assert_true(p->inv.merged_usr);
	assert_int_equal(p->inv.findings.count, 0);
	assert_ptr_equal(p->inv.system, &p->sys);
	patient_free(p);
}

static void reads_an_empty_system(void **state)
{
	struct patient *p = calloc(1, sizeof(*p));

	(void)state;
	assert_non_null(p);
	tree_make(&p->tree, "d 0755 /etc\n");
	p->sys =
		(struct system){.id = (char *)"linux-0000", .target = {.fd = p->tree.fd}};
	p->inv.default_entry = -1;
	patient_read(p);
	assert_int_equal(p->inv.kernel_count, 0);
	assert_int_equal(p->inv.entry_count, 0);
	assert_int_equal(p->inv.default_entry, -1);
	assert_int_equal(p->inv.loader, LOADER_NONE);
	assert_null(p->inv.grub_cfg);
	assert_null(p->inv.grubenv_path);
	assert_string_equal(p->inv.entries_directory, "/boot/loader/entries");
	assert_false(p->inv.merged_usr);
	assert_false(p->inv.selinux);
	assert_int_equal(p->inv.findings.count, 0);
	patient_free(p);
}

/*
 * The story: an update took kernel, entry and initramfs; a third-party directory is left.
 */
static void reads_the_failed_update(void **state)
{
	struct patient *p = patient_new("f 0644 /usr/lib/modules/" V "/extra/vendor.ko\n"
					"f 0644 /boot/symvers-" OLD ".gz\n"
					"f 0644 /boot/config-" OLD "\n"
					"f 0600 /boot/initramfs-" OLD "kdump.img\n"
					"f 0755 /boot/vmlinuz-0-rescue-" MID "\n"
					"d 0755 /usr/lib/modules/" OLD "\n");

	(void)state;
	patient_read(p);
	assert_int_equal(p->inv.kernel_count, 1);
	assert_string_equal(p->inv.kernels[0].release, V);
	assert_int_equal(p->inv.kernels[0].image.state, PART_MISSING);
	assert_string_equal(p->inv.kernels[0].image.path, "/boot/vmlinuz-" V);
	assert_int_equal(p->inv.kernels[0].modules.state, PART_MISSING);
	assert_int_equal(p->inv.kernels[0].modules.third_party, 1);
	assert_int_equal(p->inv.kernels[0].initramfs.state, PART_MISSING);
	assert_string_equal(
		p->inv.kernels[0].initramfs.path, "/boot/initramfs-" V ".img");
	assert_int_equal(p->inv.default_entry, -1);
	patient_free(p);
}

/* What cannot be read is told, and the scan goes on. Root may read everything: use
 * shapes. */
static void goes_on_behind_the_unreadable(void **state)
{
	struct patient *p = patient_new("r /boot/loader/entries\n"
					"f 0644 /boot/loader/entries =no directory\n"
					"r /boot/grub2/grub.cfg\n"
					"d 0755 /boot/grub2/grub.cfg\n"
					"p 0644 /boot/grub2/grubenv\n"
					"d 0755 /etc/default/grub\n"
					"p 0644 /var/log/dnf.rpm.log\n"
					"f 0644 /boot/vmlinuz-" V " =no kernel\n");

	(void)state;
	patient_read(p);
	assert_int_equal(p->inv.kernel_count, 1);
	assert_true(has_finding(p, "/boot/grub2/grub.cfg"));
	assert_true(has_finding(p, "/boot/grub2/grubenv"));
	assert_true(has_finding(p, "/etc/default/grub"));
	assert_true(has_finding(p, "/var/log/dnf.rpm.log"));
	patient_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_sound_system),
		cmocka_unit_test(reads_an_empty_system),
		cmocka_unit_test(reads_the_failed_update),
		cmocka_unit_test(goes_on_behind_the_unreadable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
