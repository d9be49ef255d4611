/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Export tables of every layout, class and byte order, made in memory, then bent. */
#include "formats/kernel_symbol.h"

#include <elf.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char strings[] = "\0printk\0schedule\0usb_stor\0\0USB_STORAGE";
enum { PRINTK = 1, SCHEDULE = 8, USB_STOR = 17, NOTHING = 26, NAMESPACE = 27 };
static const char names[] = "\0__ksymtab\0__kcrctab\0__ksymtab_gpl\0__kcrctab_gpl\0"
			    "__ksymtab_strings\0.shstrtab\0__kflagstab";
enum { AT_STRINGS = 128, AT_NAMES = 256, AT_TABLES = 384, TABLE = 80, SECTIONS = 8 };
#define BASE 0xc1000000u

struct layout {
	bool is_64, is_big, relative, name_space;
	size_t crc; /* 0: no versions */
};

struct made {
	uint8_t data[2048];
	size_t size;
	struct layout l;
};

static void put(struct made *m, size_t at, uint64_t value, size_t size)
{
	for (size_t i = 0; i < size; i++)
		m->data[at + (m->l.is_big ? size - 1 - i : i)] = (uint8_t)(value >> (8 * i));
}

#define PUT(m, at, type, member, value)                                                  \
	((m)->l.is_64 ? put(m, (at) + offsetof(Elf64_##type, member), value,             \
			    sizeof(((Elf64_##type *)0)->member))                          \
		      : put(m, (at) + offsetof(Elf32_##type, member), value,             \
			    sizeof(((Elf32_##type *)0)->member)))

static size_t header(const struct made *m, size_t index)
{
	return 1024 + index * (m->l.is_64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr));
}

static void section(struct made *m, size_t index, size_t name, size_t at, size_t size)
{
	PUT(m, header(m, index), Shdr, sh_name, name);
	PUT(m, header(m, index), Shdr, sh_type, index == 6 ? SHT_STRTAB : SHT_PROGBITS);
	PUT(m, header(m, index), Shdr, sh_addr, BASE + at);
	PUT(m, header(m, index), Shdr, sh_offset, at);
	PUT(m, header(m, index), Shdr, sh_size, size);
}

static void point(struct made *m, size_t *at, size_t string)
{
	size_t field = m->l.relative ? 4 : m->l.is_64 ? 8 : 4;

	put(m, *at, m->l.relative ? AT_STRINGS + string - *at : BASE + AT_STRINGS + string,
	    field);
	*at += field;
}

/* One table: its names, the last of them with the namespace. Answers its size. */
static size_t table(struct made *m, size_t at, const size_t *name, size_t count)
{
	size_t first = at;

	for (size_t i = 0; i < count; i++) {
		point(m, &at, 200); /* the value points elsewhere */
		point(m, &at, name[i]);
		if (m->l.name_space)
			point(m, &at, name[i] == USB_STOR ? NAMESPACE : NOTHING);
	}
	return at - first;
}

static struct made make(struct layout l)
{
	struct made m = {.l = l, .size = 2048};
	size_t plain[] = {PRINTK, SCHEDULE}, gpl[] = {USB_STOR};
	size_t size;

	memcpy(m.data, ELFMAG, SELFMAG);
	m.data[EI_CLASS] = l.is_64 ? ELFCLASS64 : ELFCLASS32;
	m.data[EI_DATA] = l.is_big ? ELFDATA2MSB : ELFDATA2LSB;
	PUT(&m, 0, Ehdr, e_type, ET_EXEC);
	PUT(&m, 0, Ehdr, e_shoff, 1024);
	PUT(&m, 0, Ehdr, e_shentsize, l.is_64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr));
	PUT(&m, 0, Ehdr, e_shnum, SECTIONS);
	PUT(&m, 0, Ehdr, e_shstrndx, 6);
	memcpy(m.data + AT_STRINGS, strings, sizeof(strings));
	memcpy(m.data + AT_NAMES, names, sizeof(names));
	size = table(&m, AT_TABLES, plain, 2);
	section(&m, 1, 1, AT_TABLES, size);
	size = table(&m, AT_TABLES + TABLE, gpl, 1);
	section(&m, 2, 21, AT_TABLES + TABLE, size);
	for (size_t i = 0; i < 3 && l.crc; i++)
		put(&m, 700 + i * l.crc, 0xdead0000 + i, l.crc);
	section(&m, 3, 11, 700, 2 * l.crc);
	section(&m, 4, 35, 700 + 2 * l.crc, l.crc);
	section(&m, 5, 49, AT_STRINGS, sizeof(strings));
	section(&m, 6, 67, AT_NAMES, sizeof(names));
	section(&m, 7, 0, 0, 0);
	return m;
}

struct seen {
	char text[512];
	int stop;
};

static int see(void *data, const struct kernel_symbol *s)
{
	struct seen *seen = data;
	size_t used = strlen(seen->text);

	snprintf(seen->text + used, sizeof(seen->text) - used, "%s:%s:%x:%s ", s->name,
		 s->name_space, s->has_crc ? s->crc : 0, s->gpl_only ? "gpl" : "any");
	return seen->stop;
}

static int exports(struct seen *ret, const struct made *m)
{
	struct fault f = {0};
	int r;

	*ret = (struct seen){0};
	r = elf_kernel_exports((struct bytes){m->data, m->size}, see, ret, &f);
	if (r < 0)
		assert_true(f.reason[0]);
	return r;
}

static void reads_every_layout(void **state)
{
	(void)state;
	for (int i = 0; i < 32; i++) {
		struct layout l = {i & 1, i & 2, i & 4, i & 8, i & 16 ? 4 : i & 1 ? 8 : 4};
		struct made m = make(l);
		struct seen seen;

		assert_int_equal(exports(&seen, &m), 0);
		assert_string_equal(seen.text, l.name_space ?
			"printk::dead0000:any schedule::dead0001:any usb_stor:USB_STORAGE:dead0002:gpl " :
			"printk::dead0000:any schedule::dead0001:any usb_stor::dead0002:gpl ");
	}
}

static void reads_without_versions(void **state)
{
	struct made m = make((struct layout){true, false, true, true, 0});
	struct seen seen;

	(void)state;
	assert_int_equal(exports(&seen, &m), 0);
	assert_string_equal(seen.text,
			    "printk::0:any schedule::0:any usb_stor:USB_STORAGE:0:gpl ");
}

static void reads_flags(void **state)
{
	struct made m = make((struct layout){true, false, true, true, 4});
	struct seen seen;

	(void)state;
	m.data[901] = 1;
	section(&m, 7, 77, 900, 2);
	assert_int_equal(exports(&seen, &m), 0);
	assert_non_null(strstr(seen.text, "printk::dead0000:any"));
	assert_non_null(strstr(seen.text, "schedule::dead0001:gpl"));
	section(&m, 7, 77, 900, 3);
	assert_int_equal(exports(&seen, &m), -EBADMSG);
}

static void refuses_what_makes_no_names(void **state)
{
	struct made good = make((struct layout){true, false, true, true, 4}), m = good;
	struct seen seen;

	(void)state;
	section(&m, 3, 11, 700, 7);
	assert_int_equal(exports(&seen, &m), -EBADMSG);
	m = good;
	put(&m, AT_TABLES + 4, 4000, 4);
	assert_int_equal(exports(&seen, &m), -EBADMSG);
	m = good;
	section(&m, 5, 49, AT_STRINGS, 20); /* no NUL at its end */
	assert_int_equal(exports(&seen, &m), -EBADMSG);
	m = good;
	section(&m, 1, 1, 5000, 24);
	assert_int_equal(exports(&seen, &m), -EBADMSG);
}

static void tells_absence_and_stops(void **state)
{
	struct made m = make((struct layout){true, false, true, true, 4});
	struct seen seen = {.stop = -ENOMEM};

	(void)state;
	assert_int_equal(elf_kernel_exports((struct bytes){m.data, m.size}, see, &seen, NULL),
			 -ENOMEM);
	section(&m, 1, 0, 0, 0);
	section(&m, 2, 0, 0, 0);
	assert_int_equal(exports(&seen, &m), -ENODATA);
	m.data[0] = 0;
	assert_int_equal(exports(&seen, &m), -ENODATA);
}

static void tells_where_tables_begin(void **state)
{
	struct made m = make((struct layout){true, false, true, true, 4});
	struct bytes in = {m.data, m.size};

	(void)state;
	assert_int_equal(elf_kernel_first_table(in), AT_STRINGS);
	section(&m, 5, 0, 0, 0);
	assert_int_equal(elf_kernel_first_table(in), AT_TABLES);
	section(&m, 1, 1, AT_TABLES, 0); /* empty ones do not count */
	assert_int_equal(elf_kernel_first_table(in), AT_TABLES + TABLE);
	for (size_t i = 2; i < 5; i++)
		section(&m, i, 0, 0, 0);
	assert_int_equal(elf_kernel_first_table(in), m.size);
	m.data[0] = 0;
	assert_int_equal(elf_kernel_first_table(in), m.size);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_layout),
		cmocka_unit_test(reads_without_versions),
		cmocka_unit_test(reads_flags),
		cmocka_unit_test(refuses_what_makes_no_names),
		cmocka_unit_test(tells_absence_and_stops),
		cmocka_unit_test(tells_where_tables_begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
