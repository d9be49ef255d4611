/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decompression: whole, cut, damaged, endless, with something behind it. */
#include "decompress.h"

#include <setjmp.h>

#include <cmocka.h>
#include <bzlib.h>
#include <errno.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#define PLAIN_SIZE 300000
#define ROOM (PLAIN_SIZE + 100000)

/* Compresses neither to nothing nor not at all. */
static struct bytes plain_text(void)
{
	static uint8_t plain[PLAIN_SIZE];
	uint32_t seed = 1;

	for (size_t i = 0; i < PLAIN_SIZE; i++) {
		seed = seed * 1664525 + 1013904223;
		plain[i] = i % 3 == 0 ? (uint8_t)(seed >> 24) : (uint8_t)(i >> 8);
	}
	return (struct bytes){plain, PLAIN_SIZE};
}

static size_t pack_gzip(struct bytes in, uint8_t *out)
{
	z_stream z = {.next_in = (Bytef *)in.data,
		.avail_in = (uInt)in.size,
		.next_out = out,
		.avail_out = ROOM};

	assert_int_equal(
		deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return z.total_out;
}

static size_t pack_bzip2(struct bytes in, uint8_t *out)
{
	unsigned size = ROOM;

	assert_int_equal(BZ2_bzBuffToBuffCompress((char *)out, &size, (char *)in.data,
				 (unsigned)in.size, 9, 0, 0),
		BZ_OK);
	return size;
}

static size_t run_lzma(lzma_stream *s, struct bytes in, uint8_t *out)
{
	size_t size;

	s->next_in = in.data;
	s->avail_in = in.size;
	s->next_out = out;
	s->avail_out = ROOM;
	assert_int_equal(lzma_code(s, LZMA_FINISH), LZMA_STREAM_END);
	size = ROOM - s->avail_out;
	lzma_end(s);
	return size;
}

static size_t pack_lzma(struct bytes in, uint8_t *out)
{
	lzma_stream s = LZMA_STREAM_INIT;
	lzma_options_lzma options;

	lzma_lzma_preset(&options, 1);
	assert_int_equal(lzma_alone_encoder(&s, &options), LZMA_OK);
	return run_lzma(&s, in, out);
}

/* As the kernel packs itself: x86 filter, CRC32. */
static size_t pack_xz(struct bytes in, uint8_t *out)
{
	lzma_stream s = LZMA_STREAM_INIT;
	lzma_options_lzma options;
	lzma_filter filters[] = {{LZMA_FILTER_X86, NULL}, {LZMA_FILTER_LZMA2, &options},
		{LZMA_VLI_UNKNOWN, NULL}};

	lzma_lzma_preset(&options, 1);
	assert_int_equal(lzma_stream_encoder(&s, filters, LZMA_CHECK_CRC32), LZMA_OK);
	return run_lzma(&s, in, out);
}

/* The zstd here only unpacks: a frame of stored blocks (RFC 8878), 128 KiB window. */
static size_t pack_zstd(struct bytes in, uint8_t *out)
{
	static const uint8_t head[] = {0x28, 0xb5, 0x2f, 0xfd, 0, 7 << 3};
	size_t size = sizeof(head);

	memcpy(out, head, size);
	do {
		size_t part = MIN_OF(in.size, (size_t)1 << 17);
		unsigned block = (unsigned)part << 3 | (part == in.size);

		out[size++] = (uint8_t)block;
		out[size++] = (uint8_t)(block >> 8);
		out[size++] = (uint8_t)(block >> 16);
		memcpy(out + size, in.data, part);
		size += part;
		in.data += part;
		in.size -= part;
	} while (in.size > 0);
	return size;
}

static const struct {
	enum compression compression;
	size_t (*pack)(struct bytes in, uint8_t *out);
} packers[] = {
	{COMPRESSION_GZIP, pack_gzip},
	{COMPRESSION_BZIP2, pack_bzip2},
	{COMPRESSION_LZMA, pack_lzma},
	{COMPRESSION_XZ, pack_xz},
	{COMPRESSION_ZSTD, pack_zstd},
};

static void whole_streams_come_back(void **state)
{
	static uint8_t packed[ROOM + 512];
	struct bytes plain = plain_text();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(packers); i++) {
		size_t size = packers[i].pack(plain, packed);
		struct bytes in = {packed, size};

		/* Nothing, then a size or padding or rubbish behind the stream. */
		for (size_t behind = 0; behind <= 512; behind += 256) {
			_cleanup_(buffer_done) struct buffer b = {0};

			memset(packed + size, behind == 256 ? 0 : 0xa5, 512);
			in.size = size + behind;
			assert_int_equal(compression_detect(in), packers[i].compression);
			assert_int_equal(
				decompress(packers[i].compression, in, PLAIN_SIZE, &b),
				0);
			assert_int_equal(b.size, PLAIN_SIZE);
			assert_memory_equal(b.data, plain.data, PLAIN_SIZE);
			assert_int_equal(b.data[b.size], '\0');
		}
	}
}

