/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is deflated by all processors: read back, whatever its size, and always the same. */
#include "../../../rescue/generate/gzip.h"

#include "decompress.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#define BATCH (GZIP_BLOCK * GZIP_BATCH)

/* Bytes that shrink little, or not at all. */
static struct buffer make(size_t size, unsigned mask)
{
	struct buffer b = {0};
	uint32_t x = 1;

	assert_int_equal(buffer_reserve(&b, size + 1), 0);
	for (; b.size < size; b.size++) {
		x = x * 1664525 + 1013904223;
		b.data[b.size] = (char)(x >> 24 & mask);
	}
	return b;
}

static struct buffer compress_in_pieces(const struct buffer *from, size_t piece)
{
	int fd = memfd_create("gzip", 0);
	struct buffer out = {0};
	struct gzip g;

	assert_int_equal(gzip_open(&g, fd), 0);
	for (size_t at = 0; at < from->size; at += piece)
		assert_int_equal(gzip_write(&g, (struct bytes){(uint8_t *)from->data + at,
					 MIN_OF(piece, from->size - at)}), 0);
	assert_int_equal(gzip_finish(&g), 0);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(fd_read_all(fd, SIZE_MAX, &out), 0);
	assert_int_equal(g.written, out.size);
	gzip_done(&g);
	close(fd);
	return out;
}

/* One member and nothing behind it: its checksum and size are compared there. */
static void read_back(const struct buffer *packed, const struct buffer *from)
{
	struct bytes in = buffer_bytes(packed);
	struct buffer plain = {0};
	struct decompressor *d;

	assert_int_equal(decompressor_new(&d, COMPRESSION_GZIP, 1), 0);
	assert_int_equal(buffer_reserve(&plain, from->size + 2), 0);
	assert_int_equal(decompressor_read(d, &in, INPUT_IS_ONE, plain.data, from->size + 1),
		from->size);
	assert_int_equal(in.size, 0);
	assert_memory_equal(plain.data, from->data, from->size);
	decompressor_free(d);
	buffer_done(&plain);
}

static void any_size(void **state)
{
	const size_t sizes[] = {0, 1, GZIP_BLOCK - 1, GZIP_BLOCK, GZIP_BLOCK + 1, BATCH - 1,
		BATCH, BATCH + 1};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct buffer from = make(sizes[i], 0x0f);
		struct buffer packed = compress_in_pieces(&from, 65536);

		read_back(&packed, &from);
		assert_true(from.size < 1000 || packed.size < from.size * 2 / 3);
		buffer_done(&packed);
		buffer_done(&from);
	}
}

static void what_does_not_shrink(void **state)
{
	struct buffer from = make(3 * GZIP_BLOCK + 7, 0xff);
	struct buffer packed = compress_in_pieces(&from, SIZE_MAX);

	(void)state;
	read_back(&packed, &from);
	assert_in_range(packed.size, from.size, from.size + from.size / 1000 + 100);
	buffer_done(&packed);
	buffer_done(&from);
}

/* However it is handed in, and on however many processors. */
static void the_same_bytes_always(void **state)
{
	struct buffer from = make(BATCH + GZIP_BLOCK + 1, 0x3f);
	struct buffer first = compress_in_pieces(&from, SIZE_MAX), other;
	cpu_set_t all, one;
	int cpu = 0;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
	while (!CPU_ISSET(cpu, &all))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	other = compress_in_pieces(&from, 4099);
	assert_int_equal(sched_setaffinity(0, sizeof(all), &all), 0);
	assert_int_equal(other.size, first.size);
	assert_memory_equal(other.data, first.data, first.size);
	buffer_done(&from);
	buffer_done(&first);
	buffer_done(&other);
}

static void a_full_disk_is_told(void **state)
{
	struct buffer from = make(BATCH + 1, 0xff);
	int full = open("/dev/full", O_WRONLY), fd = memfd_create("gzip", 0);
	struct gzip g;

	(void)state;
	assert_int_equal(gzip_open(&g, full), -ENOSPC);
	gzip_done(&g);
	assert_int_equal(gzip_open(&g, fd), 0);
	g.fd = full;
	assert_int_equal(gzip_write(&g, buffer_bytes(&from)), -ENOSPC);
	gzip_done(&g);
	assert_int_equal(gzip_open(&g, fd), 0);
	g.fd = full;
	assert_int_equal(gzip_write(&g, (struct bytes){(uint8_t *)from.data, 1}), 0);
	assert_int_equal(gzip_finish(&g), -ENOSPC);
	gzip_done(&g);
	buffer_done(&from);
	close(full);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_size),
		cmocka_unit_test(what_does_not_shrink),
		cmocka_unit_test(the_same_bytes_always),
		cmocka_unit_test(a_full_disk_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
