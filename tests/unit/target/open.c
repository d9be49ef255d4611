/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading, looking, parents and canonical paths, by either resolver. */
#include "tree.h"

#include "target.h"

#include <setjmp.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static struct tree tree;
static struct target target;

static int make(void **state)
{
	(void)state;
	tree_make(&tree, "f 0644 /etc/os-release =ID=x\n"
			 "f 0644 /usr/lib/modules/1/a.ko =module\n"
			 "l /lib usr/lib\n"
			 "l /etc/grub2.cfg ../boot/grub2/grub.cfg\n"
			 "f 0644 /boot/grub2/grub.cfg =cfg\n"
			 "l /boot/old /boot/grub2\n"
			 "l /weak /lib/modules/0/gone.ko\n"
			 "l /loop loop\n"
			 "p 0644 /fifo\n"
			 "l /etc/pipe ../fifo\n"
			 "z 0644 /big 5000000000\n");
	target.fd = tree.fd;
	return 0;
}

static int clean(void **state)
{
	(void)state;
	target_use_resolver(RESOLVE_AUTO);
	tree_remove(&tree);
	return 0;
}

static const enum target_resolver resolvers[] = {RESOLVE_AUTO, RESOLVE_WALK};
#define BOTH_WAYS                                                                        \
	for (size_t way = 0; way < ARRAY_SIZE(resolvers) &&                              \
			     (target_use_resolver(resolvers[way]), true);                \
		way++)

static void reads_regular_files(void **state)
{
	(void)state;
	BOTH_WAYS
	{
		_cleanup_(buffer_done) struct buffer b = {0}, exact = {0};

		assert_int_equal(
			target_read(&target, "/etc/grub2.cfg", 100, &b, NULL), 0);
		assert_string_equal(b.data, "cfg\n");
		assert_int_equal(
			target_read(&target, "etc/os-release", 5, &exact, NULL), 0);
		assert_int_equal(exact.size, 5);
	}
}

static void refuses_to_read_anything_else(void **state)
{
	static const struct {
		const char *path;
		int r;
		const char *reason;
	} cases[] = {
		{"/fifo", -EINVAL, "it is not a regular file"},
		{"/etc/pipe", -EINVAL, "it is not a regular file"},
		{"/etc", -EINVAL, "it is not a regular file"},
		{"/big", -EFBIG, "it is larger than 4 B"},
		{"/etc/os-release", -EFBIG, "it is larger than 4 B"},
		{"/nothing", -ENOENT, ""},
		{"/weak", -ENOENT, ""},
		{"/loop", -ELOOP, ""},
		{"/fifo/x", -ENOTDIR, ""},
	};

	(void)state;
	alarm(20); /* a FIFO must not block */
	BOTH_WAYS
	{
		for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
			_cleanup_free_ char *doing =
				text_printf("read %s", cases[i].path);
			struct buffer b = {0};
			struct fault f = {0};

			assert_int_equal(target_read(&target, cases[i].path, 4, &b, &f),
				cases[i].r);
			assert_null(b.data);
			assert_string_equal(f.doing, doing);
			assert_string_equal(f.path, cases[i].path);
			assert_string_equal(f.reason, cases[i].reason);
			assert_int_equal(f.error, -cases[i].r);
		}
	}
	alarm(0);
}

