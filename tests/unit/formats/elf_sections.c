/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The section table by itself: counts, names and symbols within their bounds, and parts. */
#include "../../../rescue/formats/elf_sections.h"

#include <elf.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { SECTIONS = 4, STRTAB = 1, SYMTAB = 2, NOBITS = 3 };
static const char names[] = "\0.strtab\0.symtab\0.bss"; /* the symbols' names, too */

struct made { /* in this machine's own order, as x86 has it */
	Elf64_Ehdr head;
	Elf64_Shdr sections[SECTIONS];
	Elf64_Sym symbols[3];
	char names[sizeof(names)];
};

static struct made make(void)
{
	struct made m = {
		.head = {.e_type = ET_REL, .e_machine = EM_X86_64, .e_shnum = SECTIONS,
			 .e_shoff = offsetof(struct made, sections), .e_shstrndx = STRTAB,
			 .e_shentsize = sizeof(Elf64_Shdr)},
		.sections = {
			[STRTAB] = {.sh_name = 1, .sh_type = SHT_STRTAB, .sh_size = sizeof(names),
				    .sh_offset = offsetof(struct made, names)},
			[SYMTAB] = {.sh_name = 9, .sh_type = SHT_SYMTAB, .sh_link = STRTAB,
				    .sh_size = sizeof(m.symbols), .sh_addr = 0x1234,
				    .sh_offset = offsetof(struct made, symbols)},
			[NOBITS] = {.sh_name = 17, .sh_type = SHT_NOBITS, .sh_size = 1 << 30}},
		.symbols = {[1] = {.st_name = 9, .st_value = 77, .st_shndx = SHN_ABS,
				   .st_info = ELF64_ST_INFO(STB_WEAK, STT_OBJECT)},
			    [2] = {.st_name = sizeof(names)}},
	};

	memcpy(m.head.e_ident, ELFMAG, SELFMAG);
	m.head.e_ident[EI_CLASS] = ELFCLASS64;
	m.head.e_ident[EI_DATA] = ELFDATA2LSB;
	memcpy(m.names, names, sizeof(names));
	return m;
}

static struct bytes bytes_of(const struct made *m)
{
	return (struct bytes){(const uint8_t *)m, sizeof(*m)};
}

static void reads_sections_and_symbols(void **state)
{
	struct made m = make();
	struct elf_symbols symbols;
	struct elf_section s;
	struct elf_symbol symbol;
	const char *why;
	struct elf e;

	(void)state;
	assert_int_equal(elf_open(&e, bytes_of(&m), NULL, &why), 0);
	assert_int_equal(e.count, SECTIONS);
	assert_int_equal(e.type, ET_REL);
	assert_int_equal(e.machine, EM_X86_64);
	assert_int_equal(elf_section_at(&s, &e, NOBITS, &why), 0);
	assert_string_equal(s.name, ".bss");
	assert_int_equal(s.content.size, 0); /* it has none in the file */
	assert_int_equal(elf_section_at(&s, &e, SYMTAB, &why), 0);
	assert_string_equal(s.name, ".symtab");
	assert_int_equal(s.address, 0x1234);
	assert_int_equal(elf_symbols_of(&symbols, &e, &s, &why), 0);
	assert_int_equal(symbols.count, 3);
	assert_true(elf_symbol_at(&symbol, &e, &symbols, 1));
	assert_string_equal(symbol.name, ".symtab");
	assert_int_equal(symbol.value, 77);
	assert_int_equal(symbol.section, SHN_ABS);
	assert_int_equal(symbol.binding, STB_WEAK);
	assert_false(elf_symbol_at(&symbol, &e, &symbols, 2)); /* its name lies behind */
}

/* What does not fit into the header's 16 bits stands in section 0. */
static void counts_may_stand_in_section_0(void **state)
{
	struct made m = make();
	const char *why;
	struct elf e;

	(void)state;
	m.head.e_shnum = 0;
	m.head.e_shstrndx = SHN_XINDEX;
	m.sections[0].sh_size = SECTIONS;
	m.sections[0].sh_link = STRTAB;
	assert_int_equal(elf_open(&e, bytes_of(&m), NULL, &why), 0);
	assert_int_equal(e.count, SECTIONS);
	m.sections[0].sh_size = ELF_MAX_SECTIONS + 1;
	assert_int_equal(elf_open(&e, bytes_of(&m), NULL, &why), -EBADMSG);
	m.sections[0].sh_size = 0;
	assert_int_equal(elf_open(&e, bytes_of(&m), NULL, &why), -EBADMSG);
	m.sections[0].sh_size = SECTIONS;
	m.sections[0].sh_link = SECTIONS;
	assert_int_equal(elf_open(&e, bytes_of(&m), NULL, &why), -EBADMSG);
}

/* No loader looks at the claim of class and order, so it does not count here either. */
static void a_false_claim_does_not_count(void **state)
{
	struct made m = make();
	const char *why;
	struct elf e;

	(void)state;
	m.head.e_ident[EI_CLASS] = ELFCLASS32;
	m.head.e_ident[EI_DATA] = ELFDATA2MSB;
	assert_int_equal(elf_open(&e, bytes_of(&m), NULL, &why), 0);
	assert_true(e.is_64 && !e.is_big_endian);
	assert_int_equal(e.count, SECTIONS);
}