/* Good, cut, shorter, too long for its limit, good: each as if it were the first. */
static void one_after_another(void **state)
{
	static uint8_t packed[ROOM], small[ROOM];
	struct bytes plain = plain_text();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(packers); i++) {
		struct bytes in = {packed, packers[i].pack(plain, packed)};
		struct bytes cut = {packed, in.size - 20};
		struct bytes part = {small, packers[i].pack((struct bytes){plain.data, 1000}, small)};
		_cleanup_(buffer_done) struct buffer b = {0};
		struct decompressor *d;

		assert_int_equal(decompressor_new(&d, packers[i].compression, 1), 0);
		for (size_t n = 0; n < 3; n++) {
			assert_int_equal(decompressor_whole(d, in, PLAIN_SIZE, &b), 0);
			assert_int_equal(b.size, PLAIN_SIZE);
			assert_memory_equal(b.data, plain.data, PLAIN_SIZE);
			assert_int_equal(decompressor_whole(d, cut, PLAIN_SIZE, &b), -EBADMSG);
			assert_int_equal(decompressor_whole(d, part, PLAIN_SIZE, &b), 0);
			assert_int_equal(b.size, 1000);
			assert_memory_equal(b.data, plain.data, 1000);
			assert_int_equal(decompressor_whole(d, in, 999, &b), -EFBIG);
		}
		decompressor_free(d);
	}
}

static void the_limit_is_exact(void **state)
{
	static uint8_t packed[ROOM];
	struct bytes plain = plain_text();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(packers); i++) {
		struct bytes in = {packed, packers[i].pack(plain, packed)};
		struct buffer b = {0};

		assert_int_equal(
			decompress(packers[i].compression, in, PLAIN_SIZE - 1, &b),
			-EFBIG);
		assert_int_equal(decompress(packers[i].compression, in, 0, &b), -EFBIG);
		assert_null(b.data);
	}
}

static void empty_content(void **state)
{
	static uint8_t packed[ROOM];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(packers); i++) {
		struct bytes in = {packed,
			packers[i].pack((struct bytes){(const uint8_t *)"", 0}, packed)};
		_cleanup_(buffer_done) struct buffer b = {0};

		assert_int_equal(decompress(packers[i].compression, in, 0, &b), 0);
		assert_int_equal(b.size, 0);
		assert_string_equal(b.data, "");
	}
}

static void a_cut_stream_is_damaged(void **state)
{
	static uint8_t packed[ROOM];
	struct bytes plain = plain_text();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(packers); i++) {
		size_t size = packers[i].pack(plain, packed);
		size_t cuts[] = {0, 1, 5, 13, size / 2, size - 1};

		for (size_t c = 0; c < ARRAY_SIZE(cuts); c++) {
			struct bytes in = {packed, cuts[c]};
			struct buffer b = {0};

			assert_int_equal(
				decompress(packers[i].compression, in, PLAIN_SIZE, &b),
				-EBADMSG);
			assert_null(b.data);
		}
	}
}

/* All but .lzma and zstd without a checksum find any changed byte; none may crash. */
static void changed_bytes_are_found(void **state)
{
	static uint8_t packed[ROOM];
	struct bytes plain = plain_text();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(packers); i++) {
		size_t size = packers[i].pack(plain, packed);
		bool has_check = packers[i].compression != COMPRESSION_LZMA &&
				 packers[i].compression != COMPRESSION_ZSTD;

		for (size_t at = 16; at < size; at += size / 20) {
			_cleanup_(buffer_done) struct buffer b = {0};
			struct bytes in = {packed, size};
			int r;

			packed[at] ^= 0x10;
			r = decompress(packers[i].compression, in, PLAIN_SIZE, &b);
			packed[at] ^= 0x10;
			assert_true(
				r == -EBADMSG || r == -EFBIG || (r == 0 && !has_check));
		}
	}
}

/* zstd -19 --no-content-size: compressed block, checksum. */
static void zstd_as_its_own_tool_writes_it(void **state)
{
	static uint8_t packed[] = {0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x68, 0x75, 0x00, 0x00,
		0x40, 0x72, 0x65, 0x73, 0x63, 0x75, 0x65, 0x20, 0x0a, 0x01, 0x00, 0x0a,
		0x8b, 0x11, 0x60, 0x2b, 0xef, 0x72};
	struct bytes in = {packed, sizeof(packed)};
	_cleanup_(buffer_done) struct buffer b = {0};

	(void)state;
	assert_int_equal(decompress(COMPRESSION_ZSTD, in, 100, &b), 0);
	assert_string_equal(b.data, "rescue rescue rescue rescue rescue\n");
	packed[12] ^= 1;
	buffer_done(&b);
	assert_int_equal(decompress(COMPRESSION_ZSTD, in, 100, &b), -EBADMSG);
}