static void a_device_is_not_opened(void **state)
{
	struct target host = {.fd = open("/dev", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
	struct buffer b = {0};

	(void)state;
	BOTH_WAYS
	{
		assert_int_equal(target_read(&host, "null", 4, &b, NULL), -EINVAL);
		assert_int_equal(target_read(&host, "zero", 4, &b, NULL), -EINVAL);
	}
	target_done(&host);
	assert_int_equal(host.fd, -1);
}

/* A writer that waits for a reader of the FIFO would wake. */
static void a_fifo_is_not_even_opened(void **state)
{
	struct buffer b = {0};
	pid_t writer = fork();

	(void)state;
	if (writer == 0) {
		openat(tree.fd, "fifo", O_WRONLY);
		_exit(0);
	}
	usleep(20000); /* until it waits */
	BOTH_WAYS
	assert_int_equal(target_read(&target, "fifo", 4, &b, NULL), -EINVAL);
	usleep(50000);
	assert_int_equal(waitpid(writer, NULL, WNOHANG), 0);
	kill(writer, SIGKILL);
	waitpid(writer, NULL, 0);
}

static void opening_tells_what_failed(void **state)
{
	(void)state;
	BOTH_WAYS
	{
		struct fault f = {0};
		int fd = target_open(&target, "/etc/grub2.cfg", O_RDONLY, &f);

		assert_true(fd >= 0);
		assert_int_equal(f.code, FAULT_NONE);
		close(fd);
		assert_int_equal(
			target_open(&target, "/etc/grub2.cfg", O_RDONLY | O_NOFOLLOW, &f),
			-ELOOP);
		assert_string_equal(f.doing, "open /etc/grub2.cfg");
		assert_int_equal(f.error, ELOOP);
	}
}

static void making_files_is_not_for_here(void **state)
{
	(void)state;
	BOTH_WAYS
	{
		assert_int_equal(
			target_open(&target, "new", O_WRONLY | O_CREAT, NULL), -EINVAL);
		assert_int_equal(
			target_open(&target, "etc", O_RDWR | O_TMPFILE, NULL), -EINVAL);
	}
	assert_false(target_exists(&target, "new"));
}

static void no_target_holds_nothing(void **state)
{
	struct target none = TARGET_NONE;
	_cleanup_free_ char *text = NULL;
	struct strings names = {0};
	struct stat st;

	(void)state;
	BOTH_WAYS
	{
		assert_int_equal(target_open(&none, "/", O_RDONLY, NULL), -ENOENT);
		assert_int_equal(target_stat(&none, "/", &st), -ENOENT);
		assert_int_equal(target_canonical(&none, "/", &text), -ENOENT);
		assert_int_equal(target_list(&none, "/", &names, NULL), -ENOENT);
		assert_int_equal(target_parent(&none, "/x", &text, NULL), -ENOENT);
		assert_false(target_exists(&none, "/"));
	}
	target_done(&none);
}

static void looks_at_links_and_through_them(void **state)
{
	struct stat st;

	(void)state;
	BOTH_WAYS
	{
		assert_int_equal(target_stat(&target, "/lib", &st), 0);
		assert_true(S_ISDIR(st.st_mode));
		assert_int_equal(target_lstat(&target, "/lib", &st), 0);
		assert_true(S_ISLNK(st.st_mode));
		assert_int_equal(target_lstat(&target, "/lib/", &st), 0);
		assert_true(S_ISDIR(st.st_mode));
		assert_int_equal(target_lstat(&target, "/weak", &st), 0);
		assert_int_equal(target_stat(&target, "/weak", &st), -ENOENT);
		assert_true(target_exists(&target, "/lib/modules/1/a.ko"));
		assert_false(target_exists(&target, "/weak"));
	}
}

static void reads_links(void **state)
{
	(void)state;
	BOTH_WAYS
	{
		_cleanup_free_ char *lib = NULL, *weak = NULL, *none = NULL;

		assert_int_equal(target_readlink(&target, "/lib", &lib), 0);
		assert_string_equal(lib, "usr/lib");
		assert_int_equal(target_readlink(&target, "weak", &weak), 0);
		assert_string_equal(weak, "/lib/modules/0/gone.ko");
		assert_int_equal(target_readlink(&target, "/etc", &none), -EINVAL);
		assert_int_equal(target_readlink(&target, "/lib/", &none), -EINVAL);
		assert_int_equal(target_readlink(&target, "/x", &none), -ENOENT);
		assert_null(none);
	}
}

static void canonical_paths_hold_no_link(void **state)
{
	static const struct {
		const char *path, *canonical;
	} cases[] = {
		{"/", "/"},
		{"..", "/"},
		{"lib/..", "/usr"},
		{"/lib", "/usr/lib"},
		{"lib//modules/./1/", "/usr/lib/modules/1"},
		{"/boot/old/grub.cfg", "/boot/grub2/grub.cfg"},
		{"etc/grub2.cfg", "/boot/grub2/grub.cfg"},
		{"/fifo", "/fifo"},
	};
	char *none = NULL;

	(void)state;
	BOTH_WAYS
	{
		for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
			_cleanup_free_ char *path = NULL;

			assert_int_equal(
				target_canonical(&target, cases[i].path, &path), 0);
			assert_string_equal(path, cases[i].canonical);
		}
		assert_int_equal(target_canonical(&target, "/weak", &none), -ENOENT);
		assert_int_equal(target_canonical(&target, "/loop", &none), -ELOOP);
		assert_int_equal(target_canonical(&target, "/fifo/", &none), -ENOTDIR);
	}
}

static void a_parent_is_resolved_its_name_is_not(void **state)
{
	struct stat st, lib;

	(void)state;
	assert_int_equal(target_stat(&target, "/usr/lib", &lib), 0);
	BOTH_WAYS
	{
		static const char *const paths[] = {"/lib/new.file", "lib//new.file///"};

		for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
			_cleanup_free_ char *name = NULL;
			_cleanup_close_ int fd =
				target_parent(&target, paths[i], &name, NULL);

			assert_true(fd >= 0);
			assert_string_equal(name, "new.file");
			assert_int_equal(fstat(fd, &st), 0);
			assert_int_equal(st.st_ino, lib.st_ino);
			assert_int_equal(fsync(fd), 0); /* writers must */
		}
	}
}