static int open_with(void (*bend)(struct made *m))
{
	struct made m = make();
	const char *why = NULL;
	struct elf e;
	int r;

	bend(&m);
	r = elf_open(&e, bytes_of(&m), NULL, &why);
	assert_true(r == 0 || (why && *why));
	return r;
}

static void no_magic(struct made *m) { m->head.e_ident[0] = 'M'; }
static void other_header_size(struct made *m) { m->head.e_shentsize = 63; }
static void table_behind_the_end(struct made *m) { m->head.e_shoff = sizeof(*m); }
static void table_at_the_end(struct made *m) { m->head.e_shoff = sizeof(*m) - 65; }
static void table_nowhere(struct made *m) { m->head.e_shoff = UINT64_MAX - 10; }
static void names_without_end(struct made *m) { m->names[sizeof(names) - 1] = 'x'; }
static void names_of_other_type(struct made *m) { m->sections[STRTAB].sh_type = SHT_RELA; }
static void names_outside(struct made *m) { m->sections[STRTAB].sh_offset = UINT64_MAX; }
static void no_names(struct made *m) { m->sections[STRTAB].sh_size = 0; }

static void bad_tables_are_refused(void **state)
{
	static void (*const cases[])(struct made *m) = {no_magic, other_header_size,
		table_behind_the_end, table_at_the_end, table_nowhere, names_without_end,
		names_of_other_type, names_outside, no_names};
	struct made m = make();
	const char *why;
	struct elf e;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(open_with(cases[i]), -EBADMSG);
	for (size_t size = 0; size < offsetof(struct made, names) + sizeof(names); size++) {
		struct bytes cut = {(const uint8_t *)&m, size};

		assert_int_equal(elf_open(&e, cut, NULL, &why), -EBADMSG);
	}
}

static void bad_sections_are_refused(void **state)
{
	struct made m = make();
	struct elf_symbols symbols;
	struct elf_section s, symtab;
	const char *why;
	struct elf e;

	(void)state;
	assert_int_equal(elf_open(&e, bytes_of(&m), NULL, &why), 0);
	assert_int_equal(elf_section_at(&symtab, &e, SYMTAB, &why), 0);
	symtab.link = SECTIONS;
	assert_int_equal(elf_symbols_of(&symbols, &e, &symtab, &why), -EBADMSG);
	symtab.link = SYMTAB; /* no strings */
	assert_int_equal(elf_symbols_of(&symbols, &e, &symtab, &why), -EBADMSG);
	m.sections[SYMTAB].sh_size = UINT64_MAX;
	assert_int_equal(elf_section_at(&s, &e, SYMTAB, &why), -EBADMSG);
	m.sections[NOBITS].sh_name = sizeof(names);
	assert_int_equal(elf_section_at(&s, &e, NOBITS, &why), -EBADMSG);
}

/* ---- files that are not read as a whole -------------------------------------------------- */

struct source {
	const struct made *from;
	uint8_t *to;
	size_t brought, fails_at; /* the n-th part cannot be read; 0: all can */
};

static int bring(void *data, size_t offset, size_t size)
{
	struct source *s = data;

	assert_true(size && offset + size <= sizeof(*s->from));
	if (++s->brought == s->fails_at)
		return -EIO;
	memcpy(s->to + offset, (const uint8_t *)s->from + offset, size);
	return 0;
}

static int read_parts(size_t fails_at, size_t *ret_brought)
{
	static uint8_t window[sizeof(struct made)];
	struct made m = make();
	struct source source = {&m, window, 0, fails_at};
	const struct elf_parts parts = {bring, &source};
	struct elf_symbols symbols;
	struct elf_section s;
	const char *why;
	struct elf e;
	int r;

	memset(window, 0xff, sizeof(window));
	r = elf_open(&e, (struct bytes){window, sizeof(window)}, &parts, &why);
	if (r == 0)
		r = elf_section_at(&s, &e, SYMTAB, &why);
	if (r == 0)
		r = elf_symbols_of(&symbols, &e, &s, &why);
	if (r == 0)
		assert_memory_equal(symbols.entries.data, m.symbols, sizeof(m.symbols));
	*ret_brought = source.brought;
	return r;
}

static void parts_are_brought_before_they_are_read(void **state)
{
	size_t all, until;

	(void)state;
	assert_int_equal(read_parts(0, &all), 0);
	assert_true(all >= 4);
	for (size_t n = 1; n <= all; n++) {
		assert_int_equal(read_parts(n, &until), -EBADMSG);
		assert_int_equal(until, n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_sections_and_symbols),
		cmocka_unit_test(counts_may_stand_in_section_0),
		cmocka_unit_test(a_false_claim_does_not_count),
		cmocka_unit_test(bad_tables_are_refused),
		cmocka_unit_test(bad_sections_are_refused),
		cmocka_unit_test(parts_are_brought_before_they_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
