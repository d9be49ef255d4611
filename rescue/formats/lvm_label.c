/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The binary part of a physical volume (lvm2: lib/label/label.h, lib/format_text/layout.h,
 * lib/misc/crc.c). All numbers are little endian.
 *
 *   label, in one of the first four sectors: "LABELONE", its sector, CRC of all that
 *   follows the CRC, offset of the contents, "LVM2 001";
 *   contents: UUID, size, data areas, metadata areas: pairs of offset and size, each list
 *   ended by zeros;
 *   head of a metadata area: CRC of the rest of its sector, magic, version, own offset and
 *   size, then for each text offset (in the area), size, CRC, flags.
 */
#include "formats/lvm.h"

#include "digest.h"

#include <errno.h>

#define LABEL_SECTOR 8
#define LABEL_CRC 16
#define LABEL_CONTENTS 20
#define LABEL_TYPE 24
#define PV_UUID 32 /* characters */
#define PV_AREAS 40
#define AREA_MAGIC 4
#define AREA_VERSION 20
#define AREA_START 24
#define AREA_SIZE 32
#define AREA_TEXT 40
#define TEXT_IGNORED 1u /* flags */
#define CRC_BEGIN 0xf597a6cfu

static const char area_magic[] = " LVM2 x[5A%r0N*>";

static uint32_t le32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint64_t le64(const uint8_t *p)
{
	return le32(p) | (uint64_t)le32(p + 4) << 32;
}

/* zlib's polynomial, begun otherwise and not inverted at the end. */
static uint32_t crc_of(struct bytes in, uint32_t before)
{
	return ~crc32_of(in, ~before);
}

static int refuse(struct fault *f, int error, const char *reason)
{
	fault_errno(f, error, NULL, "read the LVM label");
	fault_reason(f, "%s", reason);
	return -error;
}

/* 3ufbjZ-…: groups of 6, 4, 4, 4, 4, 4, 6 */
static bool write_uuid(char ret[LVM_UUID_SIZE], const uint8_t *in)
{
	size_t n = 0;

	for (size_t i = 0; i < PV_UUID; i++) {
		if (in[i] <= ' ' || in[i] > '~')
			return false;
		if (i >= 6 && i <= 26 && (i - 6) % 4 == 0)
			ret[n++] = '-';
		ret[n++] = (char)in[i];
	}
	ret[n] = '\0';
	return true;
}

/* One list; its end is *at afterwards. */
static int read_spans(struct bytes in, size_t *at, struct lvm_span *ret, size_t *ret_count)
{
	size_t count = 0;

	for (;; *at += 16) {
		uint64_t offset;

		if (*at + 16 > in.size)
			return -EBADMSG;
		offset = le64(in.data + *at);
		if (offset == 0)
			break;
		if (count == LVM_MAX_AREAS)
			return -E2BIG;
		ret[count++] = (struct lvm_span){offset, le64(in.data + *at + 8)};
	}
	*at += 16;
	*ret_count = count;
	return 0;
}

static int read_contents(struct lvm_label *ret, struct bytes sector, struct fault *f)
{
	size_t at = le32(sector.data + LABEL_CONTENTS);
	struct lvm_label l = {0};
	int r;

	if (at < LABEL_TYPE + 8 || at > sector.size - PV_AREAS)
		return refuse(f, EBADMSG, "its contents lie outside of its sector");
	if (!write_uuid(l.uuid, sector.data + at))
		return refuse(f, EBADMSG, "its UUID holds what no UUID can");
	l.size = le64(sector.data + at + PV_UUID);
	at += PV_AREAS;
	r = read_spans(sector, &at, l.data, &l.data_count);
	if (r == 0)
		r = read_spans(sector, &at, l.areas, &l.area_count);
	if (r < 0)
		return refuse(f, -r, "its lists of areas do not end");
	*ret = l;
	return 0;
}

