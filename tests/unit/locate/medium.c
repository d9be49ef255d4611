/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Removable media, and the one that the running live system came from: machines replayed
 * from copies of their /sys and /proc/self/mountinfo. None of their devices has a node.
 */
#include "../../../rescue/locate/blocks.h"
#include "tree.h"

#include <setjmp.h>

#include <cmocka.h>

/* A server with one disk; a stick, a disc in the drive, a card. */
static const char hardware[] =
	"f 0444 /block/sda/dev =8:0\nf 0444 /block/sda/size =4096\n"
	"f 0444 /block/sda/removable =0\n"
	"f 0444 /block/sda/sda1/dev =8:1\nf 0444 /block/sda/sda1/size =1024\n"
	"f 0444 /block/sda/sda1/partition =1\n"
	"f 0444 /block/sda/sda2/dev =8:2\nf 0444 /block/sda/sda2/size =1024\n"
	"f 0444 /block/sda/sda2/partition =2\n"
	"f 0444 /devices/pci0000:00/usb1/1-1/host3/block/sdb/dev =8:16\n"
	"f 0444 /devices/pci0000:00/usb1/1-1/host3/block/sdb/size =4096\n"
	"f 0444 /devices/pci0000:00/usb1/1-1/host3/block/sdb/removable =0\n"
	"f 0444 /devices/pci0000:00/usb1/1-1/host3/block/sdb/sdb1/dev =8:17\n"
	"f 0444 /devices/pci0000:00/usb1/1-1/host3/block/sdb/sdb1/size =2048\n"
	"f 0444 /devices/pci0000:00/usb1/1-1/host3/block/sdb/sdb1/partition =1\n"
	"f 0444 /devices/pci0000:00/usb1/1-1/host3/block/sdb/sdb2/dev =8:18\n"
	"f 0444 /devices/pci0000:00/usb1/1-1/host3/block/sdb/sdb2/size =512\n"
	"f 0444 /devices/pci0000:00/usb1/1-1/host3/block/sdb/sdb2/partition =2\n"
	"l /block/sdb ../devices/pci0000:00/usb1/1-1/host3/block/sdb\n"
	"f 0444 /block/sr0/dev =11:0\nf 0444 /block/sr0/size =2048\n"
	"f 0444 /block/sr0/removable =1\n"
	"f 0444 /block/mmcblk0/dev =179:0\nf 0444 /block/mmcblk0/size =64\n"
	"f 0444 /block/mmcblk0/removable =0\nf 0444 /block/mmcblk0/device/type =SD\n"
	"f 0444 /block/mmcblk1/dev =179:8\nf 0444 /block/mmcblk1/size =64\n"
	"f 0444 /block/mmcblk1/removable =0\nf 0444 /block/mmcblk1/device/type =MMC\n";

/* dmsquash-live: squashfs in a loop device, an ext4 image in it, a snapshot over that. */
static const char live_loops[] =
	"f 0444 /block/loop0/dev =7:0\nf 0444 /block/loop0/size =2000\n"
	"f 0444 /block/loop0/loop/backing_file =/run/initramfs/live/LiveOS/squashfs.img\n"
	"f 0444 /block/loop1/dev =7:1\nf 0444 /block/loop1/size =4000\n"
	"f 0444 /block/loop1/loop/backing_file =/run/initramfs/squashfs/LiveOS/rootfs.img\n"
	"f 0444 /block/loop2/dev =7:2\nf 0444 /block/loop2/size =1000\n"
	"f 0444 /block/loop2/loop/backing_file =/overlay (deleted)\n"
	"f 0444 /block/dm-0/dev =253:0\nf 0444 /block/dm-0/size =4000\n"
	"f 0444 /block/dm-0/dm/name =live-rw\n"
	"d 0755 /block/dm-0/slaves/loop1\nd 0755 /block/dm-0/slaves/loop2\n";

#define LINE(id, dev, where, type, source, options)                                      \
	#id " 1 " dev " / " where " rw,relatime shared:1 - " type " " source " " options "\n"

static void replay(struct landscape *ret, const char *sysfs, const char *mountinfo,
	const char *named)
{
	_cleanup_(strings_done) struct strings only = {0};
	struct present *mounts = NULL;
	struct fault f = {0};
	struct tree t;
	FILE *in = fmemopen((void *)mountinfo, strlen(mountinfo), "r");

	*ret = (struct landscape){0};
	assert_non_null(in);
	assert_int_equal(present_parse(&mounts, in, &f), 0);
	fclose(in);
	if (named)
		assert_int_equal(strings_add(&only, named), 0);
	tree_make(&t, hardware);
	tree_add(&t, sysfs);
	const struct machine m = {
		.sys = {t.fd}, .mounts = mounts, .cmdline = "quiet rescue.medium=none-such"};
	assert_int_equal(machine_scan(ret, &m, &only, &f), 0);
	tree_remove(&t);
	present_free(mounts);
}

