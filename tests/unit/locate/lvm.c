/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Logical volumes in images: found, mounted, repaired, named where they cannot be opened.
 * tests/data/lvm_head was written by LVM; other physical volumes are written here.
 */
#include "../../../rescue/locate/local.h"
#include "formats/lvm.h"
#include "images.h"
#include "made_volume.h"

#define MIB (1024 * 1024)

/* ---- physical volumes ---- */
#define ID(n) "id = \"aaaaaa-bbbb-cccc-dddd-eeee-ffff-" n "\" "
#define LV(name, n, segment)                                                             \
	name " { " ID(n) "status = [\"READ\", \"WRITE\", \"VISIBLE\"] segment_count = 1 " \
	     "segment1 { start_extent = 0 extent_count = 64 " segment " } } "
#define LINEAR(first) "type = \"striped\" stripes = [\"pv0\", " first "]"
/* Extents of 64 KiB from 1 MiB on: 64 of them are 4 MiB. */
#define VG(name, n, lvs)                                                                 \
	name " { " ID("vg0" n) "seqno = 1 extent_size = 128 physical_volumes { pv0 { "         \
	     ID("pv0" n) "pe_start = 2048 pe_count = 240 } } logical_volumes { " lvs     \
	     "} } contents = \"Text Format Volume Group\" version = 1"
#define GROUP(lvs) VG("vg", "gr0", lvs)

/* The physical volume's UUID ends in pv0 and the group's three characters. */
static void make_pv(struct images *i, const char *name, const char *text)
{
	made_volume_write(image_path(i, name), "pv0gr0", text);
}

static void shell(struct images *i, const char *commands)
{
	char line[2048];

	snprintf(line, sizeof(line), "set -e; PATH=$PATH:/sbin:/usr/sbin; d=%s; %s",
		i->directory, commands);
	assert_int_equal(run((const char *const[]){"bash", "-c", line, NULL}), 0);
}

/* A system in 4 MiB from offset on. */
static void put_system(struct images *i, const char *image, unsigned offset)
{
	char line[512];

	snprintf(line, sizeof(line),
		"tests/lib/images.sh image_tree $d/tree; echo '/dev/mapper/vg-root / ext4' "
		">$d/tree/etc/fstab; mke2fs -q -F -t ext4 -b 1024 -O ^has_journal -E "
		"offset=%u -d $d/tree $d/%s 4096k 2>/dev/null; rm -r $d/tree",
		offset, image);
	shell(i, line);
}

/* ---- looking ---- */
static int scan(struct images *i, struct landscape *ret, const char *a, const char *b)
{
	struct scope where = {0};
	struct fault f = {0};
	int r;

	assert_int_equal(strings_add(&where.images, image_path(i, a)), 0);
	if (b)
		assert_int_equal(strings_add(&where.images, image_path(i, b)), 0);
	*ret = (struct landscape){0};
	r = locate_scan(ret, &where, &f);
	strings_done(&where.images);
	if (r < 0)
		fail_msg("%s: %s", f.doing, f.reason);
	return r;
}

static const struct device *find(const struct landscape *l, const char *path)
{
	for (size_t i = 0; i < l->device_count; i++) {
		if (strcmp(l->devices[i].path, path) == 0)
			return &l->devices[i];
	}
	return NULL;
}

static bool says(const struct landscape *l, const char *code, const char *words)
{
	for (size_t i = 0; i < l->findings.count; i++) {
		const struct finding *f = &l->findings.items[i];

		if (strcmp(f->code, code) == 0 && strstr(f->message, words))
			return true;
	}
	return false;
}

static void one_piece(void **state)
{
	_cleanup_(landscape_done) struct landscape l = {0};
	char before[DIGEST_HEX_SIZE], after[DIGEST_HEX_SIZE];
	struct images *i = *state;
	const struct device *d;

	NEED_MOUNT();
	make_pv(i, "a.img", GROUP(LV("root", "lv0rt0", LINEAR("16"))));
	put_system(i, "a.img", 2 * MIB);
	image_digest(image_path(i, "a.img"), before);
	scan(i, &l, "a.img", NULL);
	d = find(&l, "/dev/vg/root");
	assert_non_null(d);
	assert_int_equal(d->type, DEVICE_LVM);
	assert_int_equal(d->size, 4 * MIB);
	assert_int_equal(d->offset, 2 * MIB);
	assert_string_equal(l.devices[d->parent].path, image_path(i, "a.img"));
	assert_int_equal(l.system_count, 1);
	assert_string_equal(l.systems[0].root.device_path, "/dev/vg/root");
	assert_null(l.systems[0].unreachable);
	assert_int_equal(l.findings.count, 0);
	assert_ptr_equal(landscape_find(&l, "/dev/mapper/vg-root"), &l.systems[0]);
	landscape_done(&l);
	image_digest(image_path(i, "a.img"), after);
	assert_string_equal(before, after);
}

