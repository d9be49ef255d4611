/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The head of a physical volume; its checksums are set right, so that they stop nothing. */
#include "digest.h"
#include "formats/lvm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void seal(uint8_t *at, const uint8_t *from, size_t size)
{
	uint32_t crc = ~crc32_of((struct bytes){from, size}, ~0xf597a6cfu);

	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(crc >> (8 * i));
}

static void check_area(const struct lvm_span *area, uint8_t *head)
{
	struct lvm_text t;
	uint64_t size = 0;

	seal(head, head + 4, LVM_AREA_HEADER_SIZE - 4);
	if (lvm_area_parse(&t, (struct bytes){head, LVM_AREA_HEADER_SIZE}, area, NULL) < 0)
		return;
	for (size_t i = 0; i < t.piece_count; i++) {
		if (t.pieces[i].offset < area->offset + LVM_AREA_HEADER_SIZE ||
		    t.pieces[i].offset + t.pieces[i].size > area->offset + area->size)
			abort();
		size += t.pieces[i].size;
	}
	if (size != t.size || size > LVM_MAX_TEXT)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t in[LVM_LABEL_SIZE + LVM_AREA_HEADER_SIZE] = {0};
	struct lvm_label l;

	memcpy(in, data, MIN_OF(size, sizeof(in)));
	for (size_t at = 0; at < LVM_LABEL_SIZE; at += LVM_SECTOR)
		if (memcmp(in + at, "LABELONE", 8) == 0)
			seal(in + at + 16, in + at + 20, LVM_SECTOR - 20);
	if (lvm_label_parse(&l, (struct bytes){in, LVM_LABEL_SIZE}, NULL) < 0)
		return 0;
	if (l.area_count > LVM_MAX_AREAS || l.data_count > LVM_MAX_AREAS ||
	    strlen(l.uuid) != LVM_UUID_SIZE - 1)
		abort();
	for (size_t i = 0; i < l.area_count; i++)
		check_area(&l.areas[i], in + LVM_LABEL_SIZE);
	return 0;
}
