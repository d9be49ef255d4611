/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One block device asked alone, as the first process of an initramfs does. */
#include "../../../rescue/locate/loop.h"
#include "images.h"

static void test_block_device(void **state)
{
	struct images *i = *state;
	_cleanup_(device_done) struct device d = {0};
	_cleanup_close_ int backing = -1;
	struct loop l = LOOP_NONE;

	NEED_MOUNT();
	make_image(i, "image_system $d/one.img label=none");
	make_image(i, "image_dirty $d/one.img 0");
	backing = open(image_path(i, "one.img"), O_RDONLY | O_CLOEXEC);
	assert_int_equal(loop_attach(&l, backing, 0, 0, i->directory, NULL), 0);
	assert_int_equal(device_probe(&d, l.path, NULL), 0);
	assert_string_equal(d.path, l.path);
	assert_string_equal(d.fstype, "ext4");
	assert_int_equal(strlen(d.uuid), 36);
	assert_int_equal(d.size, 8 * 1024 * 1024);
	assert_int_equal(d.parent, -1);
	assert_int_equal(d.system, -1);
	assert_true(d.unclean);
	assert_null(d.partuuid);
	loop_done(&l);
}

static void test_nothing_known(void **state)
{
	struct images *i = *state;
	_cleanup_(device_done) struct device d = {0};
	_cleanup_close_ int backing = -1;
	struct loop l = LOOP_NONE;

	NEED_MOUNT();
	make_image(i, "image_noise $d/noise.img 1");
	backing = open(image_path(i, "noise.img"), O_RDONLY | O_CLOEXEC);
	assert_int_equal(loop_attach(&l, backing, 0, 0, i->directory, NULL), 0);
	assert_int_equal(device_probe(&d, l.path, NULL), 0);
	assert_null(d.fstype);
	loop_done(&l);
}

static void test_no_device(void **state)
{
	struct device d = {0};
	struct fault f = {0};

	(void)state;
	assert_int_equal(device_probe(&d, "/dev/none-such", &f), -ENOENT);
	assert_string_equal(f.path, "/dev/none-such");
	assert_int_equal(device_probe(&d, "/dev/null", &f), -ENOTTY);
	assert_null(d.path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_block_device),
		cmocka_unit_test(test_nothing_known),
		cmocka_unit_test(test_no_device),
	};

	return cmocka_run_group_tests(tests, setup_images, remove_images);
}
