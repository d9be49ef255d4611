/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel modules made in memory, of either class and byte order, for tests. */
#ifndef TESTS_MADE_MODULE_H
#define TESTS_MADE_MODULE_H

#include "base.h"

#include <elf.h>

struct made_version {
	const char *name;
	uint32_t crc;
};
struct made_import {
	const char *name;
	bool weak;
};
struct made_export {
	const char *name, *name_space;
	uint32_t crc;
	bool gpl_only;
};

/* Lists end where a name is NULL. */
struct made_module {
	bool is_64, is_big, extended, absolute_crcs, without_versions;
	const char *vermagic, *license, *import_ns;
	struct made_version versions[8];
	struct made_import imports[8];
	struct made_export exports[4];
	size_t this_module;
	/* the result */
	uint8_t data[16384];
	size_t size;
	size_t strings_at, string; /* of the symbols */
	size_t symbols_at, symbol;
};

enum { MADE_NAMES = 64, MADE_HEADERS = 512, MADE_MODINFO = 2048, MADE_VERSIONS = 2560,
       MADE_EXT_NAMES = 3200, MADE_KSYMTAB = 3584, MADE_CRCS = 3712, MADE_NS = 3776,
       MADE_SYMBOLS = 4096, MADE_STRINGS = 8192, MADE_THIS = 12288 };
enum { MADE_SECTIONS = 12, MADE_KSYMTAB_INDEX = 6 };

static inline void made_put(struct made_module *m, size_t at, uint64_t value, size_t size)
{
	for (size_t i = 0; i < size; i++)
		m->data[at + (m->is_big ? size - 1 - i : i)] = (uint8_t)(value >> (8 * i));
}

