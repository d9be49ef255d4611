/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The block devices of this machine as sysfs shows them: disks, their partitions, and
 * what device-mapper and md stack on them (Documentation/ABI/stable/sysfs-block).
 */
#include "local.h"

#include <errno.h>
#include <sys/sysmacros.h>

#define SYSFS_SECTOR 512
#define FLOPPY_MAJOR 2
#define OPTICAL_MAJOR 11
#define MAX_DEPTH 32 /* of stacked devices */

/* One directory below /sys/block. */
struct block {
	char *name;      /* sda, sda1, dm-0 */
	char *directory; /* /block/sda/sda1 */
	int disk;        /* of a partition: index; else -1 */
	dev_t number;
	uint64_t size;
	unsigned partition;
	struct strings slaves;
	bool held;
	int device; /* index in the landscape, or -1: left out */
};

struct blocks {
	struct block *items;
	size_t count, capacity;
};

static void blocks_done(struct blocks *b)
{
	for (size_t i = 0; i < b->count; i++) {
		free(b->items[i].name);
		free(b->items[i].directory);
		strings_done(&b->items[i].slaves);
	}
	free(b->items);
}

/* The attribute's text without newline; NULL: there is none. */
static char *attribute(const struct target *sys, const char *directory, const char *name)
{
	_cleanup_(buffer_done) struct buffer b = {0};
	_cleanup_free_ char *path = text_printf("%s/%s", directory, name);

	if (!path || target_read(sys, path, MAX_SYSFS_VALUE, &b, NULL) < 0 || !b.data)
		return NULL;
	return strdup(text_strip(b.data));
}

static uint64_t attribute_number(
	const struct target *sys, const char *directory, const char *name)
{
	_cleanup_free_ char *text = attribute(sys, directory, name);
	uint64_t number;

	return text && text_to_u64(text, UINT64_MAX, &number) ? number : 0;
}

static bool attribute_is_there(
	const struct target *sys, const char *directory, const char *name)
{
	_cleanup_free_ char *path = text_printf("%s/%s", directory, name);

	return path && target_exists(sys, path);
}

static int attribute_list(const struct target *sys, const char *directory,
	const char *name, struct strings *ret)
{
	_cleanup_free_ char *path = text_printf("%s/%s", directory, name);
	int r;

	if (!path)
		return -ENOMEM;
	r = target_list(sys, path, ret, NULL);
	return r == -ENOMEM ? r : 0;
}

static dev_t attribute_dev(const struct target *sys, const char *directory)
{
	_cleanup_free_ char *text = attribute(sys, directory, "dev");
	unsigned major, minor;

	return text && sscanf(text, "%u:%u", &major, &minor) == 2 ? makedev(major, minor)
								  : 0;
}

static bool is_wanted(const struct block *b)
{
	if (b->size == 0 || text_starts(b->name, "ram") || text_starts(b->name, "zram"))
		return false;
	return major(b->number) != FLOPPY_MAJOR && major(b->number) != OPTICAL_MAJOR;
}

/* Appends one block; 0 also where it is none of those that matter. */
static int add_block(struct blocks *blocks, const struct target *sys, const char *parent,
	const char *name, int disk)
{
	struct block b = {.disk = disk, .device = -1};
	_cleanup_(strings_done) struct strings holders = {0};
	int r = -ENOMEM;

	b.name = strdup(name);
	b.directory = text_printf("%s/%s", parent, name);
	if (b.name && b.directory) {
		b.number = attribute_dev(sys, b.directory);
		if (__builtin_mul_overflow(attribute_number(sys, b.directory, "size"),
			    SYSFS_SECTOR, &b.size))
			b.size = 0;
		b.partition = (unsigned)attribute_number(sys, b.directory, "partition");
		r = attribute_list(sys, b.directory, "slaves", &b.slaves);
		if (r == 0)
			r = attribute_list(sys, b.directory, "holders", &holders);
		if (r == 0)
			r = VECTOR_GROW(blocks);
	}
	b.held = holders.count > 0;
	if (r == 0 && is_wanted(&b) && blocks->count < MAX_DEVICES) {
		blocks->items[blocks->count++] = b;
		return 1;
	}
	free(b.name);
	free(b.directory);
	strings_done(&b.slaves);
	return r;
}

static int compare_natural(const void *a, const void *b)
{
	return text_compare_natural(*(char *const *)a, *(char *const *)b);
}

