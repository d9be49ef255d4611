/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The log file. */
#include "tree.h"

#include "base.h"

#include <setjmp.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

static void lines_are_stamped_escaped_and_appended(void **state)
{
	_cleanup_(buffer_done) struct buffer b = {0};
	_cleanup_close_ int fd = -1;
	char path[PATH_MAX];
	struct tree tree;
	struct stat st;
	int year, second, thousandth;

	(void)state;
	umask(0);
	tree_make(&tree, "f 0600 /old =before\n");
	log_line("nobody hears this");
	snprintf(path, sizeof(path), "%s/old", tree.path);
	assert_int_equal(log_open(path), 0);
	errno = EXDEV;
	log_line("open %s", "a\nb\x1b");
	assert_int_equal(errno, EXDEV);
	fd = openat(tree.fd, "old", O_RDONLY | O_CLOEXEC);
	assert_int_equal(fd_read_all(fd, 1000, &b), 0);
	assert_true(text_starts(b.data, "before\n"));
	assert_int_equal(
		sscanf(b.data + 7, "%4d-%*2d-%*2dT%*2d:%*2d:%2d.%3dZ ", &year, &second,
			&thousandth), 3);
	assert_true(text_ends(b.data, "Z open a\\x0ab\\x1b\n"));
	snprintf(path, sizeof(path), "%s/new", tree.path);
	assert_int_equal(log_open(path), 0);
	log_line("x");
	assert_int_equal(fstatat(tree.fd, "new", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_size, 27);
	tree_remove(&tree);
}

static void a_log_that_cannot_be_opened_is_an_error(void **state)
{
	(void)state;
	assert_int_equal(log_open("/nowhere/at/all"), -ENOENT);
	assert_int_equal(log_open("/"), -EISDIR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_stamped_escaped_and_appended),
		cmocka_unit_test(a_log_that_cannot_be_opened_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
