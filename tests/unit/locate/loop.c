/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loop devices, also by the ways of old kernels: the file itself is compiled in here. */
#include "../../../rescue/locate/loop.c"

#include "images.h"

#define SIZE (1024 * 1024)

/* An image whose byte n is n / 4096. */
static int make_backing(struct images *i, int flags)
{
	static char bytes[SIZE];
	int fd = open(
		image_path(i, "backing"), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);

	for (size_t n = 0; n < SIZE; n++)
		bytes[n] = (char)(n / 4096);
	assert_int_equal(fd_write_all(fd, bytes, SIZE), 0);
	close(fd);
	fd = open(i->path, flags | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

static uint64_t bytes_of(int fd)
{
	uint64_t size = 0;

	assert_int_equal(ioctl(fd, _IOR(0x12, 114, size_t), &size), 0); /* BLKGETSIZE64 */
	return size;
}

static void expect_loop(const struct loop *l, uint64_t size, char first)
{
	char byte;

	assert_int_equal(bytes_of(l->fd), size);
	assert_int_equal(pread(l->fd, &byte, 1, 0), 1);
	assert_int_equal(byte, first);
}

static bool is_attached(const char *path)
{
	struct loop_info64 info;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool attached = fd >= 0 && ioctl(fd, LOOP_GET_STATUS64, &info) == 0;

	safe_close(fd);
	return attached;
}

static void test_extent(void **state)
{
	struct images *i = *state;
	struct loop l = LOOP_NONE;
	int backing;

	NEED_MOUNT();
	backing = make_backing(i, O_RDONLY);
	assert_int_equal(loop_attach(&l, backing, 8192, 16384, i->directory, NULL), 0);
	expect_loop(&l, 16384, 2);
	assert_true(is_attached(l.path));
	loop_done(&l);
	assert_false(is_attached(l.path));
	assert_int_equal(loop_attach(&l, backing, 0, 0, i->directory, NULL), 0);
	expect_loop(&l, SIZE, 0);
	loop_done(&l);
	close(backing);
}

static void test_read_only(void **state)
{
	struct images *i = *state;
	struct loop l = LOOP_NONE;
	int backing, fd;

	NEED_MOUNT();
	backing = make_backing(i, O_RDONLY);
	assert_int_equal(loop_attach(&l, backing, 0, 0, i->directory, NULL), 0);
	fd = open(l.path, O_RDWR | O_CLOEXEC);
	assert_true(fd < 0 || pwrite(fd, "x", 1, 0) < 0);
	safe_close(fd);
	assert_null(loop_writer(i->path));
	loop_done(&l);
	close(backing);
}

static void test_writer(void **state)
{
	struct images *i = *state;
	struct loop l = LOOP_NONE;
	char *writer;
	int backing;

	NEED_MOUNT();
	backing = make_backing(i, O_RDWR);
	assert_int_equal(loop_attach(&l, backing, 0, 4096, i->directory, NULL), 0);
	writer = loop_writer(i->path);
	assert_string_equal(writer, l.path);
	free(writer);
	loop_done(&l);
	assert_null(loop_writer(i->path));
	close(backing);
}

/* Before Linux 5.8: LOOP_SET_FD, then LOOP_SET_STATUS64. */
static void test_old_way(void **state)
{
	struct images *i = *state;
	const struct loop_info64 info = {.lo_offset = 4096,
		.lo_sizelimit = 8192,
		.lo_flags = LO_FLAGS_AUTOCLEAR | LO_FLAGS_READ_ONLY};
	struct loop l = LOOP_NONE;
	int backing;

	NEED_MOUNT();
	backing = make_backing(i, O_RDONLY);
	assert_int_equal(loop_take_free(&l, i->directory, O_RDONLY), 0);
	assert_int_equal(configure_old(l.fd, backing, &info), 0);
	expect_loop(&l, 8192, 1);
	loop_done(&l);
	assert_false(is_attached(l.path));
	close(backing);
}

/* Before Linux 3.1: no /dev/loop-control. */
static void test_search(void **state)
{
	struct images *i = *state;
	struct loop l = LOOP_NONE;
	struct loop_info64 info;

	NEED_MOUNT();
	assert_int_equal(loop_search(&l, i->directory, O_RDONLY), 0);
	assert_true(ioctl(l.fd, LOOP_GET_STATUS64, &info) < 0);
	loop_done(&l);
}

/* What /dev lacks is made among our own nodes. */
static void test_own_node(void **state)
{
	struct images *i = *state;
	const struct node n = {"null-of-tests", S_IFCHR, makedev(1, 3)};
	char path[PATH_MAX];
	int fd;

	NEED_MOUNT();
	fd = node_open(&n, i->directory, O_RDWR, path);
	assert_true(fd >= 0);
	assert_true(text_starts(path, i->directory));
	assert_int_equal(write(fd, "x", 1), 1);
	close(fd);
	fd = node_open(&n, "/proc/nonexistent", O_RDWR, path);
	assert_int_equal(fd, -ENOENT);
}

static void test_not_attached(void **state)
{
	struct images *i = *state;
	struct loop l = LOOP_NONE;
	struct fault f = {0};
	int directory;

	NEED_MOUNT();
	directory = open(i->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(loop_attach(&l, directory, 0, 0, i->directory, &f) < 0);
	assert_int_equal(l.fd, -1);
	assert_int_equal(f.code, FAULT_ERRNO);
	close(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_extent),
		cmocka_unit_test(test_read_only),
		cmocka_unit_test(test_writer),
		cmocka_unit_test(test_old_way),
		cmocka_unit_test(test_search),
		cmocka_unit_test(test_own_node),
		cmocka_unit_test(test_not_attached),
	};

	return cmocka_run_group_tests(tests, setup_images, remove_images);
}