/* What is written there lands in the volume, and nowhere else. */
static void repairs(void **state)
{
	_cleanup_(landscape_done) struct landscape l = {0};
	struct images *i = *state;
	struct fault f = {0};
	int fd;

	NEED_MOUNT();
	make_pv(i, "b.img", GROUP(LV("root", "lv0rt0", LINEAR("16"))));
	put_system(i, "b.img", 2 * MIB);
	shell(i, "dd if=$d/b.img bs=1M count=2 status=none >$d/head;"
		 "dd if=$d/b.img bs=1M skip=6 status=none >$d/tail");
	scan(i, &l, "b.img", NULL);
	assert_int_equal(system_make_writable(&l, &l.systems[0], &f), 0);
	fd = target_open(&l.systems[0].target, "/etc", O_RDONLY | O_DIRECTORY, NULL);
	assert_true(fd >= 0);
	close(openat(fd, "written", O_WRONLY | O_CREAT, 0600));
	close(fd);
	assert_int_equal(landscape_unmount(&l, &f), 0);
	shell(i, "debugfs -R 'stat /etc/written' \"$d/b.img?offset=2097152\" 2>/dev/null |"
		 "grep -q Inode; dd if=$d/b.img bs=1M count=2 status=none | cmp - $d/head;"
		 "dd if=$d/b.img bs=1M skip=6 status=none | cmp - $d/tail");
}

/* To look at an origin is fine; to write to it would spoil its snapshots. */
static void snapshots(void **state)
{
	_cleanup_(landscape_done) struct landscape l = {0};
	struct images *i = *state;
	struct fault f = {0};

	NEED_MOUNT();
	make_pv(i, "c.img",
		GROUP(LV("root", "lv0rt0", LINEAR("16")) LV("snap", "lv0sn0", LINEAR("80"))
				LV("snapshot0", "lv0sn1",
					"type = \"snapshot\" origin = \"root\" "
					"cow_store = \"snap\"")));
	put_system(i, "c.img", 2 * MIB);
	scan(i, &l, "c.img", NULL);
	assert_int_equal(l.system_count, 1);
	assert_non_null(strstr(l.systems[0].unreachable, "snapshots"));
	assert_true(says(&l, "device-inactive", "/dev/vg/snap is a snapshot"));
	assert_int_equal(system_make_writable(&l, &l.systems[0], &f), -EROFS);
	assert_non_null(strstr(f.reason, "has snapshots"));
}

static void other_kinds(void **state)
{
	_cleanup_(landscape_done) struct landscape l = {0};
	struct images *i = *state;

	NEED_MOUNT();
	make_pv(i, "d.img",
		GROUP(LV("thin", "lv0th0", "type = \"thin\"") LV("pool", "lv0po0",
			"type = \"thin-pool\"") LV("raid", "lv0ra0", "type = \"raid1\"")));
	scan(i, &l, "d.img", NULL);
	assert_true(says(&l, "device-inactive", "/dev/vg/thin is a thin volume"));
	assert_true(says(&l, "device-inactive", "/dev/vg/raid is a RAID volume"));
	assert_non_null(find(&l, "/dev/vg/thin"));
	assert_null(find(&l, "/dev/vg/pool"));
	assert_int_equal(l.system_count, 0);
}

/* A real group: one disk is missing, then both are there. */
static void real_disks(void **state)
{
	_cleanup_(landscape_done) struct landscape l = {0}, both = {0};
	struct images *i = *state;

	NEED_MOUNT();
	shell(i, "cp tests/data/lvm_head/wrapped/input $d/e.img; truncate -s 16M $d/e.img;"
		 "cp tests/data/lvm_head/other_disk/input $d/f.img; truncate -s 16M $d/f.img");
	scan(i, &l, "e.img", NULL);
	assert_true(says(&l, "device-inactive",
		"vg-test lacks its physical volume 2U5o39-AUyX-oXd8-Jp5j-kDOY-GHNo-VhiSVr"));
	assert_int_equal(find(&l, "/dev/vg-test/home")->offset, 36864 + 32 * 65536);
	assert_true(find(&l, "/dev/vg-test/str-ip")->is_inactive);
	scan(i, &both, "e.img", "f.img");
	assert_false(says(&both, "device-inactive", "lacks"));
	assert_int_equal(find(&both, "/dev/vg-test/root")->size, 2 * MIB);
}

static void copies(void **state)
{
	_cleanup_(landscape_done) struct landscape l = {0}, other = {0};
	struct images *i = *state;

	NEED_MOUNT();
	make_pv(i, "g.img", GROUP(LV("root", "lv0rt0", LINEAR("16"))));
	put_system(i, "g.img", 2 * MIB);
	shell(i, "cp $d/g.img $d/h.img");
	scan(i, &l, "g.img", "h.img");
	assert_true(says(&l, "duplicate-volume-group", "vg is there twice"));
	assert_int_equal(l.system_count, 2);
	assert_string_not_equal(l.systems[0].id, l.systems[1].id);
	/* Another group of the same name is no copy. */
	made_volume_write(image_path(i, "k.img"), "pv0gr1",
		VG("vg", "gr1", LV("root", "lv1rt0", LINEAR("16"))));
	scan(i, &other, "g.img", "k.img");
	assert_true(says(&other, "duplicate-volume-group", "two volume groups are called vg"));
}

