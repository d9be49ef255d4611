/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Block devices as sysfs shows them: disks, their partitions, and what device-mapper and
 * md stack on them (Documentation/ABI/stable/sysfs-block).
 */
#include "blocks.h"

#include "thread.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define SYSFS_SECTOR 512
#define FLOPPY_MAJOR 2
#define OPTICAL_MAJOR 11
#define MAX_DEPTH 32 /* of stacked devices */

static void block_done(struct block *b)
{
	free(b->name);
	free(b->directory);
	free(b->location);
	free(b->backing_file);
	free(b->idle_array);
	strings_done(&b->slaves);
}

void blocks_done(struct blocks *b)
{
	for (size_t i = 0; i < b->count; i++)
		block_done(&b->items[i]);
	free(b->items);
}

static int directory_open(const struct target *sys, const char *directory)
{
	return target_open(sys, directory, O_RDONLY | O_DIRECTORY | O_NONBLOCK, NULL);
}

/* One read: the kernel gives an attribute, which is a page at most, as a whole. */
static char *attribute(int directory, const char *name)
{
	_cleanup_close_ int fd = openat(directory, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char text[MAX_SYSFS_VALUE + 1];
	ssize_t size = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (size <= 0)
		return NULL;
	text[size] = '\0';
	return strdup(text_strip(text));
}

static uint64_t attribute_number(int directory, const char *name)
{
	_cleanup_free_ char *text = attribute(directory, name);
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

static dev_t attribute_dev(int directory)
{
	_cleanup_free_ char *text = attribute(directory, "dev");
	unsigned major, minor;

	return text && sscanf(text, "%u:%u", &major, &minor) == 2 ? makedev(major, minor)
								  : 0;
}

static bool is_wanted(const struct block *b)
{
	if (b->size == 0 || text_starts(b->name, "ram") || text_starts(b->name, "zram"))
		return false;
	return major(b->number) != FLOPPY_MAJOR;
}

/* On USB, or a card: the kernel calls the drive fixed there, and it is plugged in. */
static bool is_plugged(const struct block *b, int directory)
{
	_cleanup_free_ char *card = attribute(directory, "device/type");

	return text_equal(card, "SD") || (b->location && strstr(b->location, "/usb"));
}

/* What partitions have from their disk. */
static int read_kind(struct block *b, const struct target *sys, int directory)
{
	if (target_readlink(sys, b->directory, &b->location) == -ENOMEM)
		return -ENOMEM;
	b->is_optical = major(b->number) == OPTICAL_MAJOR;
	b->is_removable = b->is_optical || attribute_number(directory, "removable") ||
			  is_plugged(b, directory);
	return 0;
}

/* An array that was begun and lacks devices has no size yet: nothing is stacked. */
static int read_holders(struct block *b, const struct target *sys)
{
	_cleanup_(strings_done) struct strings holders = {0};
	int r = attribute_list(sys, b->directory, "holders", &holders);

	for (size_t i = 0; r == 0 && i < holders.count; i++) {
		_cleanup_free_ char *path = text_printf("/block/%s", holders.items[i]);
		_cleanup_close_ int directory = path ? directory_open(sys, path) : -1;
		_cleanup_free_ char *size = attribute(directory, "size");

		if (!path)
			return -ENOMEM;
		if (!text_equal(size, "0")) {
			b->held = true;
			continue;
		}
		free(b->idle_array);
		b->idle_array = strdup(holders.items[i]);
		r = b->idle_array ? 0 : -ENOMEM;
	}
	return r;
}

/* Most loop devices are laid over nothing: of those no more is asked. */
static int read_block(struct block *b, const struct target *sys)
{
	_cleanup_close_ int directory = directory_open(sys, b->directory);
	int r = 0;

	if (__builtin_mul_overflow(attribute_number(directory, "size"), SYSFS_SECTOR,
		    &b->size) ||
		b->size == 0) {
		b->size = 0;
		return 0;
	}
	b->number = attribute_dev(directory);
	b->partition = (unsigned)attribute_number(directory, "partition");
	b->backing_file = attribute(directory, "loop/backing_file");
	if (b->disk < 0)
		r = read_kind(b, sys, directory);
	if (r == 0)
		r = attribute_list(sys, b->directory, "slaves", &b->slaves);
	return r < 0 ? r : read_holders(b, sys);
}

/* Appends one block; 0 also where it is none of those that matter. */
static int add_block(struct blocks *blocks, const struct target *sys, const char *parent,
	const char *name, int disk)
{
	struct block b = {.disk = disk, .device = -1};
	int r = -ENOMEM;

	b.name = strdup(name);
	b.directory = text_printf("%s/%s", parent, name);
	if (b.name && b.directory)
		r = read_block(&b, sys);
	if (r == 0)
		r = VECTOR_GROW(blocks);
	if (r == 0 && is_wanted(&b) && blocks->count < MAX_DEVICES) {
		if (disk >= 0)
			b.is_removable = blocks->items[disk].is_removable;
		blocks->items[blocks->count++] = b;
		return 1;
	}
	block_done(&b);
	return r;
}

static int compare_natural(const void *a, const void *b)
{
	return text_compare_natural(*(char *const *)a, *(char *const *)b);
}

/* The kernel names a partition by its disk: sda1, nvme0n1p1 (disk_name). */
static int add_partitions(struct blocks *blocks, const struct target *sys, int disk)
{
	_cleanup_(strings_done) struct strings names = {0};
	_cleanup_free_ char *directory = strdup(blocks->items[disk].directory);
	_cleanup_free_ char *name = strdup(blocks->items[disk].name);
	int r = directory && name ? target_list(sys, directory, &names, NULL) : -ENOMEM;

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	if (names.count > 1)
		qsort(names.items, names.count, sizeof(*names.items), compare_natural);
	for (size_t i = 0; i < names.count; i++) {
		_cleanup_free_ char *path = NULL;

		if (!text_starts(names.items[i], name))
			continue;
		path = text_printf("%s/partition", names.items[i]);
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

/* Each with its partitions, by one thread; there may be many. */
struct reading {
	const struct target *sys;
	char *const *names;
	struct blocks *found; /* one a name */
	int *results;
};

static void read_disk(void *data, size_t i)
{
	const struct reading *reading = data;
	struct blocks *found = &reading->found[i];
	int r = add_block(found, reading->sys, "/block", reading->names[i], -1);

	if (r > 0)
		r = add_partitions(found, reading->sys, 0);
	reading->results[i] = r;
}

/* Consumes what was found. */
static int append(struct blocks *blocks, struct blocks *found)
{
	const int first = (int)blocks->count;
	int r = 0;

	for (size_t i = 0; i < found->count; i++) {
		struct block b = TAKE_STRUCT(found->items[i]);

		if (b.disk >= 0)
			b.disk += first;
		if (r == 0)
			r = VECTOR_GROW(blocks);
		if (r == 0 && blocks->count < MAX_DEVICES)
			blocks->items[blocks->count++] = b;
		else
			block_done(&b);
	}
	return r;
}

static bool is_stacked(const char *name)
{
	return text_starts(name, "dm-") || text_starts(name, "md");
}

/* Disks first, then what is stacked on others; 3 before 10. */
static int compare_disks(const void *a, const void *b)
{
	const bool first = is_stacked(*(char *const *)a), second = is_stacked(*(char *const *)b);

	return first != second ? first - second : compare_natural(a, b);
}

int blocks_read(struct blocks *ret, const struct target *sys, struct fault *f)
{
	_cleanup_(strings_done) struct strings names = {0};
	_cleanup_free_ struct blocks *found = NULL;
	_cleanup_free_ int *results = NULL;
	int r = target_list(sys, "/block", &names, f);

	if (r < 0)
		return r;
	found = calloc(names.count + 1, sizeof(*found));
	results = calloc(names.count + 1, sizeof(*results));
	if (!found || !results)
		return fault_no_memory(f);
	if (names.count > 1)
		qsort(names.items, names.count, sizeof(*names.items), compare_disks);
	log_line("asking sysfs for %zu disks", names.count);
	threads_each(names.count, read_disk,
		&(struct reading){sys, names.items, found, results});
	for (size_t i = 0; i < names.count; i++) {
		if (r >= 0)
			r = results[i] < 0 ? results[i] : append(ret, &found[i]);
		blocks_done(&found[i]);
	}
	return r < 0 ? fault_no_memory(f) : 0;
}

int blocks_find(const struct blocks *blocks, const char *name)
{
	for (size_t i = 0; i < blocks->count; i++) {
		if (strcmp(blocks->items[i].name, name) == 0)
			return (int)i;
	}
	return -1;
}

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
		int slave = blocks_find(blocks, b->slaves.items[i]);

		if (slave >= 0 && is_on(blocks, slave, number, depth + 1))
			return true;
	}
	return false;
}

bool block_is_on(const struct blocks *blocks, int block, dev_t number)
{
	return is_on(blocks, block, number, 0);
}

char *block_attribute(const struct target *sys, const struct block *b, const char *name)
{
	_cleanup_close_ int directory = directory_open(sys, b->directory);

	return attribute(directory, name);
}

char *block_mapper_attribute(const struct target *sys, const struct block *b,
	const char *name)
{
	return text_starts(b->name, "dm-") ? block_attribute(sys, b, name) : NULL;
}

bool block_has(const struct target *sys, const struct block *b, const char *name)
{
	return attribute_is_there(sys, b->directory, name);
}
