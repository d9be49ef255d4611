/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Logical volumes: those that are one piece, what device mapper is told, names. */
#include "group.h"

static void pieces(void **state)
{
	_cleanup_(setting_done) struct setting s = {0};
	const struct volume_group *g;
	uint64_t offset;
	size_t pv;

	(void)state;
	add(&s, UUID("1"), 1, 5);
	add(&s, UUID("0"), 0, 5);
	assemble(&s, 1);
	g = &s.groups.items[0];
	/* Two segments, but side by side. */
	assert_true(volume_is_piece(g, lv(&s, "one"), &pv, &offset));
	assert_int_equal(pv, 1);
	assert_int_equal(offset, (2048 + 5 * 8) * 512);
	assert_false(volume_is_piece(g, lv(&s, "split"), &pv, &offset));
	assert_false(volume_is_piece(g, lv(&s, "both"), &pv, &offset));
	assert_null(volume_obstacle(lv(&s, "one")));
	assert_non_null(strstr(volume_obstacle(lv(&s, "split")), "read-only"));
	assert_null(volume_unopenable(lv(&s, "both")));
}

static void names(void **state)
{
	static const char *const cases[][2] = {
		{"/dev/vg/root", "/dev/mapper/vg-root"},
		{"/dev/a-b/c-d", "/dev/mapper/a--b-c--d"},
		{"/dev/mapper/a--b-c--d", "/dev/mapper/a--b-c--d"},
		{"/dev/sda1", "/dev/sda1"},
		{"/dev/disk/by-uuid/x", "/dev/disk/by-uuid/x"},
		{"/dev/cciss/c0d0", "/dev/cciss/c0d0"},
		{"/dev/vg/a/b", "/dev/vg/a/b"},
		{"/dev/vg/", "/dev/vg/"},
		{"/dev//x", "/dev//x"},
		{"UUID=x", "UUID=x"},
		{"", ""},
	};
	_cleanup_(setting_done) struct setting s = {0};
	_cleanup_free_ char *uuid = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *path = volume_mapper_path(cases[i][0]);

		assert_string_equal(path, cases[i][1]);
	}
	add(&s, UUID("0"), 0, 5);
	assemble(&s, 1);
	uuid = volume_mapper_uuid(s.groups.items[0].vg, lv(&s, "one"));
	assert_string_equal(uuid, "LVM-aaaaaabbbbccccddddeeeeffff000009"
				  "aaaaaabbbbccccddddeeeeffff000002");
}

static void tables(void **state)
{
	static const struct mapper_base bases[] = {{0x801, 0}, {0x700, 1 << 20}};
	_cleanup_(mapper_table_done) struct mapper_table split = {0}, both = {0};
	_cleanup_(setting_done) struct setting s = {0};

	(void)state;
	add(&s, UUID("0"), 0, 5);
	add(&s, UUID("1"), 1, 5);
	assemble(&s, 1);
	assert_int_equal(
		volume_table(&split, &s.groups.items[0], lv(&s, "split"), bases), 0);
	assert_int_equal(split.count, 2);
	assert_string_equal(split.items[0].type, "linear");
	assert_int_equal(split.items[0].size, 24);
	assert_string_equal(split.items[0].parameters, "7:0 6184"); /* 2048+4096+5*8 */
	assert_int_equal(split.items[1].start, 24);
	assert_string_equal(split.items[1].parameters, "7:0 6216");
	assert_int_equal(
		volume_table(&both, &s.groups.items[0], lv(&s, "both"), bases), 0);
	assert_int_equal(both.count, 1);
	assert_string_equal(both.items[0].type, "striped");
	assert_string_equal(both.items[0].parameters, "2 4 8:1 2208 7:0 6304");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces),
		cmocka_unit_test(names),
		cmocka_unit_test(tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