static void assert_devices(const struct landscape *l, const char *const *expected)
{
	_cleanup_(buffer_done) struct buffer found = {0};
	_cleanup_(buffer_done) struct buffer wanted = {0};

	for (size_t i = 0; i < l->device_count; i++)
		assert_int_equal(buffer_printf(&found, "%s ", l->devices[i].path), 0);
	for (size_t i = 0; expected[i]; i++)
		assert_int_equal(buffer_printf(&wanted, "%s ", expected[i]), 0);
	assert_string_equal(found.data, wanted.data);
}

#define ASSERT_DEVICES(l, ...)                                                           \
	assert_devices(l, (const char *const[]){__VA_ARGS__, NULL})

static int find(const struct landscape *l, const char *path)
{
	for (size_t i = 0; i < l->device_count; i++) {
		if (strcmp(l->devices[i].path, path) == 0)
			return (int)i;
	}
	fail_msg("no %s", path);
	return -1;
}

/* Everything is shown; what can be taken out says so, its partitions count as it. */
static void test_removable(void **state)
{
	_cleanup_(landscape_done) struct landscape l;

	(void)state;
	replay(&l, "", LINE(1, "8:2", "/", "ext4", "/dev/sda2", "rw"), NULL);
	ASSERT_DEVICES(&l, "/dev/mmcblk0", "/dev/mmcblk1", "/dev/sda", "/dev/sda1", "/dev/sda2",
		"/dev/sdb", "/dev/sdb1", "/dev/sdb2", "/dev/sr0");
	assert_int_equal(l.devices[find(&l, "/dev/sdb")].roles, ROLE_REMOVABLE);
	assert_int_equal(l.devices[find(&l, "/dev/sr0")].roles, ROLE_OPTICAL);
	assert_int_equal(l.devices[find(&l, "/dev/mmcblk0")].roles, ROLE_REMOVABLE);
	assert_int_equal(l.devices[find(&l, "/dev/mmcblk1")].roles, 0);
	assert_int_equal(l.devices[find(&l, "/dev/sdb2")].roles, 0);
	assert_true(device_is_removable(&l, find(&l, "/dev/sdb2")));
	assert_true(device_is_removable(&l, find(&l, "/dev/sr0")));
	assert_false(device_is_removable(&l, find(&l, "/dev/sda2")));
	assert_false(device_is_removable(&l, -1));
}

/* Fedora and EL live from a disc: the disc, the loop devices and the snapshot go. */
static void test_live_disc(void **state)
{
	_cleanup_(landscape_done) struct landscape l;

	(void)state;
	replay(&l, live_loops,
		LINE(1, "253:0", "/", "ext4", "/dev/mapper/live-rw", "rw")
		LINE(2, "0:20", "/run", "tmpfs", "tmpfs", "rw")
		LINE(3, "11:0", "/run/initramfs/live", "iso9660", "/dev/sr0", "ro")
		LINE(4, "7:0", "/run/initramfs/squashfs", "squashfs", "/dev/loop0", "ro"),
		NULL);
	ASSERT_DEVICES(&l, "/dev/mmcblk0", "/dev/mmcblk1", "/dev/sda", "/dev/sda1", "/dev/sda2",
		"/dev/sdb", "/dev/sdb1", "/dev/sdb2");
}

/* The same without the mount that names the disc: the root itself leads to it. */
static void test_live_by_root(void **state)
{
	_cleanup_(landscape_done) struct landscape l;

	(void)state;
	replay(&l, live_loops,
		LINE(1, "253:0", "/", "ext4", "/dev/mapper/live-rw", "rw")
		LINE(3, "11:0", "/run/initramfs", "iso9660", "/dev/sr0", "ro")
		LINE(4, "7:0", "/run/initramfs/squashfs", "squashfs", "/dev/loop0", "ro"),
		NULL);
	ASSERT_DEVICES(&l, "/dev/mmcblk0", "/dev/mmcblk1", "/dev/sda", "/dev/sda1", "/dev/sda2",
		"/dev/sdb", "/dev/sdb1", "/dev/sdb2");
}

/* Overlay over a squashfs on a stick: the whole stick goes, also its other partition. */
static void test_live_stick(void **state)
{
	_cleanup_(landscape_done) struct landscape l;

	(void)state;
	replay(&l,
		"f 0444 /block/loop0/dev =7:0\nf 0444 /block/loop0/size =2000\n"
		"f 0444 /block/loop0/loop/backing_file =/mnt/stick/live/filesystem.squashfs\n",
		LINE(1, "0:25", "/", "overlay", "overlay",
			"rw,lowerdir=/run/lower:/none,upperdir=/run/upper,workdir=/run/work")
		LINE(2, "0:20", "/run", "tmpfs", "tmpfs", "rw")
		LINE(3, "7:0", "/run/lower", "squashfs", "/dev/loop0", "ro")
		LINE(4, "8:17", "/mnt/stick", "vfat", "/dev/sdb1", "ro"),
		NULL);
	ASSERT_DEVICES(&l, "/dev/mmcblk0", "/dev/mmcblk1", "/dev/sda", "/dev/sda1", "/dev/sda2",
		"/dev/sr0");
}

