/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The trees that other tests stand on hold what their manifest says. */
#include "tree.h"

#include "base.h"

#include <setjmp.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void makes_what_the_manifest_says(void **state)
{
	_cleanup_free_ char *text = NULL;
	struct tree tree;

	(void)state;
	tree_make(&tree, "# a comment\n"
			 "\n"
			 "d 0700 /boot\n"
			 "  f 0600 /boot/a =hello there\n"
			 "f 0644 /etc/fstab <<END\n"
			 "one\n"
			 "# two\n"
			 "END\n"
			 "l /lib usr/lib\n"
			 "z 0644 /big 5000000000\n"
			 "r /big\n"
			 "f 0644 /empty\n"
			 "p 0600 /fifo\n"
			 "h /same /boot/a\n");
	text = tree_describe(&tree);
	assert_string_equal(text, "d 0700 /boot\n"
				  "d 0755 /etc\n"
				  "f 0600 12 59d1458e /boot/a\n"
				  "f 0600 12 59d1458e /same\n"
				  "f 0644 0 00000000 /empty\n"
				  "f 0644 10 9c1613d8 /etc/fstab\n"
				  "l /lib usr/lib\n"
				  "p 0600 /fifo\n");
	tree_remove(&tree);
	assert_int_not_equal(access(tree.path, F_OK), 0);
}

static void changes_and_removes(void **state)
{
	struct tree tree;
	struct stat st;

	(void)state;
	tree_make(&tree, "f 0644 /d/e/f =1\nt /d/e/f 1000\n");
	assert_int_equal(fstatat(tree.fd, "d/e/f", &st, 0), 0);
	assert_int_equal(st.st_mtime, 1000);
	tree_add(&tree, "l /d/e/f g");
	assert_int_equal(fstatat(tree.fd, "d/e/f", &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_true(S_ISLNK(st.st_mode));
	tree_file(&tree, "/d/e/f", "\0\1", 2);
	assert_int_equal(fstatat(tree.fd, "d/e/f", &st, 0), 0);
	assert_int_equal(st.st_size, 2);
	tree_add(&tree, "r /d\n");
	assert_int_not_equal(faccessat(tree.fd, "d", F_OK, 0), 0);
	tree_remove(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_what_the_manifest_says),
		cmocka_unit_test(changes_and_removes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
