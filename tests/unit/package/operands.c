/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An unpacked installation medium: packages below the directory that is named. */
#include "package.h"
#include "rpms.h"
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

static const char medium[] =
	"d 0755 /dvd/BaseOS/Packages/k\n"
	"d 0755 /dvd/AppStream/Packages/h\n"
	"f 0644 /dvd/BaseOS/repodata/repomd.xml =<repomd/>\n"
	"f 0644 /dvd/.hidden/no.rpm =no package\n"
	"l /dvd/BaseOS/Packages/loop ../..\n"
	"l /dvd/images /dvd\n"
	"d 0755 /empty/below\n";

static void copy_to(const struct tree *t, const char *directory, const char *folder,
		    const char *name)
{
	_cleanup_free_ char *from = rpms_find(folder, name), *to = NULL;
	_cleanup_(buffer_done) struct buffer content = {0};
	int fd;

	file_load(from, &content);
	to = text_printf("%s/%s.rpm", directory, name);
	fd = openat(t->fd, to, O_WRONLY | O_CREAT | O_EXCL, 0644);
	assert_return_code(fd, errno);
	assert_int_equal(fd_write_all(fd, content.data, content.size), 0);
	close(fd);
}

static void make_medium(struct tree *t)
{
	tree_make(t, medium);
	copy_to(t, "dvd/BaseOS/Packages/k", "el9", "kernel-core");
	copy_to(t, "dvd/BaseOS/Packages/k", "el9", "kernel-modules-core");
	copy_to(t, "dvd/BaseOS/Packages/k", "el9", "kernel-modules");
	copy_to(t, "dvd/AppStream/Packages/h", "no-kernel", "hello");
}

static int read_operand(struct package_sets *ret, const char *path, const struct target *t,
			struct fault *f)
{
	char *items[] = {(char *)(uintptr_t)path};
	const struct strings operands = {items, 1, 1};

	return package_sets_read(ret, &operands, t, NULL, f);
}

static void assert_complete(struct package_sets *s)
{
	assert_int_equal(s->count, 4);
	assert_int_equal(s->set_count, 1);
	assert_true(s->sets[0].complete);
	package_sets_done(s);
}

static void finds_packages_below(void **state)
{
	_cleanup_free_ char *path = NULL;
	struct package_sets s;
	struct tree t;

	(void)state;
	make_medium(&t);
	path = text_printf("/proc/self/fd/%d/dvd", t.fd);
	assert_int_equal(read_operand(&s, path, NULL, NULL), 0);
	assert_complete(&s);
	/* The same on the patient's disk, at a path that is not on this machine. */
	assert_int_equal(read_operand(&s, "/dvd/BaseOS/..", &(struct target){t.fd}, NULL), 0);
	assert_complete(&s);
	tree_remove(&t);
}

/* Where a directory holds packages itself, those are meant. */
static void packages_at_hand_come_first(void **state)
{
	_cleanup_free_ char *path = NULL;
	struct package_sets s;
	struct tree t;

	(void)state;
	make_medium(&t);
	copy_to(&t, "dvd", "el8", "kernel-core");
	path = text_printf("/proc/self/fd/%d/dvd", t.fd);
	assert_int_equal(read_operand(&s, path, NULL, NULL), 0);
	assert_int_equal(s.count, 1);
	package_sets_done(&s);
	tree_remove(&t);
}

static void refuses_where_there_are_none(void **state)
{
	_cleanup_free_ char *path = NULL;
	struct package_sets s;
	struct fault f = {0};
	struct tree t;

	(void)state;
	make_medium(&t);
	path = text_printf("/proc/self/fd/%d/empty", t.fd);
	assert_true(read_operand(&s, path, NULL, &f) < 0);
	assert_int_equal(f.code, FAULT_NOT_A_PACKAGE);
	tree_remove(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_packages_below),
		cmocka_unit_test(packages_at_hand_come_first),
		cmocka_unit_test(refuses_where_there_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
