/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Room on the file systems, and which of them holds a path. */
#include "patient.h"

#include <sys/statvfs.h>

static void measures_the_tree(void **state)
{
	struct patient *p = patient_new("d 0755 /usr\nd 0755 /var\n");
	struct statvfs v;
	struct stat st;

	(void)state;
	patient_read(p);
	assert_int_equal(p->inv.space_count, 1); /* all of it is one file system */
	assert_string_equal(p->inv.spaces[0].mountpoint, "/");
	assert_int_equal(fstat(p->tree.fd, &st), 0);
	assert_int_equal(p->inv.spaces[0].device, st.st_dev);
	assert_int_equal(fstatvfs(p->tree.fd, &v), 0);
	assert_int_equal(p->inv.spaces[0].block_size, v.f_frsize);
	assert_true(p->inv.spaces[0].free_bytes > 0);
	patient_free(p);
}

static void finds_the_innermost(void **state)
{
	struct filesystem_space spaces[] = {{.mountpoint = (char *)"/", .device = 1},
		{.mountpoint = (char *)"/boot", .device = 2},
		{.mountpoint = (char *)"/boot/efi", .device = 3}};
	struct inventory inv = {.spaces = spaces, .space_count = 3};
	static const struct {
		const char *path;
		uint64_t device;
	} cases[] = {
		{"/", 1},
		{"/boot", 2},
		{"/boot/vmlinuz", 2},
		{"/boots", 1},
		{"/boot/efi", 3},
		{"/boot/efi/EFI/x", 3},
		{"/boot/efix", 2},
		{"/lib/modules", 1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(
			inventory_space_of(&inv, cases[i].path)->device, cases[i].device);
	inv.space_count = 0;
	assert_string_equal(inventory_space_of(&inv, "/boot")->mountpoint, "/");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(measures_the_tree),
		cmocka_unit_test(finds_the_innermost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
