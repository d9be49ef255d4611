/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the log lies, and rings that end with, before and far behind an unmount record. */
#include "formats/xfs_log.h"

#include <errno.h>
#include <setjmp.h>

#include <cmocka.h>

#define BLOCKS 64u
#define OFFSET 4096u

struct ring {
	uint8_t blocks[BLOCKS][XFS_LOG_BLOCK];
	unsigned reads;
	int error; /* from the fifth read on */
};

static void put_be(uint8_t *p, uint64_t value, unsigned size)
{
	while (size-- > 0) {
		p[size] = (uint8_t)value;
		value >>= 8;
	}
}

static int read_ring(void *data, uint64_t offset, uint8_t ret[XFS_LOG_BLOCK])
{
	struct ring *r = data;

	assert_true(offset >= OFFSET && offset % XFS_LOG_BLOCK == 0);
	assert_true(offset < OFFSET + sizeof(r->blocks));
	if (++r->reads >= 5 && r->error)
		return r->error;
	memcpy(ret, r->blocks[(offset - OFFSET) / XFS_LOG_BLOCK], XFS_LOG_BLOCK);
	return 0;
}

/* Blocks before head belong to that turn, those from it on to the turn before. */
static void fill(struct ring *r, unsigned head, uint32_t turn)
{
	memset(r, 0, sizeof(*r));
	for (unsigned i = 0; i < BLOCKS; i++)
		put_be(r->blocks[i], i < head ? turn : turn - 1, 4);
}

/* A record of one operation at that block. */
static void record(struct ring *r, unsigned at, uint32_t turn, unsigned size, uint8_t flags)
{
	uint8_t *header = r->blocks[at], *data = r->blocks[(at + 1) % BLOCKS];

	put_be(header, 0xfeedbabe, 4);
	put_be(header + 4, turn, 4);
	put_be(header + 8, 2, 4);
	put_be(header + 12, size, 4);
	put_be(header + 40, 1, 4);
	put_be(header + 320, 32768, 4);
	data[9] = flags;
}

static int judge(struct ring *r)
{
	const struct xfs_log log = {OFFSET, sizeof(r->blocks)};

	return xfs_log_is_clean(&log, read_ring, r);
}

static void unmounted(void **state)
{
	struct ring r;

	(void)state;
	for (unsigned head = 2; head <= BLOCKS; head++) {
		fill(&r, head, 7);
		record(&r, head - 2, 7, 512, 0x20);
		assert_int_equal(judge(&r), 1);
		r.blocks[head - 1][9] = 0x01;
		assert_int_equal(judge(&r), 0);
	}
}

static void around_the_end_of_the_ring(void **state)
{
	struct ring r;

	(void)state;
	fill(&r, 1, 7);
	record(&r, BLOCKS - 1, 6, 512, 0x20);
	assert_int_equal(judge(&r), 1);
}

/* Something was logged behind the unmount record, or its data goes on. */
static void written_since(void **state)
{
	struct ring r;

	(void)state;
	fill(&r, 12, 7);
	record(&r, 8, 7, 512, 0x20);
	assert_int_equal(judge(&r), 0);
	record(&r, 10, 7, 1024, 0x20);
	assert_int_equal(judge(&r), 0);
	record(&r, 10, 7, 512, 0x20);
	assert_int_equal(judge(&r), 1);
	put_be(r.blocks[10] + 40, 2, 4);
	assert_int_equal(judge(&r), 0);
}

static void a_large_record_has_more_headers(void **state)
{
	struct ring r;

	(void)state;
	fill(&r, 12, 7);
	record(&r, 9, 7, 512, 0);
	put_be(r.blocks[9] + 320, 65536, 4);
	r.blocks[11][9] = 0x20;
	assert_int_equal(judge(&r), 1);
	put_be(r.blocks[9] + 8, 1, 4); /* version 1 never has */
	assert_int_equal(judge(&r), 0);
}

static void nothing_but_noise(void **state)
{
	struct ring r;

	(void)state;
	memset(&r, 0, sizeof(r));
	assert_int_equal(judge(&r), 0);
	memset(r.blocks, 0xff, sizeof(r.blocks));
	assert_int_equal(judge(&r), 0);
	fill(&r, 12, 7);
	record(&r, 10, 7, UINT32_MAX, 0x20);
	assert_int_equal(judge(&r), 0);
}

static void a_block_that_cannot_be_read(void **state)
{
	struct ring r;

	(void)state;
	fill(&r, 12, 7);
	r.error = -EIO;
	assert_int_equal(judge(&r), -EIO);
	assert_int_equal(
		xfs_log_is_clean(&(struct xfs_log){OFFSET, 512}, read_ring, &r), -EBADMSG);
}

static void where_it_lies(void **state)
{
	uint8_t sb[512] = {0};
	struct xfs_log log;
	const struct bytes in = {sb, sizeof(sb)};

	(void)state;
	assert_int_equal(xfs_log_locate(&log, in), -EBADMSG);
	memcpy(sb, "XFSB", 4);
	put_be(sb + 84, 1000, 4);	    /* blocks of an allocation group */
	put_be(sb + 96, 16, 4);		    /* of the log */
	sb[120] = 12;
	sb[124] = 10;
	assert_int_equal(xfs_log_locate(&log, in), -ENOTSUP);
	put_be(sb + 48, 2 << 10 | 5, 8);    /* group 2, block 5 */
	assert_int_equal(xfs_log_locate(&log, (struct bytes){sb, 511}), -EBADMSG);
	assert_int_equal(xfs_log_locate(&log, in), 0);
	assert_int_equal(log.offset, 2005 * 4096);
	assert_int_equal(log.size, 65536);
	put_be(sb + 48, UINT64_MAX, 8);
	assert_int_equal(xfs_log_locate(&log, in), -EBADMSG);
	put_be(sb + 48, 5, 8);
	put_be(sb + 96, UINT32_MAX, 4);
	assert_int_equal(xfs_log_locate(&log, in), -EBADMSG);
	put_be(sb + 96, 16, 4);
	sb[120] = 40;
	assert_int_equal(xfs_log_locate(&log, in), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unmounted),
		cmocka_unit_test(around_the_end_of_the_ring),
		cmocka_unit_test(written_since),
		cmocka_unit_test(a_large_record_has_more_headers),
		cmocka_unit_test(nothing_but_noise),
		cmocka_unit_test(a_block_that_cannot_be_read),
		cmocka_unit_test(where_it_lies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