#define MADE_PUT(m, at, type, member, value)                                             \
	((m)->is_64 ? made_put(m, (at) + offsetof(Elf64_##type, member), value,          \
			       sizeof(((Elf64_##type *)0)->member))                       \
		    : made_put(m, (at) + offsetof(Elf32_##type, member), value,          \
			       sizeof(((Elf32_##type *)0)->member)))

static inline void made_section(struct made_module *m, size_t index, const char *name,
				uint32_t type, size_t at, size_t size)
{
	size_t header = MADE_HEADERS +
			index * (m->is_64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr));
	size_t text = MADE_NAMES + index * 30;

	strncpy((char *)m->data + text, name, 29);
	MADE_PUT(m, header, Shdr, sh_name, text - MADE_NAMES);
	MADE_PUT(m, header, Shdr, sh_type, type);
	MADE_PUT(m, header, Shdr, sh_offset, at);
	MADE_PUT(m, header, Shdr, sh_size, size);
	MADE_PUT(m, header, Shdr, sh_link, type == SHT_SYMTAB ? index + 1 : 0);
}

static inline void made_symbol(struct made_module *m, const char *prefix, const char *name,
			       unsigned section, uint64_t value, unsigned binding)
{
	size_t entry = m->is_64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	size_t at = MADE_SYMBOLS + ++m->symbol * entry;

	MADE_PUT(m, at, Sym, st_name, m->string);
	MADE_PUT(m, at, Sym, st_value, value);
	MADE_PUT(m, at, Sym, st_shndx, section);
	MADE_PUT(m, at, Sym, st_info, ELF64_ST_INFO(binding, STT_NOTYPE));
	m->string += 1 + (size_t)snprintf((char *)m->data + MADE_STRINGS + m->string, 256,
					  "%s%s", prefix, name);
}

static inline void made_versions(struct made_module *m)
{
	size_t crc = m->extended ? 4 : m->is_64 ? 8 : 4, step = m->extended ? 4 : 64;
	size_t count = 0, names = 0;

	for (; count < 8 && m->versions[count].name; count++) {
		const struct made_version *v = &m->versions[count];
		size_t at = MADE_VERSIONS + count * step;

		made_put(m, at, v->crc, crc);
		if (m->extended)
			names += 1 + (size_t)snprintf((char *)m->data + MADE_EXT_NAMES + names,
						      128, "%s", v->name);
		else
			strncpy((char *)m->data + at + crc, v->name, 64 - crc - 1);
	}
	made_section(m, 2, m->without_versions ? "x" : m->extended ? "__version_ext_crcs" :
		     "__versions", SHT_PROGBITS, MADE_VERSIONS, count * step);
	made_section(m, 3, m->extended ? "__version_ext_names" : "y", SHT_PROGBITS,
		     MADE_EXT_NAMES, names);
}

static inline void made_exports(struct made_module *m)
{
	size_t names = 1;

	for (size_t i = 0; i < 4 && m->exports[i].name; i++) {
		const struct made_export *e = &m->exports[i];

		made_put(m, MADE_CRCS + 4 * i, e->crc, 4);
		made_symbol(m, "__ksymtab_", e->name, MADE_KSYMTAB_INDEX + e->gpl_only, 8 * i,
			    STB_LOCAL);
		made_symbol(m, "__crc_", e->name, m->absolute_crcs ? SHN_ABS : 8,
			    m->absolute_crcs ? e->crc : 4 * i, STB_LOCAL);
		if (!e->name_space)
			continue;
		made_symbol(m, "__kstrtabns_", e->name, 9, names, STB_LOCAL);
		names += 1 + (size_t)snprintf((char *)m->data + MADE_NS + names, 64, "%s",
					      e->name_space);
	}
	made_section(m, 6, "__ksymtab", SHT_PROGBITS, MADE_KSYMTAB, 64);
	made_section(m, 7, "__ksymtab_gpl", SHT_PROGBITS, MADE_KSYMTAB + 64, 64);
	made_section(m, 8, "__kcrctab", SHT_PROGBITS, MADE_CRCS, 64);
	made_section(m, 9, "__ksymtab_strings", SHT_PROGBITS, MADE_NS, names);
}

static inline size_t made_modinfo(struct made_module *m)
{
	char *text = (char *)m->data + MADE_MODINFO;
	size_t used = 0;

	used += 1 + (size_t)snprintf(text, 128, "vermagic=%s", m->vermagic ? m->vermagic : "");
	used += 1 + (size_t)snprintf(text + used, 64, "license=%s",
				     m->license ? m->license : "GPL");
	if (m->import_ns)
		used += 1 + (size_t)snprintf(text + used, 64, "import_ns=%s", m->import_ns);
	return used;
}

static inline struct bytes made_module(struct made_module *m)
{
	size_t entry = m->is_64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);

	memset(m->data, 0, sizeof(m->data));
	m->string = 1;
	m->symbol = 0;
	m->size = sizeof(m->data);
	memcpy(m->data, ELFMAG, SELFMAG);
	m->data[EI_CLASS] = m->is_64 ? ELFCLASS64 : ELFCLASS32;
	m->data[EI_DATA] = m->is_big ? ELFDATA2MSB : ELFDATA2LSB;
	MADE_PUT(m, 0, Ehdr, e_type, ET_REL);
	MADE_PUT(m, 0, Ehdr, e_machine, EM_X86_64);
	MADE_PUT(m, 0, Ehdr, e_shoff, MADE_HEADERS);
	MADE_PUT(m, 0, Ehdr, e_shentsize, m->is_64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr));
	MADE_PUT(m, 0, Ehdr, e_shnum, MADE_SECTIONS);
	MADE_PUT(m, 0, Ehdr, e_shstrndx, 10);
	made_section(m, 1, ".modinfo", SHT_PROGBITS, MADE_MODINFO, made_modinfo(m));
	made_versions(m);
	made_exports(m);
	for (size_t i = 0; i < 8 && m->imports[i].name; i++)
		made_symbol(m, "", m->imports[i].name, SHN_UNDEF, 0,
			    m->imports[i].weak ? STB_WEAK : STB_GLOBAL);
	made_section(m, 4, ".symtab", SHT_SYMTAB, MADE_SYMBOLS, (m->symbol + 1) * entry);
	made_section(m, 5, ".strtab", SHT_STRTAB, MADE_STRINGS, m->string);
	made_section(m, 11, ".gnu.linkonce.this_module", SHT_PROGBITS, MADE_THIS,
		     m->this_module ? m->this_module : 896);
	made_section(m, 10, ".shstrtab", SHT_STRTAB, MADE_NAMES, 30 * MADE_SECTIONS);
	return (struct bytes){m->data, m->size};
}

#endif
