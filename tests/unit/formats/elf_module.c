/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Modules of both classes and byte orders, made in memory, then bent. */
#include "formats/elf_module.h"

#include <elf.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char names[] = "\0.modinfo\0__versions\0.shstrtab";
static const char modinfo[] = "license=GPL\0\0alias=pci:v1\0vermagic=6.1.0 SMP \0alias=pci:v2\0"
			      "aliasing=no";

enum { NAME_MODINFO = 1, NAME_VERSIONS = 10, NAME_NAMES = 21, SECTIONS = 4 };

struct made {
	uint8_t data[1024];
	size_t size, table;
	bool is_64, is_big;
};

static void put(const struct made *m, size_t at, uint64_t value, size_t size)
{
	for (size_t i = 0; i < size; i++)
		((uint8_t *)m->data)[at + (m->is_big ? size - 1 - i : i)] =
			(uint8_t)(value >> (8 * i));
}

#define PUT(m, at, type, member, value)                                                  \
	((m)->is_64 ? put(m, (at) + offsetof(Elf64_##type, member), value,               \
			  sizeof(((Elf64_##type *)0)->member))                            \
		    : put(m, (at) + offsetof(Elf32_##type, member), value,               \
			  sizeof(((Elf32_##type *)0)->member)))

static size_t section(const struct made *m, size_t index)
{
	return m->table + index * (m->is_64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr));
}

static void put_section(struct made *m, size_t index, uint32_t name, uint32_t type,
			size_t offset, size_t size)
{
	PUT(m, section(m, index), Shdr, sh_name, name);
	PUT(m, section(m, index), Shdr, sh_type, type);
	PUT(m, section(m, index), Shdr, sh_offset, offset);
	PUT(m, section(m, index), Shdr, sh_size, size);
}

static struct made make(bool is_64, bool is_big)
{
	struct made m = {.is_64 = is_64, .is_big = is_big, .table = 512};
	size_t entry = is_64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);

	memcpy(m.data, ELFMAG, SELFMAG);
	m.data[EI_CLASS] = is_64 ? ELFCLASS64 : ELFCLASS32;
	m.data[EI_DATA] = is_big ? ELFDATA2MSB : ELFDATA2LSB;
	PUT(&m, 0, Ehdr, e_type, ET_REL);
	PUT(&m, 0, Ehdr, e_machine, is_64 ? EM_PPC64 : EM_386);
	PUT(&m, 0, Ehdr, e_shoff, m.table);
	PUT(&m, 0, Ehdr, e_shentsize, entry);
	PUT(&m, 0, Ehdr, e_shnum, SECTIONS);
	PUT(&m, 0, Ehdr, e_shstrndx, 3);
	memcpy(m.data + 128, names, sizeof(names));
	memcpy(m.data + 256, modinfo, sizeof(modinfo));
	put_section(&m, 1, NAME_MODINFO, SHT_PROGBITS, 256, sizeof(modinfo));
	put_section(&m, 2, NAME_VERSIONS, SHT_PROGBITS, 256, 0);
	put_section(&m, 3, NAME_NAMES, SHT_STRTAB, 128, sizeof(names));
	m.size = m.table + SECTIONS * entry;
	return m;
}

static int parse_size(struct elf_module *ret, const struct made *m, size_t size)
{
	struct fault f = {0};
	uint8_t *exact = malloc(size + !size); /* so that ASan sees the end */
	int r;

	assert_non_null(exact);
	memcpy(exact, m->data, size);
	r = elf_module_parse(ret, (struct bytes){exact, size}, &f);
	if (r < 0)
		assert_true(f.reason[0]);
	free(exact);
	return r;
}

static int parse(const struct made *m)
{
	struct elf_module module;

	return parse_size(&module, m, m->size);
}

static void reads_every_class_and_order(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		struct made m = make(i & 1, i & 2);
		struct elf_module e;

		assert_int_equal(elf_module_parse(&e, (struct bytes){m.data, m.size}, NULL), 0);
		assert_int_equal(e.is_64, i & 1 ? 1 : 0);
		assert_int_equal(e.is_big_endian, i & 2 ? 1 : 0);
		assert_int_equal(e.machine, i & 1 ? EM_PPC64 : EM_386);
		assert_true(e.has_versions);
		assert_string_equal(elf_module_info(&e, "vermagic", 0), "6.1.0 SMP ");
		assert_string_equal(elf_module_info(&e, "alias", 0), "pci:v1");
		assert_string_equal(elf_module_info(&e, "alias", 1), "pci:v2");
		assert_null(elf_module_info(&e, "alias", 2));
		assert_string_equal(elf_module_info(&e, "aliasing", 0), "no");
		assert_null(elf_module_info(&e, "verm", 0));
		assert_null(elf_module_info(&e, "", 0));
	}
}

struct source {
	const struct made *made;
	uint8_t window[sizeof(((struct made *)0)->data)];
	size_t brought, good; /* so many times, then the disk fails */
};

static int bring(void *data, size_t offset, size_t size)
{
	struct source *s = data;

	if (s->brought == s->good)
		return -EIO;
	s->brought++;
	memcpy(s->window + offset, s->made->data + offset, size);
	return 0;
}

/* Until every part can be read there is no module, and the reason is told. */
static void reads_parts_of_a_file(void **state)
{
	struct made m = make(true, false);
	struct source s = {.made = &m};
	struct elf_parts parts = {bring, &s};
	struct elf_module e;
	int r = -EBADMSG;

	(void)state;
	for (; r < 0; s.good++) {
		struct fault f = {0};

		memset(s.window, 0xa5, sizeof(s.window));
		s.brought = 0;
		r = elf_module_parse_parts(&e, (struct bytes){s.window, m.size}, &parts, &f);
		if (r < 0)
			assert_string_equal(f.reason, "a part of it cannot be read");
	}
	assert_true(s.good > 3 && s.good < 10);
	assert_string_equal(elf_module_info(&e, "vermagic", 0), "6.1.0 SMP ");
	assert_int_equal(s.window[200], 0xa5); /* nobody asked for it */
}

static void reads_without_modinfo(void **state)
{
	struct made m = make(true, false);
	struct elf_module e;

	(void)state;
	put_section(&m, 1, NAME_MODINFO, SHT_PROGBITS, 256, 0);
	put_section(&m, 2, NAME_VERSIONS, SHT_NOBITS, 1 << 30, 1 << 30);
	assert_int_equal(elf_module_parse(&e, (struct bytes){m.data, m.size}, NULL), 0);
	assert_int_equal(e.modinfo.size, 0);
	assert_false(e.has_versions);
	assert_null(elf_module_info(&e, "vermagic", 0));
}

static void reads_extended_numbering(void **state)
{
	struct made m = make(true, false);

	(void)state;
	PUT(&m, 0, Ehdr, e_shnum, 0);
	PUT(&m, 0, Ehdr, e_shstrndx, SHN_XINDEX);
	assert_int_equal(parse(&m), -EBADMSG);
	PUT(&m, section(&m, 0), Shdr, sh_size, SECTIONS);
	PUT(&m, section(&m, 0), Shdr, sh_link, 3);
	assert_int_equal(parse(&m), 0);
	PUT(&m, section(&m, 0), Shdr, sh_size, UINT64_MAX / sizeof(Elf64_Shdr) + 5);
	assert_int_equal(parse(&m), -EBADMSG);
}

static void refuses_damage(void **state)
{
	const struct made good = make(true, false);
	struct made m;

	(void)state;
#define BENT(change)                                                                     \
	do {                                                                             \
		m = good;                                                                \
		change;                                                                  \
		assert_int_equal(parse(&m), -EBADMSG);                                   \
	} while (0)
	BENT(m.data[0] = 0);
	BENT(PUT(&m, 0, Ehdr, e_type, ET_DYN));
	BENT(PUT(&m, 0, Ehdr, e_shentsize, 63));
	BENT(PUT(&m, 0, Ehdr, e_shoff, UINT64_MAX));
	BENT(PUT(&m, 0, Ehdr, e_shoff, m.size));
	BENT(PUT(&m, 0, Ehdr, e_shnum, SECTIONS + 1));
	BENT(PUT(&m, 0, Ehdr, e_shstrndx, SECTIONS));
	BENT(PUT(&m, 0, Ehdr, e_shstrndx, 1));
	BENT(PUT(&m, section(&m, 3), Shdr, sh_size, 5)); /* no NUL at its end */
	BENT(PUT(&m, section(&m, 3), Shdr, sh_size, 0));
	BENT(PUT(&m, section(&m, 3), Shdr, sh_offset, UINT64_MAX));
	BENT(PUT(&m, section(&m, 1), Shdr, sh_name, sizeof(names)));
	BENT(PUT(&m, section(&m, 1), Shdr, sh_offset, m.size));
	BENT(PUT(&m, section(&m, 1), Shdr, sh_size, UINT64_MAX - 255));
	BENT(PUT(&m, section(&m, 1), Shdr, sh_size, 3)); /* .modinfo ends in a word */
#undef BENT
}

/* As the kernel: what the file claims is not looked at, what it holds is. */
static void reads_what_claims_to_be_another(void **state)
{
	struct made m = make(true, false);
	struct elf_module e;

	(void)state;
	m.data[EI_CLASS] = ELFCLASS32;
	m.data[EI_DATA] = ELFDATA2MSB;
	assert_int_equal(elf_module_parse(&e, (struct bytes){m.data, m.size}, NULL), 0);
	assert_true(e.is_64);
	assert_false(e.is_big_endian);
}

static void refuses_every_truncation(void **state)
{
	struct elf_module e;

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct made m = make(i & 1, i & 2);

		for (size_t size = 0; size < m.size; size++)
			assert_int_equal(parse_size(&e, &m, size), -EBADMSG);
	}
}

static void names_machines(void **state)
{
	(void)state;
	assert_string_equal(elf_machine_name(EM_X86_64, true, false), "x86_64");
	assert_string_equal(elf_machine_name(EM_386, false, false), "i386");
	assert_string_equal(elf_machine_name(EM_AARCH64, true, false), "aarch64");
	assert_string_equal(elf_machine_name(EM_PPC64, true, false), "ppc64le");
	assert_string_equal(elf_machine_name(EM_PPC64, true, true), "ppc64");
	assert_string_equal(elf_machine_name(EM_S390, true, true), "s390x");
	assert_string_equal(elf_machine_name(0x7777, true, true), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_class_and_order),
		cmocka_unit_test(reads_parts_of_a_file),
		cmocka_unit_test(reads_without_modinfo),
		cmocka_unit_test(reads_extended_numbering),
		cmocka_unit_test(refuses_damage),
		cmocka_unit_test(reads_what_claims_to_be_another),
		cmocka_unit_test(refuses_every_truncation),
		cmocka_unit_test(names_machines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
