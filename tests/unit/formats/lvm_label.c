/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The head of a physical volume: tests/data/lvm_head (both of one volume group that lvm2
 * made, in one the text goes around the end of its ring), and every kind of damage.
 */
#include "formats/lvm.h"

#include "digest.h"

#include <errno.h>
#include <setjmp.h>

#include <cmocka.h>

#include "cases.h"

#define AREA_SIZE 8192
#define AREA_START 4096

static struct bytes cut(struct bytes in, uint64_t offset, uint64_t size)
{
	if (offset > in.size || size > in.size - offset)
		return (struct bytes){in.data, 0};
	return (struct bytes){in.data + offset, (size_t)size};
}

static void dump_text(struct buffer *ret, struct bytes in, const struct lvm_text *t)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	_cleanup_(lvm_vg_done) struct lvm_vg vg = {0};

	for (size_t i = 0; i < t->piece_count; i++) {
		struct bytes piece = cut(in, t->pieces[i].offset, t->pieces[i].size);

		buffer_printf(ret, "  text %llu+%llu\n",
			(unsigned long long)t->pieces[i].offset,
			(unsigned long long)t->pieces[i].size);
		buffer_append(&text, piece.data, piece.size);
	}
	buffer_printf(ret, "  %s\n",
		lvm_text_is_whole(t, buffer_bytes(&text)) ? "whole" : "damaged");
	if (lvm_vg_parse(&vg, buffer_bytes(&text), NULL) == 0)
		buffer_printf(ret, "  vg %s seqno %llu\n", vg.name,
			(unsigned long long)vg.seqno);
}

static void dump(struct buffer *ret, struct bytes input)
{
	struct fault *f = calloc(1, sizeof(*f));
	struct lvm_text t;
	struct lvm_label l;
	int r = lvm_label_parse(&l, input, f);

	if (r == 0)
		buffer_printf(ret, "pv %s of %llu bytes\n", l.uuid,
			(unsigned long long)l.size);
	for (size_t i = 0; r == 0 && i < l.data_count; i++)
		buffer_printf(ret, "data from %llu\n",
			(unsigned long long)l.data[i].offset);
	for (size_t i = 0; r == 0 && i < l.area_count; i++) {
		buffer_printf(ret, "area %llu+%llu\n",
			(unsigned long long)l.areas[i].offset,
			(unsigned long long)l.areas[i].size);
		r = lvm_area_parse(&t,
			cut(input, l.areas[i].offset, LVM_AREA_HEADER_SIZE), &l.areas[i],
			f);
		if (r == 0)
			dump_text(ret, input, &t);
	}
	if (r < 0)
		buffer_printf(ret, "%s %s\n", errno_name(-r), f->reason);
	free(f);
}

static void reads_cases(void **state)
{
	(void)state;
	run_cases("lvm_head", dump);
}

/* ---- made by hand ---- */
static void put(uint8_t *at, uint64_t number, size_t size)
{
	for (size_t i = 0; i < size; i++)
		at[i] = (uint8_t)(number >> (8 * i));
}

/* LVM's CRC, bit by bit. */
static uint32_t crc(const uint8_t *data, size_t size)
{
	uint32_t c = 0xf597a6cf;

	for (size_t i = 0; i < size; i++) {
		c ^= data[i];
		for (int bit = 0; bit < 8; bit++)
			c = c >> 1 ^ (c & 1 ? 0xedb88320 : 0);
	}
	return c;
}

static void seal_label(uint8_t *sector)
{
	put(sector + 16, crc(sector + 20, 492), 4);
}

/* A label in sector 1 with one data and one metadata area. */
static void make_label(uint8_t in[LVM_LABEL_SIZE])
{
	uint8_t *s = in + LVM_SECTOR;

	memset(in, 0, LVM_LABEL_SIZE);
	memcpy(s, "LABELONE", 8);
	put(s + 8, 1, 8);
	put(s + 20, 32, 4);
	memcpy(s + 24, "LVM2 001", 8);
	memcpy(s + 32, "abcdefghijklmnopqrstuvwxyz012345", 32);
	put(s + 64, 1 << 20, 8);
	put(s + 72, 65536, 8);
	put(s + 104, AREA_START, 8);
	put(s + 112, AREA_SIZE, 8);
	seal_label(s);
}

static int parse(uint8_t in[LVM_LABEL_SIZE], struct lvm_label *l)
{
	return lvm_label_parse(l, (struct bytes){in, LVM_LABEL_SIZE}, NULL);
}

static void reads_labels(void **state)
{
	uint8_t in[LVM_LABEL_SIZE];
	struct lvm_label l;

	(void)state;
	make_label(in);
	assert_int_equal(parse(in, &l), 0);
	assert_string_equal(l.uuid, "abcdef-ghij-klmn-opqr-stuv-wxyz-012345");
	assert_int_equal(l.data_count, 1);
	assert_int_equal(l.area_count, 1);
	assert_int_equal(l.areas[0].offset, AREA_START);
	/* Only the first four sectors count, and every cut is no label. */
	for (size_t n = 0; n < 2 * LVM_SECTOR; n++)
		assert_int_equal(
			lvm_label_parse(&l, (struct bytes){in, n}, NULL), -ENOENT);
}

