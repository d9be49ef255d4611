/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernel images: x86 bzImage (Documentation/arch/x86/boot.rst), arm64 Image
 * (Documentation/arch/arm64/booting.rst), EFI zboot (drivers/firmware/efi/libstub).
 */
#ifndef RESCUE_FORMATS_LINUX_IMAGE_H
#define RESCUE_FORMATS_LINUX_IMAGE_H

#include "decompress.h"
#include "fault.h"

#define LINUX_IMAGE_MAX_SIZE (256u * 1024 * 1024)
#define LINUX_IMAGE_MAX_PAYLOAD (1024u * 1024 * 1024)

enum linux_image_kind { IMAGE_BZIMAGE, IMAGE_ARM64, IMAGE_ZBOOT, IMAGE_ELF, IMAGE_GZIP };

struct linux_image {
	enum linux_image_kind kind;
	const char *arch;	 /* static: x86_64, i386, aarch64, or NULL */
	unsigned protocol;	 /* x86 boot protocol, 0x020f; 0 elsewhere */
	struct bytes version;	 /* release, builder, build; borrowed; empty as release */
	char release[128];	 /* first word of kernel_version; empty where there is none */
	struct bytes payload;	 /* borrowed from the input; empty before protocol 2.08 */
	enum compression compression;
	bool efi_stub;
};

/* Header only: bounds of every part are checked against the input's size. */
int linux_image_parse(struct linux_image *ret, struct bytes in, struct fault *f);

#endif
