/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which layout an export table has, by its sizes and the strings that it hits; and limits. */
#include "../../../rescue/formats/ksymtab.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { COUNT = 16, STRINGS = 0x9000, ENTRIES = 0x8000 };

/* "\0s00\0s01\0…": every name has four bytes. */
static const uint8_t *names(void)
{
	static uint8_t text[1 + 4 * COUNT];

	for (size_t i = 0; i < COUNT; i++) {
		text[1 + 4 * i] = 's';
		text[2 + 4 * i] = (uint8_t)('0' + i / 10);
		text[3 + 4 * i] = (uint8_t)('0' + i % 10);
	}
	return text;
}

struct made {
	struct elf elf;
	uint8_t entries[COUNT * 24], crcs[COUNT * 8], flags[COUNT];
	struct ksymtab table;
};

static void put(uint8_t *at, uint64_t value, size_t size)
{
	for (size_t i = 0; i < size; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

/* fields: 2, or 3 with a namespace, which is none. crc: bytes of one; 0: no versions. */
static void make(struct made *m, bool is_64, bool relative, size_t fields, size_t crc)
{
	size_t field = relative ? 4 : is_64 ? 8 : 4, entry = fields * field;

	*m = (struct made){.elf = {.is_64 = is_64}};
	for (size_t i = 0; i < COUNT; i++) {
		size_t at = i * entry + field;
		uint64_t name = STRINGS + 1 + 4 * i;

		put(m->entries + at, relative ? name - ENTRIES - at : name, field);
		put(m->crcs + i * crc, 0xabc000 + i, crc);
	}
	m->table = (struct ksymtab){.elf = &m->elf,
		.entries = {.address = ENTRIES, .content = {m->entries, COUNT * entry}},
		.strings = {.address = STRINGS, .content = {names(), 1 + 4 * COUNT}},
		.crcs.content = {m->crcs, COUNT * crc}};
}

struct seen {
	size_t count, gpl, with_crc;
};

static int look(void *data, const struct kernel_symbol *s)
{
	struct seen *seen = data;

	assert_int_equal(s->crc, s->has_crc ? 0xabc000 + seen->count : 0);
	assert_string_equal(s->name_space, "");
	seen->count++;
	seen->gpl += s->gpl_only;
	seen->with_crc += s->has_crc;
	return 0;
}

static void every_layout_is_told(void **state)
{
	static const struct {
		bool is_64, relative;
		size_t fields, crc;
	} cases[] = {
		{true, false, 2, 8}, {true, false, 2, 4}, {true, false, 2, 0},
		{true, true, 2, 4}, {true, true, 3, 4}, {true, true, 3, 0},
		{true, false, 3, 4}, {false, false, 2, 4}, {false, false, 3, 4},
		{false, true, 2, 4}, {false, true, 3, 4}, {false, false, 2, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct seen seen = {0};
		struct made m;

		make(&m, cases[i].is_64, cases[i].relative, cases[i].fields, cases[i].crc);
		assert_int_equal(ksymtab_visit(&m.table, look, &seen), 0);
		assert_int_equal(seen.count, COUNT);
		assert_int_equal(seen.with_crc, cases[i].crc ? COUNT : 0);
		assert_int_equal(seen.gpl, 0);
	}
}

static void marks_are_of_the_table_or_of_flags(void **state)
{
	struct seen seen = {0};
	struct made m;

	(void)state;
	make(&m, true, true, 3, 4);
	m.table.gpl_only = true;
	assert_int_equal(ksymtab_visit(&m.table, look, &seen), 0);
	assert_int_equal(seen.gpl, COUNT);
	m.table.flags.content = (struct bytes){m.flags, COUNT};
	m.flags[3] = 1;
	m.flags[4] = 2; /* means something else */
	seen = (struct seen){0};
	assert_int_equal(ksymtab_visit(&m.table, look, &seen), 0);
	assert_int_equal(seen.gpl, 1);
	m.table.flags.content.size--;
	assert_int_equal(ksymtab_visit(&m.table, look, &seen), -EBADMSG);
}

/* A linker lets one name end another: an eighth of them may, no more. */
static void names_may_share_an_end(void **state)
{
	struct made m;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct seen seen = {0};

		make(&m, true, false, 2, 4);
		for (size_t n = 0; n <= i; n++)
			put(m.entries + (n + 5) * 16 + 8, STRINGS + 1 + 4 * (n + 5) + 1, 8);
		assert_int_equal(ksymtab_visit(&m.table, look, &seen), i < 2 ? 0 : -EBADMSG);
	}
}

static int stop(void *data, const struct kernel_symbol *s)
{
	size_t *left = data;

	(void)s;
	return --*left ? 0 : -ENOMEM;
}

static void ends_with_what_the_visitor_says(void **state)
{
	size_t left = 3;
	struct made m;

	(void)state;
	make(&m, true, true, 3, 4);
	assert_int_equal(ksymtab_visit(&m.table, stop, &left), -ENOMEM);
	assert_int_equal(left, 0);
}

static void bad_tables_are_refused(void **state)
{
	struct seen seen = {0};
	struct made m;

	(void)state;
	make(&m, true, false, 2, 4);
	m.table.entries.content.size--; /* no whole number of entries */
	assert_int_equal(ksymtab_visit(&m.table, look, &seen), -EBADMSG);
	make(&m, true, false, 2, 4);
	m.table.crcs.content.size--; /* not as many versions */
	assert_int_equal(ksymtab_visit(&m.table, look, &seen), -EBADMSG);
	make(&m, true, false, 2, 4);
	put(m.entries + 8, STRINGS + 1 + 4 * COUNT, 8); /* behind the strings */
	assert_int_equal(ksymtab_visit(&m.table, look, &seen), -EBADMSG);
	make(&m, true, false, 2, 4);
	put(m.entries + 8, STRINGS, 8); /* an empty name */
	assert_int_equal(ksymtab_visit(&m.table, look, &seen), -EBADMSG);
	make(&m, true, false, 2, 4);
	m.table.strings.content.size--; /* the last has no end */
	assert_int_equal(ksymtab_visit(&m.table, look, &seen), -EBADMSG);
	m.table.strings.content.size = 0;
	assert_int_equal(ksymtab_visit(&m.table, look, &seen), -EBADMSG);
	assert_int_equal(seen.count, 0);
	m.table.entries.content.size = 0; /* nothing is exported: that is none */
	assert_int_equal(ksymtab_visit(&m.table, look, &seen), 0);
	assert_int_equal(seen.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_layout_is_told),
		cmocka_unit_test(marks_are_of_the_table_or_of_flags),
		cmocka_unit_test(names_may_share_an_end),
		cmocka_unit_test(ends_with_what_the_visitor_says),
		cmocka_unit_test(bad_tables_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
