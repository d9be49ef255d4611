/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paths as text: which are clean, how deep they go. */
#include "../../../rescue/target/resolve.h"

#include <setjmp.h>

#include <cmocka.h>

static void clean_paths(void **state)
{
	static const char *const clean[] = {"a", "/a", "a/b", "/lib/modules/5.14/x.ko",
		"a//b", "a/", "...", "a/.b", "a/..b", "Grüße", "with blank", "/"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(clean); i++)
		assert_true(path_is_clean(clean[i], strlen(clean[i])));
}

static void unclean_paths(void **state)
{
	static const char *const unclean[] = {"", ".", "..", "./a", "a/.", "a/..", "../a",
		"/../a", "a/./b", "a/../b", "a\nb", "\x1b[2J", "a\x7f", "a/../"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(unclean); i++)
		assert_false(path_is_clean(unclean[i], strlen(unclean[i])));
	assert_false(path_is_clean("a\0b", 3));
	assert_true(path_is_clean("a\0b", 1));
}

static void paths_have_a_longest(void **state)
{
	char path[PATH_MAX];

	(void)state;
	memset(path, 'a', sizeof(path));
	assert_true(path_is_clean(path, PATH_MAX - 1));
	assert_false(path_is_clean(path, PATH_MAX));
}

static void depth(void **state)
{
	(void)state;
	assert_int_equal(path_depth(""), 0);
	assert_int_equal(path_depth("/"), 0);
	assert_int_equal(path_depth("a"), 1);
	assert_int_equal(path_depth("//a//b/"), 2);
	assert_int_equal(path_depth("a/../b/../c"), 1);
	assert_int_equal(path_depth("../../a"), 1);
	assert_int_equal(path_depth("a/./b/../../../c/d/e"), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clean_paths),
		cmocka_unit_test(unclean_paths),
		cmocka_unit_test(paths_have_a_longest),
		cmocka_unit_test(depth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
