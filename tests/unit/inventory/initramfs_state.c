/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel's initramfs: each state, and which file it is. */
#include "patient.h"

static struct patient *with_modules(void)
{
	return patient_new("f 0644 /usr/lib/modules/" V "/kernel/a.ko\n");
}

static const struct initramfs_file *read_it(struct patient *p)
{
	patient_read(p);
	return &patient_kernel(p, V)->initramfs;
}

static void tells_states(void **state)
{
	struct patient *p = with_modules();
	const struct initramfs_file *i = read_it(p);

	(void)state;
	assert_int_equal(i->state, PART_MISSING);
	assert_string_equal(i->path, "/boot/initramfs-" V ".img");
	add_initramfs(p, "/boot/initramfs-" V ".img", V);
	i = read_it(p);
	assert_int_equal(i->state, PART_OK);
	assert_true(i->listed);
	assert_string_equal(i->release, V);
	assert_int_equal(i->modules.count, 2);
	assert_string_equal(i->modules.items[0], "ext4");
	assert_string_equal(i->modules.items[1], "virtio_blk");
	assert_true(i->size > 0);
	add_initramfs(p, "/boot/initramfs-" V ".img", OLD);
	i = read_it(p);
	assert_int_equal(i->state, PART_MISMATCHED);
	assert_string_equal(i->release, OLD);
	add_text(p, "/boot/initramfs-" V ".img", "nonsense");
	i = read_it(p);
	assert_int_equal(i->state, PART_DAMAGED);
	assert_non_null(i->damage);
	assert_false(i->listed);
	patient_free(p);
}

/* Modules of two kernels are enough; none at all say nothing against it. */
static void tolerates_more_and_none(void **state)
{
	struct patient *p = with_modules();
	_cleanup_(buffer_done) struct buffer b = {0};
	const struct initramfs_file *i;

	(void)state;
	append_cpio(&b, (const char *const[]){"lib/modules/" OLD "/kernel/x.ko",
				"lib/modules/" V "/kernel/y.ko",
				"usr/lib/systemd/systemd", NULL});
	tree_file(&p->tree, "/boot/initramfs-" V ".img", b.data, b.size);
	i = read_it(p);
	assert_int_equal(i->state, PART_OK);
	assert_true(i->has_systemd);
	assert_string_equal(i->release, V);
	b.size = 0;
	append_cpio(&b,
		(const char *const[]){"init", "lib/modules/" OLD "/modules.dep", NULL});
	tree_file(&p->tree, "/boot/initramfs-" V ".img", b.data, b.size);
	i = read_it(p);
	assert_int_equal(i->state, PART_OK);
	assert_false(i->has_systemd);
	assert_null(i->release);
	patient_free(p);
}

static void tells_of_a_damaged_stream(void **state)
{
	struct patient *p = with_modules();
	const struct initramfs_file *i;

	(void)state;
	add_text(
		p, "/boot/initramfs-" V ".img", "\x02\x21\x4c\x18 an lz4 stream, legacy");
	i = read_it(p);
	assert_int_equal(i->state, PART_DAMAGED);
	assert_false(i->listed);
	assert_string_equal(i->damage, "its compression is damaged");
	patient_free(p);
}

static void finds_the_file(void **state)
{
	struct patient *p = with_modules();

	(void)state;
	tree_add(&p->tree, "f 0600 /boot/initrd-" V " =x\n");
	assert_string_equal(read_it(p)->path, "/boot/initrd-" V);
	tree_add(&p->tree, "f 0600 /boot/initrd.img =x\nf 0600 /boot/intel-ucode.img =x\n"
			   "f 0600 /boot/loader/entries/a.conf <<END\n"
			   "linux /boot/vmlinuz-" V "\n"
			   "initrd /boot/initrd.img\n"
			   "initrd /boot/intel-ucode.img\n"
			   "options root=UUID=" UUID "\n"
			   "END\n");
	assert_string_equal(read_it(p)->path, "/boot/initrd.img");
	tree_add(
		&p->tree, "r /boot/initrd.img\n"); /* the entry names what is not there */
	assert_string_equal(read_it(p)->path, "/boot/initrd-" V);
	tree_add(&p->tree, "r /boot/initrd-" V "\n");
	assert_string_equal(read_it(p)->path, "/boot/initrd.img");
	patient_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_states),
		cmocka_unit_test(tolerates_more_and_none),
		cmocka_unit_test(tells_of_a_damaged_stream),
		cmocka_unit_test(finds_the_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
