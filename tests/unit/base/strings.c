/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of strings. */
#include "base.h"

#include <setjmp.h>

#include <cmocka.h>
#include <errno.h>

static void adds_sorts_and_finds(void **state)
{
	_cleanup_(strings_done) struct strings s = {0};

	(void)state;
	assert_int_equal(strings_add(&s, "b"), 0);
	assert_int_equal(strings_add(&s, "c"), 0);
	assert_int_equal(strings_add(&s, "a"), 0);
	strings_sort(&s);
	assert_string_equal(s.items[0], "a");
	assert_string_equal(s.items[1], "b");
	assert_string_equal(s.items[2], "c");
	assert_true(strings_has(&s, "b"));
	assert_false(strings_has(&s, "B"));
	assert_false(strings_has(&s, ""));
}

static void adds_only_what_is_new(void **state)
{
	_cleanup_(strings_done) struct strings s = {0};

	(void)state;
	assert_int_equal(strings_add_new(&s, "a"), 0);
	assert_int_equal(strings_add_new(&s, "a"), 0);
	assert_int_equal(strings_add_new(&s, "b"), 0);
	assert_int_equal(s.count, 2);
}

static void a_failed_allocation_is_passed_on(void **state)
{
	_cleanup_(strings_done) struct strings s = {0};

	(void)state;
	assert_int_equal(strings_take(&s, NULL), -ENOMEM);
	assert_int_equal(s.count, 0);
}

static void copies_own_their_text(void **state)
{
	_cleanup_(strings_done) struct strings s = {0}, copy = {0}, empty = {0};

	(void)state;
	assert_int_equal(strings_add(&s, "one"), 0);
	assert_int_equal(strings_copy(&copy, &s), 0);
	strings_done(&s);
	assert_int_equal(copy.count, 1);
	assert_string_equal(copy.items[0], "one");
	assert_int_equal(strings_copy(&empty, &s), 0);
	assert_int_equal(empty.count, 0);
	strings_sort(&empty);
}

static void moves_to_the_front(void **state)
{
	_cleanup_(strings_done) struct strings s = {0};

	(void)state;
	for (const char *name = "abc"; *name; name++)
		assert_int_equal(strings_add(&s, (char[]){*name, '\0'}), 0);
	strings_move_to_front(&s, 0);
	assert_string_equal(s.items[0], "a");
	strings_move_to_front(&s, 2);
	assert_string_equal(s.items[0], "c");
	assert_string_equal(s.items[1], "a");
	assert_string_equal(s.items[2], "b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(adds_sorts_and_finds),
		cmocka_unit_test(adds_only_what_is_new),
		cmocka_unit_test(a_failed_allocation_is_passed_on),
		cmocka_unit_test(copies_own_their_text),
		cmocka_unit_test(moves_to_the_front),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
