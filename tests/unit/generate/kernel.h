/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel's module tree for tests: ELF modules that depmod takes for real, made from a
 * line each: path, modinfo words, exported symbols, imported symbols.
 */
#ifndef RESCUE_TESTS_GENERATE_KERNEL_H
#define RESCUE_TESTS_GENERATE_KERNEL_H

#include "base.h"
#include "tree.h"

#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct made_module {
	const char *path;    /* kernel/drivers/scsi/a.ko */
	const char *modinfo; /* "alias=pci:v1* softdep=pre:|b": blank-separated, | is a
				blank */
	const char *exports, *imports; /* blank-separated symbols */
};

enum { SYMTAB = 1, STRTAB, MODINFO, EXPORTS, NAMES, SECTIONS };

struct made_parts {
	struct buffer part[SECTIONS];
};

static inline void add_bytes(struct buffer *b, const void *data, size_t size)
{
	assert_int_equal(buffer_append(b, data, size), 0);
}

/* Each word with its NUL; '|' becomes a blank. */
static inline void add_words(struct buffer *b, const char *words)
{
	char *copy = strdup(words), *rest = copy, *word;

	while ((word = strsep(&rest, " "))) {
		for (char *c = word; *c; c++)
			if (*c == '|')
				*c = ' ';
		if (*word)
			add_bytes(b, word, strlen(word) + 1);
	}
	free(copy);
}

static inline void add_imports(struct made_parts *p, const char *imports)
{
	char *copy = strdup(imports), *rest = copy, *word;

	while ((word = strsep(&rest, " "))) {
		Elf64_Sym symbol = {.st_name = (Elf64_Word)p->part[STRTAB].size,
			.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE),
			.st_shndx = SHN_UNDEF};

		if (!*word)
			continue;
		add_bytes(&p->part[STRTAB], word, strlen(word) + 1);
		add_bytes(&p->part[SYMTAB], &symbol, sizeof(symbol));
	}
	free(copy);
}

static inline void link_sections(struct buffer *file, struct made_parts *p)
{
	static const char names[] =
		"\0.symtab\0.strtab\0.modinfo\0__ksymtab_strings\0.shstrtab";
	static const Elf64_Word name_at[SECTIONS] = {0, 1, 9, 17, 26, 44};
	static const Elf64_Word types[SECTIONS] = {
		SHT_NULL, SHT_SYMTAB, SHT_STRTAB, SHT_PROGBITS, SHT_PROGBITS, SHT_STRTAB};
	Elf64_Shdr sections[SECTIONS] = {{0}};
	Elf64_Ehdr header = {.e_type = ET_REL,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_ehsize = sizeof(header),
		.e_shentsize = sizeof(sections[0]),
		.e_shnum = SECTIONS,
		.e_shstrndx = NAMES};

	memcpy(header.e_ident, ELFMAG "\2\1\1", 7);
	add_bytes(&p->part[NAMES], names, sizeof(names));
	add_bytes(file, &header, sizeof(header));
	for (size_t i = 1; i < SECTIONS; i++) {
		sections[i].sh_name = name_at[i];
		sections[i].sh_type = types[i];
		sections[i].sh_offset = file->size;
		sections[i].sh_size = p->part[i].size;
		sections[i].sh_link = i == SYMTAB ? STRTAB : 0;
		sections[i].sh_entsize = i == SYMTAB ? sizeof(Elf64_Sym) : 0;
		add_bytes(file, p->part[i].data, p->part[i].size);
		while (file->size % 8)
			add_bytes(file, "", 1);
	}
	header.e_shoff = file->size;
	add_bytes(file, sections, sizeof(sections));
	memcpy(file->data, &header, sizeof(header));
}

static inline void make_module(struct buffer *ret, const struct made_module *m)
{
	struct made_parts p = {{{0}}};
	const Elf64_Sym none = {0};

	add_bytes(&p.part[SYMTAB], &none, sizeof(none));
	add_bytes(&p.part[STRTAB], "", 1);
	add_words(&p.part[MODINFO], m->modinfo);
	add_bytes(&p.part[MODINFO], "license=GPL", sizeof("license=GPL"));
	add_words(&p.part[EXPORTS], m->exports);
	add_bytes(&p.part[EXPORTS], "", 1);
	add_imports(&p, m->imports);
	link_sections(ret, &p);
	for (size_t i = 0; i < SECTIONS; i++)
		buffer_done(&p.part[i]);
}

/* directory: "/lib/modules/V" */
static inline void add_module_file(
	struct tree *t, const char *directory, const struct made_module *m)
{
	struct buffer file = {0};
	char *path = text_printf("%s/%s", directory, m->path);

	make_module(&file, m);
	tree_file(t, path, file.data, file.size);
	buffer_done(&file);
	free(path);
}

static inline char *read_file_of(const struct tree *t, const char *path, size_t *ret_size)
{
	char *full = text_printf("%s%s", t->path, path);
	FILE *file = fopen(full, "re");
	struct buffer b = {0};
	char chunk[4096];
	size_t n;

	free(full);
	if (!file)
		return NULL;
	while ((n = fread(chunk, 1, sizeof(chunk), file)) > 0)
		add_bytes(&b, chunk, n);
	fclose(file);
	if (ret_size)
		*ret_size = b.size;
	return buffer_steal(&b);
}

#endif
