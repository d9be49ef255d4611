/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Symbols of a module: those it imports, their versions, and its own exports. */
#include "formats/module_versions.h"

#include "elf_sections.h"

#include <elf.h>
#include <errno.h>

static const char doing[] = "read the module";

enum { BASIC_ENTRY = 64, EXTENDED_CRC = 4 };

/* Class and order are all that reading numbers and symbols needs. */
static struct elf view_of(const struct elf_module *m)
{
	return (struct elf){.file = m->file, .is_64 = m->is_64,
			    .is_big_endian = m->is_big_endian};
}

static struct elf_symbols symbols_of(const struct elf_module *m)
{
	size_t size = m->is_64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);

	return (struct elf_symbols){m->symbols, m->strings, m->symbols.size / size};
}

/* ---- versions ------------------------------------------------------------------------- */

static size_t count_names(struct bytes names)
{
	size_t count = 0;

	for (size_t i = 0; i < names.size; i++)
		count += !names.data[i];
	return count;
}

int module_versions_open(struct module_versions *ret, const struct elf_module *m,
			 struct fault *f)
{
	struct module_versions v = {.module = m};

	if (!m->version_crcs.data != !m->version_names.data)
		return fault_damaged(f, doing, "its extended symbol versions are incomplete");
	v.extended = m->version_crcs.data != NULL;
	v.count = v.extended ? m->version_crcs.size / EXTENDED_CRC
			     : m->versions.size / BASIC_ENTRY;
	if (v.extended && (m->version_crcs.size % EXTENDED_CRC ||
			   count_names(m->version_names) < v.count))
		return fault_damaged(f, doing, "its extended symbol versions are damaged");
	if (v.count > MODULE_MAX_VERSIONS)
		return fault_damaged(f, doing, "it has too many symbol versions");
	*ret = v;
	return 0;
}

/* The entry at next, and one step on; next_name follows the names of the extended table. */
static bool step_is(struct module_versions *v, const char *name, uint32_t *ret)
{
	const struct elf_module *m = v->module;
	struct elf e = view_of(m);
	size_t crc_size = v->extended ? EXTENDED_CRC : m->is_64 ? 8 : 4, limit;
	const uint8_t *entry;
	const char *text;

	if (v->next == v->count)
		v->next = v->next_name = 0;
	if (v->extended) {
		entry = m->version_crcs.data + v->next * EXTENDED_CRC;
		text = (const char *)m->version_names.data + v->next_name;
		limit = strlen(text) + 1;
		v->next_name += limit;
	} else {
		entry = m->versions.data + v->next * BASIC_ENTRY;
		text = (const char *)entry + crc_size;
		limit = BASIC_ENTRY - crc_size;
	}
	v->next++;
	if (strncmp(text, name, limit))
		return false;
	*ret = (uint32_t)elf_number(&e, entry, crc_size);
	return true;
}

bool module_versions_find(struct module_versions *v, const char *name, uint32_t *ret)
{
	for (size_t i = 0; i < v->count && v->steps < MODULE_MAX_STEPS; i++) {
		v->steps++;
		if (step_is(v, name, ret))
			return true;
	}
	return false;
}

int module_imports(struct module_versions *v,
		   int (*visit)(void *data, const struct module_import *i), void *data,
		   struct fault *f)
{
	struct elf_symbols symbols = symbols_of(v->module);
	struct elf e = view_of(v->module);

	for (size_t i = 1; i < symbols.count; i++) {
		struct module_import import = {0};
		struct elf_symbol s;
		int r;

		if (!elf_symbol_at(&s, &e, &symbols, i))
			return fault_damaged(f, doing, "the name of a symbol is damaged");
		if (s.section != SHN_UNDEF || !*s.name || s.binding == STB_LOCAL)
			continue;
		import.name = s.name;
		import.weak = s.binding == STB_WEAK;
		import.has_crc = module_versions_find(v, s.name, &import.crc);
		if (v->steps >= MODULE_MAX_STEPS)
			return fault_damaged(f, doing, "it has too many symbols");
		r = visit(data, &import);
		if (r)
			return r;
	}
	return 0;
}

