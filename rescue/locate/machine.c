/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The block devices of this machine, or those named, become devices of the landscape. */
#include "blocks.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/cdrom.h>
#include <sys/ioctl.h>

/* ---- --device ---- */
static int select_number(const char *path, dev_t *ret, struct fault *f)
{
	struct stat st;
	int r;

	if (stat(path, &st) < 0)
		return fault_errno(f, errno, path, "look at the device %s", path);
	if (S_ISBLK(st.st_mode)) {
		*ret = st.st_rdev;
		return 0;
	}
	r = fault_errno(f, ENOTBLK, path, "look at the device %s", path);
	if (S_ISREG(st.st_mode))
		fault_hint(f, "for a disk image there is --image %s", path);
	return r;
}

/*
 * keep[i]: block i is one of those named or is stacked on one; none named: all but the
 * medium of the running live system.
 */
static int select_blocks(bool *keep, const struct blocks *blocks,
	const struct strings *only, struct fault *f)
{
	for (size_t i = 0; i < blocks->count; i++)
		keep[i] = only->count == 0 && !blocks->items[i].is_medium;
	for (size_t n = 0; n < only->count; n++) {
		bool found = false;
		dev_t number = 0;
		int r = select_number(only->items[n], &number, f);

		if (r < 0)
			return r;
		for (size_t i = 0; i < blocks->count; i++) {
			keep[i] |= block_is_on(blocks, (int)i, number);
			found |= blocks->items[i].number == number;
		}
		if (!found)
			return fault_errno(f, ENODEV, only->items[n],
				"look at the device %s", only->items[n]);
	}
	return 0;
}

/* ---- devices ---- */
static enum device_type type_of(const struct target *sys, const struct block *b)
{
	_cleanup_free_ char *uuid = NULL;

	if (b->disk >= 0)
		return DEVICE_PART;
	if (block_has(sys, b, "loop"))
		return DEVICE_LOOP;
	if (text_starts(b->name, "md"))
		return DEVICE_RAID;
	uuid = block_mapper_attribute(sys, b, "dm/uuid");
	if (!uuid)
		return DEVICE_DISK;
	if (text_starts(uuid, "LVM-"))
		return DEVICE_LVM;
	if (text_starts(uuid, "CRYPT-"))
		return DEVICE_CRYPT;
	return text_starts(uuid, "part") ? DEVICE_PART : DEVICE_DISK;
}

/* /dev/mapper/NAME for device-mapper; elsewhere ! in a name stands for a slash. */
static char *node_path(const struct target *sys, const struct block *b)
{
	_cleanup_free_ char *name = block_mapper_attribute(sys, b, "dm/name");
	char *path;

	if (name)
		return text_printf("/dev/mapper/%s", name);
	path = text_printf("/dev/%s", b->name);
	for (char *c = path; c && *c; c++) {
		if (*c == '!')
			*c = '/';
	}
	return path;
}

/* Without udev there is no /dev/mapper/NAME, but the kernel's own /dev/dm-N. */
static char *backing_path(const struct block *b, const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && S_ISBLK(st.st_mode) && st.st_rdev == b->number)
		return strdup(path);
	return text_starts(b->name, "dm-") ? text_printf("/dev/%s", b->name)
					   : strdup(path);
}

static int parent_of(const struct blocks *blocks, const struct block *b)
{
	if (b->disk >= 0)
		return blocks->items[b->disk].device;
	for (size_t i = 0; i < b->slaves.count; i++) {
		int slave = blocks_find(blocks, b->slaves.items[i]);

		if (slave >= 0 && blocks->items[slave].device >= 0)
			return blocks->items[slave].device;
	}
	return -1;
}

/* Asked without closing the tray. What cannot be asked may hold something. */
static bool is_empty_drive(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	int status = fd < 0 ? -1 : ioctl(fd, CDROM_DRIVE_STATUS, CDSL_CURRENT);

	return status == CDS_NO_DISC || status == CDS_TRAY_OPEN;
}

static unsigned roles_of(const struct block *b)
{
	if (b->disk >= 0)
		return 0; /* its disk tells it */
	return b->is_optical ? ROLE_OPTICAL : b->is_removable ? ROLE_REMOVABLE : 0;
}

/* What a whole device is that has something special about it. */
static unsigned pieces_of(const struct target *sys, const struct block *b)
{
	_cleanup_free_ char *mapper = block_mapper_attribute(sys, b, "dm/uuid");

	if (mapper && text_starts(mapper, "mpath-"))
		return PIECE_MULTIPATH;
	if (text_starts(b->name, "bcache"))
		return PIECE_BCACHE;
	if (text_starts(b->name, "zd"))
		return PIECE_ZFS;
	if (text_starts(b->name, "nbd") || text_starts(b->name, "rbd"))
		return PIECE_NETWORK;
	/* …/host3/session1/target3:0:0/…: only iSCSI has sessions there. */
	return b->location && strstr(b->location, "/session") ? PIECE_ISCSI : 0;
}

