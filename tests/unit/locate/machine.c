/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine's block devices, from small copies of /sys/block. None has a node in /dev.
 */
#include "../../../rescue/locate/local.h"
#include "tree.h"

#include <setjmp.h>

#include <cmocka.h>
#include <errno.h>
#include <unistd.h>

/* As on a machine with two disks, LVM over both, and what is left out. */
static const char sysfs[] =
	"f 0444 /block/sda/dev =8:0\nf 0444 /block/sda/size =2048\n"
	"f 0444 /block/sda/sda1/dev =8:1\nf 0444 /block/sda/sda1/size =1024\n"
	"f 0444 /block/sda/sda1/partition =1\nd 0755 /block/sda/sda1/holders\n"
	"f 0444 /block/sda/sda10/dev =8:10\nf 0444 /block/sda/sda10/size =8\n"
	"f 0444 /block/sda/sda10/partition =10\n"
	"f 0444 /block/sda/sda2/dev =8:2\nf 0444 /block/sda/sda2/size =512\n"
	"f 0444 /block/sda/sda2/partition =2\nd 0755 /block/sda/sda2/holders/dm-0\n"
	"f 0444 /block/sdb/dev =8:16\nf 0444 /block/sdb/size =4096\n"
	"d 0755 /block/sdb/holders/dm-0\n"
	"f 0444 /block/cciss!c0d0/dev =104:0\nf 0444 /block/cciss!c0d0/size =16\n"
	"f 0444 /block/dm-0/dev =253:0\nf 0444 /block/dm-0/size =600\n"
	"f 0444 /block/dm-0/dm/name =vg-root\nf 0444 /block/dm-0/dm/uuid =LVM-abc\n"
	"d 0755 /block/dm-0/slaves/sda2\nd 0755 /block/dm-0/slaves/sdb\n"
	"d 0755 /block/dm-0/holders/dm-1\n"
	"f 0444 /block/dm-1/dev =253:1\nf 0444 /block/dm-1/size =590\n"
	"f 0444 /block/dm-1/dm/name =luks-root\nf 0444 /block/dm-1/dm/uuid "
	"=CRYPT-LUKS2-a\n"
	"d 0755 /block/dm-1/slaves/dm-0\n"
	"f 0444 /block/md127/dev =9:127\nf 0444 /block/md127/size =64\n"
	"f 0444 /block/loop0/dev =7:0\nf 0444 /block/loop0/size =0\n"
	"f 0444 /block/loop1/dev =7:1\nf 0444 /block/loop1/size =64\n"
	"f 0444 /block/loop1/loop/backing_file =/x.iso\n"
	"f 0444 /block/zram0/dev =252:0\nf 0444 /block/zram0/size =64\n"
	"f 0444 /block/ram0/dev =1:0\nf 0444 /block/ram0/size =64\n"
	"f 0444 /block/fd0/dev =2:0\nf 0444 /block/fd0/size =8\n"
	"f 0444 /block/sr0/dev =11:0\nf 0444 /block/sr0/size =2048\n";

static int scan(
	struct landscape *ret, const struct tree *t, const char *only, struct fault *f)
{
	_cleanup_(strings_done) struct strings names = {0};
	const struct machine m = {.sys = {t->fd}};

	*ret = (struct landscape){0};
	*f = (struct fault){0};
	if (only)
		assert_int_equal(strings_add(&names, only), 0);
	return machine_scan(ret, &m, &names, f);
}

static const struct device *find(const struct landscape *l, const char *path)
{
	for (size_t i = 0; i < l->device_count; i++) {
		if (strcmp(l->devices[i].path, path) == 0)
			return &l->devices[i];
	}
	fail_msg("no %s", path);
	return NULL;
}

static const char *parent(const struct landscape *l, const char *path)
{
	int p = find(l, path)->parent;

	return p < 0 ? "" : l->devices[p].path;
}

static void test_order(void **state)
{
	static const char *const expected[] = {"/dev/cciss/c0d0", "/dev/loop1",
		"/dev/sda", "/dev/sda1", "/dev/sda2", "/dev/sda10", "/dev/sdb", "/dev/sr0",
		"/dev/mapper/vg-root", "/dev/mapper/luks-root", "/dev/md127"};
	_cleanup_(landscape_done) struct landscape l = {0};
	struct fault f;
	struct tree t;

	(void)state;
	tree_make(&t, sysfs);
	assert_int_equal(scan(&l, &t, NULL, &f), 0);
	assert_int_equal(l.device_count, ARRAY_SIZE(expected));
	for (size_t i = 0; i < l.device_count; i++)
		assert_string_equal(l.devices[i].path, expected[i]);
	tree_remove(&t);
}