/* ---- exports -------------------------------------------------------------------------- */

/* Places of three symbols that belong to one export: __ksymtab_S, __crc_S, __kstrtabns_S. */
struct exporter {
	const struct elf_module *module;
	struct elf elf;
	struct elf_symbols symbols;
	size_t crc, name_space; /* where the last walk found one: they stand in one order */
	size_t steps;
};

/* The symbol "prefix name", searched from *from on round the table. */
static bool find_symbol(struct exporter *x, size_t *from, const char *prefix,
			const char *name, struct elf_symbol *ret)
{
	size_t length = strlen(prefix);

	for (size_t n = 0; n < x->symbols.count && x->steps < MODULE_MAX_STEPS; n++) {
		size_t i = (*from + n) % x->symbols.count;

		x->steps++;
		if (elf_symbol_at(ret, &x->elf, &x->symbols, i) &&
		    !strncmp(ret->name, prefix, length) && !strcmp(ret->name + length, name)) {
			*from = i + 1;
			return true;
		}
	}
	return false;
}

/* Absolute: the value itself (before 5.19). In __kcrctab: the four bytes there. */
static bool crc_of(struct exporter *x, const char *name, uint32_t *ret)
{
	struct elf_symbol s;

	if (!find_symbol(x, &x->crc, "__crc_", name, &s) || s.section == SHN_UNDEF)
		return false;
	if (s.section == SHN_ABS) {
		*ret = (uint32_t)s.value;
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(x->module->crcs); i++) {
		const struct module_table *t = &x->module->crcs[i];

		if (t->index != s.section || s.value > t->content.size ||
		    t->content.size - s.value < 4)
			continue;
		*ret = (uint32_t)elf_number(&x->elf, t->content.data + s.value, 4);
		return true;
	}
	return false;
}

static const char *name_space_of(struct exporter *x, const char *name)
{
	const struct module_table *t = &x->module->exports[2];
	struct elf_symbol s;

	if (!find_symbol(x, &x->name_space, "__kstrtabns_", name, &s) || !t->index ||
	    s.section != t->index || s.value >= t->content.size ||
	    t->content.data[t->content.size - 1])
		return "";
	return (const char *)t->content.data + s.value;
}

static int visit_export(struct exporter *x, const struct elf_symbol *s,
			kernel_symbol_visit *visit, void *data)
{
	const struct elf_module *m = x->module;
	struct kernel_symbol symbol = {.name = s->name + strlen("__ksymtab_")};

	if (!*symbol.name)
		return 0;
	symbol.gpl_only = m->exports[1].index && s->section == m->exports[1].index;
	symbol.name_space = name_space_of(x, symbol.name);
	symbol.has_crc = crc_of(x, symbol.name, &symbol.crc);
	return visit(data, &symbol);
}

int module_exports(const struct elf_module *m, kernel_symbol_visit *visit, void *data,
		   struct fault *f)
{
	struct exporter x = {.module = m, .elf = view_of(m), .symbols = symbols_of(m)};

	if (!m->exports[0].index && !m->exports[1].index)
		return 0;
	for (size_t i = 1; i < x.symbols.count; i++) {
		struct elf_symbol s;
		int r;

		if (!elf_symbol_at(&s, &x.elf, &x.symbols, i))
			return fault_damaged(f, doing, "the name of a symbol is damaged");
		if (strncmp(s.name, "__ksymtab_", strlen("__ksymtab_")) ||
		    s.section == SHN_UNDEF ||
		    (s.section != m->exports[0].index && s.section != m->exports[1].index))
			continue;
		r = visit_export(&x, &s, visit, data);
		if (r)
			return r;
		if (x.steps >= MODULE_MAX_STEPS)
			return fault_damaged(f, doing, "it has too many symbols");
	}
	return 0;
}