static void refused(void **state)
{
	_cleanup_(landscape_done) struct landscape l = {0}, cut = {0};
	struct images *i = *state;

	NEED_MOUNT();
	make_pv(i, "m.img",
		GROUP(LV("root", "lv0rt0", LINEAR("16")) LV("b", "lv0b00", LINEAR("79"))));
	scan(i, &l, "m.img", NULL);
	assert_true(says(&l, "device-unreadable", "segments overlap each other"));
	assert_null(find(&l, "/dev/vg/root"));
	make_pv(i, "n.img", GROUP(LV("root", "lv0rt0", LINEAR("176"))));
	shell(i, "truncate -s 14M $d/n.img");
	scan(i, &cut, "n.img", NULL);
	assert_true(says(&cut, "device-inactive", "cut short"));
	assert_true(find(&cut, "/dev/vg/root")->is_inactive);
}

/* The system's own list of devices: a root that it does not name is a finding. */
static void listed(void **state)
{
	static const struct {
		const char *pvid, *conf;
		bool finding;
	} cases[] = {
		{"aaaaaabbbbccccddddeeeeffffpv0gr0", "", false},
		{"aaaaaabbbbccccddddeeeeffffpv0xxx", "", true},
		{"aaaaaabbbbccccddddeeeeffffpv0xxx", "use_devicesfile = 0", false},
		{"aaaaaabbbbccccddddeeeeffffpv0xxx", "use_devicesfile=1", true},
	};
	struct images *i = *state;

	NEED_MOUNT();
	for (size_t n = 0; n < ARRAY_SIZE(cases); n++) {
		_cleanup_(landscape_done) struct landscape l = {0};
		char line[1024];

		make_pv(i, "l.img", GROUP(LV("root", "lv0rt0", LINEAR("16"))));
		put_system(i, "l.img", 2 * MIB);
		snprintf(line, sizeof(line),
			"echo 'DEVNAME=/dev/sda2 PVID=%s PART=2' >$d/list; "
			"printf 'devices {\\n\\t%%s\\n}\\n' '%s' >$d/conf; "
			"printf '%%s\\n' 'mkdir /etc/lvm' 'mkdir /etc/lvm/devices' \"write $d/list "
			"/etc/lvm/devices/system.devices\" \"write $d/conf /etc/lvm/lvm.conf\" | "
			"debugfs -w -f - \"$d/l.img?offset=2097152\" >/dev/null 2>&1",
			cases[n].pvid, cases[n].conf);
		shell(i, line);
		scan(i, &l, "l.img", NULL);
		assert_int_equal(l.system_count, 1);
		assert_int_equal(findings_has(&l.systems[0].findings, "lvm-device-unlisted"),
			cases[n].finding);
	}
}

/* With --root, LVM's own backup tells what the root lies on. */
static void backups(void **state)
{
	static const char thin[] = GROUP(LV("root", "lv0rt0", "type = \"thin\"")
			LV("a-b", "lv0ab0", LINEAR("16")));
	_cleanup_(target_done) struct target t = TARGET_NONE;
	struct images *i = *state;
	char path[160];
	int fd;

	shell(i, "mkdir -p $d/etc/lvm/backup; echo x >$d/etc/lvm/backup/aa");
	snprintf(path, sizeof(path), "%s/etc/lvm/backup/vg", i->directory);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(fd_write_all(fd, thin, sizeof(thin) - 1), 0);
	close(fd);
	t.fd = open(i->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_non_null(strstr(backup_unreachable(&t, "/dev/mapper/vg-root"), "thin"));
	assert_non_null(strstr(backup_unreachable(&t, "/dev/vg/root"), "thin"));
	assert_null(backup_unreachable(&t, "/dev/vg/a-b"));
	assert_null(backup_unreachable(&t, "/dev/mapper/vg-a--b"));
	assert_non_null(backup_unreachable(&t, "/dev/mapper/luks-1"));
	assert_null(backup_unreachable(&t, "UUID=1"));
	assert_null(backup_unreachable(&t, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_piece),
		cmocka_unit_test(repairs),
		cmocka_unit_test(snapshots),
		cmocka_unit_test(other_kinds),
		cmocka_unit_test(real_disks),
		cmocka_unit_test(copies),
		cmocka_unit_test(refused),
		cmocka_unit_test(listed),
		cmocka_unit_test(backups),
	};

	return cmocka_run_group_tests(tests, setup_images, remove_images);
}
