/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names in a directory, and every file below one. */
#include "tree.h"

#include "target.h"

#include <setjmp.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

static struct tree tree;
static struct target target;

static int make(void **state)
{
	(void)state;
	tree_make(&tree, "f 0644 /m/b/x =1\n"
			 "f 0644 /m/b/.hidden =1\n"
			 "f 0644 /m/a-file =1\n"
			 "d 0755 /m/a/empty\n"
			 "l /m/c /m/b\n"
			 "l /m/loop loop\n"
			 "p 0644 /m/z\n"
			 "l /link /m\n"
			 "f 0644 /file =1\n");
	target.fd = tree.fd;
	return 0;
}

static int clean(void **state)
{
	(void)state;
	tree_remove(&tree);
	return 0;
}

static void lists_sorted_without_dots(void **state)
{
	static const char *const expected[] = {"a", "a-file", "b", "c", "loop", "z"};
	_cleanup_(strings_done) struct strings names = {0};

	(void)state;
	assert_int_equal(target_list(&target, "/link", &names, NULL), 0);
	assert_int_equal(names.count, ARRAY_SIZE(expected));
	for (size_t i = 0; i < names.count; i++)
		assert_string_equal(names.items[i], expected[i]);
}

static void an_empty_directory_lists_nothing(void **state)
{
	_cleanup_(strings_done) struct strings names = {0};

	(void)state;
	assert_int_equal(target_list(&target, "m/a/empty/", &names, NULL), 0);
	assert_int_equal(names.count, 0);
}

static void listing_what_is_no_directory_fails(void **state)
{
	struct strings names = {0};
	struct fault f = {0};

	(void)state;
	assert_int_equal(target_list(&target, "/file", &names, &f), -ENOTDIR);
	assert_string_equal(f.doing, "list /file");
	assert_int_equal(target_list(&target, "/m/z", &names, &f), -ENOTDIR);
	assert_int_equal(target_list(&target, "/m/loop", &names, &f), -ELOOP);
	assert_int_equal(target_list(&target, "/none", &names, &f), -ENOENT);
	assert_int_equal(f.error, ENOENT);
}

/* What a visitor saw, and where it shall skip or stop. */
struct seen {
	struct buffer text;
	const char *skip, *stop;
};

static int visit(void *data, const struct target_visit *v)
{
	struct seen *s = data;
	struct stat st;

	assert_int_equal(fstatat(v->dirfd, v->name, &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_int_equal(st.st_ino, v->st.st_ino);
	assert_true(text_ends(v->relative, v->name));
	buffer_printf(&s->text, "%s ", v->relative);
	if (s->stop && strcmp(v->relative, s->stop) == 0)
		return -ECANCELED;
	return s->skip && strcmp(v->relative, s->skip) == 0 ? TARGET_SKIP : 0;
}

static void walks_depth_first_and_follows_no_link(void **state)
{
	struct seen s = {0};

	(void)state;
	assert_int_equal(target_walk(&target, "/link", visit, &s, NULL), 0);
	assert_string_equal(s.text.data, "a a/empty a-file b b/.hidden b/x c loop z ");
	buffer_done(&s.text);
}

static void skips_and_stops(void **state)
{
	struct seen skip = {.skip = "b"}, file = {.skip = "a-file"},
		    stop = {.stop = "b/x"};
	struct fault f = {0};

	(void)state;
	assert_int_equal(target_walk(&target, "/m", visit, &skip, NULL), 0);
	assert_string_equal(skip.text.data, "a a/empty a-file b c loop z ");
	assert_int_equal(target_walk(&target, "/m", visit, &file, NULL), 0);
	assert_string_equal(file.text.data, "a a/empty a-file b b/.hidden b/x c loop z ");
	assert_int_equal(target_walk(&target, "m", visit, &stop, &f), -ECANCELED);
	assert_string_equal(stop.text.data, "a a/empty a-file b b/.hidden b/x ");
	assert_int_equal(f.code, FAULT_NONE); /* the visitor's own affair */
	buffer_done(&skip.text);
	buffer_done(&file.text);
	buffer_done(&stop.text);
}

static void walking_what_is_no_directory_fails(void **state)
{
	struct fault f = {0};

	(void)state;
	assert_int_equal(target_walk(&target, "/file", visit, NULL, &f), -ENOTDIR);
	assert_string_equal(f.doing, "look through /file");
	assert_int_equal(target_walk(&target, "/none", visit, NULL, &f), -ENOENT);
}

static int count(void *data, const struct target_visit *v)
{
	(void)v;
	++*(size_t *)data;
	return 0;
}

static void walks_no_deeper_than_its_limit(void **state)
{
	_cleanup_(buffer_done) struct buffer line = {0};
	struct tree deep;
	struct fault f = {0};
	size_t seen = 0;

	(void)state;
	buffer_puts(&line, "d 0755 /");
	for (int i = 0; i < 128; i++)
		buffer_puts(&line, "/d");
	tree_make(&deep, line.data);
	assert_int_equal(
		target_walk(&(struct target){.fd = deep.fd}, "/", count, &seen, &f), 0);
	assert_int_equal(seen, 128);
	buffer_puts(&line, "/d");
	tree_add(&deep, line.data);
	assert_int_equal(
		target_walk(&(struct target){.fd = deep.fd}, "/", count, &seen, &f),
		-ENAMETOOLONG);
	assert_true(text_starts(f.doing, "look through /d/d/d/"));
	tree_remove(&deep);
}

static void unreadable_directories_are_told(void **state)
{
	struct tree closed;
	struct fault f = {0};
	size_t seen = 0;

	(void)state;
	if (geteuid() != 0 || seteuid(65534) < 0)
		skip();
	tree_make(&closed, "d 0000 /a/b\nd 0755 /c\n");
	assert_int_equal(
		target_walk(&(struct target){.fd = closed.fd}, ".", count, &seen, &f),
		-EACCES);
	assert_string_equal(f.path, "./a/b");
	assert_int_equal(seen, 2);
	assert_int_equal(seteuid(0), 0);
	tree_remove(&closed);
}

static int walk_beside_a_mount(void)
{
	struct target inside;
	struct seen s = {0};
	char path[128];

	snprintf(path, sizeof(path), "%s/m/a", tree.path);
	if (unshare(CLONE_NEWNS) < 0 ||
		mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		mount("none", path, "tmpfs", 0, NULL) < 0)
		return 77;
	inside.fd =
		open(tree.path, O_RDONLY | O_CLOEXEC); /* tree.fd sees the old mounts */
	if (mkdirat(inside.fd, "m/a/inside", 0755) < 0 ||
		target_walk(&inside, "/m", visit, &s, NULL) < 0)
		return 1;
	return strcmp(s.text.data, "a a-file b b/.hidden b/x c loop z ") == 0 ? 0 : 2;
}

static void other_file_systems_are_not_entered(void **state)
{
	pid_t child = fork();
	int status;

	(void)state;
	if (child == 0)
		_exit(walk_beside_a_mount());
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_sorted_without_dots),
		cmocka_unit_test(an_empty_directory_lists_nothing),
		cmocka_unit_test(listing_what_is_no_directory_fails),
		cmocka_unit_test(walks_depth_first_and_follows_no_link),
		cmocka_unit_test(skips_and_stops),
		cmocka_unit_test(walking_what_is_no_directory_fails),
		cmocka_unit_test(walks_no_deeper_than_its_limit),
		cmocka_unit_test(unreadable_directories_are_told),
		cmocka_unit_test(other_file_systems_are_not_entered),
	};

	return cmocka_run_group_tests(tests, make, clean);
}
