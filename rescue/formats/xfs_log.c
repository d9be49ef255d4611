/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The log is a ring of 512-byte blocks; each bears the number of the turn in which it was
 * written, so the end is where that number falls. Only the last record is looked at.
 */
#include "formats/xfs_log.h"

#include "superblock_fields.h"

#include <errno.h>

#define SUPERBLOCK_SIZE 512
#define MAX_LOG (2048ull * 1024 * 1024) /* what mkfs.xfs makes at most */
#define MAX_BLOCK_BITS 16
#define RECORD_MAGIC 0xfeedbabeu
#define RECORD_VERSION_2 2u
#define RECORD_HEADER_COVERS 32768u /* bytes of a record whose turns one header keeps */
#define MAX_RECORD_BLOCKS 1088	    /* 256 KiB, as much padding, and headers */
#define OPERATION_FLAGS_AT 9
#define OPERATION_UNMOUNT 0x20

int xfs_log_locate(struct xfs_log *ret, struct bytes sb)
{
	uint64_t start, size, ag, block;
	unsigned block_bits, ag_bits;

	if (sb.size < SUPERBLOCK_SIZE || memcmp(sb.data, "XFSB", 4) != 0)
		return -EBADMSG;
	start = field_be(sb.data + 48, 8);
	block_bits = sb.data[120];
	ag_bits = sb.data[124];
	size = field_be(sb.data + 96, 4);
	if (start == 0)
		return -ENOTSUP;
	if (block_bits < 9 || block_bits > MAX_BLOCK_BITS || ag_bits > 31)
		return -EBADMSG;
	ag = start >> ag_bits;
	block = start & ((1ull << ag_bits) - 1);
	if (ag > UINT32_MAX || size == 0 || size > MAX_LOG >> block_bits)
		return -EBADMSG;
	block += ag * field_be(sb.data + 84, 4);
	if (block > (uint64_t)INT64_MAX >> block_bits)
		return -EBADMSG;
	*ret = (struct xfs_log){block << block_bits, size << block_bits};
	return 0;
}

struct ring {
	uint64_t offset, blocks;
	xfs_log_read *read;
	void *data;
};

static int read_block(const struct ring *r, uint64_t number, uint8_t ret[XFS_LOG_BLOCK])
{
	return r->read(
		r->data, r->offset + number % r->blocks * XFS_LOG_BLOCK, ret);
}

static bool is_record(const uint8_t *block)
{
	return field_be(block, 4) == RECORD_MAGIC;
}

static int read_turn(const struct ring *r, uint64_t number, uint64_t *ret)
{
	uint8_t block[XFS_LOG_BLOCK];
	int error = read_block(r, number, block);

	*ret = error < 0 ? 0 : field_be(is_record(block) ? block + 4 : block, 4);
	return error;
}

/* The block behind the newest: the first whose turn is not that of the first block. */
static int find_head(const struct ring *r, uint64_t *ret)
{
	uint64_t low = 0, high = r->blocks - 1, turn, first;
	int error = read_turn(r, low, &first);

	if (error == 0)
		error = read_turn(r, high, &turn);
	if (error == 0 && turn == first)
		low = high;
	while (error == 0 && high - low > 1) {
		uint64_t middle = low + (high - low) / 2;

		error = read_turn(r, middle, &turn);
		if (turn == first)
			low = middle;
		else
			high = middle;
	}
	*ret = low + 1;
	return error;
}

static uint64_t header_blocks(const uint8_t *record)
{
	uint64_t size = field_be(record + 320, 4);

	if (!(field_be(record + 8, 4) & RECORD_VERSION_2) || size <= RECORD_HEADER_COVERS)
		return 1;
	return (size + RECORD_HEADER_COVERS - 1) / RECORD_HEADER_COVERS;
}

/* A record of one operation, which ends at the head and says "unmounted". */
static int is_unmount(const struct ring *r, uint64_t distance, uint64_t number,
	const uint8_t *record)
{
	uint8_t block[XFS_LOG_BLOCK];
	uint64_t headers = header_blocks(record);
	uint64_t data = (field_be(record + 12, 4) + XFS_LOG_BLOCK - 1) / XFS_LOG_BLOCK;
	int error;

	if (field_be(record + 40, 4) != 1 || headers + data != distance || data == 0)
		return 0;
	error = read_block(r, number + headers, block);
	return error < 0 ? error : (block[OPERATION_FLAGS_AT] & OPERATION_UNMOUNT) != 0;
}

int xfs_log_is_clean(const struct xfs_log *log, xfs_log_read *read, void *data)
{
	const struct ring r = {
		log->offset, log->size / XFS_LOG_BLOCK, read, data};
	uint8_t block[XFS_LOG_BLOCK];
	uint64_t head = 0;
	int error = r.blocks < 2 ? -EBADMSG : find_head(&r, &head);

	for (uint64_t i = 1; error == 0 && i <= MAX_RECORD_BLOCKS && i <= r.blocks; i++) {
		uint64_t number = head + r.blocks - i;

		error = read_block(&r, number, block);
		if (error == 0 && is_record(block))
			return is_unmount(&r, i, number, block);
	}
	return error;
}