static void refuses_damaged_labels(void **state)
{
	static const struct {
		size_t at;
		uint64_t number;
		size_t size;
		int error;
	} damages[] = {
		{0, 0, 1, -ENOENT},		  /* no magic */
		{24, 'X', 1, -ENOENT},		  /* of another kind: LVM1 */
		{8, 2, 8, -EBADMSG},		  /* copied from another sector */
		{20, 31, 4, -EBADMSG},		  /* contents inside the head */
		{20, 473, 4, -EBADMSG},		  /* contents that do not fit */
		{20, 0xffffffff, 4, -EBADMSG},
		{32, '\n', 1, -EBADMSG},	  /* a UUID of control bytes */
	};
	uint8_t in[LVM_LABEL_SIZE];
	struct lvm_label l;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(damages); i++) {
		make_label(in);
		put(in + LVM_SECTOR + damages[i].at, damages[i].number, damages[i].size);
		seal_label(in + LVM_SECTOR);
		assert_int_equal(parse(in, &l), damages[i].error);
	}
	make_label(in);
	in[2 * LVM_SECTOR - 1] ^= 1; /* the CRC covers the last byte, too */
	assert_int_equal(parse(in, &l), -EBADMSG);
	make_label(in);
	memset(in + LVM_SECTOR + 72, 1, 440); /* lists without end */
	seal_label(in + LVM_SECTOR);
	assert_int_equal(parse(in, &l), -E2BIG);
}

static void make_area(uint8_t in[LVM_AREA_HEADER_SIZE], uint64_t offset, uint64_t size)
{
	memset(in, 0, LVM_AREA_HEADER_SIZE);
	memcpy(in + 4, " LVM2 x[5A%r0N*>", 16);
	put(in + 20, 1, 4);
	put(in + 24, AREA_START, 8);
	put(in + 32, AREA_SIZE, 8);
	put(in + 40, offset, 8);
	put(in + 48, size, 8);
	put(in, crc(in + 4, 508), 4);
}

static int parse_area(struct lvm_text *t, uint64_t offset, uint64_t size)
{
	static const struct lvm_span area = {AREA_START, AREA_SIZE};
	uint8_t in[LVM_AREA_HEADER_SIZE];

	make_area(in, offset, size);
	return lvm_area_parse(t, (struct bytes){in, sizeof(in)}, &area, NULL);
}

static void places_texts(void **state)
{
	struct lvm_text t;

	(void)state;
	assert_int_equal(parse_area(&t, 512, 100), 0);
	assert_int_equal(t.piece_count, 1);
	assert_int_equal(t.pieces[0].offset, AREA_START + 512);
	assert_int_equal(parse_area(&t, AREA_SIZE - 100, 150), 0);
	assert_int_equal(t.piece_count, 2);
	assert_int_equal(t.pieces[0].size, 100);
	assert_int_equal(t.pieces[1].offset, AREA_START + 512);
	assert_int_equal(t.pieces[1].size, 50);
	assert_int_equal(parse_area(&t, 0, 0), 0); /* nothing written yet */
	assert_int_equal(t.piece_count, 0);
}

static void refuses_misplaced_texts(void **state)
{
	struct lvm_text t;

	(void)state;
	assert_int_equal(parse_area(&t, 511, 100), -EBADMSG);
	assert_int_equal(parse_area(&t, AREA_SIZE, 100), -EBADMSG);
	assert_int_equal(parse_area(&t, 512, AREA_SIZE), -EBADMSG);
	assert_int_equal(parse_area(&t, UINT64_MAX, 100), -EBADMSG);
	assert_int_equal(parse_area(&t, 512, 1ull << 32), -EFBIG); /* 4 GB */
	assert_int_equal(parse_area(&t, 512, UINT64_MAX), -EFBIG);
	/* The whole ring but one byte too much: its end would be its beginning. */
	assert_int_equal(parse_area(&t, 1024, AREA_SIZE - 512), 0);
	assert_int_equal(parse_area(&t, 1024, AREA_SIZE - 511), -EBADMSG);
}

static void refuses_damaged_areas(void **state)
{
	const struct lvm_span area = {AREA_START, AREA_SIZE};
	const struct lvm_span other = {AREA_START + 512, AREA_SIZE};
	uint8_t in[LVM_AREA_HEADER_SIZE];
	struct bytes bytes = {in, sizeof(in)};
	struct lvm_text t;

	(void)state;
	make_area(in, 512, 100);
	assert_int_equal(lvm_area_parse(&t, bytes, &other, NULL), -EBADMSG);
	bytes.size--;
	assert_int_equal(lvm_area_parse(&t, bytes, &area, NULL), -EBADMSG);
	bytes.size++;
	in[511] ^= 1;
	assert_int_equal(lvm_area_parse(&t, bytes, &area, NULL), -EBADMSG);
	make_area(in, 512, 100);
	in[20] = 2; /* version */
	put(in, crc(in + 4, 508), 4);
	assert_int_equal(lvm_area_parse(&t, bytes, &area, NULL), -EBADMSG);
	make_area(in, 512, 100);
	in[60] = 1; /* not to be used */
	put(in, crc(in + 4, 508), 4);
	assert_int_equal(lvm_area_parse(&t, bytes, &area, NULL), 0);
	assert_int_equal(t.piece_count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_cases),
		cmocka_unit_test(reads_labels),
		cmocka_unit_test(refuses_damaged_labels),
		cmocka_unit_test(places_texts),
		cmocka_unit_test(refuses_misplaced_texts),
		cmocka_unit_test(refuses_damaged_areas),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
