/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A symbol that a kernel or module exports, and the places that list them. */
#ifndef RESCUE_FORMATS_KERNEL_SYMBOL_H
#define RESCUE_FORMATS_KERNEL_SYMBOL_H

#include "fault.h"

#define KERNEL_MAX_SYMBOLS 1048576
#define SYMVERS_MAX_SIZE (64u * 1024 * 1024)

/* Borrowed for the time of one visit. */
struct kernel_symbol {
	const char *name;
	const char *name_space; /* "" where it has none */
	const char *module;	 /* symvers only: "vmlinux", "fs/ext4/ext4"; else NULL */
	uint32_t crc;
	bool has_crc; /* false: the exporter keeps no versions */
	bool gpl_only;
};

/* 0 to go on, else the whole ends with that value. */
typedef int kernel_symbol_visit(void *data, const struct kernel_symbol *s);

/*
 * Every symbol of an uncompressed vmlinux, or of the symbol tables of a kernel's text
 * files. -ENODATA: it has none (no section headers, say); -EBADMSG: it is damaged.
 */
int elf_kernel_exports(struct bytes vmlinux, kernel_symbol_visit *visit, void *data,
		       struct fault *f);
/* Where the first section begins that exports or keys are read from; its size: there is none. */
size_t elf_kernel_first_table(struct bytes vmlinux);
/* Module.symvers: CRC, name, module, EXPORT_SYMBOL…, namespace (since 5.4), tabs between. */
int symvers_exports(struct bytes text, kernel_symbol_visit *visit, void *data,
		    struct fault *f);
/* System.map: the absolute __crc_ symbols of older kernels; no GPL mark, no namespace. */
int system_map_exports(struct bytes text, kernel_symbol_visit *visit, void *data,
		       struct fault *f);

#endif
