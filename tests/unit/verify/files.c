/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of packages over a patient's: which is read, and its limit. */
#include "../../../rescue/verify/files.h"
#include "tree.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void brought_before_present(void **state)
{
	struct target target;
	struct files files = {.target = &target};
	struct buffer content = {0};
	struct tree tree;

	(void)state;
	tree_make(&tree, "f 0644 /a =present\nf 0644 /b =present\n");
	target.fd = tree.fd;
	assert_int_equal(buffer_puts(&content, "brought"), 0);
	assert_int_equal(files_bring(&files, "/a", &content), 0);
	assert_null(content.data);
	assert_int_equal(files_bring(&files, "/empty", &content), 0);
	for (const char *const *path = (const char *const[]){"/a", "/b", "/empty", NULL}; *path;
		path++) {
		_cleanup_(buffer_done) struct buffer b = {0};

		assert_int_equal(files_read(&files, *path, 100, &b), 0);
		assert_string_equal(b.data, **path == '/' && (*path)[1] == 'b' ? "present\n" :
			(*path)[1] == 'a' ? "brought" : "");
	}
	assert_int_equal(files_read(&files, "/a", 3, &content), -EFBIG);
	assert_int_equal(files_read(&files, "/none", 3, &content), -ENOENT);
	files_done(&files);
	assert_int_equal(files.count, 0);
	tree_remove(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(brought_before_present)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