/* A running array that lacks devices (md.rst: md/degraded counts them). */
static int report_degraded(struct landscape *l, const struct target *sys,
	const struct block *b, const char *path)
{
	_cleanup_free_ char *text = block_attribute(sys, b, "md/degraded");
	uint64_t lacking;

	if (!text || !text_to_u64(text, UINT32_MAX, &lacking) || lacking == 0)
		return 0;
	return findings_add(&l->findings, "array-degraded", SEVERITY_WARNING, NULL, path,
		"the md array %s runs without %u of its devices", path, (unsigned)lacking);
}

/* What kpartx makes of a partition: "part3-mpath-…". 0: nothing of that kind. */
static unsigned mapper_partition(const char *uuid)
{
	unsigned number;

	return uuid && sscanf(uuid, "part%4u-", &number) == 1 ? number : 0;
}

static int describe(struct device *d, const struct target *sys, const struct block *b)
{
	d->mapper_uuid = block_mapper_attribute(sys, b, "dm/uuid");
	if (d->type == DEVICE_PART && d->number == 0)
		d->number = mapper_partition(d->mapper_uuid);
	if (b->disk < 0) {
		d->pieces = pieces_of(sys, b);
		d->wwid = block_attribute(sys, b, "device/wwid");
	}
	if (b->idle_array)
		d->idle_array = strdup(b->idle_array);
	return b->idle_array && !d->idle_array ? -ENOMEM : 0;
}

static int add_device(struct landscape *l, const struct target *sys, struct block *b,
	struct held *held)
{
	struct device d = {
		.parent = -1,
		.system = -1,
		.size = b->size,
		.number = b->partition,
		.held = b->held,
		.type = type_of(sys, b),
		.roles = roles_of(b),
	};

	d.path = describe(&d, sys, b) < 0 ? NULL : node_path(sys, b);
	d.backing = d.path ? backing_path(b, d.path) : NULL;
	if (!d.backing || (b->is_optical && is_empty_drive(d.backing))) {
		int r = d.backing ? 0 : -ENOMEM;

		device_done(&d);
		return r;
	}
	if (report_degraded(l, sys, b, d.path) < 0) {
		device_done(&d);
		return -ENOMEM;
	}
	devices_hold(held, d.backing);
	b->device = landscape_add_device(l, &d);
	return b->device < 0 ? b->device : 0;
}

static int add_devices(struct landscape *l, const struct target *sys,
	struct blocks *blocks, const bool *keep, struct held *held)
{
	for (size_t i = 0; i < blocks->count; i++) {
		int r = keep[i] ? add_device(l, sys, &blocks->items[i], held) : 0;

		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < blocks->count; i++) {
		const struct block *b = &blocks->items[i];

		if (b->device >= 0)
			l->devices[b->device].parent = parent_of(blocks, b);
	}
	return 0;
}

/* Held by what device mapper made of its own table. */
static bool is_held_by_partitions(const struct landscape *l, int disk)
{
	for (size_t i = 0; i < l->device_count; i++)
		if (l->devices[i].parent == disk && l->devices[i].type == DEVICE_PART &&
			l->devices[i].mapper_uuid)
			return true;
	return false;
}

/*
 * Also where this kernel reads no partition tables; what lies in an LV is its own
 * affair.
 */
static int scan_partitions(struct landscape *l)
{
	_cleanup_free_ int *disks = calloc(l->device_count + 1, sizeof(*disks));
	size_t count = 0;

	if (!disks)
		return -ENOMEM;
	for (size_t i = 0; i < l->device_count; i++) {
		enum device_type type = l->devices[i].type;

		if (type != DEVICE_DISK && type != DEVICE_LOOP && type != DEVICE_RAID)
			continue;
		if ((l->devices[i].held && !is_held_by_partitions(l, (int)i)) ||
			l->devices[i].is_inactive)
			partitions_ignore(l, (int)i);
		else
			disks[count++] = (int)i;
	}
	return partitions_scan(l, disks, count);
}

int machine_scan(struct landscape *l, const struct machine *m, const struct strings *only,
	struct fault *f)
{
	_cleanup_(blocks_done) struct blocks blocks = {0};
	_cleanup_free_ bool *keep = NULL;
	int r = blocks_read(&blocks, &m->sys, f);

	if (r < 0)
		return r;
	if (only->count == 0)
		medium_mark(&blocks, m);
	keep = calloc(blocks.count + 1, sizeof(*keep));
	if (!keep)
		return fault_no_memory(f);
	r = select_blocks(keep, &blocks, only, f);
	if (r < 0)
		return r;
	r = add_devices(l, &m->sys, &blocks, keep, m->held);
	if (r == 0)
		members_find_paths(l);
	if (r == 0)
		r = scan_partitions(l);
	if (r == 0)
		r = contents_scan(l);
	return r < 0 ? fault_errno(f, -r, NULL, "look at the block devices") : 0;
}
