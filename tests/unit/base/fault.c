/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults are told as the contract says. */
#include "fault.h"

#include <setjmp.h>

#include <cmocka.h>
#include <errno.h>

static void expect(const struct fault *f, const char *text)
{
	_cleanup_(buffer_done) struct buffer b = {0};

	assert_int_equal(fault_describe(f, &b), 0);
	assert_string_equal(b.data, text);
}

static void tells_verb_object_device_system_reason_and_errno(void **state)
{
	struct fault f = {0};

	(void)state;
	assert_int_equal(
		fault_errno(&f, EIO, "/boot/vmlinuz-1", "read %s", "/boot/vmlinuz-1"),
		-EIO);
	expect(&f, "cannot read /boot/vmlinuz-1: Input/output error (EIO)");
	fault_device(&f, "/dev/sda1");
	expect(&f, "cannot read /boot/vmlinuz-1 on /dev/sda1: Input/output error (EIO)");
	fault_system(&f, "rhel8-3f2a");
	expect(&f, "cannot read /boot/vmlinuz-1 on /dev/sda1 (rhel8-3f2a): "
		   "Input/output error (EIO)");
	assert_string_equal(f.path, "/boot/vmlinuz-1");
	assert_string_equal(fault_code_name(&f), "EIO");
	assert_int_equal(fault_exit_code(&f), 2);
}

static void named_faults_carry_their_code_and_reason(void **state)
{
	struct fault f = {0};

	(void)state;
	assert_int_equal(fault_named(&f, FAULT_NO_SYSTEM, NULL, "find a system",
				 "none of %d devices holds one", 3),
		-EINVAL);
	expect(&f, "cannot find a system: none of 3 devices holds one (NO-SYSTEM)");
	assert_int_equal(f.error, 0);
	assert_string_equal(f.path, "");
}

static void every_code_has_a_name(void **state)
{
	(void)state;
	for (int code = FAULT_USAGE; code < FAULT_CODES; code++) {
		struct fault f = {.code = (enum fault_code)code};

		assert_false(text_starts(fault_code_name(&f), "E0"));
	}
}

static void the_lowest_function_has_the_say(void **state)
{
	struct fault f = {0};

	(void)state;
	fault_errno(&f, ENOENT, NULL, "open x");
	fault_reason(&f, "it is %s", "gone");
	fault_reason(&f, "another reason");
	fault_hint(&f, "look in %s", "y");
	fault_hint(&f, "another hint");
	fault_device(&f, "/dev/a");
	fault_device(&f, "/dev/b");
	fault_system(&f, "s");
	fault_system(&f, "t");
	expect(&f, "cannot open x on /dev/a (s): it is gone (ENOENT)");
	assert_string_equal(f.hint, "look in y");
}

static void a_new_fault_is_fresh_even_made_from_the_old(void **state)
{
	struct fault f = {0};

	(void)state;
	fault_errno(&f, ENOENT, "/a/b", "open a");
	fault_hint(&f, "h");
	fault_device(&f, "d");
	fault_errno(&f, EIO, f.path, "read %s after %s", f.path, f.doing);
	expect(&f, "cannot read /a/b after open a: Input/output error (EIO)");
	assert_string_equal(f.path, "/a/b");
	assert_string_equal(f.hint, "");
	fault_named(&f, FAULT_STALE, f.path, f.doing, "%s changed", f.path);
	expect(&f, "cannot read /a/b after open a: /a/b changed (STALE)");
	assert_string_equal(f.path, "/a/b");
}

static void no_fault_wanted_is_fine(void **state)
{
	(void)state;
	assert_int_equal(fault_errno(NULL, ENOENT, "p", "open %s", "p"), -ENOENT);
	assert_int_equal(fault_named(NULL, FAULT_USAGE, NULL, "d", "r"), -EINVAL);
	assert_int_equal(fault_no_memory(NULL), -ENOMEM);
	fault_reason(NULL, "r");
	fault_hint(NULL, "h");
	fault_device(NULL, "d");
	fault_system(NULL, "s");
}

static void long_texts_are_cut(void **state)
{
	_cleanup_free_ char *longest = calloc(1, 10001);
	struct fault f = {0};

	(void)state;
	memset(longest, 'x', 10000);
	fault_errno(&f, EIO, longest, "read %s", longest);
	fault_reason(&f, "%s", longest);
	fault_hint(&f, "%s", longest);
	fault_device(&f, longest);
	fault_system(&f, longest);
	assert_int_equal(strlen(f.doing), sizeof(f.doing) - 1);
	assert_int_equal(strlen(f.path), sizeof(f.path) - 1);
	assert_int_equal(strlen(f.hint), sizeof(f.hint) - 1);
	assert_int_equal(strlen(f.system), sizeof(f.system) - 1);
}

static void exit_codes(void **state)
{
	struct fault f = {0};

	(void)state;
	fault_no_memory(&f);
	assert_int_equal(fault_exit_code(&f), 2);
	f.state = STATE_UNCHANGED;
	assert_int_equal(fault_exit_code(&f), 2);
	f.state = STATE_UNDONE;
	assert_int_equal(fault_exit_code(&f), 3);
	f.state = STATE_INCOMPLETE;
	assert_int_equal(fault_exit_code(&f), 4);
	fault_named(&f, FAULT_USAGE, NULL, "understand --x", "no such option");
	assert_int_equal(fault_exit_code(&f), 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_verb_object_device_system_reason_and_errno),
		cmocka_unit_test(named_faults_carry_their_code_and_reason),
		cmocka_unit_test(every_code_has_a_name),
		cmocka_unit_test(the_lowest_function_has_the_say),
		cmocka_unit_test(a_new_fault_is_fresh_even_made_from_the_old),
		cmocka_unit_test(no_fault_wanted_is_fine),
		cmocka_unit_test(long_texts_are_cut),
		cmocka_unit_test(exit_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
