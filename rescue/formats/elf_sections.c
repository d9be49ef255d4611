/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What modules and kernels share: the ELF header, sections and symbols, bounds checked. */
#include "elf_sections.h"

#include <elf.h>
#include <errno.h>

static int bad(const char **why, const char *reason)
{
	*why = reason;
	return -EBADMSG;
}

uint64_t elf_number(const struct elf *e, const uint8_t *p, size_t size)
{
	uint64_t value = 0;

	for (size_t i = 0; i < size; i++)
		value = value << 8 | p[e->is_big_endian ? i : size - 1 - i];
	return value;
}

static bool part_of(struct bytes in, uint64_t offset, uint64_t size, struct bytes *ret)
{
	if (offset > in.size || size > in.size - offset)
		return false;
	*ret = (struct bytes){in.data + offset, (size_t)size};
	return true;
}

int elf_bring(const struct elf *e, struct bytes part, const char **why)
{
	if (!e->parts || !part.size)
		return 0;
	if (e->parts->bring(e->parts->data, (size_t)(part.data - e->file.data), part.size) < 0)
		return bad(why, "a part of it cannot be read");
	return 0;
}

/* Within the file, and read. */
static int bring_part(const struct elf *e, uint64_t offset, uint64_t size, struct bytes *ret,
		      const char **why, const char *reason)
{
	return part_of(e->file, offset, size, ret) ? elf_bring(e, *ret, why) : bad(why, reason);
}

