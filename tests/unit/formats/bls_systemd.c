/* SPDX-License-Identifier: GPL-2.0-or-later */
/* systemd-boot's order and its boot counting, by the comments and code of its sources. */
#include "formats/bls.h"

#include <setjmp.h>

#include <cmocka.h>

static int order(const char *a, const char *b)
{
	const struct bls_sort x = {a, NULL, NULL, NULL, -1, -1}, y = {b, NULL, NULL, NULL, -1, -1};

	return bls_compare_systemd(&x, &y);
}

/* From older to newer, as string-util-fundamental.c lists them. */
static void compares_versions(void **state)
{
	static const char *const list[] = {"122.1", "123~rc1-1", "123", "123-a", "123-a.1",
		"123-1", "123-1.1", "123^post1", "123.a-1", "123.1-1", "123a-1", "124-1"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(list); i++) {
		for (size_t n = 0; n < ARRAY_SIZE(list); n++) {
			int r = order(list[i], list[n]), wanted = i < n ? 1 : -(i > n);

			if ((r > 0) - (r < 0) != wanted)
				fail_msg("%s and %s: %d", list[i], list[n], r);
		}
	}
	assert_int_equal(order("123_a", "123a"), 0);
	assert_int_equal(order("00123", "123"), 0);
}

static void reads_tries(void **state)
{
	static const struct {
		const char *name;
		int left, done; /* -1: none */
	} cases[] = {
		{"foobar+3.conf", 3, 0},
		{"foobar+4-0.conf", 4, 0},
		{"foobar+0-4.CONF", 0, 4},
		{"a+b+2-1.conf", 2, 1},
		{"foobar.conf", -1, -1},
		{"foobar+.conf", -1, -1},
		{"foobar+3-.conf", -1, -1},
		{"foobar+3x.conf", -1, -1},
		{"foobar+3.conf.conf", -1, -1},
		{"foobar+2147483648.conf", -1, -1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int left = -1, done = -1;

		assert_int_equal(bls_tries(cases[i].name, &left, &done), cases[i].left >= 0);
		assert_int_equal(left, cases[i].left);
		assert_int_equal(done, cases[i].done);
	}
}

static void counts_tries(void **state)
{
	const struct bls_sort bad = {"z+0-3", NULL, NULL, NULL, 0, 3};
	const struct bls_sort fresh = {"a+3", NULL, NULL, NULL, 3, 0};
	const struct bls_sort same = {"a+3", NULL, NULL, NULL, 2, 0};
	const struct bls_sort tried = {"a+3", NULL, NULL, NULL, 3, 1};
	const struct bls_sort plain = {"a+3", NULL, NULL, NULL, -1, -1};

	(void)state;
	assert_true(bls_compare_systemd(&fresh, &bad) < 0);
	assert_true(bls_compare_systemd(&fresh, &same) < 0);
	assert_true(bls_compare_systemd(&fresh, &tried) < 0);
	assert_int_equal(bls_compare_systemd(&fresh, &plain), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compares_versions),
		cmocka_unit_test(reads_tries),
		cmocka_unit_test(counts_tries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
