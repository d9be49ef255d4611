/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's own view of block devices (sysfs), before any of them is opened. */
#ifndef RESCUE_LOCATE_BLOCKS_H
#define RESCUE_LOCATE_BLOCKS_H

#include "local.h"
#include "present.h"

/* One directory below /sys/block. */
struct block {
	char *name;	    /* sda, sda1, dm-0 */
	char *directory;    /* /block/sda/sda1 */
	char *location;	    /* of a disk: ../devices/pci0000:00/…/usb1/…; NULL: not known */
	char *backing_file; /* what a loop device lies over, or NULL */
	int disk;	    /* of a partition: index; else -1 */
	dev_t number;
	uint64_t size;
	unsigned partition;
	struct strings slaves;
	bool held;
	char *idle_array; /* a holder that does not run: md127; or NULL */
	bool is_optical;
	bool is_removable; /* its medium can be taken out, or it is plugged in (USB) */
	bool is_medium;	   /* the running live system came from it */
	int device;	   /* index in the landscape, or -1: left out */
};

struct blocks {
	struct block *items;
	size_t count, capacity;
};

/* sys: the machine's /sys. Disks first, each with its partitions, then what is stacked. */
int blocks_read(struct blocks *ret, const struct target *sys, struct fault *f);
void blocks_done(struct blocks *b);
int blocks_find(const struct blocks *b, const char *name); /* index or -1 */
/* It is that device, a part of it, or stacked on it. */
bool block_is_on(const struct blocks *blocks, int block, dev_t number);
/* The attribute's text without newline; NULL: there is none. */
char *block_attribute(const struct target *sys, const struct block *b, const char *name);
/* "dm/name" and the like; NULL also where it is none of device-mapper's. */
char *block_mapper_attribute(const struct target *sys, const struct block *b,
	const char *name);
bool block_has(const struct target *sys, const struct block *b, const char *name);

/*
 * Marks what the running live system came from: what lies under its root (squashfs, loop
 * devices, overlay), what is mounted where live systems mount their medium, the file system
 * whose UUID the kernel's command line names with rescue.medium=, and all that is on such a
 * device. A system that runs from its own disk is no live system.
 */
void medium_mark(struct blocks *b, const struct machine *m);

#endif
