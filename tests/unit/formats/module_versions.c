/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Imports with versions of both tables, exports of each generation, and damage. */
#include "formats/module_versions.h"
#include "made_module.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define LONG_NAME "a_name_of_a_symbol_that_is_much_longer_than_the_basic_table_can_hold_today"

static const struct made_module usual = {
	.versions = {{"module_layout", 0x11}, {"printk", 0x80000022}, {"bio_put", 0x33}},
	.imports = {{"bio_put", false}, {"printk", false}, {"absent", true}},
	.exports = {{"give", NULL, 0xdeadbeef, false}, {"give_gpl", "USB", 0x44, true}},
};

static int see_import(void *data, const struct module_import *i)
{
	char *text = data;
	size_t used = strlen(text);

	snprintf(text + used, 512 - used, "%s:%s:%x ", i->name, i->weak ? "weak" : "strong",
		 i->has_crc ? i->crc : 0);
	return 0;
}

static int see_export(void *data, const struct kernel_symbol *s)
{
	char *text = data;
	size_t used = strlen(text);

	snprintf(text + used, 512 - used, "%s:%s:%x:%s ", s->name, s->name_space,
		 s->has_crc ? s->crc : 0, s->gpl_only ? "gpl" : "any");
	return 0;
}

static int imports(struct made_module *made, char ret[512])
{
	struct module_versions v;
	struct elf_module m;
	struct fault f = {0};
	int r;

	ret[0] = '\0';
	assert_int_equal(elf_module_parse(&m, made_module(made), NULL), 0);
	r = module_versions_open(&v, &m, &f);
	if (r >= 0)
		r = module_imports(&v, see_import, ret, &f);
	assert_true(r >= 0 || f.reason[0]);
	return r;
}

static void reads_imports_of_every_kind(void **state)
{
	char seen[512];

	(void)state;
	for (int i = 0; i < 8; i++) {
		struct made_module made = usual;

		made.is_64 = i & 1;
		made.is_big = i & 2;
		made.extended = i & 4;
		assert_int_equal(imports(&made, seen), 0);
		assert_string_equal(seen,
			"bio_put:strong:33 printk:strong:80000022 absent:weak:0 ");
	}
}

static void reads_long_names(void **state)
{
	struct made_module made = {.is_64 = true, .extended = true,
		.versions = {{"short", 1}, {LONG_NAME, 2}}, .imports = {{LONG_NAME, false}}};
	char seen[512];

	(void)state;
	assert_int_equal(imports(&made, seen), 0);
	assert_string_equal(seen, LONG_NAME ":strong:2 ");
}

static void reads_exports_of_every_kind(void **state)
{
	(void)state;
	for (int i = 0; i < 8; i++) {
		struct made_module made = usual;
		struct elf_module m;
		char seen[512] = "";

		made.is_64 = i & 1;
		made.is_big = i & 2;
		made.absolute_crcs = i & 4;
		assert_int_equal(elf_module_parse(&m, made_module(&made), NULL), 0);
		assert_int_equal(module_exports(&m, see_export, seen, NULL), 0);
		assert_string_equal(seen, "give::deadbeef:any give_gpl:USB:44:gpl ");
	}
}

static void tells_licenses(void **state)
{
	static const struct {
		const char *license;
		bool gpl;
	} cases[] = {{"GPL", true}, {"GPL v2", true}, {"Dual BSD/GPL", true},
		     {"Proprietary", false}, {"GPL\\0for nothing", false}, {"BSD", false}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct made_module made = {.is_64 = true, .license = cases[i].license};
		struct elf_module m;

		assert_int_equal(elf_module_parse(&m, made_module(&made), NULL), 0);
		assert_int_equal(elf_module_is_gpl(&m), cases[i].gpl);
		assert_int_equal(m.this_module_size, 896);
	}
}

static void refuses_damage(void **state)
{
	struct made_module made = usual;
	struct module_versions v;
	struct elf_module m;
	char seen[512] = "";

	(void)state;
	made.is_64 = made.extended = true;
	assert_int_equal(elf_module_parse(&m, made_module(&made), NULL), 0);
	m.version_names.size--; /* a name is missing */
	assert_int_equal(module_versions_open(&v, &m, NULL), -EBADMSG);
	m.version_names = (struct bytes){0};
	assert_int_equal(module_versions_open(&v, &m, NULL), -EBADMSG);
	made.extended = false;
	(void)made_module(&made);
	MADE_PUT(&made, MADE_SYMBOLS + sizeof(Elf64_Sym), Sym, st_name, 60000);
	assert_int_equal(elf_module_parse(&m, (struct bytes){made.data, made.size}, NULL), 0);
	assert_int_equal(module_versions_open(&v, &m, NULL), 0);
	assert_int_equal(module_imports(&v, see_import, seen, NULL), -EBADMSG);
	assert_int_equal(module_exports(&m, see_export, seen, NULL), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_imports_of_every_kind),
		cmocka_unit_test(reads_long_names),
		cmocka_unit_test(reads_exports_of_every_kind),
		cmocka_unit_test(tells_licenses),
		cmocka_unit_test(refuses_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
