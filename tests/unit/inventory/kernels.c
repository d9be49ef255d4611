/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which releases make a kernel, and in which order they stand. */
#include "patient.h"

static void check(const char *manifest, const char *const *expected, size_t count)
{
	struct patient *p = patient_new(manifest);

	patient_read(p);
	if (p->inv.kernel_count != count)
		fail_msg("%zu kernels of %s", p->inv.kernel_count, manifest);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(p->inv.kernels[i].release, expected[i]);
	patient_free(p);
}

static void gathers_releases(void **state)
{
	(void)state;
	check("f 0644 /usr/lib/modules/6.1.0-1/kernel/a.ko\n"
	      "f 0644 /boot/vmlinuz-6.1.0-2\n"
	      "f 0644 /boot/initramfs-6.1.0-3.img\n"
	      "f 0644 /boot/initrd-6.1.0-4.img\n"
	      "f 0644 /boot/loader/entries/a.conf =linux /boot/vmlinuz-6.1.0-5\n",
		(const char *const[]){
			"6.1.0-5", "6.1.0-4", "6.1.0-3", "6.1.0-2", "6.1.0-1"},
		5);
}

static void orders_as_rpm(void **state)
{
	(void)state;
	check("f 0644 /boot/vmlinuz-5.14.0-70.el9.x86_64\n"
	      "f 0644 /boot/vmlinuz-5.14.0-427.9.1.el9_4.x86_64\n"
	      "f 0644 /boot/vmlinuz-5.14.0-427.13.1.el9_4.x86_64\n"
	      "f 0644 /boot/vmlinuz-5.14.0-427.13.1.el9_4.x86_64+debug\n",
		(const char *const[]){"5.14.0-427.13.1.el9_4.x86_64+debug",
			"5.14.0-427.13.1.el9_4.x86_64", "5.14.0-427.9.1.el9_4.x86_64",
			"5.14.0-70.el9.x86_64"},
		4);
}

static void passes_over_what_proves_nothing(void **state)
{
	(void)state;
	check("f 0644 /boot/symvers-" V ".gz\n"
	      "f 0644 /boot/System.map-" V "\n"
	      "f 0644 /boot/config-" V "\n"
	      "f 0644 /boot/.vmlinuz-" V ".hmac\n"
	      "f 0644 /boot/initramfs-" V "kdump.img\n"
	      "f 0644 /boot/vmlinuz-0-rescue-" MID "\n"
	      "f 0644 /boot/initramfs-0-rescue-" MID ".img\n"
	      "f 0644 /boot/vmlinuz-\n"
	      "f 0644 /boot/vmlinuz-old\n"
	      "l /boot/vmlinuz vmlinuz-" V "\n"
	      "d 0755 /usr/lib/modules/" V "\n"
	      "f 0644 /usr/lib/modules/README\n"
	      "f 0644 /usr/lib/modules/lost+found/x\n",
		NULL, 0);
}

/* Hundreds of names are no reason to stop or to be slow. */
static void bounds_their_number(void **state)
{
	struct patient *p = patient_new(NULL);
	_cleanup_(buffer_done) struct buffer manifest = {0};

	(void)state;
	for (int i = 0; i < 1100; i++)
		assert_return_code(
			buffer_printf(&manifest, "f 0644 /boot/vmlinuz-6.1.%d\n", i), 0);
	tree_add(&p->tree, manifest.data);
	patient_read(p);
	assert_int_equal(p->inv.kernel_count, 1024);
	patient_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gathers_releases),
		cmocka_unit_test(orders_as_rpm),
		cmocka_unit_test(passes_over_what_proves_nothing),
		cmocka_unit_test(bounds_their_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
