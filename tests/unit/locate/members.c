/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts of arrays, of pools, of what is locked: recognised, left alone, and told how. */
#include "../../../rescue/locate/local.h"
#include "images.h"

static void scan(struct images *i, struct landscape *ret, const char *name)
{
	_cleanup_(strings_done) struct strings names = {0};

	*ret = (struct landscape){0};
	assert_int_equal(strings_add(&names, image_path(i, name)), 0);
	assert_int_equal(images_scan(ret, &names, NULL), 0);
	assert_int_equal(members_report(ret), 0);
}

static const struct finding *finding_of(const struct landscape *l, const char *code)
{
	for (size_t i = 0; i < l->findings.count; i++) {
		if (strcmp(l->findings.items[i].code, code) == 0)
			return &l->findings.items[i];
	}
	fail_msg("no %s", code);
	return NULL;
}

/* The file system at its front is not the device's own. */
static void at_the_end(void **state)
{
	static const char *const kinds[] = {"md-0.90", "md-1.0"};
	struct images *i = *state;

	for (size_t n = 0; n < ARRAY_SIZE(kinds); n++) {
		_cleanup_(landscape_done) struct landscape l = {0};

		make_image(i, "image_system $d/part label=gpt");
		make_image(i, "image_member $d/part 1 %s", kinds[n]);
		scan(i, &l, "part");
		assert_string_equal(l.devices[1].fstype, "linux_raid_member");
		assert_int_equal(l.devices[1].roles & ROLE_RAID_MEMBER, ROLE_RAID_MEMBER);
		assert_non_null(strstr(
			finding_of(&l, "device-inactive")->message, "not running"));
	}
}

/* A mirror of whole disks: the partition table at the front belongs to the array. */
static void whole_disks(void **state)
{
	static const char *const kinds[] = {"md-0.90", "md-1.0"};
	struct images *i = *state;

	for (size_t n = 0; n < ARRAY_SIZE(kinds); n++) {
		_cleanup_(landscape_done) struct landscape l = {0};

		make_image(i, "image_system $d/whole label=mbr");
		make_image(i, "image_member $d/whole 0 %s", kinds[n]);
		scan(i, &l, "whole");
		assert_int_equal(l.device_count, 1);
		assert_string_equal(l.devices[0].fstype, "linux_raid_member");
	}
}

static void no_system(void **state)
{
	_cleanup_(landscape_done) struct landscape l = {0};
	struct images *i = *state;
	char *names[1];
	struct scope where = {.images = {names, 1, 1}};

	NEED_MOUNT();
	make_image(i, "image_system $d/half label=gpt");
	make_image(i, "image_member $d/half 1 md-1.0");
	names[0] = (char *)image_path(i, "half");
	assert_int_equal(locate_scan(&l, &where, NULL), 0);
	assert_int_equal(l.system_count, 0);
}

