/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Device nodes: those of /dev where they are what they are called, else our own. */
#include "../../../rescue/locate/node.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cmocka.h>

#define NULL_NUMBER makedev(1, 3)
#define ZERO_NUMBER makedev(1, 5)

static int open_node(const char *nodes, const char *name, dev_t number, char path[PATH_MAX])
{
	const struct node n = {name, S_IFCHR, number};

	return node_open(&n, nodes, O_RDONLY, path);
}

static void by_name_where_it_is_that(void **state)
{
	char path[PATH_MAX];
	_cleanup_close_ int fd = open_node("/no/such/directory", "null", NULL_NUMBER, path);

	(void)state;
	assert_true(fd >= 0);
	assert_string_equal(path, "/dev/null");
}

static void of_our_own_elsewhere(void **state)
{
	char nodes[] = "/tmp/node-test-XXXXXX", path[PATH_MAX], byte = 'x';
	_cleanup_close_ int other = -1, absent = -1, again = -1;

	(void)state;
	assert_non_null(mkdtemp(nodes));
	/* /dev/null is there, and is not this device. */
	other = open_node(nodes, "null", ZERO_NUMBER, path);
	if (other == -EPERM) {
		rmdir(nodes);
		skip();
	}
	assert_true(other >= 0);
	assert_int_equal(read(other, &byte, 1), 1);
	assert_int_equal(byte, 0);
	assert_true(text_starts(path, nodes));
	unlink(path);
	absent = open_node(nodes, "no/such", ZERO_NUMBER, path);
	assert_true(absent >= 0);
	assert_true(text_ends(path, "/no-such"));
	again = open_node(nodes, "no/such", ZERO_NUMBER, path);
	assert_true(again >= 0); /* it was made already */
	unlink(path);
	rmdir(nodes);
	assert_int_equal(open_node(nodes, "no/such", ZERO_NUMBER, path), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_name_where_it_is_that),
		cmocka_unit_test(of_our_own_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
