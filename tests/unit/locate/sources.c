/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which device a line of fstab means: a table of lines against small machines. */
#include "../../../rescue/locate/local.h"

#include <setjmp.h>

#include <cmocka.h>

#define T(text) ((char[]){text}) /* fields are char *, and nothing here is freed */

/* One disk with root and /boot, its clone, and a volume group. */
static struct device machine[] = {
	{.path = T("a.img"), .parent = -1, .type = DEVICE_IMAGE, .is_divided = true},
	{.path = T("a.img1"),
		.parent = 0,
		.type = DEVICE_PART,
		.number = 1,
		.fstype = T("ext4"),
		.uuid = T("b0-01"),
		.label = T("my boot"),
		.partuuid = T("aa-01"),
		.partlabel = T("p one")},
	{.path = T("a.img2"),
		.parent = 0,
		.type = DEVICE_PART,
		.number = 2,
		.fstype = T("ext4"),
		.uuid = T("70-01")},
	{.path = T("b.img"), .parent = -1, .type = DEVICE_IMAGE, .is_divided = true},
	{.path = T("b.img1"),
		.parent = 3,
		.type = DEVICE_PART,
		.number = 1,
		.fstype = T("ext4"),
		.uuid = T("b0-01"),
		.label = T("my boot")},
	{.path = T("b.img2"),
		.parent = 3,
		.type = DEVICE_PART,
		.number = 2,
		.fstype = T("ext4"),
		.uuid = T("70-02")},
	{.path = T("b.img3"),
		.parent = 3,
		.type = DEVICE_PART,
		.number = 3,
		.fstype = T("vfat"),
		.uuid = T("ABCD-EF01"),
		.label = T("only")},
	{.path = T("/dev/mapper/vg-lv--root"),
		.parent = -1,
		.type = DEVICE_LVM,
		.fstype = T("xfs"),
		.uuid = T("11-11")},
	{.path = T("/dev/md127"), .parent = -1, .type = DEVICE_RAID, .fstype = T("xfs")},
};

struct example {
	const char *source, *type;
	enum source_match match;
	int device; /* -1: none */
};

static void expect(
	const struct landscape *l, const struct system *s, const struct example *e)
{
	struct fstab_line line = {
		.source = strdup(e->source), .type = strdup(e->type ? e->type : "auto")};
	int device = -1;
	enum source_match m = source_find(l, s, &line, &device);

	if (m != e->match || device != e->device)
		fail_msg("%s: match %d, device %d", e->source, (int)m, device);
	free(line.source);
	free(line.type);
}

static void expect_all(const char *fstab, int root, size_t devices,
	const struct example *examples, size_t count)
{
	struct landscape l = {.devices = machine, .device_count = devices};
	struct system s = {.target = TARGET_NONE};

	s.root.device = root;
	assert_int_equal(
		fstab_parse(&s.fstab,
			(struct bytes){(const uint8_t *)fstab, strlen(fstab)}, NULL),
		0);
	for (size_t i = 0; i < count; i++)
		expect(&l, &s, &examples[i]);
	fstab_done(&s.fstab);
}

static void test_tags(void **state)
{
	static const struct example examples[] = {
		{"UUID=b0-01", NULL, SOURCE_FOUND, 1},
		{"UUID=\"B0-01\"", NULL, SOURCE_FOUND, 1},
		{"/dev/disk/by-uuid/b0-01", NULL, SOURCE_FOUND, 1},
		{"PARTUUID=AA-01", NULL, SOURCE_FOUND, 1},
		{"PARTLABEL=p one", NULL, SOURCE_FOUND, 1},
		{"/dev/disk/by-partlabel/p\\x20one", NULL, SOURCE_FOUND, 1},
		{"/dev/disk/by-label/my\\x20boot", NULL, SOURCE_FOUND, 1},
		{"LABEL=MY BOOT", NULL, SOURCE_ABSENT, -1},
		{"LABEL=only", NULL, SOURCE_FOUND, 6},
		{"UUID=abcd-ef01", NULL, SOURCE_FOUND, 6},
		{"UUID=70-01", NULL, SOURCE_FOUND, 2},
		{"UUID=", NULL, SOURCE_ABSENT, -1},
		{"UUID=none-such", NULL, SOURCE_ABSENT, -1},
	};

	(void)state;
	expect_all("UUID=70-01 / ext4\n", 2, ARRAY_SIZE(machine), examples,
		ARRAY_SIZE(examples));
}

