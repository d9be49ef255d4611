/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel module: ELF32/ELF64, both byte orders, uncompressed bytes (elf(5)). */
#ifndef RESCUE_FORMATS_ELF_MODULE_H
#define RESCUE_FORMATS_ELF_MODULE_H

#include "fault.h"

#define ELF_MODULE_MAX_SIZE (256u * 1024 * 1024)

/* A section that symbols point into; index 0: there is none. */
struct module_table {
	unsigned index;
	struct bytes content;
};

struct elf_module {
	struct bytes file;
	bool is_64, is_big_endian;
	unsigned machine;	   /* EM_* */
	struct bytes modinfo;	   /* .modinfo: NUL-separated name=value; may be empty */
	bool has_btf;		   /* type information of itself */
	bool has_versions;	   /* a __versions section exists, even empty */
	struct bytes versions;	   /* __versions: CRC (a word), name; 64 bytes each */
	struct bytes version_crcs, version_names; /* __version_ext_*: any length of name */
	size_t this_module_size;   /* of the kernel's struct module; 0: there is none */
	struct bytes symbols, strings; /* SHT_SYMTAB and its names; empty: there is none */
	struct module_table exports[3]; /* __ksymtab, __ksymtab_gpl, __ksymtab_strings */
	struct module_table crcs[2]; /* __kcrctab, __kcrctab_gpl */
};

/*
 * A file that is not read as a whole: bring puts some of its bytes at their place in the
 * span that was given, which all others may have any value in. 0 or -errno.
 */
struct elf_parts {
	int (*bring)(void *data, size_t offset, size_t size);
	void *data;
};

/* Borrowed from in. -EBADMSG: no module (the fault says what is wrong). */
int elf_module_parse(struct elf_module *ret, struct bytes in, struct fault *f);
/* The same; what the struct then points to is there, but nothing else of the file. */
int elf_module_parse_parts(struct elf_module *ret, struct bytes in,
			   const struct elf_parts *parts, struct fault *f);
/* The n-th value of a modinfo name (vermagic, name, depends, firmware, …), or NULL. */
const char *elf_module_info(const struct elf_module *m, const char *name, size_t n);
/* Its license lets it use GPL-only symbols (include/linux/license.h). */
bool elf_module_is_gpl(const struct elf_module *m);
/* uname -m word of an EM_* number with that class and order, or "unknown". */
const char *elf_machine_name(unsigned machine, bool is_64, bool is_big_endian);

#endif