/* A live image on the patient's own disk: that partition goes, the patient stays. */
static void test_live_on_fixed_disk(void **state)
{
	_cleanup_(landscape_done) struct landscape l;

	(void)state;
	replay(&l, "",
		LINE(1, "0:25", "/", "overlay", "overlay", "rw,lowerdir=/l,upperdir=/u")
		LINE(3, "8:1", "/run/live/medium", "ext4", "/dev/sda1", "ro"),
		NULL);
	ASSERT_DEVICES(&l, "/dev/mmcblk0", "/dev/mmcblk1", "/dev/sda", "/dev/sda2", "/dev/sdb",
		"/dev/sdb1", "/dev/sdb2", "/dev/sr0");
}

/* Installed systems: root on a stick, overlay over a disk, snap's loop devices. */
static void test_installed(void **state)
{
	_cleanup_(landscape_done) struct landscape l;

	(void)state;
	replay(&l, "", LINE(1, "8:17", "/", "ext4", "/dev/sdb1", "rw"), NULL);
	assert_int_equal(l.device_count, 9);
	landscape_done(&l);
	replay(&l, "",
		LINE(1, "0:25", "/", "overlay", "overlayroot", "rw,lowerdir=/media/root-ro")
		LINE(2, "8:2", "/media/root-ro", "ext4", "/dev/sda2", "ro"),
		NULL);
	assert_int_equal(l.device_count, 9);
	landscape_done(&l);
	replay(&l,
		"f 0444 /block/loop0/dev =7:0\nf 0444 /block/loop0/size =2000\n"
		"f 0444 /block/loop0/loop/backing_file =/var/lib/snapd/snaps/core.snap\n",
		LINE(1, "8:2", "/", "ext4", "/dev/sda2", "rw")
		LINE(2, "7:0", "/snap/core", "squashfs", "/dev/loop0", "ro"),
		NULL);
	assert_int_equal(l.device_count, 10);
}

/* Mount tables that lead nowhere, to themselves, or in a circle. */
static void test_odd_mounts(void **state)
{
	_cleanup_(landscape_done) struct landscape l;

	(void)state;
	replay(&l,
		"f 0444 /block/loop0/dev =7:0\nf 0444 /block/loop0/size =8\n"
		"f 0444 /block/loop0/loop/backing_file =/b/x\n"
		"f 0444 /block/loop1/dev =7:1\nf 0444 /block/loop1/size =8\n"
		"f 0444 /block/loop1/loop/backing_file =/a/x\n",
		LINE(1, "0:25", "/", "overlay", "none", "lowerdir=:::/a::relative:/gone")
		LINE(2, "7:0", "/a", "squashfs", "/dev/loop0", "ro")
		LINE(3, "7:1", "/b", "squashfs", "/dev/loop1", "ro"),
		NULL);
	assert_int_equal(l.device_count, 9);
	landscape_done(&l);
	replay(&l, live_loops, LINE(1, "0:2", "/x", "rootfs", "none", "rw"), NULL);
	assert_int_equal(l.device_count, 13);
}

/* Who names the medium gets it. */
static void test_named(void **state)
{
	_cleanup_(landscape_done) struct landscape l;
	struct stat st;

	(void)state;
	if (stat("/dev/loop0", &st) < 0 || !S_ISBLK(st.st_mode)) {
		print_message("skipped: there is no /dev/loop0\n");
		skip();
	}
	replay(&l, live_loops,
		LINE(1, "253:0", "/", "ext4", "/dev/mapper/live-rw", "rw")
		LINE(3, "7:0", "/run/initramfs/live", "squashfs", "/dev/loop0", "ro"),
		"/dev/loop0");
	ASSERT_DEVICES(&l, "/dev/loop0");
}

static void test_holding(void **state)
{
	static const char mountinfo[] =
		LINE(1, "8:1", "/", "ext4", "/dev/sda1", "rw")
		LINE(2, "8:2", "/boot", "ext4", "/dev/sda2", "rw")
		LINE(3, "8:3", "/boot", "xfs", "/dev/sda3", "rw")
		LINE(4, "8:4", "/boot/efi", "vfat", "/dev/sda4", "rw");
	FILE *in = fmemopen((void *)mountinfo, strlen(mountinfo), "r");
	struct present *p = NULL;
	struct present_mount m;
	struct fault f = {0};

	(void)state;
	assert_int_equal(present_parse(&p, in, &f), 0);
	fclose(in);
	assert_true(present_holding(p, "/boot/x", &m));
	assert_string_equal(m.fstype, "xfs");
	assert_true(present_holding(p, "/boot/efi", &m));
	assert_string_equal(m.fstype, "vfat");
	assert_true(present_holding(p, "/bootx/y", &m));
	assert_string_equal(m.where, "/");
	assert_false(present_holding(p, "relative", &m));
	present_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_removable),
		cmocka_unit_test(test_live_disc),
		cmocka_unit_test(test_live_by_root),
		cmocka_unit_test(test_live_stick),
		cmocka_unit_test(test_live_on_fixed_disk),
		cmocka_unit_test(test_installed),
		cmocka_unit_test(test_odd_mounts),
		cmocka_unit_test(test_named),
		cmocka_unit_test(test_holding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
