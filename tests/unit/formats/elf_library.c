/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Notes of a C library, made by hand: oldest kernel and x86-64 level. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "formats/elf_library.h"

#include <elf.h>
#include <errno.h>

enum { NAMES_AT = 64, ABI_AT = 128, PROPERTY_AT = 192, TABLE_AT = 512, SIZE = 1024 };

struct made {
	uint8_t data[SIZE];
};

static void put(struct made *m, size_t at, uint32_t value)
{
	memcpy(m->data + at, &value, sizeof(value));
}

static void section(struct made *m, size_t index, uint32_t name, uint32_t type, uint64_t at,
		    uint64_t size)
{
	Elf64_Shdr s = {.sh_name = name, .sh_type = type, .sh_offset = at, .sh_size = size};

	memcpy(m->data + TABLE_AT + index * sizeof(s), &s, sizeof(s));
}

static struct made library(void)
{
	static const char names[] = "\0.note.ABI-tag\0.note.gnu.property\0.shstrtab";
	static const uint32_t abi[] = {4, 16, 1, 0x554e47, 0, 3, 2, 1};
	static const uint32_t property[] = {4, 32, 5, 0x554e47, 0xc0000002, 4, 3, 0,
		0xc0008002, 4, 3, 0};
	struct made m = {0};
	Elf64_Ehdr e = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
		.e_type = ET_DYN, .e_machine = EM_X86_64, .e_shoff = TABLE_AT,
		.e_shentsize = sizeof(Elf64_Shdr), .e_shnum = 4, .e_shstrndx = 3,
		.e_ehsize = sizeof(e), .e_version = EV_CURRENT};

	memcpy(m.data, &e, sizeof(e));
	memcpy(m.data + NAMES_AT, names, sizeof(names));
	memcpy(m.data + ABI_AT, abi, sizeof(abi));
	memcpy(m.data + PROPERTY_AT, property, sizeof(property));
	section(&m, 1, 1, SHT_NOTE, ABI_AT, sizeof(abi));
	section(&m, 2, 15, SHT_NOTE, PROPERTY_AT, sizeof(property));
	section(&m, 3, 34, SHT_STRTAB, NAMES_AT, sizeof(names));
	return m;
}

static struct elf_library parse(const struct made *m)
{
	struct elf_library l;

	assert_int_equal(elf_library_parse(&l, (struct bytes){m->data, SIZE}, NULL), 0);
	return l;
}

static void both_notes(void **state)
{
	struct made m = library();
	struct elf_library l = parse(&m);

	(void)state;
	assert_true(l.has_kernel);
	assert_int_equal(l.kernel[0], 3);
	assert_int_equal(l.kernel[1], 2);
	assert_int_equal(l.kernel[2], 1);
	assert_int_equal(l.x86_level, 2);
}

static void notes_that_say_nothing(void **state)
{
	struct made m = library();

	(void)state;
	put(&m, ABI_AT + 16, 1); /* the Hurd */
	put(&m, PROPERTY_AT + 4, 4096); /* longer than the section */
	assert_false(parse(&m).has_kernel);
	assert_int_equal(parse(&m).x86_level, 0);
	m = library();
	put(&m, PROPERTY_AT + 20, 0xfffffff0); /* a property longer than its note */
	put(&m, ABI_AT, 0xffffffff);
	assert_false(parse(&m).has_kernel);
	assert_int_equal(parse(&m).x86_level, 0);
	m = library();
	put(&m, ABI_AT + 4, 12); /* too short for a version */
	put(&m, PROPERTY_AT + 8, 3); /* a build id */
	assert_false(parse(&m).has_kernel);
	assert_int_equal(parse(&m).x86_level, 0);
	m = library();
	put(&m, PROPERTY_AT + 40, 0xf);
	assert_int_equal(parse(&m).x86_level, 4);
}

static void what_loads_it(void **state)
{
	static const char interp[] = "/lib64/ld.so";
	struct made m = library();
	char *name = (char *)m.data + NAMES_AT + 1;

	(void)state;
	assert_null(parse(&m).interpreter);
	memcpy(name, ".interp", sizeof(".interp"));
	memcpy(m.data + ABI_AT, interp, sizeof(interp));
	section(&m, 1, 1, SHT_PROGBITS, ABI_AT, sizeof(interp));
	assert_string_equal(parse(&m).interpreter, interp);
	section(&m, 1, 1, SHT_PROGBITS, ABI_AT, sizeof(interp) - 1); /* does not end */
	assert_null(parse(&m).interpreter);
	section(&m, 1, 1, SHT_PROGBITS, ABI_AT, 0);
	assert_null(parse(&m).interpreter);
}

static void no_library(void **state)
{
	struct elf_library l;
	struct fault f = {0};

	(void)state;
	assert_int_equal(elf_library_parse(&l, (struct bytes){(const uint8_t *)"MZ", 2}, &f),
		-EBADMSG);
	assert_string_not_equal(f.reason, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_notes),
		cmocka_unit_test(notes_that_say_nothing),
		cmocka_unit_test(what_loads_it),
		cmocka_unit_test(no_library),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
