/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unpacked kernels: what is kept is what was packed, what is forgotten is zero, and said. */
#include "../../../rescue/inventory/kernel_window.h"

#include <errno.h>
#include <lz4.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

#include <cmocka.h>

enum { MIB = 1024 * 1024, LIMIT = 64 * MIB };

/* Pages that hold something where holds says so. Packs well, so that tests are quick. */
static struct buffer content(size_t size, size_t every)
{
	struct buffer b = {0};

	assert_int_equal(buffer_reserve(&b, size), 0);
	b.size = size;
	memset(b.data, 0, size);
	for (size_t page = 0; page * 4096 < size; page += every)
		memset(b.data + page * 4096, (int)(1 + page % 200), MIN_OF(size - page * 4096,
			(size_t)4096));
	return b;
}

static struct buffer pack(const struct buffer *plain)
{
	struct buffer b = {0};
	z_stream z = {.next_in = (Bytef *)plain->data, .avail_in = (uInt)plain->size};

	assert_int_equal(deflateInit2(&z, 1, Z_DEFLATED, 16 + 15, 8, 0), Z_OK);
	assert_int_equal(buffer_reserve(&b, deflateBound(&z, plain->size)), 0);
	z.next_out = (Bytef *)b.data;
	z.avail_out = (uInt)b.capacity;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	b.size = z.total_out;
	deflateEnd(&z);
	return b;
}

static void unpack(size_t size, size_t every, size_t kept_at_least)
{
	_cleanup_(buffer_done) struct buffer plain = content(size, every), packed = pack(&plain);
	_cleanup_(kernel_window_done) struct kernel_window w = {0};
	size_t forgotten;

	assert_int_equal(kernel_window_unpack(&w, COMPRESSION_GZIP, buffer_bytes(&packed),
					      LIMIT), 0);
	forgotten = w.forgotten_to - w.forgotten_from;
	assert_int_equal(w.vmlinux.size, size);
	if (!kept_at_least)
		assert_int_equal(forgotten, 0);
	else
		assert_in_range(size - forgotten, kept_at_least, kept_at_least + 2 * MIB);
	for (size_t i = 0; i < forgotten; i++)
		if (w.vmlinux.data[w.forgotten_from + i])
			fail_msg("byte %zu is not forgotten", w.forgotten_from + i);
	memset(plain.data + MIN_OF(w.forgotten_from, size), 0, forgotten);
	assert_int_equal(memcmp(w.vmlinux.data, plain.data, size), 0);
}

static void keeps_what_is_small(void **state)
{
	(void)state;
	unpack(70, 1, 0);
	unpack(64 * 1024, 1, 0);
	unpack(64 * 1024 + 1, 2, 0);
	unpack(18 * MIB, 1, 0);
}

static void zeros_cost_nothing(void **state)
{
	(void)state;
	unpack(40 * MIB + 5, 3, 0);
}

static void keeps_the_end_of_what_is_large(void **state)
{
	(void)state;
	unpack(40 * MIB + 5, 1, 17 * MIB);
}

static int unpack_changed(struct buffer *packed, size_t size, size_t at, uint8_t with)
{
	_cleanup_(kernel_window_done) struct kernel_window w = {0};
	struct bytes in = {(uint8_t *)packed->data, size};
	uint8_t before = (uint8_t)packed->data[at];
	int r;

	packed->data[at] = (char)with;
	r = kernel_window_unpack(&w, COMPRESSION_GZIP, in, LIMIT);
	packed->data[at] = (char)before;
	assert_true(r < 0 || w.vmlinux.size);
	return r;
}

/* As behind the streams of other compressions: padding, and the kernel's own size. */
static void ignores_what_is_behind(void **state)
{
	_cleanup_(buffer_done) struct buffer plain = content(MIB, 1), packed = pack(&plain);
	_cleanup_(kernel_window_done) struct kernel_window w = {0};

	(void)state;
	assert_int_equal(buffer_append(&packed, "\0\0\0\0\0\0\0\0\0\0\x10", 12), 0);
	assert_int_equal(kernel_window_unpack(&w, COMPRESSION_GZIP, buffer_bytes(&packed),
					      LIMIT), 0);
	assert_int_equal(w.vmlinux.size, MIB);
	assert_int_equal(memcmp(w.vmlinux.data, plain.data, MIB), 0);
}

/* Blocks of 8 MiB, each behind its size, and the whole size behind all (legacy frame). */
static struct buffer pack_lz4(const struct buffer *plain)
{
	static const uint8_t magic[] = {0x02, 0x21, 0x4c, 0x18};
	struct buffer b = {0};

