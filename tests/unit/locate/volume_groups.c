/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Volume groups from physical volumes: missing, stale and cloned ones. */
#include "group.h"

static void whole_group(void **state)
{
	_cleanup_(setting_done) struct setting s = {0};
	const struct volume_group *g;

	(void)state;
	add(&s, UUID("1"), 1, 4);
	add(&s, UUID("0"), 0, 5); /* the newer text counts */
	assemble(&s, 1);
	g = &s.groups.items[0];
	assert_int_equal(g->vg->seqno, 5);
	assert_int_equal(g->missing, 0);
	assert_int_equal(g->members[0], 1);
	assert_int_equal(g->members[1], 0);
	assert_false(g->is_copy);
	assert_true(volume_is_whole(g, lv(&s, "both")));
}

/* A physical volume without metadata belongs to the group whose text names it. */
static void without_text(void **state)
{
	_cleanup_(setting_done) struct setting s = {0};

	(void)state;
	add(&s, UUID("0"), 0, 5);
	add_named(&s, UUID("1"), 1, NULL, 0, "");
	add_named(&s, UUID("7"), 2, NULL, 0, ""); /* of no group */
	assemble(&s, 1);
	assert_int_equal(s.groups.items[0].missing, 0);
}

static void missing_member(void **state)
{
	_cleanup_(setting_done) struct setting s = {0};
	const struct volume_group *g;

	(void)state;
	add(&s, UUID("0"), 0, 5);
	assemble(&s, 1);
	g = &s.groups.items[0];
	assert_int_equal(g->missing, 1);
	assert_int_equal(g->members[1], VOLUME_PV_MISSING);
	assert_true(volume_is_whole(g, lv(&s, "one")));
	assert_false(volume_is_whole(g, lv(&s, "split")));
	assert_false(volume_is_whole(g, lv(&s, "both")));
}

/* It was away while the group went on: what it holds is old. */
static void stale_member(void **state)
{
	_cleanup_(setting_done) struct setting s = {0};

	(void)state;
	add(&s, UUID("0"), 0, 4);
	add_named(&s, UUID("1"), 1, "vg", 6, "\"MISSING\"");
	assemble(&s, 1);
	assert_int_equal(s.groups.items[0].missing, 1);
	assert_int_equal(s.groups.items[0].members[0], VOLUME_PV_MISSING);
}

/* Two machines' disks, each whole by itself. */
static void clones(void **state)
{
	_cleanup_(setting_done) struct setting s = {0};

	(void)state;
	add(&s, UUID("0"), 0, 5);
	add(&s, UUID("1"), 0, 5);
	add(&s, UUID("0"), 1, 7);
	add(&s, UUID("1"), 1, 7);
	assemble(&s, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct volume_group *g = &s.groups.items[i];

		assert_true(g->is_copy);
		assert_false(g->is_ambiguous);
		assert_int_equal(g->missing, 0);
		assert_int_equal(s.pvs[g->members[0]].disk, s.pvs[g->members[1]].disk);
	}
	assert_int_not_equal(
		s.groups.items[0].vg->seqno, s.groups.items[1].vg->seqno);
}

/* One clone on one disk; the original lies on two. */
static void clone_of_two_disks(void **state)
{
	_cleanup_(setting_done) struct setting s = {0};

	(void)state;
	add(&s, UUID("0"), 0, 5);
	add(&s, UUID("1"), 1, 5);
	add(&s, UUID("0"), 2, 5);
	add(&s, UUID("1"), 2, 5);
	assemble(&s, 2);
	assert_int_equal(s.groups.items[0].members[0], 2);
	assert_int_equal(s.groups.items[1].members[0], 0);
	assert_int_equal(s.groups.items[1].members[1], 1);
}

/* Half a clone: which of the two pv0 goes with pv1 is never guessed. */
static void mixed_clones(void **state)
{
	_cleanup_(setting_done) struct setting s = {0};
	const struct volume_group *g;

	(void)state;
	add(&s, UUID("0"), 0, 5);
	add(&s, UUID("1"), 1, 5);
	add(&s, UUID("0"), 2, 6);
	assemble(&s, 1);
	g = &s.groups.items[0];
	assert_true(g->is_ambiguous);
	assert_int_equal(g->missing, 2);
	for (size_t i = 0; i < g->vg->lv_count; i++)
		assert_false(volume_is_whole(g, &g->vg->lvs[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_group),
		cmocka_unit_test(without_text),
		cmocka_unit_test(missing_member),
		cmocka_unit_test(stale_member),
		cmocka_unit_test(clones),
		cmocka_unit_test(clone_of_two_disks),
		cmocka_unit_test(mixed_clones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