static int add_partitions(struct blocks *blocks, const struct target *sys, int disk)
{
	_cleanup_(strings_done) struct strings names = {0};
	_cleanup_free_ char *directory = strdup(blocks->items[disk].directory);
	int r = directory ? target_list(sys, directory, &names, NULL) : -ENOMEM;

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	if (names.count > 1)
		qsort(names.items, names.count, sizeof(*names.items), compare_natural);
	for (size_t i = 0; i < names.count; i++) {
		_cleanup_free_ char *path = text_printf("%s/partition", names.items[i]);

		if (!path)
			return -ENOMEM;
		if (!attribute_is_there(sys, directory, path))
			continue;
		r = add_block(blocks, sys, directory, names.items[i], disk);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Disks first, each with its partitions; then what is stacked on others. */
static int read_blocks(struct blocks *ret, const struct target *sys, struct fault *f)
{
	_cleanup_(strings_done) struct strings names = {0};
	int r = target_list(sys, "/block", &names, f);

	if (r < 0)
		return r;
	if (names.count > 1)
		qsort(names.items, names.count, sizeof(*names.items), compare_natural);
	for (int stacked = 0; stacked < 2; stacked++) {
		for (size_t i = 0; i < names.count; i++) {
			const char *name = names.items[i];

			if (stacked !=
				(text_starts(name, "dm-") || text_starts(name, "md")))
				continue;
			r = add_block(ret, sys, "/block", name, -1);
			if (r > 0)
				r = add_partitions(ret, sys, (int)ret->count - 1);
			if (r < 0)
				return fault_no_memory(f);
		}
	}
	return 0;
}

static int find_block(const struct blocks *blocks, const char *name)
{
	for (size_t i = 0; i < blocks->count; i++) {
		if (strcmp(blocks->items[i].name, name) == 0)
			return (int)i;
	}
	return -1;
}

/* ---- --device ---- */
static bool is_on(const struct blocks *blocks, int block, dev_t number, unsigned depth)
{
	const struct block *b = &blocks->items[block];

	if (b->number == number)
		return true;
	if (depth > MAX_DEPTH)
		return false;
	if (b->disk >= 0 && is_on(blocks, b->disk, number, depth + 1))
		return true;
	for (size_t i = 0; i < b->slaves.count; i++) {
		int slave = find_block(blocks, b->slaves.items[i]);

		if (slave >= 0 && is_on(blocks, slave, number, depth + 1))
			return true;
	}
	return false;
}

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

/* keep[i]: block i is one of those named or is stacked on one. */
static int select_blocks(bool *keep, const struct blocks *blocks,
	const struct strings *only, struct fault *f)
{
	for (size_t i = 0; i < blocks->count; i++)
		keep[i] = only->count == 0;
	for (size_t n = 0; n < only->count; n++) {
		bool found = false;
		dev_t number = 0;
		int r = select_number(only->items[n], &number, f);

		if (r < 0)
			return r;
		for (size_t i = 0; i < blocks->count; i++) {
			keep[i] |= is_on(blocks, (int)i, number, 0);
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
	if (attribute_is_there(sys, b->directory, "loop"))
		return DEVICE_LOOP;
	if (text_starts(b->name, "md"))
		return DEVICE_RAID;
	uuid = attribute(sys, b->directory, "dm/uuid");
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
	_cleanup_free_ char *name = attribute(sys, b->directory, "dm/name");
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
		int slave = find_block(blocks, b->slaves.items[i]);

		if (slave >= 0 && blocks->items[slave].device >= 0)
			return blocks->items[slave].device;
	}
	return -1;
}

static int add_device(struct landscape *l, const struct target *sys, struct block *b)
{
	struct device d = {
		.parent = -1,
		.system = -1,
		.size = b->size,
		.number = b->partition,
		.held = b->held,
		.type = type_of(sys, b),
	};

	d.mapper_uuid = attribute(sys, b->directory, "dm/uuid");
	d.path = node_path(sys, b);
	d.backing = d.path ? backing_path(b, d.path) : NULL;
	if (!d.backing) {
		device_done(&d);
		return -ENOMEM;
	}
	b->device = landscape_add_device(l, &d);
	return b->device < 0 ? b->device : 0;
}

static int add_devices(struct landscape *l, const struct target *sys,
	struct blocks *blocks, const bool *keep)
{
	for (size_t i = 0; i < blocks->count; i++) {
		int r = keep[i] ? add_device(l, sys, &blocks->items[i]) : 0;

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

/*
 * Also where this kernel reads no partition tables; what lies in an LV is its own
 * affair.
 */
static int scan_partitions(struct landscape *l)
{
	size_t count = l->device_count;

	for (size_t i = 0; i < count; i++) {
		enum device_type type = l->devices[i].type;
		int r = 0;

		if (type == DEVICE_DISK || type == DEVICE_LOOP || type == DEVICE_RAID)
			r = l->devices[i].held ? 0 : partitions_scan(l, (int)i);
		if (r < 0)
			return r;
	}
	return 0;
}

int machine_scan(struct landscape *l, const struct target *sys,
	const struct strings *only, struct fault *f)
{
	_cleanup_(blocks_done) struct blocks blocks = {0};
	_cleanup_free_ bool *keep = NULL;
	int r = read_blocks(&blocks, sys, f);

	if (r < 0)
		return r;
	keep = calloc(blocks.count + 1, sizeof(*keep));
	if (!keep)
		return fault_no_memory(f);
	r = select_blocks(keep, &blocks, only, f);
	if (r < 0)
		return r;
	r = add_devices(l, sys, &blocks, keep);
	if (r == 0)
		r = scan_partitions(l);
	if (r == 0)
		r = contents_scan(l);
	return r < 0 ? fault_errno(f, -r, NULL, "look at the block devices") : 0;
}
