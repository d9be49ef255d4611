/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole systems in images: found, put together, and never written to. */
#include "images.h"

#include <signal.h>
#include <sys/prctl.h>

/* Scans images of the directory, names separated by blanks. */
static void look(struct landscape *ret, const struct images *i, const char *names)
{
	struct scope where = {0};
	struct fault f = {0};
	char text[256], *rest = text, *name;

	snprintf(text, sizeof(text), "%s", names);
	while ((name = strsep(&rest, " "))) {
		char path[512];

		snprintf(path, sizeof(path), "%s/%s", i->directory, name);
		assert_int_equal(strings_add(&where.images, path), 0);
	}
	*ret = (struct landscape){0};
	if (locate_scan(ret, &where, &f) < 0)
		fail_msg("%s %s %s", fault_code_name(&f), f.doing, f.reason);
	strings_done(&where.images);
}

static bool has_finding(const struct findings *fs, const char *code, const char *subject,
	enum severity severity)
{
	for (size_t i = 0; i < fs->count; i++) {
		if (strcmp(fs->items[i].code, code) == 0 &&
			fs->items[i].severity == severity &&
			(!subject || text_equal(fs->items[i].subject, subject)))
			return true;
	}
	return false;
}

static void test_separate_boot(void **state)
{
	struct images *i = *state;
	_cleanup_(landscape_done) struct landscape l = {0};
	const struct system *s;

	NEED_MOUNT();
	make_image(i, "image_system $d/boot.img boot=separate usr=separate");
	look(&l, i, "boot.img");
	assert_int_equal(l.system_count, 1);
	s = &l.systems[0];
	assert_true(s->complete);
	assert_int_equal(s->findings.count, 0);
	assert_true(text_starts(s->id, "demo9-"));
	assert_true(text_ends(s->root.device_path, "boot.img1"));
	assert_true(text_starts(s->root.source, "UUID="));
	assert_true(s->boot.separate && s->boot.mounted && s->usr.mounted);
	assert_true(text_ends(s->boot.device_path, "boot.img2"));
	assert_string_equal(s->boot.fstype, "ext4");
	assert_true(s->boot.free_bytes > 0 && s->boot.free_bytes < s->boot.size_bytes);
	/* One tree: root's, /boot's and /usr's files through one target. */
	assert_true(target_exists(&s->target, "/etc/fstab"));
	assert_true(target_exists(&s->target, "/boot/grub2/grub.cfg"));
	assert_true(target_exists(&s->target, "/usr/lib/modules"));
	assert_int_equal(s->bootloaders, BOOTLOADER_GRUB2);
	assert_string_equal(s->arch, "x86_64");
	assert_int_equal(l.devices[1].roles, ROLE_ROOT);
	assert_int_equal(l.devices[2].roles, ROLE_BOOT);
	assert_int_equal(l.devices[3].roles, ROLE_USR);
	assert_int_equal(l.devices[2].system, 0);
}

static void expect_unchanged(struct images *i, const char *name)
{
	char before[DIGEST_HEX_SIZE], after[DIGEST_HEX_SIZE];
	struct landscape l = {0};

	image_digest(image_path(i, name), before);
	look(&l, i, name);
	assert_int_equal(l.system_count, 1);
	assert_true(target_exists(&l.systems[0].target, "/etc/fstab"));
	landscape_done(&l);
	image_digest(image_path(i, name), after);
	assert_string_equal(before, after);
}

static void test_looking_never_writes(void **state)
{
	static const char *const types[] = {"ext4", "ext3", "ext2"};
	struct images *i = *state;

	NEED_MOUNT();
	for (size_t n = 0; n < ARRAY_SIZE(types); n++) {
		make_image(i, "image_system $d/w.img boot=separate fs=%s", types[n]);
		expect_unchanged(i, "w.img");
		make_image(i, "image_orphan $d/w.img 1");
		expect_unchanged(i, "w.img");
		if (strcmp(types[n], "ext2") == 0)
			continue;
		make_image(i, "image_dirty $d/w.img 1");
		make_image(i, "image_dirty $d/w.img 2");
		expect_unchanged(i, "w.img");
	}
}

static void test_dirty(void **state)
{
	struct images *i = *state;
	_cleanup_(landscape_done) struct landscape l = {0};

	NEED_MOUNT();
	make_image(i, "image_system $d/d.img boot=separate");
	make_image(i, "image_dirty $d/d.img 2");
	look(&l, i, "d.img");
	assert_true(has_finding(
		&l.systems[0].findings, "filesystem-dirty", "/boot", SEVERITY_WARNING));
	assert_int_equal(l.systems[0].findings.count, 1);
	assert_true(l.systems[0].complete);
}

