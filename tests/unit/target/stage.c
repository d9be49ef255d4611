/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Staged objects have all their attributes; second names and removal leave nothing out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "stage.h"
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

static const struct stage_attributes plain = {
	.mode = 0640, .atime = {.tv_nsec = UTIME_OMIT}, .mtime = {1234567890, 123456789}};

static struct stat stat_of(const struct tree *t, const char *name)
{
	struct stat st;

	if (fstatat(t->fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		fail_msg("%s: %s", name, strerror(errno));
	return st;
}

static void makes_a_file(void **state)
{
	struct stage_attributes a = plain;
	struct stage_shortfall s = {0};
	struct tree t;
	struct stat st;
	int fd;

	(void)state;
	tree_make(&t, "");
	a.uid = geteuid();
	a.gid = getegid();
	fd = stage_file(t.fd, "x");
	assert_return_code(fd, errno);
	assert_int_equal(stat_of(&t, "x").st_mode, S_IFREG | 0600);
	assert_int_equal(stage_file(t.fd, "x"), -EEXIST);
	assert_int_equal(write(fd, "abc", 3), 3);
	assert_int_equal(stage_finish(fd, &a, &s), 0);
	close(fd);
	st = stat_of(&t, "x");
	assert_int_equal(st.st_mode, S_IFREG | 0640);
	assert_int_equal(st.st_size, 3);
	assert_int_equal(st.st_mtim.tv_sec, 1234567890);
	assert_int_equal(st.st_mtim.tv_nsec, 123456789);
	assert_int_equal(s.unowned + s.unlabeled, 0);
	tree_remove(&t);
}

/* The whole file system has one label there, and the policy knows it. */
static void fat_has_no_labels(void **state)
{
	struct stage_attributes a = plain;
	struct stage_shortfall s = {0};
	struct tree t;
	char label[8];
	int fd;

	(void)state;
	tree_make(&t, "");
	a.uid = geteuid();
	a.gid = getegid();
	a.label = "system_u:object_r:boot_t:s0";
	fd = stage_file(t.fd, "x");
	assert_return_code(fd, errno);
	setenv("RESCUE_LACKS", "inodes", 1);
	assert_true(stage_is_fat(fd));
	assert_int_equal(stage_finish(fd, &a, &s), 0);
	unsetenv("RESCUE_LACKS");
	assert_false(stage_is_fat(fd));
	assert_int_equal(s.unlabeled, 0);
	assert_true(fgetxattr(fd, "security.selinux", label, sizeof(label)) < 0);
	close(fd);
	tree_remove(&t);
}

static void makes_directories_and_symlinks(void **state)
{
	struct stage_attributes a = plain;
	struct stage_shortfall s = {0};
	char text[8] = "";
	struct tree t;
	int fd;

	(void)state;
	tree_make(&t, "f 0644 target =x\n");
	a.uid = geteuid();
	a.gid = getegid();
	a.mode = 01755;
	fd = stage_directory(t.fd, "d");
	assert_return_code(fd, errno);
	assert_int_equal(stat_of(&t, "d").st_mode, S_IFDIR | 0700);
	assert_int_equal(stage_finish(fd, &a, &s), 0);
	close(fd);
	assert_int_equal(stat_of(&t, "d").st_mode, S_IFDIR | 01755);
	assert_int_equal(stage_directory(t.fd, "d"), -EEXIST);
	assert_int_equal(stage_symlink(t.fd, "l", "target", &a, &s), 0);
	assert_int_equal(readlinkat(t.fd, "l", text, sizeof(text)), 6);
	assert_int_equal(stat_of(&t, "l").st_mtim.tv_sec, 1234567890);
	assert_int_not_equal(stat_of(&t, "target").st_mtim.tv_sec, 1234567890);
	assert_int_equal(stage_symlink(t.fd, "l", "target", &a, &s), -EEXIST);
	tree_remove(&t);
}

/* In a child that has given up root; its exit code is what could not be set. */
static int as_nobody(const struct tree *t, int (*work)(const struct tree *t))
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (fchown(t->fd, 65534, 65534) < 0 || setgid(65534) < 0 ||
			setuid(65534) < 0)
			_exit(99);
		_exit(work(t));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int make_roots_file(const struct tree *t)
{
	struct stage_attributes a = plain;
	struct stage_shortfall s = {0};
	int fd = stage_file(t->fd, "x");

	a.label = "system_u:object_r:boot_t:s0";
	if (fd < 0 || stage_finish(fd, &a, &s) < 0 ||
		stage_symlink(t->fd, "l", "x", &a, &s) < 0)
		return 98;
	return (int)(s.unowned * 10 + s.unlabeled);
}

static void counts_what_needs_privilege(void **state)
{
	struct tree t;

	(void)state;
	if (geteuid() != 0)
		skip();
	tree_make(&t, "");
	/* A kernel without security modules lets anybody write any label. */
	assert_int_equal(as_nobody(&t, make_roots_file) / 10, 2);
	assert_int_equal(stat_of(&t, "x").st_mode, S_IFREG | 0640);
	tree_remove(&t);
}

static void labels_and_inherits(void **state)
{
	static const char label[] = "system_u:object_r:boot_t:s0";
	struct stage_attributes a = plain;
	struct stage_shortfall s = {0};
	char value[64] = "";
	struct tree t;
	int from, to;

	(void)state;
	tree_make(&t, "");
	from = stage_file(t.fd, "from");
	to = stage_file(t.fd, "to");
	a.label = label;
	assert_int_equal(stage_finish(from, &a, &s), 0);
	if (s.unlabeled || fsetxattr(from, "user.note", "mine", 4, 0) < 0) {
		tree_remove(&t);
		skip(); /* not root, or a file system without xattrs */
	}
	assert_int_equal(stage_inherit(from, to, &s), 0);
	assert_int_equal(
		fgetxattr(to, "security.selinux", value, sizeof(value)), sizeof(label));
	assert_string_equal(value, label);
	assert_int_equal(fgetxattr(to, "user.note", value, sizeof(value)), 4);
	close(from);
	close(to);
	tree_remove(&t);
}

/* A new owner would take the capability away: it comes behind. */
static void gives_capabilities_and_signatures(void **state)
{
	static const uint8_t capability[] = {1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
					     0, 0, 0, 0};
	struct stage_attributes a = plain;
	struct stage_shortfall s = {0};
	char value[64] = "";
	struct tree t;
	int fd;

	(void)state;
	tree_make(&t, "");
	fd = stage_file(t.fd, "x");
	a.uid = a.gid = geteuid() ? geteuid() : 1;
	a.capability = (struct bytes){capability, sizeof(capability)};
	a.ima = (struct bytes){(const uint8_t *)"\3\2\4", 3};
	assert_int_equal(stage_finish(fd, &a, &s), 0);
	if (s.unowned == 0) {
		assert_int_equal(fgetxattr(fd, "security.capability", value, sizeof(value)),
				 sizeof(capability));
		assert_memory_equal(value, capability, sizeof(capability));
	} else {
		assert_int_not_equal(geteuid(), 0);
	}
	close(fd);
	tree_remove(&t);
}

static void a_second_name_is_the_same_object(void **state)
{
	struct stage_shortfall s = {0};
	struct tree t;

	(void)state;
	tree_make(&t, "f 0644 a =x\nl l nowhere\nd 0755 d\n");
	assert_int_equal(stage_double(t.fd, "a", t.fd, "b", &s), 0);
	assert_int_equal(stat_of(&t, "a").st_ino, stat_of(&t, "b").st_ino);
	assert_int_equal(stage_double(t.fd, "l", t.fd, "m", &s), 0);
	assert_true(S_ISLNK(stat_of(&t, "m").st_mode));
	assert_int_equal(stage_double(t.fd, "a", t.fd, "b", &s), -EEXIST);
	assert_int_equal(stage_double(t.fd, "nothing", t.fd, "c", &s), -ENOENT);
	assert_true(stage_double(t.fd, "d", t.fd, "e", &s) < 0);
	tree_remove(&t);
}

/* Where no hard link is possible: here, because it would lie on another file system. */
static void or_a_faithful_copy(void **state)
{
	struct stage_shortfall s = {0};
	struct stat here, there;
	struct tree t, other;

	(void)state;
	tree_make(&t, "f 0604 a =x\nt a 1000000000\nl l nowhere\n");
	setenv("TMPDIR", "/dev/shm", 1);
	tree_make(&other, "");
	unsetenv("TMPDIR");
	fstat(t.fd, &here);
	fstat(other.fd, &there);
	if (here.st_dev == there.st_dev) {
		tree_remove(&t);
		tree_remove(&other);
		skip();
	}
	assert_int_equal(stage_double(t.fd, "a", other.fd, "b", &s), 0);
	there = stat_of(&other, "b");
	assert_int_equal(there.st_mode, S_IFREG | 0604);
	assert_int_equal(there.st_size, 2);
	assert_int_equal(there.st_mtim.tv_sec, 1000000000);
	assert_int_equal(stage_double(t.fd, "l", other.fd, "m", &s), 0);
	assert_true(S_ISLNK(stat_of(&other, "m").st_mode));
	tree_remove(&t);
	tree_remove(&other);
}

static void removes_whole_trees_and_follows_no_link(void **state)
{
	struct tree t;

	(void)state;
	tree_make(&t, "f 0644 kept/file =x\n"
		      "f 0444 d/e/f/g =x\n"
		      "d 0555 d/e/f\n"
		      "l d/e/out ../../kept\n"
		      "p 0600 d/pipe\n"
		      "f 0644 single =x\n"
		      "l alone kept\n");
	assert_int_equal(stage_remove(t.fd, "d"), 0);
	assert_int_equal(stage_remove(t.fd, "single"), 0);
	assert_int_equal(stage_remove(t.fd, "alone"), 0);
	assert_int_equal(stage_remove(t.fd, "never there"), 0);
	assert_int_equal(faccessat(t.fd, "d", F_OK, 0), -1);
	assert_int_equal(faccessat(t.fd, "kept/file", F_OK, 0), 0);
	tree_remove(&t);
}

static int remove_read_only_tree(const struct tree *t)
{
	if (mkdirat(t->fd, "d", 0700) < 0 || mkdirat(t->fd, "d/e", 0700) < 0 ||
		mkdirat(t->fd, "d/e/f", 0500) < 0 || fchmodat(t->fd, "d/e", 0500, 0) < 0)
		return 97;
	return stage_remove(t->fd, "d") == 0 ? 0 : 1;
}

static void an_ordinary_user_removes_read_only_directories(void **state)
{
	struct tree t;

	(void)state;
	if (geteuid() != 0)
		skip();
	tree_make(&t, "");
	assert_int_equal(as_nobody(&t, remove_read_only_tree), 0);
	assert_int_equal(faccessat(t.fd, "d", F_OK, 0), -1);
	tree_remove(&t);
}

static void copies_content(void **state)
{
	char *large = calloc(1, 300000);
	struct tree t;
	int from, to;

	(void)state;
	tree_make(&t, "");
	memset(large, 'x', 300000);
	tree_file(&t, "/from", large, 300000);
	from = stage_open_unseen(t.fd, "from", O_RDONLY);
	to = stage_file(t.fd, "to");
	assert_int_equal(stage_content(from, to), 0);
	assert_int_equal(stat_of(&t, "to").st_size, 300000);
	assert_int_equal(stage_sync(to), 0);
	close(from);
	close(to);
	free(large);
	tree_remove(&t);
}

/* The count begins where the variable is set, and each point fails once. */
static void fault_points_count(void **state)
{
	struct tree t;

	(void)state;
	tree_make(&t, "");
	setenv("RESCUE_FAULT_AT", "2", 1);
	setenv("RESCUE_FAULT_ERRNO", "28", 1);
	assert_return_code(close(stage_file(t.fd, "a")), errno);
	assert_int_equal(stage_file(t.fd, "b"), -ENOSPC);
	assert_return_code(close(stage_file(t.fd, "c")), errno);
	unsetenv("RESCUE_FAULT_AT");
	unsetenv("RESCUE_FAULT_ERRNO");
	tree_remove(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_a_file),
		cmocka_unit_test(fat_has_no_labels),
		cmocka_unit_test(makes_directories_and_symlinks),
		cmocka_unit_test(counts_what_needs_privilege),
		cmocka_unit_test(labels_and_inherits),
		cmocka_unit_test(gives_capabilities_and_signatures),
		cmocka_unit_test(a_second_name_is_the_same_object),
		cmocka_unit_test(or_a_faithful_copy),
		cmocka_unit_test(removes_whole_trees_and_follows_no_link),
		cmocka_unit_test(an_ordinary_user_removes_read_only_directories),
		cmocka_unit_test(copies_content),
		cmocka_unit_test(fault_points_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
