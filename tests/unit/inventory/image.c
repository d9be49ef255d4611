/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel images: missing, damaged in each way, spared; where they are looked for. */
#include "patient.h"

static struct patient *with_modules(void)
{
	return patient_new("f 0644 /usr/lib/modules/" V "/kernel/a.ko\n");
}

static void check(const struct patient *p, enum part_state state, const char *damage)
{
	const struct kernel_image *i = &patient_kernel(p, V)->image;

	assert_int_equal(i->state, state);
	if (!damage)
		assert_null(i->damage);
	else if (!i->damage || !strstr(i->damage, damage))
		fail_msg("damage is %s", i->damage ? i->damage : "NULL");
}

static void tells_the_whole(void **state)
{
	struct patient *p = with_modules();
	const struct kernel_image *i;

	(void)state;
	add_image(p, "/boot/vmlinuz-" V, V);
	patient_read(p);
	check(p, PART_OK, NULL);
	i = &patient_kernel(p, V)->image;
	assert_string_equal(i->path, "/boot/vmlinuz-" V);
	assert_string_equal(i->release, V);
	assert_int_equal(i->compression, COMPRESSION_GZIP);
	assert_true(i->size > 1024);
	assert_null(i->spare);
	patient_free(p);
}

static void tells_the_missing(void **state)
{
	struct patient *p = with_modules();

	(void)state;
	tree_add(&p->tree, "l /boot/vmlinuz-" V " nowhere\n"); /* dangling */
	patient_read(p);
	check(p, PART_MISSING, NULL);
	assert_string_equal(patient_kernel(p, V)->image.path, "/boot/vmlinuz-" V);
	patient_free(p);
}

static void tells_the_damaged(void **state)
{
	struct patient *p = with_modules();
	_cleanup_(buffer_done) struct buffer b = {0};

	(void)state;
	make_image(&b, V);
	tree_file(&p->tree, "/boot/vmlinuz-" V, b.data, b.size / 2); /* half a copy */
	patient_read(p);
	check(p, PART_DAMAGED, "");
	b.data[1024 + 256 + 40] ^= 0x55; /* inside the payload */
	tree_file(&p->tree, "/boot/vmlinuz-" V, b.data, b.size);
	patient_read(p);
	check(p, PART_DAMAGED, "payload");
	add_text(p, "/boot/vmlinuz-" V, "");
	patient_read(p);
	check(p, PART_DAMAGED, "");
	tree_add(&p->tree, "r /boot/vmlinuz-" V "\nd 0755 /boot/vmlinuz-" V "\n");
	patient_read(p);
	check(p, PART_DAMAGED, "cannot be read");
	patient_free(p);
}

static void tells_another_release(void **state)
{
	struct patient *p = with_modules();

	(void)state;
	add_image(p, "/boot/vmlinuz-" V, OLD);
	patient_read(p);
	check(p, PART_DAMAGED, OLD);
	assert_string_equal(patient_kernel(p, V)->image.release, OLD);
	patient_free(p);
}

static void finds_a_spare(void **state)
{
	struct patient *p = with_modules();

	(void)state;
	add_image(p, "/usr/lib/modules/" V "/vmlinuz", V);
	patient_read(p);
	check(p, PART_MISSING, NULL);
	assert_string_equal(
		patient_kernel(p, V)->image.spare, "/lib/modules/" V "/vmlinuz");
	add_image(p, "/boot/vmlinuz-" V, V);
	patient_read(p);
	check(p, PART_OK, NULL);
	assert_string_equal(
		patient_kernel(p, V)->image.spare, "/lib/modules/" V "/vmlinuz");
	add_image(p, "/usr/lib/modules/" V "/vmlinuz", OLD);
	patient_read(p);
	assert_null(patient_kernel(p, V)->image.spare);
	patient_free(p);
}

static void follows_links_and_entries(void **state)
{
	struct patient *p = with_modules();

	(void)state;
	/* SUSE: a link into the module directory, absolute inside the patient. */
	add_image(p, "/usr/lib/modules/" V "/vmlinuz", V);
	tree_add(&p->tree, "l /boot/vmlinuz-" V " /usr/lib/modules/" V "/vmlinuz\n");
	patient_read(p);
	check(p, PART_OK, NULL);
	/* kernel-install's own layout. */
	tree_add(&p->tree, "r /boot/vmlinuz-" V "\nr /usr/lib/modules/" V "/vmlinuz\n");
	add_image(p, "/boot/" MID "/" V "/linux", V);
	patient_read(p);
	check(p, PART_OK, NULL);
	assert_string_equal(
		patient_kernel(p, V)->image.path, "/boot/" MID "/" V "/linux");
	assert_string_equal(
		patient_kernel(p, V)->initramfs.path, "/boot/" MID "/" V "/initrd");
	patient_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_the_whole),
		cmocka_unit_test(tells_the_missing),
		cmocka_unit_test(tells_the_damaged),
		cmocka_unit_test(tells_another_release),
		cmocka_unit_test(finds_a_spare),
		cmocka_unit_test(follows_links_and_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
