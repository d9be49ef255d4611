/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices as values: how many there may be, what they lie on, bytes of them. */
#include "../../../rescue/locate/local.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <unistd.h>

#include <cmocka.h>

static void as_many_as_there_may_be(void **state)
{
	struct landscape l = {0};
	struct device one_more = {.path = strdup("one more")};

	(void)state;
	for (int i = 0; i < MAX_DEVICES; i++) {
		struct device d = {.parent = -1, .path = strdup("disk")};

		assert_int_equal(landscape_add_device(&l, &d), i);
		assert_null(d.path); /* it is the landscape's now */
	}
	assert_int_equal(landscape_add_device(&l, &one_more), -E2BIG);
	assert_null(one_more.path);
	assert_int_equal(l.device_count, MAX_DEVICES);
	landscape_done(&l);
}

static void disks_below(void **state)
{
	struct device devices[] = {
		{.parent = -1, .roles = ROLE_REMOVABLE},
		{.parent = 0, .type = DEVICE_PART},
		{.parent = 1, .type = DEVICE_LVM},
		{.parent = -1},
		{.parent = 5}, /* a circle, which sysfs should not have */
		{.parent = 4},
	};
	struct landscape l = {.devices = devices, .device_count = ARRAY_SIZE(devices)};
	int end;

	(void)state;
	assert_int_equal(device_disk(&l, 2), 0);
	assert_int_equal(device_disk(&l, 3), 3);
	assert_true(device_is_removable(&l, 2));
	assert_false(device_is_removable(&l, 3));
	assert_false(device_is_removable(&l, -1));
	end = device_disk(&l, 4);
	assert_true(end == 4 || end == 5);
}

static void nodes_of_the_kernel(void **state)
{
	(void)state;
	assert_true(device_is_node(&(struct device){.type = DEVICE_PART}));
	assert_false(device_is_node(&(struct device){.type = DEVICE_PART, .offset = 512}));
	assert_false(device_is_node(&(struct device){.type = DEVICE_IMAGE}));
}

static void reads_to_its_end(void **state)
{
	char path[] = "/tmp/device-test-XXXXXX", got[16] = "";
	_cleanup_close_ int fd = mkstemp(path);
	struct device d = {.path = path, .backing = path, .offset = 4};

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "0123456789", 10), 10);
	assert_int_equal(device_peek(&d, 1, got, 3), 3);
	assert_memory_equal(got, "567", 3);
	assert_int_equal(device_peek(&d, 4, got, sizeof(got)), 2);
	assert_memory_equal(got, "89", 2);
	assert_int_equal(device_peek(&d, 100, got, sizeof(got)), 0);
	assert_int_equal(device_peek(&d, UINT64_MAX / 2, got, sizeof(got)), -EINVAL);
	assert_int_equal(device_read(&d, -1, 0, got, 1), -EBADF);
	unlink(path);
	assert_int_equal(device_peek(&d, 0, got, 1), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_many_as_there_may_be),
		cmocka_unit_test(disks_below),
		cmocka_unit_test(nodes_of_the_kernel),
		cmocka_unit_test(reads_to_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