static void test_logical(void **state)
{
	struct images *i = *state;
	_cleanup_(landscape_done) struct landscape l = {0};

	NEED_MOUNT();
	make_image(i, "image_system $d/logical.img label=mbr logical=yes boot=separate");
	look(&l, i, "logical.img");
	assert_int_equal(l.system_count, 1);
	assert_true(text_ends(l.systems[0].root.device_path, "logical.img5"));
	assert_true(target_exists(&l.systems[0].target, "/boot/grub2/grub.cfg"));
}

static void test_bare(void **state)
{
	struct images *i = *state;
	_cleanup_(landscape_done) struct landscape l = {0};

	NEED_MOUNT();
	make_image(i, "image_system $d/bare.img label=none");
	look(&l, i, "bare.img");
	assert_int_equal(l.system_count, 1);
	assert_int_equal(l.systems[0].firmware, FIRMWARE_UNKNOWN);
	assert_false(l.systems[0].boot.separate);
	assert_true(l.systems[0].boot.mounted);
}

/* Each of two clones has its own /boot, and an id of its own. */
static void test_clones(void **state)
{
	struct images *i = *state;
	_cleanup_(landscape_done) struct landscape l = {0}, alone = {0};
	char id[64];

	NEED_MOUNT();
	make_image(i, "image_system $d/one.img boot=separate");
	make_image(i, "image_system $d/two.img boot=separate");
	look(&alone, i, "two.img");
	look(&l, i, "one.img two.img");
	assert_int_equal(l.system_count, 2);
	assert_string_equal(l.systems[0].id, alone.systems[0].id);
	snprintf(id, sizeof(id), "%s.2", l.systems[0].id);
	assert_string_equal(l.systems[1].id, id);
	assert_true(findings_has(&l.systems[1].findings, "duplicate-uuid"));
	assert_false(findings_has(&l.systems[0].findings, "duplicate-uuid"));
	assert_true(text_ends(l.systems[0].boot.device_path, "one.img2"));
	assert_true(text_ends(l.systems[1].boot.device_path, "two.img2"));
}

static void test_different_systems(void **state)
{
	struct images *i = *state;
	_cleanup_(landscape_done) struct landscape l = {0};

	NEED_MOUNT();
	make_image(i, "image_system $d/a.img name=a");
	make_image(i, "image_system $d/b.img name=b");
	look(&l, i, "a.img b.img");
	assert_int_equal(l.system_count, 2);
	assert_string_not_equal(l.systems[0].id, l.systems[1].id);
	assert_false(findings_has(&l.systems[1].findings, "duplicate-uuid"));
}

static void test_boot_is_not_there(void **state)
{
	struct images *i = *state;
	_cleanup_(landscape_done) struct landscape l = {0};

	NEED_MOUNT();
	make_image(i, "image_system $d/noboot.img boot=separate");
	make_image(i, "image_noise $d/noise 6");
	assert_int_equal(run((const char *const[]){"bash", "-c",
				 "dd if=\"$0/noise\" of=\"$0/noboot.img\" bs=1M seek=9 "
				 "conv=notrunc status=none",
				 i->directory, NULL}),
		0);
	look(&l, i, "noboot.img");
	assert_int_equal(l.system_count, 1);
	assert_false(l.systems[0].complete);
	assert_true(l.systems[0].boot.separate);
	assert_false(l.systems[0].boot.mounted);
	assert_true(has_finding(
		&l.systems[0].findings, "device-missing", "/boot", SEVERITY_ERROR));
}

static void test_positions(void **state)
{
	struct images *i = *state;
	_cleanup_(landscape_done) struct landscape l = {0};

	NEED_MOUNT();
	make_image(i, "image_system $d/pos.img label=mbr boot=separate fstab=position");
	look(&l, i, "pos.img");
	assert_true(l.systems[0].complete);
	assert_true(target_exists(&l.systems[0].target, "/boot/grub2/grub.cfg"));
	assert_true(has_finding(
		&l.systems[0].findings, "device-by-position", "/boot", SEVERITY_INFO));
}

static void test_no_mount_point(void **state)
{
	struct images *i = *state;
	_cleanup_(landscape_done) struct landscape l = {0};

	NEED_MOUNT();
	make_image(i, "image_system $d/nodir.img boot=separate");
	make_image(i, "debug $d/nodir.img 1 -R 'rmdir /boot'");
	look(&l, i, "nodir.img");
	assert_false(l.systems[0].complete);
	assert_true(has_finding(
		&l.systems[0].findings, "mountpoint-missing", "/boot", SEVERITY_ERROR));
}