static void test_facts(void **state)
{
	_cleanup_(landscape_done) struct landscape l = {0};
	struct fault f;
	struct tree t;

	(void)state;
	tree_make(&t, sysfs);
	assert_int_equal(scan(&l, &t, NULL, &f), 0);
	assert_int_equal(find(&l, "/dev/sda10")->size, 8 * 512);
	assert_int_equal(find(&l, "/dev/sda10")->number, 10);
	assert_int_equal(find(&l, "/dev/sda10")->type, DEVICE_PART);
	assert_int_equal(find(&l, "/dev/sda")->type, DEVICE_DISK);
	assert_int_equal(find(&l, "/dev/loop1")->type, DEVICE_LOOP);
	assert_int_equal(find(&l, "/dev/md127")->type, DEVICE_RAID);
	assert_int_equal(find(&l, "/dev/mapper/vg-root")->type, DEVICE_LVM);
	assert_int_equal(find(&l, "/dev/mapper/luks-root")->type, DEVICE_CRYPT);
	assert_string_equal(parent(&l, "/dev/sda10"), "/dev/sda");
	assert_string_equal(parent(&l, "/dev/mapper/vg-root"), "/dev/sda2");
	assert_string_equal(parent(&l, "/dev/mapper/luks-root"), "/dev/mapper/vg-root");
	assert_true(find(&l, "/dev/sda2")->held);
	assert_true(find(&l, "/dev/mapper/vg-root")->held);
	assert_false(find(&l, "/dev/sda1")->held);
	/* Devices that cannot be opened are findings, one each. */
	assert_true(findings_has(&l.findings, "device-unreadable"));
	tree_remove(&t);
}

/* --device: the loop device of that number and nothing else. */
static void test_named(void **state)
{
	_cleanup_(landscape_done) struct landscape l = {0};
	struct fault f;
	struct stat st;
	struct tree t;

	(void)state;
	if (stat("/dev/loop0", &st) < 0 || !S_ISBLK(st.st_mode)) {
		print_message("skipped: there is no /dev/loop0\n");
		skip();
	}
	tree_make(&t, sysfs);
	/* /dev/loop0 (7:0) plays the disk; dm-0 lies on it, dm-1 on that. */
	tree_add(&t, "f 0444 /block/sda/dev =7:0\nf 0444 /block/loop0/dev =7:9\n");
	assert_int_equal(scan(&l, &t, "/dev/loop0", &f), 0);
	assert_int_equal(l.device_count, 6);
	assert_string_equal(l.devices[0].path, "/dev/sda");
	assert_string_equal(parent(&l, "/dev/mapper/luks-root"), "/dev/mapper/vg-root");
	tree_remove(&t);
}

static void test_wrong_names(void **state)
{
	_cleanup_(landscape_done) struct landscape l = {0};
	struct fault f;
	struct tree t;

	(void)state;
	tree_make(&t, sysfs);
	assert_int_equal(scan(&l, &t, "/dev/none-such", &f), -ENOENT);
	assert_string_equal(f.path, "/dev/none-such");
	assert_int_equal(scan(&l, &t, "/dev/null", &f), -ENOTBLK);
	assert_int_equal(scan(&l, &t, "/proc/self/exe", &f), -ENOTBLK);
	assert_true(text_starts(f.hint, "for a disk image"));
	tree_remove(&t);
}

/* What makes no sense is left out, and slaves that go in a circle end. */
static void test_odd(void **state)
{
	_cleanup_(landscape_done) struct landscape l = {0};
	struct fault f;
	struct tree t;

	(void)state;
	tree_make(&t, "d 0755 /block/sda\n"
		      "f 0444 /block/sdb/dev =x\nf 0444 /block/sdb/size =-1\n"
		      "f 0444 /block/sdc/dev =8:32\n"
		      "f 0444 /block/sdc/size =99999999999999999999999\n"
		      "f 0444 /block/sdd/dev =8:48\nf 0444 /block/sdd/size "
		      "=18446744073709551615\n"
		      "f 0444 /block/dm-0/dev =253:0\nf 0444 /block/dm-0/size =1\n"
		      "d 0755 /block/dm-0/slaves/dm-1\n"
		      "f 0444 /block/dm-1/dev =253:1\nf 0444 /block/dm-1/size =1\n"
		      "d 0755 /block/dm-1/slaves/dm-0\n");
	assert_int_equal(scan(&l, &t, NULL, &f), 0);
	assert_int_equal(l.device_count, 2);
	assert_int_equal(device_disk(&l, 0), device_disk(&l, 0));
	tree_remove(&t);
}