/* One member of an ELF structure, of either class. */
#define MEMBER(e, base, type, member)                                                    \
	((e)->is_64 ? elf_number(e, (base) + offsetof(Elf64_##type, member),             \
			     sizeof(((Elf64_##type *)0)->member))                         \
		    : elf_number(e, (base) + offsetof(Elf32_##type, member),             \
			     sizeof(((Elf32_##type *)0)->member)))
#define SIZE_OF(e, type) ((e)->is_64 ? sizeof(Elf64_##type) : sizeof(Elf32_##type))

/*
 * Class and order are taken as the file has them, not as it claims: no loader looks at the
 * claim, the size of the section headers is what it compares.
 */
static bool reads_as(struct elf *e, unsigned class, unsigned order)
{
	e->is_64 = class == ELFCLASS64;
	e->is_big_endian = order == ELFDATA2MSB;
	return e->file.size >= SIZE_OF(e, Ehdr) &&
	       MEMBER(e, e->file.data, Ehdr, e_shentsize) == SIZE_OF(e, Shdr);
}

static int read_header(struct elf *e, const char **why)
{
	const uint8_t *p = e->file.data;
	const struct bytes head = {p, MIN_OF(e->file.size, sizeof(Elf64_Ehdr))};

	if (elf_bring(e, head, why) < 0)
		return -EBADMSG;
	if (e->file.size < EI_NIDENT || memcmp(p, ELFMAG, SELFMAG))
		return bad(why, "it is not an ELF file");
	for (unsigned i = 0; i < 4 && !reads_as(e, p[EI_CLASS] ^ (i & 1 ? 3 : 0),
						p[EI_DATA] ^ (i & 2 ? 3 : 0)); i++)
		continue;
	if (!reads_as(e, e->is_64 ? ELFCLASS64 : ELFCLASS32,
		      e->is_big_endian ? ELFDATA2MSB : ELFDATA2LSB))
		return bad(why, e->file.size < SIZE_OF(e, Ehdr) ? "it is cut short" :
			   "its section headers are of an unknown size");
	e->type = (unsigned)MEMBER(e, p, Ehdr, e_type);
	e->machine = (unsigned)MEMBER(e, p, Ehdr, e_machine);
	return 0;
}

static const uint8_t *header_of(const struct elf *e, size_t index)
{
	return e->table + index * e->entry_size;
}

static int find_names(struct elf *e, const uint8_t *header, const char **why)
{
	static const char damaged[] = "its section names are damaged";
	int r = bring_part(e, MEMBER(e, header, Shdr, sh_offset),
			   MEMBER(e, header, Shdr, sh_size), &e->names, why, damaged);

	if (r < 0)
		return r;
	if (MEMBER(e, header, Shdr, sh_type) != SHT_STRTAB || !e->names.size ||
	    e->names.data[e->names.size - 1])
		return bad(why, damaged);
	return 0;
}

/* Counts that do not fit into the header stand in section 0 (gabi: ELF extended numbering). */
static int find_sections(struct elf *e, const char **why)
{
	static const char cut[] = "its section table is cut off";
	const uint8_t *p = e->file.data;
	uint64_t offset = MEMBER(e, p, Ehdr, e_shoff), count = MEMBER(e, p, Ehdr, e_shnum);
	uint64_t names = MEMBER(e, p, Ehdr, e_shstrndx);
	struct bytes part;
	int r;

	e->entry_size = SIZE_OF(e, Shdr);
	r = bring_part(e, offset, e->entry_size, &part, why, cut);
	if (r < 0)
		return r;
	e->table = part.data;
	if (!count)
		count = MEMBER(e, e->table, Shdr, sh_size);
	if (names == SHN_XINDEX)
		names = MEMBER(e, e->table, Shdr, sh_link);
	if (!count || count > ELF_MAX_SECTIONS || names >= count)
		return bad(why, "its section count is out of limits");
	r = bring_part(e, offset, count * e->entry_size, &part, why, cut);
	if (r < 0)
		return r;
	e->count = (size_t)count;
	return find_names(e, header_of(e, (size_t)names), why);
}

int elf_open(struct elf *ret, struct bytes in, const struct elf_parts *parts,
	     const char **why)
{
	struct elf e = {.file = in, .parts = parts};
	int r = read_header(&e, why);

	if (r >= 0)
		r = find_sections(&e, why);
	if (r < 0)
		return r;
	*ret = e;
	return 0;
}

int elf_section_at(struct elf_section *ret, const struct elf *e, size_t index,
		   const char **why)
{
	const uint8_t *p = header_of(e, index);
	uint64_t name = MEMBER(e, p, Shdr, sh_name);
	struct elf_section s = {
		.type = (uint32_t)MEMBER(e, p, Shdr, sh_type),
		.link = (uint32_t)MEMBER(e, p, Shdr, sh_link),
		.address = MEMBER(e, p, Shdr, sh_addr),
	};

	if (name >= e->names.size)
		return bad(why, "the name of a section is damaged");
	s.name = (const char *)e->names.data + name;
	if (s.type != SHT_NOBITS && s.type != SHT_NULL &&
	    !part_of(e->file, MEMBER(e, p, Shdr, sh_offset), MEMBER(e, p, Shdr, sh_size),
		     &s.content))
		return bad(why, "a section lies outside the file");
	*ret = s;
	return 0;
}

int elf_symbols_of(struct elf_symbols *ret, const struct elf *e,
		   const struct elf_section *symtab, const char **why)
{
	struct elf_section strings;
	int r;

	if (symtab->link >= e->count)
		return bad(why, "its symbol table has no names");
	r = elf_section_at(&strings, e, symtab->link, why);
	if (r < 0)
		return r;
	if (elf_bring(e, symtab->content, why) < 0 || elf_bring(e, strings.content, why) < 0)
		return -EBADMSG;
	if (strings.type != SHT_STRTAB || !strings.content.size ||
	    strings.content.data[strings.content.size - 1])
		return bad(why, "the names of its symbols are damaged");
	*ret = (struct elf_symbols){symtab->content, strings.content,
				    symtab->content.size / SIZE_OF(e, Sym)};
	return 0;
}

bool elf_symbol_at(struct elf_symbol *ret, const struct elf *e,
		   const struct elf_symbols *symbols, size_t index)
{
	const uint8_t *p = symbols->entries.data + index * SIZE_OF(e, Sym);
	uint64_t name = MEMBER(e, p, Sym, st_name);

	if (name >= symbols->strings.size)
		return false;
	*ret = (struct elf_symbol){
		.name = (const char *)symbols->strings.data + name,
		.value = MEMBER(e, p, Sym, st_value),
		.section = (unsigned)MEMBER(e, p, Sym, st_shndx),
		.binding = (unsigned)MEMBER(e, p, Sym, st_info) >> 4, /* ELF_ST_BIND */
	};
	return true;
}
