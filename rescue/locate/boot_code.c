/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a BIOS starts from the disk that a system boots from, and where GRUB 2 is led. */
#include "local.h"

#include <errno.h>

void bios_start_done(struct bios_start *b)
{
	free(b->where);
	grub_stub_done(&b->grub);
	*b = (struct bios_start){0};
}

static bool read_sector(const struct device *disk, uint64_t number, uint8_t ret[BOOT_SECTOR_SIZE])
{
	return number < UINT64_MAX / BOOT_SECTOR_SIZE &&
	       device_peek(disk, number * BOOT_SECTOR_SIZE, ret, BOOT_SECTOR_SIZE) ==
		       BOOT_SECTOR_SIZE;
}

/* The sectors of a block, at the end of ret. 0; -ENOMEM, -EIO. */
static int read_block(const struct device *disk, struct buffer *ret, const struct boot_blocks *b)
{
	const size_t size = (size_t)b->count * BOOT_SECTOR_SIZE;
	uint64_t start;

	if (__builtin_mul_overflow(b->first, BOOT_SECTOR_SIZE, &start))
		return -EIO;
	if (buffer_reserve(ret, size) < 0)
		return -ENOMEM;
	if (device_peek(disk, start, ret->data + ret->size, size) != (ssize_t)size)
		return -EIO;
	ret->size += size;
	ret->data[ret->size] = '\0';
	return 0;
}

static bool is_empty(const uint8_t sector[BOOT_SECTOR_SIZE])
{
	static const uint8_t nothing[BOOT_SECTOR_SIZE];

	return memcmp(sector, nothing, sizeof(nothing)) == 0;
}

/* An image that cannot be read or understood leaves ret->grub empty. 0 or -ENOMEM. */
static int read_image(const struct device *disk, uint64_t first, struct bios_start *ret)
{
	_cleanup_(buffer_done) struct buffer image = {0};
	struct boot_blocks blocks[GRUB_IMAGE_MAX_BLOCKS];
	uint8_t sector[BOOT_SECTOR_SIZE];
	size_t count;
	int r = 0;

	if (!read_sector(disk, first, sector))
		return 0;
	if (is_empty(sector))
		ret->obstacle = "starts GRUB 2, and its image is gone";
	count = grub_image_blocks(blocks, sector);
	for (size_t i = 0; r >= 0 && i < count; i++)
		r = read_block(disk, &image, &blocks[i]);
	if (r >= 0)
		r = grub_image_parse(&ret->grub, buffer_bytes(&image), NULL);
	return r == -ENOMEM ? r : 0;
}

static const char *partition_at(const struct landscape *l, int disk, uint64_t sector)
{
	for (size_t i = 0; i < l->device_count; i++)
		if (l->devices[i].type == DEVICE_PART && l->devices[i].parent == disk &&
			l->devices[i].offset == sector * BOOT_SECTOR_SIZE)
			return l->devices[i].path;
	return l->devices[disk].path;
}

static enum bootloader loader_of(enum boot_code code)
{
	return code == BOOT_CODE_GRUB2	       ? BOOTLOADER_GRUB2
	       : code == BOOT_CODE_GRUB_LEGACY ? BOOTLOADER_GRUB_LEGACY
	       : code == BOOT_CODE_SYSLINUX    ? BOOTLOADER_EXTLINUX
					       : 0;
}

int bios_start_read(struct bios_start *ret, const struct landscape *l, int disk)
{
	const struct device *d = &l->devices[disk];
	uint8_t sector[BOOT_SECTOR_SIZE];
	struct boot_sector s;
	const char *where = d->path;

	if (!d->is_divided || !read_sector(d, 0, sector))
		return 0;
	boot_sector_parse(&s, sector);
	if (s.code == BOOT_CODE_PARTITION && s.active != 0) {
		where = partition_at(l, disk, s.active);
		if (!read_sector(d, s.active, sector))
			return 0;
		boot_sector_parse(&s, sector);
	}
	ret->loader = loader_of(s.code);
	ret->obstacle = s.code == BOOT_CODE_NONE ? "holds no program" : NULL;
	if (!ret->loader && !ret->obstacle)
		return 0;
	free(ret->where);
	ret->where = strdup(where);
	if (!ret->where)
		return -ENOMEM;
	if (s.code == BOOT_CODE_GRUB2) {
		ret->disk = disk;
		ret->image = s.next;
	}
	return 0;
}

bool another_disk_starts(const struct landscape *l)
{
	for (size_t i = 0; i < l->device_count; i++) {
		uint8_t sector[BOOT_SECTOR_SIZE];
		struct boot_sector s;

		if (!l->devices[i].is_divided || !read_sector(&l->devices[i], 0, sector))
			continue;
		boot_sector_parse(&s, sector);
		if (s.code != BOOT_CODE_NONE)
			return true;
	}
	return false;
}

int landscape_read_image(struct landscape *l, const struct system *s)
{
	struct bios_start *b = &l->systems[s - l->systems].bios;
	const uint64_t image = b->image;

	b->image = 0; /* once is enough */
	return image ? read_image(&l->devices[b->disk], image, b) : 0;
}
