/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LVM without lvm2: physical volumes, the groups that they make up, and what device mapper
 * is told so that a logical volume becomes a block device. Also for PID 1: nothing here
 * needs more of /dev and /sys than the devices named.
 */
#ifndef RESCUE_VOLUMES_H
#define RESCUE_VOLUMES_H

#include "formats/lvm.h"
#include "formats/lvm_devices.h"
#include "target.h"

/* A device that holds a physical volume, and what it says of its group. */
struct physical_volume {
	char *backing;		 /* block device or image */
	uint64_t offset, size;	 /* of it in backing, bytes */
	int device, disk;	 /* the caller's: what it is, and what it lies on */
	struct lvm_label label;
	struct lvm_vg vg;	 /* its newest text; name NULL: it holds none */
};

void physical_volume_done(struct physical_volume *pv);
/*
 * Reads label and metadata. -ENOENT: it is none; -EBADMSG, -EFBIG, -E2BIG: damaged or
 * hostile; the fault says where. device and disk are left at −1.
 */
int physical_volume_read(struct physical_volume *ret, const char *backing,
	uint64_t offset, uint64_t size, struct fault *f);

#define VOLUME_PV_MISSING SIZE_MAX

/* One volume group, of physical volumes that belong together. */
struct volume_group {
	const struct lvm_vg *vg; /* the newest text; borrowed from a physical volume */
	size_t *members; /* one a vg->pvs: which of the physical volumes, or …_MISSING */
	size_t missing;
	bool is_copy;	   /* another group has the same UUID: a cloned disk */
	bool is_ambiguous; /* copies that cannot be told apart: it has no members */
};

struct volume_groups {
	struct volume_group *items;
	size_t count, capacity;
};

void volume_groups_done(struct volume_groups *g);
/*
 * Copies of one group are never mixed: each is taken to lie on one disk. 0 or -ENOMEM.
 * Borrows pvs.
 */
int volume_groups_assemble(struct volume_groups *ret, const struct physical_volume *pvs,
	size_t count);

/* Every physical volume that the logical one lies on is there. Kinds ≤ LVM_STRIPED only. */
bool volume_is_whole(const struct volume_group *g, const struct lvm_lv *lv);
/* It is one piece of one physical volume, from *ret_offset bytes of that on. */
bool volume_is_piece(const struct volume_group *g, const struct lvm_lv *lv,
	size_t *ret_pv, uint64_t *ret_offset);
/* NULL: it can be opened as it is and written to; else why not, behind "it ". */
const char *volume_obstacle(const struct lvm_lv *lv);

/* NULL: an initramfs of ours opens it; else what it is, static: "an LVM thin volume". */
const char *volume_unopenable(const struct lvm_lv *lv);

/* The text of a system's list of devices; 0: it has or uses none. 1, 0 or -ENOMEM. */
int lvm_devices_read(struct buffer *ret, const struct target *t);

/* "vg--a-root" for vg-a/root; NULL: no memory. */
char *volume_mapper_name(const char *vg, const char *lv);
/* What LVM calls it there: LVM- and both UUIDs without dashes; NULL: no memory. */
char *volume_mapper_uuid(const struct lvm_vg *vg, const struct lvm_lv *lv);
/* Both spellings, /dev/VG/LV and /dev/mapper/VG-LV, as the latter; others as they are. */
char *volume_mapper_path(const char *path);

/* ---- device mapper ---- */
struct mapper_target {
	uint64_t start, size; /* sectors */
	const char *type;     /* static */
	char *parameters;
};

struct mapper_table {
	struct mapper_target *items;
	size_t count, capacity;
};

/* Where the physical volumes of a group begin; one a member. */
struct mapper_base {
	dev_t number;
	uint64_t offset; /* bytes, whole sectors */
};

void mapper_table_done(struct mapper_table *t);
int volume_table(struct mapper_table *ret, const struct volume_group *g,
	const struct lvm_lv *lv, const struct mapper_base *bases);

/* Is there device mapper in this kernel? nodes: where nodes are made that /dev lacks. */
int mapper_check(const char *nodes, struct fault *f);

struct mapper_request {
	const char *name, *uuid;
	const struct mapper_table *table;
	bool is_read_only;
	bool is_private; /* udev is asked to leave it alone */
};
/* Makes the device and lets it run. -EBUSY: there is one of that name or UUID. */
int mapper_create(const char *nodes, const struct mapper_request *q, dev_t *ret,
	struct fault *f);
/* At once, or (Linux 3.13) when its last user has closed it; -EBUSY on older kernels. */
int mapper_remove(const char *nodes, const char *name, struct fault *f);

#endif
