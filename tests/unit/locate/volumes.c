/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Volume groups from physical volumes: missing, stale and cloned ones; pieces; names. */
#include "volumes.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>

#include <cmocka.h>
#include <unistd.h>

#define MAX_PVS 8

/* What one test puts together. */
struct setting {
	struct physical_volume pvs[MAX_PVS];
	size_t count;
	struct volume_groups groups;
};

#define UUID(n) "aaaaaa-bbbb-cccc-dddd-eeee-ffff-00000" n

/* A group of pv0 and pv1, with a linear, a split and a striped volume. */
static const char text[] =
	"%s { id = \"" UUID("9") "\" seqno = %u extent_size = 8 physical_volumes {"
	"pv0 { id = \"" UUID("0") "\" pe_start = 2048 pe_count = 100 flags = [%s] }"
	"pv1 { id = \"" UUID("1") "\" pe_start = 4096 pe_count = 100 } }"
	"logical_volumes {"
	"one { id = \"" UUID("2") "\" status = [\"WRITE\", \"VISIBLE\"] segment_count = 2"
	" s1 { start_extent = 0 extent_count = 3 type = \"striped\" stripes = [\"pv0\", 5] }"
	" s2 { start_extent = 3 extent_count = 2 type = \"striped\" stripes = [\"pv0\", 8] } }"
	"split { id = \"" UUID("3") "\" status = [\"VISIBLE\"] segment_count = 2"
	" s1 { start_extent = 0 extent_count = 3 type = \"striped\" stripes = [\"pv1\", 5] }"
	" s2 { start_extent = 3 extent_count = 2 type = \"striped\" stripes = [\"pv1\", 9] } }"
	"both { id = \"" UUID("4") "\" segment_count = 1"
	" s1 { start_extent = 0 extent_count = 4 type = \"striped\" stripe_size = 4"
	" stripes = [\"pv0\", 20, \"pv1\", 20] } } }"
	"} contents = \"Text Format Volume Group\" version = 1";

static void add_named(struct setting *s, const char *uuid, int disk, const char *vg,
	unsigned seqno, const char *flags)
{
	struct physical_volume *pv = &s->pvs[s->count++];
	char in[4096];
	struct fault f;

	*pv = (struct physical_volume){.disk = disk, .size = 1 << 30};
	snprintf(pv->label.uuid, sizeof(pv->label.uuid), "%s", uuid);
	if (!vg)
		return;
	snprintf(in, sizeof(in), text, vg, seqno, flags);
	if (lvm_vg_parse(&pv->vg, (struct bytes){(uint8_t *)in, strlen(in)}, &f) < 0)
		fail_msg("%s", f.reason);
}

static void add(struct setting *s, const char *uuid, int disk, unsigned seqno)
{
	add_named(s, uuid, disk, "vg", seqno, "");
}

static void assemble(struct setting *s, size_t groups)
{
	assert_int_equal(volume_groups_assemble(&s->groups, s->pvs, s->count), 0);
	assert_int_equal(s->groups.count, groups);
}

static void setting_done(struct setting *s)
{
	volume_groups_done(&s->groups);
	for (size_t i = 0; i < s->count; i++)
		physical_volume_done(&s->pvs[i]);
}

static const struct lvm_lv *lv(const struct setting *s, const char *name)
{
	return lvm_vg_find(s->groups.items[0].vg, name);
}

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

/* Heads that LVM itself wrote, whole, cut short and changed. */
static void reads_disks(void **state)
{
	static const char head[] = "tests/data/lvm_head/wrapped/input";
	struct physical_volume pv;
	char path[] = "/tmp/lvm-test-XXXXXX";
	_cleanup_(buffer_done) struct buffer b = {0};
	_cleanup_close_ int in = open(head, O_RDONLY | O_CLOEXEC), fd = mkstemp(path);

	(void)state;
	assert_true(in >= 0 && fd >= 0);
	assert_int_equal(fd_read_all(in, 1 << 20, &b), 0);
	assert_int_equal(pwrite(fd, b.data, b.size, 512), (ssize_t)b.size);
	assert_int_equal(physical_volume_read(&pv, path, 512, b.size, NULL), 0);
	assert_string_equal(pv.vg.name, "vg-test");
	assert_int_equal(pv.vg.seqno, 17);
	physical_volume_done(&pv);
	/* Its text lies behind the end of what there is. */
	assert_int_equal(physical_volume_read(&pv, path, 512, 20000, NULL), -ENODATA);
	/* One bit of the text: its checksum tells. */
	assert_int_equal(pwrite(fd, "#", 1, 512 + 35328 + 10), 1);
	assert_int_equal(physical_volume_read(&pv, path, 512, b.size, NULL), -EBADMSG);
	assert_int_equal(physical_volume_read(&pv, path, 0, b.size, NULL), -EBADMSG);
	assert_int_equal(physical_volume_read(&pv, path, 8192, b.size, NULL), -ENOENT);
	unlink(path);
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
		cmocka_unit_test(pieces),
		cmocka_unit_test(names),
		cmocka_unit_test(tables),
		cmocka_unit_test(reads_disks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
