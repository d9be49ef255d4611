/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tells one object from another, also on FAT, which keeps nothing but its content. */
#include "patient.h"

#include "../../../rescue/apply/room.h"

static struct journal_object take(const struct patient *p, const char *path)
{
	struct journal_object o;

	assert_int_equal(object_take(&o, &p->system.target, path), 0);
	return o;
}

/* The same file, seen before and after the tree changes. */
static bool is_unchanged(const char *change)
{
	struct journal_object before, after;
	struct patient p;
	bool same;

	patient_make(&p, "f 0644 /boot/a =one\nt /boot/a 1000\n");
	before = take(&p, "/boot/a");
	tree_add(&p.tree, change);
	after = take(&p, "/boot/a");
	same = object_is_unchanged(&after, &before);
	patient_done(&p);
	return same;
}

static void by_everything(void **state)
{
	(void)state;
	assert_true(is_unchanged("d 0755 /else\n"));
	assert_false(is_unchanged("t /boot/a 2000\n"));
	assert_false(is_unchanged("f 0600 /boot/a =one\nt /boot/a 1000\n"));
	assert_false(is_unchanged("r /boot/a\n"));
}

static void by_content_on_fat(void **state)
{
	(void)state;
	setenv("RESCUE_LACKS", "inodes", 1);
	assert_true(is_unchanged("t /boot/a 2000\n"));
	assert_true(is_unchanged("f 0600 /boot/a =one\n"));
	assert_false(is_unchanged("f 0644 /boot/a =two\nt /boot/a 1000\n"));
	assert_false(is_unchanged("f 0644 /boot/a =three\n"));
	assert_false(is_unchanged("r /boot/a\n"));
	assert_false(is_unchanged("r /boot/a\nd 0755 /boot/a\n"));
	unsetenv("RESCUE_LACKS");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_everything),
		cmocka_unit_test(by_content_on_fat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
