/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which logical volumes PID 1 opens, and what it says of the others. The physical volumes
 * are files: what is tried with them fails, in this kernel or for want of a driver.
 */
#include "../../../initramfs/pid1.h"

#include <setjmp.h>

#include "made_volume.h"

#define ID(n) "id = \"aaaaaa-bbbb-cccc-dddd-eeee-ffff-" n "\" "
#define LV(name, n, flags, segment)                                                      \
	name " { " ID(n) "status = [\"READ\", \"WRITE\"" flags "] segment_count = 1 "        \
	     "segment1 { start_extent = 0 extent_count = 16 " segment " } } "
#define VISIBLE ", \"VISIBLE\""
#define LINEAR(pv, at) "type = \"striped\" stripes = [\"" pv "\", " at "]"

/* A group of two disks: root and home on pv0, far on pv1; a thin one, a hidden one. */
static const char group[] =
	"vg { " ID("vg0gr0") "seqno = 1 extent_size = 128 physical_volumes { "
	"pv0 { " ID("pv0000") "pe_start = 2048 pe_count = 240 } "
	"pv1 { " ID("pv1111") "pe_start = 2048 pe_count = 240 } } logical_volumes { "
	LV("root", "lv0001", VISIBLE, LINEAR("pv0", "0"))
	LV("home", "lv0002", VISIBLE, LINEAR("pv0", "16"))
	LV("far", "lv0003", VISIBLE, LINEAR("pv1", "0"))
	LV("hidden", "lv0004", "", LINEAR("pv0", "32"))
	LV("thin", "lv0005", VISIBLE, "type = \"thin\" thin_pool = \"pool\"")
	"} } contents = \"Text Format Volume Group\" version = 1";

struct setting {
	char path[2][64];
	struct disks disks;
	struct volumes volumes;
	struct boot_options options;
	struct drivers drivers;
};

static int setup(void **state)
{
	struct setting *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	for (size_t i = 0; i < ARRAY_SIZE(s->path); i++) {
		int fd;

		snprintf(s->path[i], sizeof(s->path[i]), "/tmp/volumes-test-XXXXXX");
		fd = mkstemp(s->path[i]);
		assert_true(fd >= 0);
		close(fd);
		made_volume_write(s->path[i], i == 0 ? "pv0000" : "pv1111", group);
	}
	assert_int_equal(boot_options_parse(&s->options, "quiet"), 0);
	s->drivers.options = &s->options;
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct setting *s = *state;

	for (size_t i = 0; i < ARRAY_SIZE(s->path); i++)
		unlink(s->path[i]);
	disks_done(&s->disks);
	volumes_done(&s->volumes);
	boot_options_done(&s->options);
	free(s);
	return 0;
}

static void add_disk(struct setting *s, size_t which)
{
	struct disk *d;

	assert_int_equal(VECTOR_GROW(&s->disks), 0);
	d = &s->disks.items[s->disks.count++];
	*d = (struct disk){.device = {.parent = -1, .system = -1, .size = MADE_VOLUME_SIZE}};
	d->device.path = strdup(s->path[which]);
	d->device.roles = ROLE_LVM_PV;
}

static void command_line(struct setting *s, const char *text)
{
	boot_options_done(&s->options);
	assert_int_equal(boot_options_parse(&s->options, text), 0);
}

/* What was opened, or tried, for the sake of that root. */
static void assert_tried(
	struct setting *s, const char *root, bool settled, const char *expected)
{
	_cleanup_(wanted_done) struct wanted w = {0};
	_cleanup_(buffer_done) struct buffer tried = {0};

	assert_int_equal(wanted_parse(&w, root), 0);
	assert_int_equal(volumes_serve(&s->volumes, &s->disks, &s->drivers, &w, settled), 0);
	assert_int_equal(buffer_puts(&tried, ""), 0);
	strings_sort(&s->volumes.active);
	for (size_t i = 0; i < s->volumes.active.count; i++)
		buffer_printf(&tried, "%s ", s->volumes.active.items[i]);
	assert_string_equal(tried.data, expected);
}

/* By its name it is that one alone; until the group is whole, none. */
static void test_named_root(void **state)
{
	struct setting *s = *state;

	add_disk(s, 0);
	assert_tried(s, "/dev/mapper/vg-root", false, "");
	add_disk(s, 1);
	assert_tried(s, "/dev/mapper/vg-root", false, "vg-root ");
	assert_tried(s, "/dev/mapper/vg-root", false, "vg-root "); /* once */
}

static void test_other_spelling(void **state)
{
	struct setting *s = *state;

	add_disk(s, 0);
	add_disk(s, 1);
	assert_tried(s, "/dev/vg/home", false, "vg-home ");
	assert_tried(s, "/dev/sda1", false, "vg-home ");
	assert_tried(s, "/dev/mapper/vg-hidden", false, "vg-home ");
}

/* rd.lvm.lv= and rd.lvm.vg= come with whatever the root is. */
static void test_command_line(void **state)
{
	struct setting *s = *state;

	add_disk(s, 0);
	add_disk(s, 1);
	command_line(s, "rd.lvm.lv=vg/far rd.lvm.lv=vg/hidden rd.lvm.lv=other/root");
	assert_tried(s, "/dev/mapper/vg-root", false, "vg-far vg-root ");
	command_line(s, "rd.lvm.vg=vg");
	assert_tried(s, "/dev/sda1", false, "vg-far vg-home vg-root vg-thin ");
}