/* The clone's own /boot, not the one that comes first. */
static void test_clone(void **state)
{
	static const struct example here[] = {{"UUID=b0-01", NULL, SOURCE_FOUND, 4}};
	static const struct example elsewhere[] = {
		{"UUID=b0-01", NULL, SOURCE_AMBIGUOUS, -1}};

	(void)state;
	expect_all("UUID=70-02 / ext4\n", 5, ARRAY_SIZE(machine), here, 1);
	expect_all("UUID=11-11 / xfs\n", 7, ARRAY_SIZE(machine), elsewhere, 1);
}

static void test_held(void **state)
{
	static const struct example examples[] = {
		{"UUID=70-02", NULL, SOURCE_ABSENT, -1}};

	(void)state;
	machine[5].held = true;
	expect_all("UUID=70-01 / ext4\n", 2, ARRAY_SIZE(machine), examples, 1);
	machine[5].held = false;
}

static void test_volumes(void **state)
{
	static const struct example examples[] = {
		{"/dev/mapper/vg-lv--root", NULL, SOURCE_FOUND, 7},
		{"/dev/vg/lv-root", NULL, SOURCE_FOUND, 7},
		{"/dev/vg/root", NULL, SOURCE_ABSENT, -1},
		{"/dev/mapper/vg-usr", NULL, SOURCE_ABSENT, -1},
		{"/dev/md127", NULL, SOURCE_FOUND, 8},
		{"/dev/md0", NULL, SOURCE_ABSENT, -1},
	};

	(void)state;
	expect_all("/dev/vg/lv-root / xfs\n", 7, ARRAY_SIZE(machine), examples,
		ARRAY_SIZE(examples));
}

static void test_elsewhere(void **state)
{
	static const struct example examples[] = {
		{"server:/export", "nfs", SOURCE_ELSEWHERE, -1},
		{"//server/share", "cifs", SOURCE_ELSEWHERE, -1},
		{"tmpfs", "tmpfs", SOURCE_ELSEWHERE, -1},
	};

	(void)state;
	expect_all("UUID=70-01 / ext4\n", 2, ARRAY_SIZE(machine), examples,
		ARRAY_SIZE(examples));
}

static void test_position(void **state)
{
	static const struct example examples[] = {
		{"/dev/sda1", NULL, SOURCE_BY_POSITION, 1},
		{"/dev/sda1", "ext3", SOURCE_BY_POSITION, 1},
		{"/dev/sda1", "xfs", SOURCE_UNTOLD, -1},
		{"/dev/sda7", NULL, SOURCE_ABSENT, -1},
		{"/dev/sdb1", NULL, SOURCE_UNTOLD, -1},
		{"/dev/sda", NULL, SOURCE_UNTOLD, -1},
		{"/dev/sda999", NULL, SOURCE_UNTOLD, -1},
	};
	static const struct example untold[] = {{"/dev/sda1", NULL, SOURCE_UNTOLD, -1}};
	static const struct example one_disk[] = {
		{"/dev/nvme0n1p1", NULL, SOURCE_BY_POSITION, 1},
		{"/dev/nvme0n1", NULL, SOURCE_UNTOLD, -1},
		{"/dev/vda1", NULL, SOURCE_BY_POSITION, 1},
	};

	(void)state;
	expect_all("/dev/sda2 / ext4\n", 2, ARRAY_SIZE(machine), examples,
		ARRAY_SIZE(examples));
	/* fstab calls the root partition 3, so its sda is another disk. */
	expect_all("/dev/sda3 / ext4\n", 2, ARRAY_SIZE(machine), untold, 1);
	/* By UUID the root says nothing of sda: only with one disk is it clear. */
	expect_all("UUID=70-01 / ext4\n", 2, ARRAY_SIZE(machine), untold, 1);
	expect_all("UUID=70-01 / ext4\n", 2, 3, one_disk, ARRAY_SIZE(one_disk));
}

/* Longer than any name may be: cut, not overrun. */
static void test_long(void **state)
{
	char source[2048] = "UUID=", volume[2048] = "/dev/vg/";
	const struct example examples[] = {
		{source, NULL, SOURCE_ABSENT, -1},
		{volume, NULL, SOURCE_ABSENT, -1},
	};

	(void)state;
	memset(source + 5, 'a', 1500);
	memset(volume + 8, '-', 1500);
	expect_all("UUID=70-01 / ext4\n", 2, ARRAY_SIZE(machine), examples, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tags),
		cmocka_unit_test(test_clone),
		cmocka_unit_test(test_held),
		cmocka_unit_test(test_volumes),
		cmocka_unit_test(test_elsewhere),
		cmocka_unit_test(test_position),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
