/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every way to name a root device, and which devices then fit. */
#include "../../../initramfs/pid1.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/sysmacros.h>

#include <cmocka.h>

#define U "11111111-2222-3333-4444-55555555ABCD"

static struct wanted parse(const char *source)
{
	struct wanted w;

	assert_int_equal(wanted_parse(&w, source), 0);
	return w;
}

static void ways_to_name_a_device(void **state)
{
	static const struct {
		const char *source;
		enum wanted_by by;
		const char *value;
	} cases[] = {
		{"UUID=" U, WANTED_BY_UUID, U},
		{"UUID=\"" U "\"", WANTED_BY_UUID, U},
		{"LABEL=my root", WANTED_BY_LABEL, "my root"},
		{"LABEL='x'", WANTED_BY_LABEL, "x"},
		{"PARTUUID=0a1b2c3d-02", WANTED_BY_PARTUUID, "0a1b2c3d-02"},
		{"PARTLABEL=root", WANTED_BY_PARTLABEL, "root"},
		{"block:/dev/sda1", WANTED_BY_PATH, "/dev/sda1"},
		{"block:UUID=" U, WANTED_BY_UUID, U},
		{"/dev/disk/by-uuid/" U, WANTED_BY_UUID, U},
		{"/dev/disk/by-label/my\\x20root\\x2f", WANTED_BY_LABEL, "my root/"},
		{"/dev/disk/by-label/a\\xzz\\x2", WANTED_BY_LABEL, "a\\xzz\\x2"},
		{"/dev/disk/by-partuuid/12", WANTED_BY_PARTUUID, "12"},
		{"/dev/disk/by-partlabel/x", WANTED_BY_PARTLABEL, "x"},
		{"/dev/cciss/c0d0p1", WANTED_BY_PATH, "/dev/cciss/c0d0p1"},
		{"/dev/mapper/rhel-root", WANTED_BY_PATH, "/dev/mapper/rhel-root"},
		{"/dev/my-rhel/root", WANTED_BY_PATH, "/dev/mapper/my--rhel-root"},
		{"8:1", WANTED_BY_NUMBER, "8:1"},
		{"0801", WANTED_BY_NUMBER, "0801"},
		{"801", WANTED_BY_NUMBER, "801"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct wanted w = parse(cases[i].source);

		assert_int_equal(w.by, cases[i].by);
		assert_string_equal(w.value, cases[i].value);
		wanted_done(&w);
	}
}

static void what_cannot_be_opened_is_named(void **state)
{
	static const char *const cases[][2] = {{"/dev/dm-0", "LVM"}, {"/dev/md0", "md"}, {"/dev/nfs", "NFS"}, {"nfs:10.0.0.1:/root", "NFS"},
		{"/dev/disk/by-id/ata-x", "udev"}, {"live:CDLABEL=x", "live"},
		{"", "not a name"}, {"sda1", "not a name"}, {"8:1x", "not a name"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct wanted w = parse(cases[i][0]);

		assert_int_equal(w.by, WANTED_UNSUPPORTED);
		assert_non_null(strstr(w.value, cases[i][1]));
		wanted_done(&w);
	}
}

static void what_fits(void **state)
{
	const struct device device = {.path = (char *)"/dev/sda1",
		.uuid = (char *)U,
		.label = (char *)"root",
		.partuuid = (char *)"0a1b2c3d-01",
		.partlabel = (char *)"first"};
	const struct device bare = {.path = (char *)"/dev/sdb"};
	static const struct {
		const char *source;
		bool fits;
	} cases[] = {
		{"UUID=" U, true},
		{"UUID=11111111-2222-3333-4444-55555555abcd", true},
		{"UUID=11111111-2222-3333-4444-55555555abc", false},
		{"LABEL=root", true},
		{"LABEL=Root", false},
		{"PARTUUID=0A1B2C3D-01", true},
		{"PARTUUID=0a1b2c3d-02", false},
		{"PARTLABEL=first", true},
		{"PARTLABEL=First", false},
		{"/dev/sda1", true},
		{"/dev/sda", false},
		{"8:1", true},
		{"0801", true},
		{"0802", false},
		{"/dev/mapper/x", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct wanted w = parse(cases[i].source);

		if (wanted_is(&w, &device, makedev(8, 1)) != cases[i].fits)
			fail_msg("%s", cases[i].source);
		assert_false(wanted_is(&w, &bare, makedev(8, 16)));
		wanted_done(&w);
	}
}

/* Version 1.0 arrays keep the file system at the start of each member. */
static void members_of_arrays_do_not_fit(void **state)
{
	const struct device member = {.path = (char *)"/dev/sda1",
		.uuid = (char *)U,
		.partuuid = (char *)"x",
		.roles = ROLE_RAID_MEMBER};
	struct wanted w = parse("UUID=" U);

	(void)state;
	assert_false(wanted_is(&w, &member, 0));
	wanted_done(&w);
	w = parse("/dev/sda1");
	assert_true(wanted_is(&w, &member, 0));
	wanted_done(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ways_to_name_a_device),
		cmocka_unit_test(what_cannot_be_opened_is_named),
		cmocka_unit_test(what_fits),
		cmocka_unit_test(members_of_arrays_do_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