/* /boot damaged beyond mounting: the system is told of all the same. */
static void test_damaged_boot(void **state)
{
	struct images *i = *state;
	_cleanup_(landscape_done) struct landscape l = {0};

	NEED_MOUNT();
	make_image(i, "image_system $d/dmg.img boot=separate");
	make_image(i, "debug $d/dmg.img 2 -R 'set_super_value first_ino 1'");
	make_image(i, "debug $d/dmg.img 2 -R 'set_super_value log_block_size 9'");
	look(&l, i, "dmg.img");
	assert_int_equal(l.system_count, 1);
	assert_false(l.systems[0].complete);
	assert_true(findings_has_errors(&l.systems[0].findings));
}

static void test_no_system(void **state)
{
	struct images *i = *state;
	_cleanup_(landscape_done) struct landscape l = {0};
	struct system *s;
	struct fault f = {0};

	NEED_MOUNT();
	make_image(i, "image_noise $d/noise.img 2");
	look(&l, i, "noise.img");
	assert_int_equal(l.system_count, 0);
	assert_true(landscape_choose(&l, NULL, &s, &f) < 0);
	assert_int_equal(f.code, FAULT_NO_SYSTEM);
}

/* The image may lie where nothing can be written. */
static void test_read_only_image(void **state)
{
	struct images *i = *state;

	NEED_MOUNT();
	make_image(i, "image_system $d/ro.img boot=separate");
	assert_int_equal(chmod(image_path(i, "ro.img"), 0400), 0);
	expect_unchanged(i, "ro.img");
}

static size_t count_loops(const struct images *i)
{
	size_t count = 0;

	for (int n = 0; n < 64; n++) {
		char path[64], text[256] = "";
		int fd;

		snprintf(path, sizeof(path), "/sys/block/loop%d/loop/backing_file", n);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0 && read(fd, text, sizeof(text) - 1) > 0)
			count += text_starts(text, i->directory);
		safe_close(fd);
	}
	return count;
}

/* In a process that has no namespace yet: looks, says so, waits. */
static pid_t start_looking(const struct images *i, const char *name)
{
	int ready[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		struct landscape l;

		prctl(PR_SET_PDEATHSIG, SIGKILL); /* not to outlive a test that fails */
		look(&l, i, name);
		if (write(ready[1], "", 1) == 1)
			pause();
		_exit(1);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

static void test_killed(void **state)
{
	struct images *i = *state;
	int status;
	pid_t pid;

	NEED_MOUNT();
	make_image(i, "image_system $d/killed.img boot=separate");
	pid = start_looking(i, "killed.img");
	assert_int_equal(count_loops(i), 2);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	for (int n = 0; n < 100 && count_loops(i) > 0; n++)
		usleep(20000);
	assert_int_equal(count_loops(i), 0);
}

static void test_nothing_stays(void **state)
{
	struct images *i = *state;
	struct landscape l = {0};

	NEED_MOUNT();
	make_image(i, "image_system $d/stay.img boot=separate");
	look(&l, i, "stay.img");
	assert_int_equal(count_loops(i), 2);
	landscape_done(&l);
	assert_int_equal(count_loops(i), 0);
}

/* 0: told that privilege is missing. */
static int look_as_nobody(void)
{
	char path[] = "/nonexistent.img", *names[] = {path};
	struct scope where = {.images = {names, 1, 1}};
	struct landscape l = {0};
	struct fault f = {0};

	if (geteuid() == 0 && setuid(65534) < 0)
		return 1;
	if (locate_scan(&l, &where, &f) >= 0)
		return 2;
	return f.code == FAULT_NEEDS_PRIVILEGE && f.hint[0] ? 0 : 3;
}

static void test_no_privilege(void **state)
{
	int status;
	pid_t pid = fork();

	(void)state;
	if (pid == 0)
		_exit(look_as_nobody());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_privilege), /* before there is a namespace */
		cmocka_unit_test(test_killed),       /* likewise */
		cmocka_unit_test(test_separate_boot),
		cmocka_unit_test(test_looking_never_writes),
		cmocka_unit_test(test_dirty),
		cmocka_unit_test(test_logical),
		cmocka_unit_test(test_bare),
		cmocka_unit_test(test_clones),
		cmocka_unit_test(test_different_systems),
		cmocka_unit_test(test_boot_is_not_there),
		cmocka_unit_test(test_positions),
		cmocka_unit_test(test_no_mount_point),
		cmocka_unit_test(test_damaged_boot),
		cmocka_unit_test(test_no_system),
		cmocka_unit_test(test_read_only_image),
		cmocka_unit_test(test_nothing_stays),
	};

	return cmocka_run_group_tests(tests, setup_images, remove_images);
}