/* What only sysfs tells of a stack. */
static void test_stacks(void **state)
{
	_cleanup_(landscape_done) struct landscape l = {0};
	struct fault f;
	struct tree t;

	(void)state;
	tree_make(&t,
		"f 0444 /devices/platform/host3/session1/target3:0:0/block/sda/dev =8:0\n"
		"f 0444 /devices/platform/host3/session1/target3:0:0/block/sda/size =8\n"
		"l /block/sda ../devices/platform/host3/session1/target3:0:0/block/sda\n"
		"f 0444 /block/sdb/dev =8:16\nf 0444 /block/sdb/size =80\n"
		"f 0444 /block/sdb/device/wwid =naa.5\nd 0755 /block/sdb/holders/md0\n"
		"f 0444 /block/sdb/sdb1/dev =8:17\nf 0444 /block/sdb/sdb1/size =8\n"
		"f 0444 /block/sdb/sdb1/partition =1\n"
		"f 0444 /block/sdc/dev =8:32\nf 0444 /block/sdc/size =80\n"
		"d 0755 /block/sdc/holders/md127\n"
		"f 0444 /block/md127/dev =9:127\nf 0444 /block/md127/size =0\n"
		"f 0444 /block/md0/dev =9:0\nf 0444 /block/md0/size =80\n"
		"f 0444 /block/md0/md/degraded =1\nd 0755 /block/md0/slaves/sdb\n"
		"f 0444 /block/dm-0/dev =253:0\nf 0444 /block/dm-0/size =8\n"
		"f 0444 /block/dm-0/dm/name =mpatha\nf 0444 /block/dm-0/dm/uuid =mpath-3600\n"
		"d 0755 /block/dm-0/holders/dm-1\n"
		"f 0444 /block/dm-1/dev =253:1\nf 0444 /block/dm-1/size =4\n"
		"f 0444 /block/dm-1/dm/name =mpatha12\nd 0755 /block/dm-1/slaves/dm-0\n"
		"f 0444 /block/dm-1/dm/uuid =part12-mpath-3600\n"
		"f 0444 /block/bcache0/dev =252:0\nf 0444 /block/bcache0/size =8\n"
		"f 0444 /block/nbd0/dev =43:0\nf 0444 /block/nbd0/size =8\n");
	assert_int_equal(scan(&l, &t, NULL, &f), 0);
	assert_int_equal(find(&l, "/dev/sda")->pieces, PIECE_ISCSI);
	assert_int_equal(find(&l, "/dev/mapper/mpatha")->pieces, PIECE_MULTIPATH);
	/* kpartx's partitions have no number of the kernel's. */
	assert_int_equal(find(&l, "/dev/mapper/mpatha12")->number, 12);
	assert_int_equal(find(&l, "/dev/mapper/mpatha12")->type, DEVICE_PART);
	assert_int_equal(find(&l, "/dev/mapper/mpatha")->number, 0);
	assert_int_equal(find(&l, "/dev/bcache0")->pieces, PIECE_BCACHE);
	assert_int_equal(find(&l, "/dev/nbd0")->pieces, PIECE_NETWORK);
	assert_int_equal(find(&l, "/dev/sdb")->pieces, 0);
	assert_string_equal(find(&l, "/dev/sdb")->wwid, "naa.5");
	/* A partition of a disk that an array has as a whole is nobody's. */
	assert_true(find(&l, "/dev/sdb")->held);
	assert_true(find(&l, "/dev/sdb1")->is_inactive);
	/* An array that does not run holds nobody. */
	assert_false(find(&l, "/dev/sdc")->held);
	assert_string_equal(find(&l, "/dev/sdc")->idle_array, "md127");
	assert_true(findings_has(&l.findings, "array-degraded"));
	tree_remove(&t);
}

static void test_no_sysfs(void **state)
{
	_cleanup_(landscape_done) struct landscape l = {0};
	struct fault f;
	struct tree t;

	(void)state;
	tree_make(&t, "d 0755 /kernel\n");
	assert_int_equal(scan(&l, &t, NULL, &f), -ENOENT);
	tree_remove(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_named),
		cmocka_unit_test(test_wrong_names),
		cmocka_unit_test(test_odd),
		cmocka_unit_test(test_stacks),
		cmocka_unit_test(test_no_sysfs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
