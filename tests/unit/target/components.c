/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What bounds a path in either resolver: links, depth, length, magic links. */
#include "resolvers.h"
#include "tree.h"

#include <setjmp.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static struct tree tree;
static struct target target;

static int make(void **state)
{
	(void)state;
	tree_make(&tree, "f 0644 /etc/fstab =text\nl /dir etc\n");
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

static void magic_links_are_refused(void **state)
{
	static const struct {
		const char *path;
		int flags, r;
	} cases[] = {
		{"self/root", O_PATH, -ELOOP},
		{"self/cwd/..", O_PATH, -ELOOP},
		{"self/exe", O_RDONLY, -ELOOP},
		{"self/fd/0", O_PATH, -ELOOP},
		{"self/root/etc/passwd", O_RDONLY, -ELOOP},
		{"self/ns/mnt", O_RDONLY, -ELOOP},
		{"self/root", O_PATH | O_NOFOLLOW, 0},
		{"self/status", O_RDONLY, 0},
		{"mounts", O_RDONLY, 0},
		{"net/dev", O_RDONLY, 0},
		{"thread-self/status", O_RDONLY, 0},
	};
	int kept = target.fd;

	(void)state;
	target.fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (target.fd < 0 || faccessat(target.fd, "self/status", F_OK, 0) < 0) {
		safe_close(target.fd);
		target.fd = kept;
		skip();
	}
	for (size_t r = 0; r < resolver_count(); r++) {
		target_use_resolver(resolvers[r]);
		for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
			int fd =
				target_open(&target, cases[i].path, cases[i].flags, NULL);

			safe_close(fd);
			if (MIN_OF(fd, 0) != cases[i].r)
				fail_msg("%s: %d (resolver %zu)", cases[i].path, fd, r);
		}
	}
	close(target.fd);
	target.fd = kept;
}

static void forty_links_and_no_more(void **state)
{
	char line[64];
	struct stat st;

	(void)state;
	tree_add(&tree, "l /chain1 etc/fstab");
	for (int i = 2; i <= 41; i++) {
		snprintf(line, sizeof(line), "l /chain%d chain%d", i, i - 1);
		tree_add(&tree, line);
	}
	for (size_t r = 0; r < resolver_count(); r++) {
		target_use_resolver(resolvers[r]);
		assert_int_equal(target_stat(&target, "chain40", &st), 0);
		assert_int_equal(target_stat(&target, "chain41", &st), -ELOOP);
		assert_int_equal(target_lstat(&target, "chain41", &st), 0);
		assert_int_equal(target_stat(&target, "dir/../dir/../chain38", &st), 0);
		assert_int_equal(
			target_stat(&target, "dir/../dir/../chain39", &st), -ELOOP);
	}
}

static void one_hundred_twenty_eight_deep_and_no_more(void **state)
{
	_cleanup_(buffer_done) struct buffer line = {0};
	const char *path;
	struct stat st;

	(void)state;
	buffer_puts(&line, "d 0755 ");
	for (int i = 0; i < 129; i++)
		buffer_puts(&line, "/d");
	tree_add(&tree, line.data);
	path = line.data + strlen("d 0755 ");
	for (size_t r = 0; r < resolver_count(); r++) {
		target_use_resolver(resolvers[r]);
		assert_int_equal(target_stat(&target, path + 2, &st), 0); /* 128 */
		assert_int_equal(target_lstat(&target, path + 2, &st), 0);
		assert_int_equal(target_stat(&target, path, &st), -ENAMETOOLONG);
	}
}

static void long_names_and_paths(void **state)
{
	_cleanup_free_ char *name = calloc(1, 257), *path = calloc(1, PATH_MAX + 1);
	struct stat st;

	(void)state;
	memset(name, 'n', 256);
	for (size_t i = 0; i < PATH_MAX; i++)
		path[i] = i % 2 ? '.' : '/';
	for (size_t r = 0; r < resolver_count(); r++) {
		target_use_resolver(resolvers[r]);
		assert_int_equal(target_stat(&target, name, &st), -ENAMETOOLONG);
		assert_int_equal(target_stat(&target, name + 1, &st), -ENOENT);
		assert_int_equal(target_stat(&target, path, &st), -ENAMETOOLONG);
		assert_int_equal(target_stat(&target, path + 1, &st), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(magic_links_are_refused),
		cmocka_unit_test(forty_links_and_no_more),
		cmocka_unit_test(one_hundred_twenty_eight_deep_and_no_more),
		cmocka_unit_test(long_names_and_paths),
	};

	return cmocka_run_group_tests(tests, make, clean);
}
