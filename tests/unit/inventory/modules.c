/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Module directories: each state, third-party modules, and 4,000 of them in no time. */
#include "patient.h"

#include <time.h>

#define DIR "/usr/lib/modules/" V

static struct patient *with_kernel(void)
{
	struct patient *p = patient_new(NULL);

	add_kernel(p, V);
	return p;
}

static const struct module_tree *read_tree(struct patient *p)
{
	patient_read(p);
	return &patient_kernel(p, V)->modules;
}

static void tells_the_whole(void **state)
{
	struct patient *p = with_kernel();
	const struct module_tree *m = read_tree(p);

	(void)state;
	assert_int_equal(m->state, PART_OK);
	assert_string_equal(m->path, "/lib/modules/" V);
	assert_int_equal(m->count, 2);
	assert_int_equal(m->third_party, 0);
	assert_string_equal(m->files.items[0], "kernel/fs/ext4/ext4.ko.xz");
	assert_int_equal(m->missing.count, 0);
	patient_free(p);
}

static void tells_the_missing(void **state)
{
	struct patient *p = with_kernel();
	const struct module_tree *m;

	(void)state;
	tree_add(&p->tree, "r " DIR "\n");
	m = read_tree(p);
	assert_int_equal(m->state, PART_MISSING);
	assert_int_equal(m->count, 0);
	tree_add(&p->tree,
		"f 0644 " DIR "/weak-updates/x.ko\nf 0644 " DIR "/modules.dep\n");
	m = read_tree(p);
	assert_int_equal(m->state, PART_MISSING); /* none of its own */
	assert_int_equal(m->count, 1);
	assert_int_equal(m->third_party, 1);
	patient_free(p);
}

static void tells_the_incomplete(void **state)
{
	struct patient *p = with_kernel();
	const struct module_tree *m;

	(void)state;
	tree_add(&p->tree, "r " DIR "/kernel/lib/crc16.ko.xz\n");
	m = read_tree(p);
	assert_int_equal(m->state, PART_INCOMPLETE);
	assert_int_equal(m->missing.count, 1);
	assert_string_equal(m->missing.items[0], "kernel/lib/crc16.ko.xz");
	tree_add(&p->tree, "f 0644 " DIR "/kernel/lib/crc16.ko\n"); /* unpacked by hand */
	assert_int_equal(read_tree(p)->state, PART_OK);
	patient_free(p);
}

static void tells_the_unindexed(void **state)
{
	static const char *const spoil[] = {
		"r " DIR "/modules.dep\n",
		"f 0644 " DIR "/modules.dep\n", /* empty */
		"f 0644 " DIR "/modules.dep =\x01\x02 no index\n",
		"r " DIR "/modules.dep\nd 0755 " DIR "/modules.dep\n",
		"r " DIR "/modules.dep.bin\n",
		"f 0644 " DIR "/modules.dep.bin\n",
		"f 0644 " DIR "/modules.dep.bin =not the magic number\n",
		"r " DIR "/modules.alias.bin\n",
		"r " DIR "/modules.alias.bin\np 0644 " DIR "/modules.alias.bin\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(spoil); i++) {
		struct patient *p = with_kernel();
		const struct module_tree *m;

		tree_add(&p->tree, spoil[i]);
		m = read_tree(p);
		if (m->state != PART_UNINDEXED)
			fail_msg("%s: %s", spoil[i], part_state_name(m->state));
		assert_int_equal(m->missing.count, 0);
		patient_free(p);
	}
}

/*
 * Without an index only modules.order can tell; packages may lack some of what it names.
 */
static void judges_by_modules_order(void **state)
{
	struct patient *p = with_kernel();

	(void)state;
	tree_add(&p->tree, "r " DIR "/modules.dep\n"
			   "f 0644 " DIR "/modules.order <<END\n"
			   "kernel/lib/crc16.ko\n"
			   "kernel/fs/ext4/ext4.ko\n"
			   "kernel/fs/rare/rare.ko\n"
			   "END\n");
	assert_int_equal(read_tree(p)->state, PART_UNINDEXED);
	tree_add(&p->tree, "r " DIR "/kernel/lib/crc16.ko.xz\n");
	assert_int_equal(read_tree(p)->state, PART_INCOMPLETE);
	assert_int_equal(read_tree(p)->missing.count, 2);
	patient_free(p);
}

static void counts_third_party(void **state)
{
	struct patient *p = with_kernel();
	const struct module_tree *m;

	(void)state;
	tree_add(&p->tree, "f 0644 " DIR "/extra/vendor/a.ko\n"
			   "f 0644 " DIR "/updates/b.ko.zst\n"
			   "l " DIR "/weak-updates/c.ko /lib/modules/" OLD "/extra/c.ko\n"
			   "f 0644 " DIR "/extra/README\n"
			   "l " DIR "/build /usr/src/kernels/" V "\n"
			   "f 0644 " DIR "/vdso/vdso64.so\n");
	m = read_tree(p);
	assert_int_equal(m->count, 5);
	assert_int_equal(m->third_party, 3);
	assert_int_equal(m->state, PART_OK);
	patient_free(p);
}

/* EL5's modprobe read the text. */
static void wants_no_binary_index_of_el5(void **state)
{
	struct patient *p =
		patient_new("f 0644 /usr/lib/modules/2.6.18-398.el5/kernel/a.ko\n"
			    "f 0644 /usr/lib/modules/2.6.18-398.el5/modules.dep "
			    "=kernel/a.ko:\n");

	(void)state;
	patient_read(p);
	assert_int_equal(patient_kernel(p, "2.6.18-398.el5")->modules.state, PART_OK);
	patient_free(p);
}

static void is_quick(void **state)
{
	struct patient *p = with_kernel();
	_cleanup_(buffer_done) struct buffer manifest = {0}, dep = {0};
	struct timespec from, to;

	(void)state;
	for (int i = 0; i < 4000; i++) {
		assert_return_code(
			buffer_printf(&manifest, "f 0644 " DIR "/kernel/d%d/m%d.ko.xz\n",
				i % 60, i),
			0);
		assert_return_code(
			buffer_printf(&dep, "kernel/d%d/m%d.ko.xz: kernel/d1/m1.ko.xz\n",
				i % 60, i),
			0);
	}
	tree_add(&p->tree, manifest.data);
	add_text(p, DIR "/modules.dep", dep.data);
	clock_gettime(CLOCK_MONOTONIC, &from);
	assert_int_equal(read_tree(p)->state, PART_OK);
	clock_gettime(CLOCK_MONOTONIC, &to);
	assert_int_equal(patient_kernel(p, V)->modules.count, 4002);
	assert_in_range(
		(to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000,
		0, 3000); /* 50 ms on an idle machine without sanitizers */
	patient_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_the_whole),
		cmocka_unit_test(tells_the_missing),
		cmocka_unit_test(tells_the_incomplete),
		cmocka_unit_test(tells_the_unindexed),
		cmocka_unit_test(judges_by_modules_order),
		cmocka_unit_test(counts_third_party),
		cmocka_unit_test(wants_no_binary_index_of_el5),
		cmocka_unit_test(is_quick),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