/* A UUID may be that of any volume; of those that are named, those come first. */
static void test_root_by_uuid(void **state)
{
	struct setting *s = *state;

	add_disk(s, 0);
	add_disk(s, 1);
	command_line(s, "rd.lvm.lv=vg/root");
	assert_tried(s, "UUID=1234", false, "vg-root ");
	assert_tried(s, "UUID=1234", true, "vg-far vg-home vg-root vg-thin ");
}

/* When no more disks are to be expected the group is taken as it is. */
static void test_missing_disk(void **state)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	struct setting *s = *state;

	add_disk(s, 0);
	assert_tried(s, "UUID=1234", false, "");
	assert_tried(s, "UUID=1234", true, "vg-far vg-home vg-root vg-thin ");
	assert_true(strings_has(&s->volumes.seen, "vg-far: a physical volume is missing"));
	assert_true(strings_has(&s->volumes.seen, "vg-thin: a thin volume"));
	assert_int_equal(volumes_describe(&s->volumes, &text), 0);
	assert_string_equal(text.data,
		"  volume group vg, 1 of 2 disks missing: root home far thin\n");
}

/* Of two copies neither is taken: the system could be started on the wrong one. */
static void test_copies(void **state)
{
	struct setting *s = *state;

	made_volume_write(s->path[1], "pv0000", group);
	add_disk(s, 0);
	add_disk(s, 1);
	assert_tried(s, "/dev/mapper/vg-root", true, "");
	assert_true(strings_has(&s->volumes.seen,
		"vg: there are several copies of this volume group"));
}

/* What cannot be read is said once, and the others are served. */
static void test_damaged(void **state)
{
	struct setting *s = *state;
	size_t said;

	made_volume_write(s->path[1], "pv1111", "vg { this is no metadata");
	add_disk(s, 1);
	assert_tried(s, "/dev/mapper/vg-root", true, "");
	said = s->volumes.seen.count;
	assert_true(said >= 2); /* the disk and the message */
	assert_tried(s, "/dev/mapper/vg-root", true, "");
	assert_int_equal(s->volumes.seen.count, said);
	add_disk(s, 0);
	assert_tried(s, "/dev/mapper/vg-root", true, "vg-root ");
}

/* ---- the system's own list of devices ---- */
#define PVID(n) "aaaaaaAAAAaaaaAAAAaaaaAAAAaaaaa" n

static struct lvm_pv pvs[] = {{.uuid = PVID("0")}, {.uuid = PVID("1")}, {.uuid = PVID("2")}};

/* Of a group that lies on the first of those and count more. */
static void insert(struct volumes *v, size_t first, size_t count)
{
	const struct physical_volume pv = {.vg = {.pvs = &pvs[first], .pv_count = count}};

	assert_int_equal(volumes_insert(v, &pv), 0);
}

static void assert_order(struct volumes *v, const size_t *order, size_t count)
{
	assert_int_equal(v->count, count);
	for (size_t i = 0; i < count; i++)
		assert_ptr_equal(v->pvs[i].vg.pvs, &pvs[order[i]]);
	free(v->pvs);
	lvm_devices_done(&v->listed);
}

static void test_no_list(void **state)
{
	struct volumes v = {0};

	(void)state;
	assert_true(volumes_lists(&v, &(struct lvm_vg){.pvs = pvs, .pv_count = 3}));
	insert(&v, 2, 1);
	insert(&v, 0, 1);
	insert(&v, 1, 1);
	assert_order(&v, (const size_t[]){2, 0, 1}, 3);
}

static void test_listed_ones_first(void **state)
{
	struct volumes v = {.has_list = true};

	(void)state;
	assert_int_equal(strings_add(&v.listed.pvids, PVID("1")), 0);
	assert_int_equal(strings_add(&v.listed.pvids, PVID("2")), 0);
	assert_false(volumes_lists(&v, &(struct lvm_vg){.pvs = pvs, .pv_count = 3}));
	assert_true(volumes_lists(&v, &(struct lvm_vg){.pvs = &pvs[1], .pv_count = 2}));
	insert(&v, 0, 1);
	insert(&v, 1, 2);
	insert(&v, 0, 3); /* one of three is not on it */
	insert(&v, 2, 1);
	assert_order(&v, (const size_t[]){1, 2, 0, 0}, 4);
}

/* What the list does not name is opened by its name alone, not in search of a UUID. */
static void test_unlisted(void **state)
{
	struct setting *s = *state;

	add_disk(s, 0);
	s->volumes.is_list_read = s->volumes.has_list = true;
	assert_tried(s, "UUID=1234", true, "");
	assert_tried(s, "/dev/mapper/vg-root", true, "vg-root ");
}

#define WITH_SETTING(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SETTING(test_named_root),
		WITH_SETTING(test_other_spelling),
		WITH_SETTING(test_command_line),
		WITH_SETTING(test_root_by_uuid),
		WITH_SETTING(test_missing_disk),
		WITH_SETTING(test_copies),
		WITH_SETTING(test_damaged),
		cmocka_unit_test(test_no_list),
		cmocka_unit_test(test_listed_ones_first),
		WITH_SETTING(test_unlisted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