	assert_int_equal(buffer_append(&b, magic, sizeof(magic)), 0);
	for (size_t at = 0; at < plain->size; at += 8 * MIB) {
		int size = (int)MIN_OF(plain->size - at, (size_t)8 * MIB), n;

		assert_int_equal(buffer_reserve(&b, 4 + (size_t)LZ4_compressBound(size)), 0);
		n = LZ4_compress_default(plain->data + at, b.data + b.size + 4, size,
					 LZ4_compressBound(size));
		assert_true(n > 0);
		memcpy(b.data + b.size, &n, 4);
		b.size += 4 + (size_t)n;
	}
	assert_int_equal(buffer_append(&b, (uint32_t[]){(uint32_t)plain->size}, 4), 0);
	return b;
}

static void unpacks_what_comes_in_blocks(void **state)
{
	_cleanup_(buffer_done) struct buffer plain = content(20 * MIB + 5, 3);
	_cleanup_(buffer_done) struct buffer packed = pack_lz4(&plain);
	_cleanup_(kernel_window_done) struct kernel_window w = {0};

	(void)state;
	assert_int_equal(kernel_window_unpack(&w, COMPRESSION_LZ4, buffer_bytes(&packed),
					      LIMIT), 0);
	assert_int_equal(w.vmlinux.size, plain.size);
	assert_int_equal(memcmp(w.vmlinux.data, plain.data, plain.size), 0);
	kernel_window_done(&w);
	packed.data[6] = 0x7f; /* the first block's size */
	assert_int_equal(kernel_window_unpack(&w, COMPRESSION_LZ4, buffer_bytes(&packed),
					      LIMIT), -EBADMSG);
}

/* Runs of one byte, and the whole size behind all (RFC 8878). */
static struct buffer pack_zstd(size_t runs)
{
	static const uint8_t head[] = {0x28, 0xb5, 0x2f, 0xfd, 0, 17 << 3}; /* 128 MiB window */
	const uint32_t size = (uint32_t)(runs << 17);
	struct buffer b = {0};

	assert_int_equal(buffer_append(&b, head, sizeof(head)), 0);
	for (size_t i = 0; i < runs; i++) {
		uint32_t block = 1u << 20 | 1 << 1 | (i + 1 == runs);

		block |= (uint32_t)(i % 3) << 24;
		assert_int_equal(buffer_append(&b, &block, 4), 0);
	}
	assert_int_equal(buffer_append(&b, &size, 4), 0);
	return b;
}

static void keeps_all_of_what_needs_no_dictionary(void **state)
{
	enum { RUNS = 300 };
	_cleanup_(buffer_done) struct buffer packed = pack_zstd(RUNS);
	_cleanup_(kernel_window_done) struct kernel_window w = {0};

	(void)state;
	assert_int_equal(kernel_window_unpack(&w, COMPRESSION_ZSTD, buffer_bytes(&packed),
					      LIMIT), 0);
	assert_int_equal(w.vmlinux.size, RUNS << 17);
	assert_int_equal(w.forgotten_to, w.forgotten_from);
	for (size_t i = 0; i < w.vmlinux.size; i += 1000)
		assert_int_equal(w.vmlinux.data[i], (i >> 17) % 3);
	kernel_window_done(&w);
	packed.data[6 + 4 * 100] |= 6; /* a block of a kind that there is not */
	assert_true(kernel_window_unpack(&w, COMPRESSION_ZSTD, buffer_bytes(&packed), LIMIT) < 0);
}

static void damage_is_told(void **state)
{
	_cleanup_(buffer_done) struct buffer plain = content(MIB, 1), packed = pack(&plain);
	size_t size = packed.size;

	(void)state;
	assert_int_equal(unpack_changed(&packed, size, 0, 0x1f), 0);
	assert_int_equal(unpack_changed(&packed, size, size / 2,
					(uint8_t)~packed.data[size / 2]), -EBADMSG);
	assert_true(unpack_changed(&packed, size - 30, 0, 0x1f) < 0);
	assert_true(unpack_changed(&packed, size, size - 1, 1) < 0);  /* it says 17 MiB */
	assert_int_equal(unpack_changed(&packed, size, size - 1, 0xff), -ENOTSUP);
	assert_int_equal(unpack_changed(&packed, size, size - 2, 0x08), -ENOTSUP); /* 512 KiB */
	assert_int_equal(unpack_changed(&packed, 3, 0, 0x1f), -ENOTSUP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_what_is_small),
		cmocka_unit_test(zeros_cost_nothing),
		cmocka_unit_test(keeps_the_end_of_what_is_large),
		cmocka_unit_test(ignores_what_is_behind),
		cmocka_unit_test(unpacks_what_comes_in_blocks),
		cmocka_unit_test(keeps_all_of_what_needs_no_dictionary),
		cmocka_unit_test(damage_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
