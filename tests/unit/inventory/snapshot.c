/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Snapshots: what makes a file another than it was. */
#include "patient.h"

static void tells_changes(void **state)
{
	struct patient *p = patient_new("f 0644 /a =one\n");
	const struct target *t = &p->sys.target;
	struct snapshot before, after;

	(void)state;
	assert_int_equal(snapshot_take(&before, t, "/a"), 0);
	assert_true(before.exists);
	assert_int_equal(before.size, 4);
	assert_int_equal(snapshot_take(&after, t, "/a"), 0);
	assert_true(snapshot_equal(&before, &after));
	tree_add(&p->tree, "t /a 1000\n");
	assert_int_equal(snapshot_take(&after, t, "/a"), 0);
	assert_int_equal(after.mtime_s, 1000);
	assert_false(snapshot_equal(&before, &after));
	before = after;
	after.mode ^= 0111;
	assert_false(snapshot_equal(&before, &after));
	after = before;
	after.inode++;
	assert_false(snapshot_equal(&before, &after));
	patient_free(p);
}

static void knows_absence(void **state)
{
	struct patient *p =
		patient_new("f 0644 /a =one\nl /link a\nl /dangling nowhere\n");
	const struct target *t = &p->sys.target;
	struct snapshot none, nothing, there;

	(void)state;
	assert_int_equal(snapshot_take(&none, t, "/none"), 0);
	assert_false(none.exists);
	assert_int_equal(snapshot_take(&nothing, t, "/a/below"), 0);
	assert_false(nothing.exists);
	assert_true(snapshot_equal(&none, &nothing));
	assert_int_equal(snapshot_take(&there, t, "/dangling"), 0); /* the link itself */
	assert_true(there.exists);
	assert_true(S_ISLNK(there.mode));
	assert_false(snapshot_equal(&none, &there));
	patient_free(p);
}

/* FAT gives a file that was forgotten another number, and times of two seconds. */
static void on_fat(void **state)
{
	struct patient *p = patient_new("f 0644 /a =one\n");
	struct snapshot s;

	(void)state;
	setenv("RESCUE_LACKS", "inodes", 1);
	assert_int_equal(snapshot_take(&s, &p->sys.target, "/a"), 0);
	unsetenv("RESCUE_LACKS");
	assert_true(s.exists && s.size == 4);
	assert_int_equal(s.inode, 0);
	assert_int_equal(s.mtime_ns, 0);
	patient_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_changes),
		cmocka_unit_test(knows_absence),
		cmocka_unit_test(on_fat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
