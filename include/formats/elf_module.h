/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel module: ELF32/ELF64, both byte orders, uncompressed bytes (elf(5)). */
#ifndef RESCUE_FORMATS_ELF_MODULE_H
#define RESCUE_FORMATS_ELF_MODULE_H

#include "fault.h"

#define ELF_MODULE_MAX_SIZE (256u * 1024 * 1024)

struct elf_module {
	struct bytes file;
	bool is_64, is_big_endian;
	unsigned machine;	   /* EM_* */
	struct bytes modinfo;	   /* .modinfo: NUL-separated name=value; may be empty */
	bool has_versions;	   /* a __versions section exists, even empty */
	bool has_signature;	   /* "~Module signature appended~\n" trails the ELF */
};

/* Borrowed from in. -EBADMSG: no module (the fault says what is wrong). */
int elf_module_parse(struct elf_module *ret, struct bytes in, struct fault *f);
/* The n-th value of a modinfo name (vermagic, name, depends, firmware, …), or NULL. */
const char *elf_module_info(const struct elf_module *m, const char *name, size_t n);
/* uname -m word of an EM_* number with that class and order, or "unknown". */
const char *elf_machine_name(unsigned machine, bool is_64, bool is_big_endian);

#endif
