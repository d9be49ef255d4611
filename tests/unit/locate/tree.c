/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trees that are mounted side by side: each answered for itself, shared, and taken down. */
#include "images.h"

#include "../../../rescue/locate/mount.h"
#include "../../../rescue/locate/present.h"

#include <sys/stat.h>

#define TREES 6 /* more than there are threads */
#define BROKEN 2

static void make_file_systems(struct images *i, struct device devices[TREES])
{
	for (int n = 0; n < TREES; n++) {
		char name[16];

		snprintf(name, sizeof(name), "fs%d", n);
		image_path(i, name);
		devices[n] = (struct device){.path = strdup(i->path), .backing = strdup(i->path),
			.fstype = (char *)"ext4", .type = DEVICE_IMAGE, .parent = -1};
		assert_int_equal(run((const char *const[]){
					 "truncate", "-s", "4M", i->path, NULL}),
			0);
		if (n != BROKEN)
			assert_int_equal(run((const char *const[]){"mke2fs", "-q", "-F", "-t",
						 "ext4", "-L", name, i->path, NULL}),
				0);
	}
}

static size_t mounted_below(const struct mounts *m)
{
	_cleanup_(strings_done) struct strings found = {0};

	assert_int_equal(present_below(&found, mounts_nodes(m)), 0);
	return found.count;
}

static void expect_trees(const struct new_tree *trees, size_t count)
{
	for (size_t n = 0; n < count; n++) {
		if (n == BROKEN) {
			assert_int_equal(trees[n].tree, -EINVAL);
			assert_string_equal(trees[n].why.device, trees[n].request.device->path);
			assert_int_equal(trees[n].target.fd, -1);
			continue;
		}
		assert_int_equal(trees[n].tree, n); /* numbered in the order of asking */
		assert_true(target_exists(&trees[n].target, "/lost+found"));
	}
}

/* The first one's file system once more, in the second tree: the same loop device. */
static void expect_shared(struct mounts *m, const struct new_tree *trees)
{
	struct stat first, second;

	assert_int_equal(mount_tree_add(m, trees[1].tree, &trees[1].target, "/lost+found",
				 &trees[0].request, NULL),
		0);
	assert_int_equal(target_stat(&trees[0].target, "/", &first), 0);
	assert_int_equal(target_stat(&trees[1].target, "/lost+found", &second), 0);
	assert_int_equal(first.st_dev, second.st_dev);
	assert_int_equal(mount_tree_add(m, trees[1].tree, &trees[1].target, "/absent",
				 &trees[0].request, NULL),
		-ENOENT);
}

static void side_by_side(void **state)
{
	struct device devices[TREES];
	struct new_tree *trees;
	struct mounts *m;

	NEED_MOUNT();
	trees = calloc(TREES, sizeof(*trees));
	assert_non_null(trees);
	make_file_systems(*state, devices);
	assert_int_equal(mounts_new(&m, NULL), 0);
	for (size_t n = 0; n < TREES; n++)
		trees[n].request = (struct mount_request){&devices[n], NULL, ACCESS_LOOK};
	mount_trees_new(m, trees, TREES);
	expect_trees(trees, TREES);
	assert_int_equal(mounted_below(m), 1 + TREES - 1);
	expect_shared(m, trees);
	assert_int_equal(mounted_below(m), 1 + TREES);
	for (size_t n = 0; n < TREES; n++)
		target_done(&trees[n].target);
	assert_int_equal(mount_tree_drop(m, trees[1].tree, NULL), 0);
	assert_int_equal(mounted_below(m), 1 + TREES - 2); /* with what was in it */
	assert_int_equal(mounts_close(m, NULL), 0);
	assert_int_equal(mounted_below(m), 1);
	mounts_free(m);
	for (size_t n = 0; n < TREES; n++) {
		free(devices[n].path);
		free(devices[n].backing);
	}
	free(trees);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(side_by_side, setup_images, remove_images),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
