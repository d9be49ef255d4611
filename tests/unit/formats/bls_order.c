/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Menu order of BLS entries. The tables are derived from the loaders' sources
 * (rhboot/grub2: fedora-40 and rhel-8.8.0 blscfg.c, fedora-44 blsuki.c); no loader was
 * run for them.
 */
#include "formats/bls.h"

#include <setjmp.h>

#include <cmocka.h>

#define MID_1 "1a2b3c4d5e6f708192a3b4c5d6e7f809"
#define MID_F "f0e1d2c3b4a5968778695a4b3c2d1e0f"
#define MID_F2 "fae1d2c3b4a5968778695a4b3c2d1e0f"

/* Shown from first to last. */
static const char *const by_id[] = {
	/*
	 * Of names that begin with a letter and a digit run, the digits count as newer.
	 */
	MID_1 "-5.14.0-427.13.1.el9_4.x86_64+debug",
	MID_1 "-5.14.0-427.13.1.el9_4.x86_64",
	MID_1 "-5.14.0-427.9.1.el9_4.x86_64",
	MID_1 "-5.14.0-70.el9.x86_64",
	MID_1 "-5.4.17-2136.el9uek.x86_64",
	MID_1 "-0-rescue",
	MID_F2 "-6.1.0-1.el9.x86_64",
	MID_F "-6.1.0-1.el9.x86_64",
	MID_F "-6.1.0~rc1-1.el9.x86_64",
	MID_F "-0-rescue",
};

static void check_order(
	int (*compare)(const char *, const char *), const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < count; j++) {
			int r = compare(list[i], list[j]), wanted = i < j ? -1 : i > j;

			if ((r < 0 ? -1 : r > 0) != wanted)
				fail_msg("%s and %s compare as %d", list[i], list[j], r);
		}
	}
}

static void orders_ids(void **state)
{
	(void)state;
	check_order(bls_compare_ids, by_id, ARRAY_SIZE(by_id));
}

static void takes_equal_versions_for_equal(void **state)
{
	(void)state;
	assert_int_equal(bls_compare_ids("m-5.01-1", "m-5.1-1"), 0);
	assert_int_equal(bls_compare_ids("m-5.1-1", "m-5_1-1"), 0);
	assert_int_equal(bls_compare_ids("", ""), 0);
	assert_true(bls_compare_ids("custom", "m-1-1") != 0);
	assert_true(bls_compare_ids("a", "b") > 0);
}

static void orders_versions(void **state)
{
	static const char *const list[] = {
		"4.18.0-553.el8_10.x86_64+debug",
		"4.18.0-553.el8_10.x86_64",
		"4.18.0-80.el8.x86_64",
		"0-rescue-1a2b",
	};

	(void)state;
	check_order(bls_compare_versions, list, ARRAY_SIZE(list));
}

static void orders_file_names(void **state)
{
	static const char *const list[] = {
		MID_F "-6.12.0-10.fc44.x86_64",
		MID_F "-6.12.0-9.fc44.x86_64",
		MID_F "-6.2.0-1.fc44.x86_64",
		MID_F "-6.2.0~rc1-1.fc44.x86_64",
		MID_F "-0-rescue",
		MID_1 "-6.12.0-10.fc44.x86_64",
	};

	(void)state;
	check_order(bls_compare_file_names, list, ARRAY_SIZE(list));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(orders_ids),
		cmocka_unit_test(takes_equal_versions_for_equal),
		cmocka_unit_test(orders_versions),
		cmocka_unit_test(orders_file_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
