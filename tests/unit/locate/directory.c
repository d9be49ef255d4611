/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --root DIR, without privilege. */
#include "locate.h"
#include "tree.h"

#include <setjmp.h>

#include <cmocka.h>
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

static int scan(struct landscape *ret, const struct tree *t, struct fault *f)
{
	const struct scope where = {.root = t->path};

	*f = (struct fault){0};
	return locate_scan(ret, &where, f);
}

static void test_unpacked(void **state)
{
	_cleanup_(landscape_done) struct landscape l = {0};
	struct fault f;
	struct tree t;
	const struct system *s;

	(void)state;
	tree_make(&t,
		"f 0644 /etc/fstab <<E\n"
		"UUID=70-01 / ext4 defaults 0 1\nUUID=\"b0-01\" /boot xfs defaults 0 2\n"
		"tmpfs /usr tmpfs defaults 0 0\nE\n"
		"f 0644 /etc/machine-id =0123456789abcdef0123456789abcdef\n"
		"f 0644 /etc/os-release =ID=demo\n"
		"f 0644 /boot/grub2/grub.cfg\nd 0755 /usr\n");
	assert_int_equal(scan(&l, &t, &f), 0);
	assert_null(l.mounts);
	assert_int_equal(l.device_count, 0);
	assert_int_equal(l.system_count, 1);
	s = &l.systems[0];
	assert_true(s->by_directory);
	assert_true(s->complete);
	assert_int_equal(s->firmware, FIRMWARE_UNKNOWN);
	assert_int_equal(s->bootloaders, BOOTLOADER_GRUB2);
	assert_int_equal(s->root.device, -1);
	assert_string_equal(s->root.uuid, "70-01");
	assert_string_equal(s->root.fstype, "ext4");
	assert_true(s->boot.separate);
	assert_true(s->boot.mounted);
	assert_string_equal(s->boot.uuid, "b0-01");
	assert_false(s->usr.separate);
	assert_false(s->esp.present);
	assert_true(s->root.free_bytes > 0);
	assert_string_equal(s->id, "demo-3eb1");
	tree_remove(&t);
}

static void expect_unmounted(const char *manifest, const char *path)
{
	_cleanup_(landscape_done) struct landscape l = {0};
	struct fault f;
	struct tree t;

	tree_make(&t, manifest);
	assert_true(scan(&l, &t, &f) < 0);
	assert_int_equal(f.code, FAULT_BOOT_NOT_MOUNTED);
	assert_int_equal(fault_exit_code(&f), 2);
	assert_string_equal(f.path, path);
	assert_non_null(strstr(f.hint, t.path));
	tree_remove(&t);
}

static void test_not_mounted(void **state)
{
	(void)state;
	expect_unmounted("f 0644 /etc/fstab =UUID=1 /boot ext4\nd 0755 /boot\n", "/boot");
	expect_unmounted("f 0644 /etc/fstab =UUID=1 /boot ext4\n", "/boot");
	expect_unmounted(
		"f 0644 /etc/fstab =/dev/vg/usr /usr xfs\nd 0755 /boot\nd 0755 /usr\n",
		"/usr");
	expect_unmounted("f 0644 /etc/fstab =UUID=A /boot/efi vfat\nd 0755 /boot/efi\n",
		"/boot/efi");
	expect_unmounted("f 0644 /etc/fstab =UUID=A /efi vfat noauto\n", "/efi");
}

/* Whatever it lacks: then it is a system without fstab, kernel and name. */
static void test_bare(void **state)
{
	_cleanup_(landscape_done) struct landscape l = {0}, again = {0};
	struct fault f;
	struct tree t;

	(void)state;
	tree_make(&t, "d 0755 /etc\n");
	assert_int_equal(scan(&l, &t, &f), 0);
	assert_int_equal(l.system_count, 1);
	assert_true(text_starts(l.systems[0].id, "linux-"));
	assert_true(findings_has(&l.systems[0].findings, "os-unknown"));
	assert_int_equal(scan(&again, &t, &f), 0);
	assert_string_equal(l.systems[0].id, again.systems[0].id);
	tree_remove(&t);
}

static void test_subvolume(void **state)
{
	_cleanup_(landscape_done) struct landscape l = {0};
	struct fault f;
	struct tree t;

	(void)state;
	tree_make(&t,
		"f 0644 /etc/fstab =UUID=1 / btrfs subvol=/root,compress=zstd:1 0 0\n");
	assert_int_equal(scan(&l, &t, &f), 0);
	assert_string_equal(l.systems[0].subvolume, "root");
	tree_remove(&t);
}

static void test_absent(void **state)
{
	_cleanup_(landscape_done) struct landscape l = {0};
	struct fault f;
	struct tree t;
	const struct scope nowhere = {.root = "/nonexistent/system"};

	(void)state;
	assert_int_equal(locate_scan(&l, &nowhere, &f), -ENOENT);
	assert_string_equal(f.path, "/nonexistent/system");
	tree_make(&t, "f 0644 /etc/passwd\n");
	{
		char path[128];
		struct scope file = {.root = path};

		snprintf(path, sizeof(path), "%s/etc/passwd", t.path);
		assert_int_equal(locate_scan(&l, &file, &f), -ENOTDIR);
	}
	tree_remove(&t);
}

/* An fstab that is none must not end the look. */
static void test_bad_fstab(void **state)
{
	_cleanup_(landscape_done) struct landscape l = {0};
	struct fault f;
	struct tree t;

	(void)state;
	tree_make(&t, "d 0755 /etc/fstab\n");
	assert_int_equal(scan(&l, &t, &f), 0);
	assert_true(findings_has(&l.systems[0].findings, "device-unreadable"));
	assert_false(l.systems[0].complete);
	tree_remove(&t);
}

static void test_writable(void **state)
{
	_cleanup_(landscape_done) struct landscape l = {0};
	struct fault f;
	struct tree t;

	(void)state;
	tree_make(&t, "d 0755 /boot\n");
	assert_int_equal(scan(&l, &t, &f), 0);
	assert_int_equal(system_make_writable(&l, &l.systems[0], &f), 0);
	assert_true(l.systems[0].writable);
	assert_int_equal(landscape_unmount(&l, &f), 0);
	tree_remove(&t);
}

/* 0: refused as it should be. Root may write everywhere, so somebody else asks. */
static int ask_as_nobody(const struct tree *t)
{
	struct landscape l = {0};
	struct fault f;

	if (geteuid() == 0 && setuid(65534) < 0)
		return 2;
	if (scan(&l, t, &f) < 0)
		return 3;
	if (system_make_writable(&l, &l.systems[0], &f) != -EACCES)
		return 4;
	if (l.systems[0].writable || strcmp(f.system, l.systems[0].id) != 0)
		return 5;
	return strcmp(f.path, "/boot") == 0 ? 0 : 6;
}

static void test_read_only(void **state)
{
	struct tree t;
	int status;
	pid_t pid;

	(void)state;
	tree_make(&t, "d 0555 /boot\n");
	assert_int_equal(fchmod(t.fd, 0777), 0);
	pid = fork();
	if (pid == 0)
		_exit(ask_as_nobody(&t));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	tree_remove(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unpacked),
		cmocka_unit_test(test_not_mounted),
		cmocka_unit_test(test_bare),
		cmocka_unit_test(test_subvolume),
		cmocka_unit_test(test_absent),
		cmocka_unit_test(test_bad_fstab),
		cmocka_unit_test(test_writable),
		cmocka_unit_test(test_read_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
