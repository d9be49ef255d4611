/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a module wants of others, with the versions it was built against, and what it gives. */
#ifndef RESCUE_FORMATS_MODULE_VERSIONS_H
#define RESCUE_FORMATS_MODULE_VERSIONS_H

#include "formats/elf_module.h"
#include "formats/kernel_symbol.h"

/* Beyond, a module is refused as damaged; the largest in-tree ones have some 1,500. */
#define MODULE_MAX_VERSIONS 65536
/* Names compared in one module. Tables in their usual order need one step a symbol. */
#define MODULE_MAX_STEPS (256u * 1024 * 1024)

/* The versions of one module; a walk in the module's own order takes one step a symbol. */
struct module_versions {
	const struct elf_module *module;
	bool extended; /* __version_ext_*, which the kernel prefers */
	size_t count, next, next_name, steps;
};

struct module_import {
	const char *name;
	bool weak;
	bool has_crc; /* its versions tell of this symbol */
	uint32_t crc;
};

/* -EBADMSG: tables that the kernel refuses. */
int module_versions_open(struct module_versions *ret, const struct elf_module *m,
			 struct fault *f);
bool module_versions_find(struct module_versions *v, const char *name, uint32_t *ret);

/* Undefined symbols in the order of the symbol table, which is that of the kernel's messages. */
int module_imports(struct module_versions *v,
		   int (*visit)(void *data, const struct module_import *i), void *data,
		   struct fault *f);
int module_exports(const struct elf_module *m, kernel_symbol_visit *visit, void *data,
		   struct fault *f);

#endif
