/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The section table of an ELF file, either class and byte order (gabi, elf(5)). */
#ifndef RESCUE_FORMATS_ELF_SECTIONS_H
#define RESCUE_FORMATS_ELF_SECTIONS_H

#include "formats/elf_module.h"

#define ELF_MAX_SECTIONS 65535

struct elf {
	struct bytes file;
	const struct elf_parts *parts; /* NULL: all of it is there */
	bool is_64, is_big_endian;
	unsigned machine, type; /* EM_*, ET_* */
	const uint8_t *table;
	size_t count, entry_size;
	struct bytes names;
};

struct elf_section {
	const char *name;
	uint32_t type, link;
	uint64_t address;
	struct bytes content; /* empty for SHT_NOBITS; elf_bring before it is read */
};

struct elf_symbol {
	const char *name;
	uint64_t value;
	unsigned section, binding; /* SHN_*, STB_* */
};

/* SHT_SYMTAB and its strings, their bounds checked. */
struct elf_symbols {
	struct bytes entries, strings;
	size_t count;
};

/* All -EBADMSG with *why, a static text. parts: NULL where in is all there. */
int elf_open(struct elf *ret, struct bytes in, const struct elf_parts *parts,
	     const char **why);
/* Has a part of the file read, where that has not been done. */
int elf_bring(const struct elf *e, struct bytes part, const char **why);
int elf_section_at(struct elf_section *ret, const struct elf *e, size_t index,
		   const char **why);
int elf_symbols_of(struct elf_symbols *ret, const struct elf *e,
		   const struct elf_section *symtab, const char **why);
/* false: its name lies outside the strings. */
bool elf_symbol_at(struct elf_symbol *ret, const struct elf *e,
		   const struct elf_symbols *symbols, size_t index);
/* An unsigned number of 1, 2, 4 or 8 bytes in the file's own byte order. */
uint64_t elf_number(const struct elf *e, const uint8_t *p, size_t size);

#endif
