/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a C library or a program demands: of kernel and CPU in the notes .note.ABI-tag (LSB)
 * and .note.gnu.property (x86-64 psABI; linux-extensions gABI), of the system in .interp.
 */
#ifndef RESCUE_FORMATS_ELF_LIBRARY_H
#define RESCUE_FORMATS_ELF_LIBRARY_H

#include "fault.h"

#define ELF_LIBRARY_MAX_SIZE (64u * 1024 * 1024)

struct elf_library {
	bool has_kernel;    /* an ABI tag for Linux */
	unsigned kernel[3]; /* the oldest that it runs on: 3.2.0 */
	unsigned x86_level; /* 1 to 4 of x86-64-v1 to v4; 0: not told */
	/* What loads it: "/lib64/ld-linux-x86-64.so.2"; points into the file; NULL: nothing. */
	const char *interpreter;
};

/* -EBADMSG: no ELF file. Notes that are not there leave their members zero. */
int elf_library_parse(struct elf_library *ret, struct bytes in, struct fault *f);

#endif