static void kinds(void **state)
{
	static const struct {
		const char *kind, *fstype, *code, *words;
		unsigned role;
	} cases[] = {
		{"md-1.2", "linux_raid_member", "device-inactive", "not running",
			ROLE_RAID_MEMBER},
		{"luks2", "crypto_LUKS", "locked", "encrypted", ROLE_LUKS},
		{"bcache", "bcache", "device-inactive", "bcache", ROLE_BCACHE},
		{"zfs", "zfs_member", "device-inactive", "ZFS pool tank", ROLE_ZFS},
		{"zfs-end", "zfs_member", "device-inactive", "ZFS pool", ROLE_ZFS},
	};
	struct images *i = *state;

	for (size_t n = 0; n < ARRAY_SIZE(cases); n++) {
		_cleanup_(landscape_done) struct landscape l = {0};
		const struct finding *found;

		assert_int_equal(truncate(image_path(i, "kind"), 0) < 0 && errno != ENOENT, 0);
		close(open(i->path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
		assert_int_equal(truncate(i->path, 80 * 1024 * 1024), 0);
		make_image(i, "image_member $d/kind 0 %s tank", cases[n].kind);
		scan(i, &l, "kind");
		assert_string_equal(l.devices[0].fstype, cases[n].fstype);
		assert_int_equal(l.devices[0].roles, cases[n].role);
		found = finding_of(&l, cases[n].code);
		assert_non_null(strstr(found->message, cases[n].words));
		assert_null(found->remedy); /* an image is no device that they could open */
	}
}

static void clevis(void **state)
{
	static const struct {
		const char *token;
		unsigned pieces;
	} cases[] = {{"clevis", PIECE_CLEVIS}, {"systemd-tpm2", 0}};
	struct images *i = *state;

	for (size_t n = 0; n < ARRAY_SIZE(cases); n++) {
		_cleanup_(landscape_done) struct landscape l = {0};

		make_image(i, "image_table $d/luks mbr 32 <<<size=20MiB");
		make_image(i, "image_member $d/luks 1 luks2 %s", cases[n].token);
		scan(i, &l, "luks");
		assert_string_equal(l.devices[1].fstype, "crypto_LUKS");
		assert_int_equal(l.devices[1].pieces, cases[n].pieces);
	}
}

/* ---- the commands: as on a machine ---- */
#define NODE(name) .path = (char *)name, .backing = (char *)name, .parent = -1, .system = -1

static void remedies(void **state)
{
	struct device devices[] = {
		{NODE("/dev/sda1"), .roles = ROLE_RAID_MEMBER,
			.fstype = (char *)"linux_raid_member", .uuid = (char *)"1",
			.label = (char *)"host:root"},
		{NODE("/dev/sdb1"), .roles = ROLE_RAID_MEMBER,
			.fstype = (char *)"linux_raid_member", .uuid = (char *)"1",
			.label = (char *)"host:root"},
		{NODE("/dev/sdc1"), .roles = ROLE_RAID_MEMBER,
			.fstype = (char *)"linux_raid_member", .uuid = (char *)"2",
			.label = (char *)"x; reboot"},
		{NODE("/dev/sdd"), .roles = ROLE_RAID_MEMBER,
			.fstype = (char *)"isw_raid_member"},
		{NODE("/dev/sde1"), .roles = ROLE_RAID_MEMBER, .uuid = (char *)"3",
			.fstype = (char *)"linux_raid_member", .idle_array = (char *)"md127"},
		{NODE("/dev/sdf1"), .roles = ROLE_LUKS, .uuid = (char *)"4"},
		{NODE("/dev/sdg"), .roles = ROLE_BCACHE},
		{NODE("/dev/sdh"), .roles = ROLE_ZFS, .label = (char *)"tank"},
		{NODE("/dev/sdi"), .roles = ROLE_ZFS, .label = (char *)"$(reboot)"},
		{NODE("/dev/sdj"), .roles = ROLE_MULTIPATH},
		{NODE("/dev/sdk1"), .roles = ROLE_LUKS, .uuid = (char *)"5", .held = true},
	};
	static const char *const expected[] = {
		"mdadm --assemble /dev/md/root /dev/sda1 /dev/sdb1",
		"mdadm --assemble /dev/md/rescue /dev/sdc1", "mdadm --assemble --scan",
		"mdadm --run /dev/md127", "cryptsetup open /dev/sdf1 luks-4",
		"sh -c 'modprobe bcache; echo /dev/sdg >/sys/fs/bcache/register'",
		"zpool import -N -f tank", NULL, "multipath"};
	struct landscape l = {.devices = devices, .device_count = ARRAY_SIZE(devices)};

	(void)state;
	assert_int_equal(members_report(&l), 0);
	assert_int_equal(l.findings.count, ARRAY_SIZE(expected));
	for (size_t i = 0; i < l.findings.count; i++) {
		const char *remedy = l.findings.items[i].remedy;

		if (!text_equal(remedy, expected[i]))
			fail_msg("%s instead of %s", remedy, expected[i]);
	}
	assert_non_null(strstr(l.findings.items[0].message, "/dev/sda1, /dev/sdb1"));
	findings_done(&l.findings);
}

/* The array goes on without a member that dropped out. */
static void left_behind(void **state)
{
	struct device devices[] = {
		{NODE("/dev/sda1"), .roles = ROLE_RAID_MEMBER, .uuid = (char *)"1", .held = true},
		{NODE("/dev/sdb1"), .roles = ROLE_RAID_MEMBER, .uuid = (char *)"1"},
		{NODE("/dev/md0"), .type = DEVICE_RAID},
	};
	struct landscape l = {.devices = devices, .device_count = ARRAY_SIZE(devices)};

	(void)state;
	devices[2].parent = 0;
	assert_int_equal(members_report(&l), 0);
	assert_int_equal(l.findings.count, 1);
	assert_string_equal(l.findings.items[0].code, "array-degraded");
	assert_string_equal(
		l.findings.items[0].remedy, "mdadm --manage /dev/md0 --re-add /dev/sdb1");
	findings_done(&l.findings);
}

/* ---- several paths ---- */
static void write_disk(struct images *i, const char *name, char content)
{
	char block[4096];
	int fd = open(image_path(i, name), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);

	memset(block, content, sizeof(block));
	assert_int_equal(fd_write_all(fd, block, sizeof(block)), 0);
	close(fd);
}

static struct device disk(struct images *i, const char *name, const char *wwid)
{
	return (struct device){.path = strdup(image_path(i, name)), .backing = strdup(i->path),
		.parent = -1, .system = -1, .size = 4096, .wwid = wwid ? strdup(wwid) : NULL};
}

static void paths(void **state)
{
	struct images *i = *state;
	struct device d[6];
	struct landscape l = {.devices = d, .device_count = ARRAY_SIZE(d)};

	write_disk(i, "a", 1);
	write_disk(i, "b", 2);
	d[0] = disk(i, "a", "naa.1");
	d[1] = disk(i, "a", "naa.1"); /* the same by another path */
	d[2] = disk(i, "b", "naa.1"); /* a maker who gives all the same number */
	d[3] = disk(i, "a", "naa.2"); /* a copy */
	d[4] = disk(i, "a", NULL);
	d[5] = disk(i, "a", "naa.2"); /* in use: the other path, though earlier, is not */
	d[5].held = true;
	members_find_paths(&l);
	assert_false(d[0].is_inactive || d[2].is_inactive || d[4].is_inactive ||
		     d[5].is_inactive);
	assert_true(d[1].is_inactive && d[3].is_inactive);
	assert_int_equal(d[0].pieces, PIECE_MULTIPATH);
	assert_int_equal(d[1].roles, ROLE_MULTIPATH);
	assert_int_equal(d[2].pieces, 0);
	for (size_t n = 0; n < ARRAY_SIZE(d); n++)
		device_done(&d[n]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_the_end),
		cmocka_unit_test(whole_disks),
		cmocka_unit_test(no_system),
		cmocka_unit_test(kinds),
		cmocka_unit_test(clevis),
		cmocka_unit_test(remedies),
		cmocka_unit_test(left_behind),
		cmocka_unit_test(paths),
	};

	return cmocka_run_group_tests(tests, setup_images, remove_images);
}