static void the_root_is_a_parent_too(void **state)
{
	static const char *const paths[] = {"lib", "/lib"};
	struct stat st, root;

	(void)state;
	assert_int_equal(target_stat(&target, "/", &root), 0);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		_cleanup_free_ char *name = NULL;
		_cleanup_close_ int fd = target_parent(&target, paths[i], &name, NULL);

		assert_int_equal(fstat(fd, &st), 0);
		assert_int_equal(st.st_ino, root.st_ino);
		assert_string_equal(name, "lib");
	}
}

static void what_has_no_parent(void **state)
{
	static const struct {
		const char *path;
		int r;
	} cases[] = {
		{"/", -EINVAL},
		{"", -EINVAL},
		{".", -EINVAL},
		{"/etc/..", -EINVAL},
		{"/etc/./", -EINVAL},
		{"/etc/a\nb", -EINVAL},
		{"/none/x", -ENOENT},
		{"/fifo/x", -ENOTDIR},
		{"/loop/x", -ELOOP},
	};

	(void)state;
	BOTH_WAYS
	{
		for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
			struct fault f = {0};
			char *name = NULL;

			assert_int_equal(target_parent(&target, cases[i].path, &name, &f),
				cases[i].r);
			assert_null(name);
			assert_int_equal(f.error, -cases[i].r);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_regular_files),
		cmocka_unit_test(refuses_to_read_anything_else),
		cmocka_unit_test(a_device_is_not_opened),
		cmocka_unit_test(a_fifo_is_not_even_opened),
		cmocka_unit_test(opening_tells_what_failed),
		cmocka_unit_test(making_files_is_not_for_here),
		cmocka_unit_test(no_target_holds_nothing),
		cmocka_unit_test(looks_at_links_and_through_them),
		cmocka_unit_test(reads_links),
		cmocka_unit_test(canonical_paths_hold_no_link),
		cmocka_unit_test(a_parent_is_resolved_its_name_is_not),
		cmocka_unit_test(the_root_is_a_parent_too),
		cmocka_unit_test(what_has_no_parent),
	};

	return cmocka_run_group_tests(tests, make, clean);
}
