/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LVM2's on-disk format (lvm2: lib/label/label.h, lib/format_text/layout.h,
 * lib/format_text/import_vsn1.c, doc/lvm2-raid.txt): the label of a physical volume, the
 * ring of texts behind it, and such a text: one volume group.
 */
#ifndef RESCUE_FORMATS_LVM_H
#define RESCUE_FORMATS_LVM_H

#include "fault.h"

#define LVM_SECTOR 512u
#define LVM_LABEL_SIZE (4 * LVM_SECTOR) /* a label is in one of a device's first sectors */
#define LVM_AREA_HEADER_SIZE 512u
#define LVM_UUID_SIZE 39 /* 32 characters in seven groups, and NUL */
#define LVM_MAX_AREAS 8	 /* of metadata, and of data, on one physical volume */
#define LVM_MAX_TEXT (16u * 1024 * 1024)
#define LVM_MAX_NAME 127
#define LVM_MAX_DEPTH 8 /* of nested sections */
#define LVM_MAX_PVS 1024
#define LVM_MAX_LVS 16384
#define LVM_MAX_SEGMENTS 65536 /* of one volume group */
#define LVM_MAX_STRIPES 262144 /* likewise */

/* Bytes from the start of the physical volume. */
struct lvm_span {
	uint64_t offset, size;
};

struct lvm_label {
	char uuid[LVM_UUID_SIZE];
	uint64_t size; /* of the device when it became a physical volume; 0: not told */
	struct lvm_span data[LVM_MAX_AREAS], areas[LVM_MAX_AREAS]; /* areas: of metadata */
	size_t data_count, area_count;
};

/* in: the device's start. -ENOENT: there is no label; -EBADMSG: a damaged one. */
int lvm_label_parse(struct lvm_label *ret, struct bytes in, struct fault *f);

/* Where the present text of a metadata area lies; the ring may cut it in two. */
struct lvm_text {
	struct lvm_span pieces[2];
	size_t piece_count; /* 0: the area is empty, or marked as not to be used */
	uint64_t size;	    /* of both pieces, at most LVM_MAX_TEXT */
	uint32_t crc;
};

/* in: the area's first LVM_AREA_HEADER_SIZE bytes. -EBADMSG, -EFBIG. */
int lvm_area_parse(struct lvm_text *ret, struct bytes in, const struct lvm_span *area,
	struct fault *f);
bool lvm_text_is_whole(const struct lvm_text *t, struct bytes text);

enum lvm_kind {
	LVM_LINEAR,
	LVM_STRIPED,
	/* Recognised, but not understood. */
	LVM_SNAPSHOT,
	LVM_THIN,
	LVM_RAID,
	LVM_MIRROR,
	LVM_CACHE,
	LVM_VDO,
	LVM_POOL,   /* what thin, cached and VDO volumes draw from */
	LVM_MOVING, /* pvmove is under way */
	LVM_OTHER
};
const char *lvm_kind_name(enum lvm_kind k); /* "a thin volume" */

/* Extents of one physical volume. */
struct lvm_stripe {
	size_t pv;	/* index */
	uint64_t first; /* extent */
};

struct lvm_segment {
	uint64_t start, count; /* extents of the logical volume */
	uint64_t stripe_size;  /* bytes; 0 with one stripe */
	struct lvm_stripe *stripes;
	size_t stripe_count; /* 0: of a kind that is not understood */
};

struct lvm_lv {
	char *name;
	char uuid[LVM_UUID_SIZE];
	enum lvm_kind kind;
	bool is_visible;   /* not a part of another one */
	bool is_writable;
	bool has_snapshots; /* its old content is copied elsewhere at every write */
	uint64_t extents;
	struct lvm_segment *segments; /* from extent 0 on, without gaps */
	size_t segment_count;
};

struct lvm_pv {
	char *name; /* pv0: within this text alone */
	char uuid[LVM_UUID_SIZE];
	char *device; /* /dev/sda2, when it was written; or NULL */
	uint64_t start; /* of extent 0, bytes */
	uint64_t extents;
	bool is_missing; /* it was, when this was written: its content is stale */
};

struct lvm_vg {
	char *name;
	char uuid[LVM_UUID_SIZE];
	uint64_t seqno;	      /* grows with every change */
	uint64_t extent_size; /* bytes */
	bool is_exported;
	struct lvm_pv *pvs;
	size_t pv_count, pv_capacity;
	struct lvm_lv *lvs;
	size_t lv_count, lv_capacity;
};

void lvm_vg_done(struct lvm_vg *vg);
/*
 * -EBADMSG: no such text, or one that contradicts itself (segments that overlap or lie
 * beyond their physical volume); -E2BIG beyond a limit.
 */
int lvm_vg_parse(struct lvm_vg *ret, struct bytes in, struct fault *f);
const struct lvm_lv *lvm_vg_find(const struct lvm_vg *vg, const char *lv); /* or NULL */

#endif