static bool is_label(struct bytes sector)
{
	return memcmp(sector.data, "LABELONE", 8) == 0 &&
	       memcmp(sector.data + LABEL_TYPE, "LVM2 001", 8) == 0;
}

int lvm_label_parse(struct lvm_label *ret, struct bytes in, struct fault *f)
{
	for (size_t i = 0; (i + 1) * LVM_SECTOR <= MIN_OF(in.size, LVM_LABEL_SIZE); i++) {
		struct bytes sector = {in.data + i * LVM_SECTOR, LVM_SECTOR};
		struct bytes covered = {
			sector.data + LABEL_CONTENTS, LVM_SECTOR - LABEL_CONTENTS};

		if (!is_label(sector))
			continue;
		if (le64(sector.data + LABEL_SECTOR) != i)
			return refuse(f, EBADMSG, "it was written for another sector");
		if (crc_of(covered, CRC_BEGIN) != le32(sector.data + LABEL_CRC))
			return refuse(f, EBADMSG, "its checksum is wrong");
		return read_contents(ret, sector, f);
	}
	return refuse(f, ENOENT, "there is none");
}

/* From offset on, and where the ring ends there, on from behind the head. */
static int place_text(struct lvm_text *ret, const struct lvm_span *area, uint64_t offset,
	uint64_t size, struct fault *f)
{
	uint64_t first;

	if (size > LVM_MAX_TEXT)
		return refuse(f, EFBIG, "the text is larger than any can be");
	if (offset < LVM_AREA_HEADER_SIZE || offset >= area->size ||
		size > area->size - LVM_AREA_HEADER_SIZE)
		return refuse(f, EBADMSG, "the text lies outside of its area");
	first = MIN_OF(size, area->size - offset);
	ret->size = size;
	ret->pieces[0] = (struct lvm_span){area->offset + offset, first};
	ret->piece_count = 1;
	if (first == size)
		return 0;
	/* The ring's end must not run into its own beginning. */
	if (LVM_AREA_HEADER_SIZE + size - first > offset)
		return refuse(f, EBADMSG, "the text overlaps itself");
	ret->pieces[1] = (struct lvm_span){
		area->offset + LVM_AREA_HEADER_SIZE, size - first};
	ret->piece_count = 2;
	return 0;
}

int lvm_area_parse(struct lvm_text *ret, struct bytes in, const struct lvm_span *area,
	struct fault *f)
{
	struct bytes covered;
	struct lvm_text t = {0};
	const uint8_t *text;
	uint64_t end;
	int r = 0;

	if (in.size < LVM_AREA_HEADER_SIZE)
		return refuse(f, EBADMSG, "the metadata area is cut short");
	covered = (struct bytes){
		in.data + AREA_MAGIC, LVM_AREA_HEADER_SIZE - AREA_MAGIC};
	text = in.data + AREA_TEXT;
	if (memcmp(in.data + AREA_MAGIC, area_magic, sizeof(area_magic) - 1) != 0 ||
		le32(in.data + AREA_VERSION) != 1)
		return refuse(f, EBADMSG, "the metadata area has no head");
	if (crc_of(covered, CRC_BEGIN) != le32(in.data))
		return refuse(f, EBADMSG, "the checksum of the metadata area is wrong");
	if (le64(in.data + AREA_START) != area->offset ||
		le64(in.data + AREA_SIZE) != area->size ||
		__builtin_add_overflow(area->offset, area->size, &end))
		return refuse(f, EBADMSG, "the metadata area is not where it says");
	if (le64(text) != 0 && !(le32(text + 20) & TEXT_IGNORED)) {
		t.crc = le32(text + 16);
		r = place_text(&t, area, le64(text), le64(text + 8), f);
	}
	if (r == 0)
		*ret = t;
	return r;
}

bool lvm_text_is_whole(const struct lvm_text *t, struct bytes text)
{
	return text.size == t->size && crc_of(text, CRC_BEGIN) == t->crc;
}
