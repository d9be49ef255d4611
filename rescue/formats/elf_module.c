/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel modules: the section table of an ELF object, .modinfo, symbols. */
#include "formats/elf_module.h"

#include "elf_sections.h"

#include <elf.h>
#include <errno.h>

static const char doing[] = "read the module";

static void take_table(struct elf_module *m, unsigned index, const struct elf_section *s)
{
	const struct {
		const char *name;
		struct module_table *table;
	} tables[] = {
		{"__ksymtab", &m->exports[0]}, {"__ksymtab_gpl", &m->exports[1]},
		{"__ksymtab_strings", &m->exports[2]}, {"__kcrctab", &m->crcs[0]},
		{"__kcrctab_gpl", &m->crcs[1]},
	};

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		if (!strcmp(s->name, tables[i].name))
			*tables[i].table = (struct module_table){index, s->content};
	}
}

static int take_modinfo(struct elf_module *m, const struct elf_section *s, struct fault *f)
{
	if (!s->content.size)
		return 0;
	if (s->content.data[s->content.size - 1])
		return fault_damaged(f, doing, "its .modinfo has no end");
	m->modinfo = s->content;
	return 0;
}

static int take_symbols(struct elf_module *m, const struct elf *elf,
			const struct elf_section *s, struct fault *f)
{
	struct elf_symbols symbols;
	const char *why;

	if (elf_symbols_of(&symbols, elf, s, &why) < 0)
		return fault_damaged(f, doing, "%s", why);
	m->symbols = symbols.entries;
	m->strings = symbols.strings;
	return 0;
}

/* Code and data of a module are much, and say nothing. */
static bool is_read(const char *name)
{
	return text_starts(name, ".modinfo") || text_starts(name, "__version") ||
	       text_starts(name, "__kcrctab") || text_starts(name, "__ksymtab_strings");
}

static int take_section(struct elf_module *m, const struct elf *elf, size_t index,
			const struct elf_section *s, struct fault *f)
{
	const char *why;

	if (s->type == SHT_NOBITS || s->type == SHT_NULL)
		return 0;
	if (s->type == SHT_SYMTAB)
		return take_symbols(m, elf, s, f);
	if (is_read(s->name) && elf_bring(elf, s->content, &why) < 0)
		return fault_damaged(f, doing, "%s", why);
	if (!strcmp(s->name, ".modinfo"))
		return take_modinfo(m, s, f);
	if (!strcmp(s->name, "__versions")) {
		m->has_versions = true;
		m->versions = s->content;
	} else if (!strcmp(s->name, "__version_ext_crcs")) {
		m->version_crcs = s->content;
	} else if (!strcmp(s->name, "__version_ext_names")) {
		m->version_names = s->content;
	} else if (!strcmp(s->name, ".gnu.linkonce.this_module")) {
		m->this_module_size = s->content.size;
	} else if (!strcmp(s->name, ".BTF")) {
		m->has_btf = true;
	} else if (text_starts(s->name, "__k")) {
		take_table(m, (unsigned)index, s);
	}
	return 0;
}

static int take_sections(struct elf_module *m, const struct elf_parts *parts,
			 struct fault *f)
{
	const char *why;
	struct elf elf;
	int r = elf_open(&elf, m->file, parts, &why);

	if (r < 0)
		return fault_damaged(f, doing, "%s", why);
	if (elf.type != ET_REL)
		return fault_damaged(f, doing, "it is not a relocatable object");
	m->is_64 = elf.is_64;
	m->is_big_endian = elf.is_big_endian;
	m->machine = elf.machine;
	for (size_t i = 1; r >= 0 && i < elf.count; i++) {
		struct elf_section section;

		r = elf_section_at(&section, &elf, i, &why);
		if (r < 0)
			return fault_damaged(f, doing, "%s", why);
		r = take_section(m, &elf, i, &section, f);
	}
	return r;
}

int elf_module_parse(struct elf_module *ret, struct bytes in, struct fault *f)
{
	return elf_module_parse_parts(ret, in, NULL, f);
}

int elf_module_parse_parts(struct elf_module *ret, struct bytes in,
			   const struct elf_parts *parts, struct fault *f)
{
	struct elf_module m = {.file = in};
	int r;

	if (in.size > ELF_MODULE_MAX_SIZE)
		return fault_damaged(f, doing, "%zu bytes are too many for a module", in.size);
	r = take_sections(&m, parts, f);
	if (r < 0)
		return r;
	*ret = m;
	return 0;
}

const char *elf_module_info(const struct elf_module *m, const char *name, size_t n)
{
	const char *text = (const char *)m->modinfo.data, *at;
	size_t length = strlen(name), i;

	/* Parsing saw to the NUL at the end; runs of NULs are padding. */
	for (i = 0; i < m->modinfo.size; i += strlen(at) + 1) {
		at = text + i;
		if (strncmp(at, name, length) || at[length] != '=')
			continue;
		if (!n--)
			return at + length + 1;
	}
	return NULL;
}

bool elf_module_is_gpl(const struct elf_module *m)
{
	static const char *const words[] = {"GPL", "GPL v2", "GPL and additional rights",
		"Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL"};
	const char *license = elf_module_info(m, "license", 0);

	for (size_t i = 0; license && i < ARRAY_SIZE(words); i++) {
		if (!strcmp(license, words[i]))
			return true;
	}
	return false;
}

const char *elf_machine_name(unsigned machine, bool is_64, bool is_big_endian)
{
	switch (machine) {
	case EM_X86_64:
		return "x86_64"; /* x32 has no kernel of its own */
	case EM_386:
		return "i386";
	case EM_AARCH64:
		return is_big_endian ? "aarch64_be" : "aarch64";
	case EM_ARM:
		return is_big_endian ? "armeb" : "arm";
	case EM_PPC64:
		return is_big_endian ? "ppc64" : "ppc64le";
	case EM_PPC:
		return "ppc";
	case EM_S390:
		return is_64 ? "s390x" : "s390";
	case EM_RISCV:
		return is_64 ? "riscv64" : "riscv32";
	case 258: /* EM_LOONGARCH: newer than some elf.h */
		return is_64 ? "loongarch64" : "loongarch32";
	case EM_MIPS:
		return is_64 ? "mips64" : "mips";
	default:
		return "unknown";
	}
}
