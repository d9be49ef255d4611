/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The export tables of a linked kernel (include/linux/export-internal.h and before). */
#ifndef RESCUE_FORMATS_KSYMTAB_H
#define RESCUE_FORMATS_KSYMTAB_H

#include "elf_sections.h"
#include "formats/kernel_symbol.h"

/* One __ksymtab with what belongs to it; a table that is not there is empty. */
struct ksymtab {
	const struct elf *elf;
	struct elf_section entries, crcs, flags, strings;
	bool gpl_only; /* the whole table; flags say it symbol by symbol */
};

/* -EBADMSG: no known layout makes names of it; else 0 or what visit ended with. */
int ksymtab_visit(const struct ksymtab *t, kernel_symbol_visit *visit, void *data);

#endif
