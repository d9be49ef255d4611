/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel modules: the section table of an ELF object, .modinfo, the signature behind it. */
#include "formats/elf_module.h"

#include <elf.h>
#include <errno.h>

static const char signature_marker[] = "~Module signature appended~\n";

/* struct module_signature of the kernel: three bytes, two lengths, padding, be32 length. */
enum { SIGNATURE_INFO_SIZE = 12 };

struct section {
	uint32_t name, type, link;
	uint64_t offset, size;
};

/* The table of sections, its bounds checked. */
struct sections {
	const uint8_t *at;
	size_t count, entry_size;
	struct bytes names;
};

static int _printf_(2, 3) bad(struct fault *f, const char *reason, ...)
{
	char text[128];
	va_list list;

	va_start(list, reason);
	vsnprintf(text, sizeof(text), reason, list);
	va_end(list);
	(void)fault_errno(f, EBADMSG, NULL, "read the module");
	fault_reason(f, "%s", text);
	return -EBADMSG;
}

/* An unsigned number of 2, 4 or 8 bytes in the module's own byte order. */
static uint64_t number(const struct elf_module *m, const uint8_t *p, size_t size)
{
	uint64_t value = 0;

	for (size_t i = 0; i < size; i++)
		value = value << 8 | p[m->is_big_endian ? i : size - 1 - i];
	return value;
}

static bool part_of(struct bytes in, uint64_t offset, uint64_t size, struct bytes *ret)
{
	if (offset > in.size || size > in.size - offset)
		return false;
	*ret = (struct bytes){in.data + offset, (size_t)size};
	return true;
}

/* One member of an ELF structure, of either class. */
#define MEMBER(m, base, type, member)                                                    \
	((m)->is_64 ? number(m, (base) + offsetof(Elf64_##type, member),                 \
			     sizeof(((Elf64_##type *)0)->member))                         \
		    : number(m, (base) + offsetof(Elf32_##type, member),                 \
			     sizeof(((Elf32_##type *)0)->member)))

static struct section section_at(const struct elf_module *m, const struct sections *table,
				 size_t index)
{
	const uint8_t *p = table->at + index * table->entry_size;

	return (struct section){
		.name = (uint32_t)MEMBER(m, p, Shdr, sh_name),
		.type = (uint32_t)MEMBER(m, p, Shdr, sh_type),
		.link = (uint32_t)MEMBER(m, p, Shdr, sh_link),
		.offset = MEMBER(m, p, Shdr, sh_offset),
		.size = MEMBER(m, p, Shdr, sh_size),
	};
}

static int parse_header(struct elf_module *m, struct fault *f)
{
	const uint8_t *p = m->file.data;

	if (m->file.size < EI_NIDENT || memcmp(p, ELFMAG, SELFMAG))
		return bad(f, "it is not an ELF file");
	m->is_64 = p[EI_CLASS] == ELFCLASS64;
	m->is_big_endian = p[EI_DATA] == ELFDATA2MSB;
	if ((!m->is_64 && p[EI_CLASS] != ELFCLASS32) ||
	    (!m->is_big_endian && p[EI_DATA] != ELFDATA2LSB))
		return bad(f, "its ELF class or byte order is unknown");
	if (m->file.size < (m->is_64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr)))
		return bad(f, "it is cut short");
	if (MEMBER(m, p, Ehdr, e_type) != ET_REL)
		return bad(f, "it is not a relocatable object");
	m->machine = (unsigned)MEMBER(m, p, Ehdr, e_machine);
	return 0;
}

/* Counts that do not fit into the header stand in section 0 (gabi: ELF extended numbering). */
static int find_sections(struct sections *ret, const struct elf_module *m, struct fault *f)
{
	const uint8_t *p = m->file.data;
	struct sections table = {.entry_size = MEMBER(m, p, Ehdr, e_shentsize)};
	uint64_t offset = MEMBER(m, p, Ehdr, e_shoff), count = MEMBER(m, p, Ehdr, e_shnum);
	uint64_t names = MEMBER(m, p, Ehdr, e_shstrndx);
	struct section section;
	struct bytes part;

	if (table.entry_size != (m->is_64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr)))
		return bad(f, "its section headers are of an unknown size");
	if (!part_of(m->file, offset, table.entry_size, &part))
		return bad(f, "its section table is cut off");
	table.at = part.data;
	section = section_at(m, &table, 0);
	if (!count)
		count = section.size;
	if (names == SHN_XINDEX)
		names = section.link;
	if (!count || count > ELF_MAX_SECTIONS || names >= count)
		return bad(f, "its section count is out of limits");
	if (!part_of(m->file, offset, count * table.entry_size, &part))
		return bad(f, "its section table is cut off");
	table.count = (size_t)count;
	section = section_at(m, &table, (size_t)names);
	if (section.type != SHT_STRTAB ||
	    !part_of(m->file, section.offset, section.size, &table.names) ||
	    !section.size || table.names.data[section.size - 1])
		return bad(f, "its section names are damaged");
	*ret = table;
	return 0;
}

static int take_section(struct elf_module *m, const struct section *section,
			const char *name, struct fault *f)
{
	struct bytes content;

	if (section->type == SHT_NOBITS || section->type == SHT_NULL)
		return 0;
	if (!part_of(m->file, section->offset, section->size, &content))
		return bad(f, "section %.40s lies outside the file", name);
	if (!strcmp(name, "__versions"))
		m->has_versions = true;
	if (strcmp(name, ".modinfo") || !content.size)
		return 0;
	if (content.data[content.size - 1])
		return bad(f, "its .modinfo has no end");
	m->modinfo = content;
	return 0;
}

static int take_sections(struct elf_module *m, struct fault *f)
{
	struct sections table;
	int r = find_sections(&table, m, f);

	for (size_t i = 1; r >= 0 && i < table.count; i++) {
		struct section section = section_at(m, &table, i);

		if (section.name >= table.names.size)
			return bad(f, "the name of section %zu is damaged", i);
		r = take_section(m, &section, (const char *)table.names.data + section.name, f);
	}
	return r;
}

/* The kernel refuses a signature of the wrong length, whether it enforces them or not. */
static int check_signature(struct elf_module *m, struct fault *f)
{
	size_t marker = sizeof(signature_marker) - 1, left = m->file.size;
	const uint8_t *length;

	if (left < marker || memcmp(m->file.data + left - marker, signature_marker, marker))
		return 0;
	left -= marker;
	if (left < SIGNATURE_INFO_SIZE)
		return bad(f, "its signature is damaged");
	left -= SIGNATURE_INFO_SIZE;
	length = m->file.data + left + SIGNATURE_INFO_SIZE - 4;
	if (((uint64_t)length[0] << 24 | (uint64_t)length[1] << 16 |
	     (uint64_t)length[2] << 8 | length[3]) >= left)
		return bad(f, "its signature is damaged");
	m->has_signature = true;
	return 0;
}

int elf_module_parse(struct elf_module *ret, struct bytes in, struct fault *f)
{
	struct elf_module m = {.file = in};
	int r;

	if (in.size > ELF_MODULE_MAX_SIZE)
		return bad(f, "%zu bytes are too many for a module", in.size);
	r = parse_header(&m, f);
	if (r >= 0)
		r = take_sections(&m, f);
	if (r >= 0)
		r = check_signature(&m, f);
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