static void plain_bytes_are_copied(void **state)
{
	_cleanup_(buffer_done) struct buffer b = {0};
	struct bytes in = {(const uint8_t *)"abc", 3};

	(void)state;
	assert_int_equal(decompress(COMPRESSION_NONE, in, 2, &b), -EFBIG);
	assert_int_equal(decompress(COMPRESSION_NONE, in, 3, &b), 0);
	assert_string_equal(b.data, "abc");
}

static void what_cannot_be_done_is_said(void **state)
{
	struct bytes in = {(const uint8_t *)"abc", 3};
	struct buffer b = {0};

	(void)state;
	assert_int_equal(decompress(COMPRESSION_LZO, in, 3, &b), -EBADMSG);
	assert_int_equal(decompress(COMPRESSION_LZ4, in, 3, &b), -ENOTSUP);
	assert_int_equal(decompress(COMPRESSION_UNKNOWN, in, 3, &b), -EINVAL);
	assert_int_equal(decompress((enum compression)77, in, 3, &b), -EINVAL);
}

/* A header may ask for gigabytes before the first byte comes out. */
static void a_giant_dictionary_is_refused(void **state)
{
	static const uint8_t lzma[18] = {
		0x5d, 0, 0, 0, 0xc0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	/* Frame without single segment, window descriptor for 2^31 bytes. */
	static const uint8_t zstd[] = {0x28, 0xb5, 0x2f, 0xfd, 0, 21 << 3, 1, 0, 0};
	struct buffer b = {0};

	(void)state;
	assert_int_equal(decompress(COMPRESSION_LZMA, (struct bytes){lzma, sizeof(lzma)},
				 1 << 20, &b),
		-EFBIG);
	assert_int_equal(decompress(COMPRESSION_ZSTD, (struct bytes){zstd, sizeof(zstd)},
				 1 << 20, &b),
		-EFBIG);
}

/* Decoded bytes, or -errno: input in pieces, output through a small window. */
static ssize_t read_pieces(enum compression c, struct bytes in, size_t piece, uint8_t *out,
			   size_t room)
{
	struct decompressor *d;
	size_t have = 0, at = 0;
	ssize_t n = 0;

	assert_int_equal(decompressor_new(&d, c, 2), 0);
	while (n >= 0 && at < in.size) {
		struct bytes part = {in.data + at, MIN_OF(piece, in.size - at)};
		enum input_state state;

		at += part.size;
		state = at == in.size ? INPUT_ENDS : INPUT_GOES_ON;
		do {
			n = decompressor_read(d, &part, state, out + have,
				MIN_OF(room - have, (size_t)10000));
			have += n > 0 ? (size_t)n : 0;
		} while (n > 0 && have < room);
	}
	decompressor_free(d);
	return n < 0 ? n : (ssize_t)have;
}

static void streams_in_a_row_come_in_pieces(void **state)
{
	static const size_t pieces[] = {1, 777, ROOM * 2};
	static uint8_t packed[ROOM * 2], out[PLAIN_SIZE * 2 + 1];
	struct bytes plain = plain_text();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(packers) * ARRAY_SIZE(pieces); i++) {
		enum compression c = packers[i / ARRAY_SIZE(pieces)].compression;
		size_t piece = pieces[i % ARRAY_SIZE(pieces)];
		size_t size = packers[i / ARRAY_SIZE(pieces)].pack(plain, packed);

		memcpy(packed + size, packed, size);
		memset(out, 0, sizeof(out));
		assert_int_equal(read_pieces(c, (struct bytes){packed, size * 2}, piece, out,
					 sizeof(out)), PLAIN_SIZE * 2);
		assert_memory_equal(out, plain.data, PLAIN_SIZE);
		assert_memory_equal(out + PLAIN_SIZE, plain.data, PLAIN_SIZE);
		assert_int_equal(read_pieces(c, (struct bytes){packed, size - 20}, piece, out,
					 sizeof(out)), -EBADMSG);
	}
	assert_int_equal(read_pieces(COMPRESSION_NONE, plain, 777, out, sizeof(out)),
		PLAIN_SIZE);
	assert_memory_equal(out, plain.data, PLAIN_SIZE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_streams_come_back),
		cmocka_unit_test(one_after_another),
		cmocka_unit_test(the_limit_is_exact),
		cmocka_unit_test(empty_content),
		cmocka_unit_test(a_cut_stream_is_damaged),
		cmocka_unit_test(changed_bytes_are_found),
		cmocka_unit_test(zstd_as_its_own_tool_writes_it),
		cmocka_unit_test(plain_bytes_are_copied),
		cmocka_unit_test(what_cannot_be_done_is_said),
		cmocka_unit_test(a_giant_dictionary_is_refused),
		cmocka_unit_test(streams_in_a_row_come_in_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
