/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mount options taken apart into the kernel's flags and the file system's own text. */
#include "../../../initramfs/pid1.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mount.h>

#include <cmocka.h>

static void flags_and_data(void **state)
{
	static const struct {
		const char *options;
		unsigned long before, after;
		const char *data;
	} cases[] = {
		{"", MS_RDONLY, MS_RDONLY, ""},
		{"defaults", MS_RDONLY, MS_RDONLY, ""},
		{"rw", MS_RDONLY, 0, ""},
		{"ro,noatime", 0, MS_RDONLY | MS_NOATIME, ""},
		{"noatime,atime", 0, 0, ""},
		{"subvol=@,compress=zstd:1,nodev", 0, MS_NODEV,
			"subvol=@,compress=zstd:1"},
		{"data=ordered,x-systemd.automount,_netdev,nofail,errors=remount-ro", 0,
			0, "data=ordered,errors=remount-ro"},
		{",,ro,,", 0, MS_RDONLY, ""},
		{"rosubvol", 0, 0, "rosubvol"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		unsigned long flags = cases[i].before;
		char *data;

		assert_int_equal(mount_flags_parse(&flags, &data, cases[i].options), 0);
		assert_int_equal(flags, cases[i].after);
		assert_string_equal(data, cases[i].data);
		free(data);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(flags_and_data)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
