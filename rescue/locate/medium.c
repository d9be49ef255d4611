/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The medium that the running live system came from: it is no patient. Found from what is
 * mounted (dracut's dmsquash-live, Anaconda, live-boot, casper, archiso) and from what a
 * root on squashfs, overlay or loop devices lies on.
 */
#include "blocks.h"

#include "formats/cmdline.h"

#include <strings.h>

#define MEDIUM_WORD "rescue.medium"
#define MAX_LAYERS 64 /* of an overlay; the kernel's limit is 500, in practice 1 to 3 */

/* Where live systems mount what they were started from. */
static const char *const live_places[] = {
	"/run/initramfs/live",	   /* dracut: the file system with LiveOS/ */
	"/run/initramfs/isoscan",  /* … and the one with the ISO file (iso-scan) */
	"/run/install/repo",	   /* Anaconda */
	"/run/live/medium",	   /* live-boot */
	"/run/live/findiso",
	"/lib/live/mount/medium",
	"/usr/lib/live/mount/medium",
	"/cdrom",		   /* casper */
	"/isodevice",
	"/run/archiso/bootmnt",	   /* archiso, SystemRescue */
	"/run/archiso/img_dev",
	"/run/overlay/live",	   /* kiwi */
};

static int find_number(const struct blocks *b, dev_t number)
{
	for (size_t i = 0; number && i < b->count; i++) {
		if (b->items[i].number == number)
			return (int)i;
	}
	return -1;
}

static void mark(struct blocks *b, int block, const struct present *mounts);

static void mark_holding(struct blocks *b, const char *path, const struct present *mounts)
{
	struct present_mount m;

	if (present_holding(mounts, path, &m))
		mark(b, find_number(b, m.device), mounts);
}

/*
 * A block and what it was made from. A stick or a disc is the medium as a whole; of a fixed
 * disk only that partition is, for the patient may lie beside it.
 */
static void mark(struct blocks *b, int block, const struct present *mounts)
{
	struct block *one;

	if (block < 0 || b->items[block].is_medium)
		return;
	one = &b->items[block];
	one->is_medium = true;
	if (one->backing_file)
		mark_holding(b, one->backing_file, mounts);
	if (one->disk >= 0 && b->items[one->disk].is_removable)
		mark(b, one->disk, mounts);
	for (size_t i = 0; i < one->slaves.count; i++) {
		int slave = blocks_find(b, one->slaves.items[i]);

		if (slave >= 0 && (b->items[slave].backing_file ||
					  b->items[slave].is_removable))
			mark(b, slave, mounts);
	}
}

/* It, or what it is stacked on, is a loop device: a file on something else. */
static bool is_from_file(const struct blocks *b, int block)
{
	for (size_t i = 0; i < b->count; i++) {
		if (b->items[i].backing_file && block_is_on(b, block, b->items[i].number))
			return true;
	}
	return false;
}

static bool is_image_type(const char *fstype)
{
	static const char *const types[] = {"squashfs", "erofs", "iso9660", "udf", "cramfs"};

	for (size_t i = 0; fstype && i < ARRAY_SIZE(types); i++) {
		if (strcmp(types[i], fstype) == 0)
			return true;
	}
	return false;
}

/* One layer of the running root. A file system on a disk of its own is an installed one. */
static void mark_layer(struct blocks *b, const struct present_mount *m,
	const struct present *mounts)
{
	int block = find_number(b, m->device);

	if (block >= 0 && (is_image_type(m->fstype) || is_from_file(b, block)))
		mark(b, block, mounts);
}

/* lowerdir=/run/rootfsbase:/x,upperdir=…: what the layers lie on. */
static void mark_overlay(struct blocks *b, const char *options, const struct present *mounts)
{
	_cleanup_free_ char *lower = mount_option(options, "lowerdir");
	char *rest = lower, *path;

	for (int i = 0; i < MAX_LAYERS && (path = strsep(&rest, ":")); i++) {
		struct present_mount m;

		if (path[0] == '/' && present_holding(mounts, path, &m))
			mark_layer(b, &m, mounts);
	}
}

static bool lies_on_medium(const struct blocks *b, int block, const struct present *mounts)
{
	const struct block *one = &b->items[block];
	struct present_mount m;
	int below;

	if (one->disk >= 0 && b->items[one->disk].is_medium)
		return true;
	for (size_t i = 0; i < one->slaves.count; i++) {
		below = blocks_find(b, one->slaves.items[i]);
		if (below >= 0 && b->items[below].is_medium)
			return true;
	}
	if (!one->backing_file || !present_holding(mounts, one->backing_file, &m))
		return false;
	below = find_number(b, m.device);
	return below >= 0 && b->items[below].is_medium;
}

/* Partitions of it, images in files on it, and what is stacked on those. */
static void mark_above(struct blocks *b, const struct present *mounts)
{
	bool more = true;

	while (more) {
		more = false;
		for (size_t i = 0; i < b->count; i++) {
			if (b->items[i].is_medium || !lies_on_medium(b, (int)i, mounts))
				continue;
			b->items[i].is_medium = more = true;
		}
	}
}

static void mark_mounted(struct blocks *b, const struct present *mounts)
{
	struct present_mount m;

	for (size_t i = 0; i < ARRAY_SIZE(live_places); i++) {
		if (present_holding(mounts, live_places[i], &m) &&
			strcmp(m.where, live_places[i]) == 0)
			mark(b, find_number(b, m.device), mounts);
	}
	if (!present_holding(mounts, "/", &m))
		return;
	if (text_equal(m.fstype, "overlay"))
		mark_overlay(b, m.options ? m.options : "", mounts);
	else
		mark_layer(b, &m, mounts);
}

static bool has_uuid(const struct block *b, const char *uuid)
{
	_cleanup_(device_done) struct device d = {0};
	_cleanup_free_ char *path = text_printf("/dev/%s", b->name);

	return path && device_probe(&d, path, NULL) == 0 && d.uuid &&
	       strcasecmp(d.uuid, uuid) == 0;
}

/* A medium of which nothing is mounted: its boot loader read all that it is needed for. */
static void mark_named(struct blocks *b, const char *cmdline, const struct present *mounts)
{
	_cleanup_(cmdline_done) struct cmdline c = {0};
	_cleanup_free_ char *uuid = NULL;

	if (cmdline_parse(&c, cmdline) < 0 || !(uuid = cmdline_get(&c, MEDIUM_WORD)))
		return;
	for (size_t i = 0; i < b->count; i++) {
		if (has_uuid(&b->items[i], uuid))
			mark(b, (int)i, mounts);
	}
}

void medium_mark(struct blocks *b, const struct machine *m)
{
	if (!m->mounts)
		return;
	mark_mounted(b, m->mounts);
	if (m->cmdline)
		mark_named(b, m->cmdline, m->mounts);
	mark_above(b, m->mounts);
}
