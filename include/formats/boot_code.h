/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a BIOS starts: the program in the first sector of a disk or a partition, and the
 * image of GRUB 2 that it loads (GRUB: grub-core/boot/i386/pc/{boot,diskboot,startup_raw}.S,
 * include/grub/offsets.h, util/mkimage.c; GRUB 0.97: stage1/stage1.h; syslinux: mbr/, the
 * name in its boot sectors).
 */
#ifndef RESCUE_FORMATS_BOOT_CODE_H
#define RESCUE_FORMATS_BOOT_CODE_H

#include "fault.h"
#include "formats/grub_stub.h"

#define BOOT_SECTOR_SIZE 512
#define GRUB_IMAGE_MAX_SIZE (1024 * 1024) /* of the image on the disk, and unpacked */
#define GRUB_IMAGE_MAX_BLOCKS 40	  /* places that it is scattered to */

enum boot_code {
	BOOT_CODE_NONE,	       /* no program at all, or no boot sector */
	BOOT_CODE_OTHER,       /* one that is not known here */
	BOOT_CODE_PARTITION,   /* starts what the active partition begins with */
	BOOT_CODE_GRUB2,
	BOOT_CODE_GRUB_LEGACY,
	BOOT_CODE_SYSLINUX     /* of syslinux or extlinux, in a partition */
};

struct boot_sector {
	enum boot_code code;
	uint64_t next;	 /* BOOT_CODE_GRUB2: the sector that it loads */
	uint64_t active; /* first sector of the partition marked active; 0: none is */
};

void boot_sector_parse(struct boot_sector *ret, const uint8_t in[BOOT_SECTOR_SIZE]);

/* Sectors one after another; those of GRUB's image behind its first one. */
struct boot_blocks {
	uint64_t first;
	uint32_t count;
};
/* How many blocks the first sector of GRUB's image names; 0: it is no such sector. */
size_t grub_image_blocks(
	struct boot_blocks ret[GRUB_IMAGE_MAX_BLOCKS], const uint8_t in[BOOT_SECTOR_SIZE]);

/*
 * Where an image (without its first sector) looks for grub.cfg: ret->path, and the file
 * system ret->uuid where it searches for one. -EBADMSG, -ENOMEM.
 */
int grub_image_parse(struct grub_stub *ret, struct bytes image, struct fault *f);

#endif
