/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One kernel made by hand, modules made in memory: verdict and reason, by generation. */
#include "../../../rescue/verify/judge_room.h"
#include "made_module.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MAGIC " SMP preempt mod_unload modversions "
#define V "6.1.0-1"

static const struct kernel_symbol of_kernel[] = {
	{.name = "module_layout", .name_space = "", .crc = 0x11, .has_crc = true},
	{.name = "struct_module", .name_space = "", .crc = 0x12, .has_crc = true},
	{.name = "printk", .name_space = "", .crc = 0x22, .has_crc = true},
	{.name = "for_gpl", .name_space = "", .crc = 0x33, .has_crc = true, .gpl_only = true},
	{.name = "usb_stor", .name_space = "USB", .crc = 0x44, .has_crc = true},
	{.name = "for_kvm", .name_space = "module:kvm-*,vmx", .crc = 0x55, .has_crc = true},
	{.name = "bare", .name_space = ""},
};

static const struct made_module usual = {
	.is_64 = true, .vermagic = V MAGIC, .versions = {{"module_layout", 0x11},
		{"printk", 0x22}}, .imports = {{"printk", false}},
};

static int setup(void **state)
{
	struct judge *judge = calloc(1, sizeof(*judge));

	judge->loader = (struct loader){.release = V, .vermagic = strdup(V MAGIC),
		.version = KERNEL_VERSION_OF(6u, 1u, 0u), .machine = EM_X86_64, .is_64 = true,
		.this_module_size = 896};
	for (size_t i = 0; i < ARRAY_SIZE(of_kernel); i++) {
		struct symbol *s = symbols_want(&judge->symbols, of_kernel[i].name);

		assert_int_equal(symbols_set(&judge->symbols, s, &of_kernel[i], OWNER_KERNEL), 0);
	}
	judge->symbols.source = SYMBOLS_IMAGE;
	*state = judge;
	return 0;
}

static int teardown(void **state)
{
	judge_done(*state);
	free(*state);
	return 0;
}

static size_t add(struct judge *judge, const char *name, struct made_module made)
{
	_cleanup_free_ char *path = text_printf("/lib/modules/" V "/%s.ko", name);
	ssize_t index = judge_add(judge, path);
	struct elf_module m;

	assert_true(index >= 0);
	judge->items[index].j.third_party = !strstr(path, "/kernel/");
	assert_int_equal(elf_module_parse(&m, made_module(&made), NULL), 0);
	assert_int_equal(judge_module(judge, (size_t)index, &m), 0);
	return (size_t)index;
}

/* "" for a module that loads, else its reason; "?" before the reason of a doubt. */
static void assert_reason(struct judge *judge, size_t index, const char *reason)
{
	const struct module_judgement *j = &judge->items[index].j;

	assert_int_equal(judge_finish(judge), 0);
	assert_string_equal(j->verdict == MODULE_LOADS ? "" : j->reason ? j->reason : "?",
			    reason);
	if (j->verdict != MODULE_LOADS)
		assert_true(j->detail && *j->detail);
}

static void judge_one(struct judge *judge, struct made_module made, const char *reason)
{
	assert_reason(judge, add(judge, "extra/a", made), reason);
}

#define CHANGED(...)                                                                     \
	({                                                                               \
		struct made_module made_ = usual;                                        \
		struct made_module *m = &made_;                                          \
		__VA_ARGS__;                                                             \
		made_;                                                                   \
	})

static void file_and_layout(void **state)
{
	struct judge *j = *state;

	judge_one(j, usual, "");
	judge_one(j, CHANGED(m->is_big = true), "arch");
	judge_one(j, CHANGED(m->is_64 = false), "arch");
	judge_one(j, CHANGED(m->this_module = 960), "");
	judge_one(j, CHANGED(m->versions[0].crc = 1), "module-layout");
	/* The layout is looked at first, the release not at all. */
	judge_one(j, CHANGED(m->vermagic = "5.14.0" MAGIC, m->versions[0].crc = 1),
		  "module-layout");
	judge_one(j, CHANGED(m->vermagic = "5.14.0" MAGIC), "");
	judge_one(j, CHANGED(m->vermagic = V " SMP mod_unload modversions "), "vermagic");
	judge_one(j, CHANGED(m->without_versions = true), "module-layout");
	/* Extended versions alone leave the release to be compared. */
	judge_one(j, CHANGED(m->extended = true), "");
	judge_one(j, CHANGED(m->extended = true, m->vermagic = "6.15" MAGIC), "vermagic");
	j->loader.version = KERNEL_VERSION_OF(6u, 12u, 0u);
	judge_one(j, CHANGED(m->this_module = 960), "this-module-size");
}

static void symbols_one_by_one(void **state)
{
	struct judge *j = *state;

	judge_one(j, CHANGED(m->versions[1].crc = 1), "symbol-version");
	judge_one(j, CHANGED(m->imports[1] = (struct made_import){"gone", false}),
		  "symbol-missing");
	judge_one(j, CHANGED(m->imports[1] = (struct made_import){"gone", true}), "");
	judge_one(j, CHANGED(m->imports[0].weak = true, m->versions[1].crc = 1),
		  "symbol-version");
	judge_one(j, CHANGED(m->imports[0].name = "bare"), "");
	judge_one(j, CHANGED(m->imports[0].name = "for_gpl"), "");
	judge_one(j, CHANGED(m->imports[0].name = "for_gpl", m->license = "Proprietary"),
		  "gpl-only");
	judge_one(j, CHANGED(m->imports[0].name = "usb_stor"), "namespace");
	judge_one(j, CHANGED(m->imports[0].name = "usb_stor", m->import_ns = "USB"), "");
	judge_one(j, CHANGED(m->imports[0].name = "for_kvm"), "namespace");
	assert_reason(j, add(j, "extra/vmx", CHANGED(m->imports[0].name = "for_kvm")), "");
	j->loader.forgives_namespaces = true;
	judge_one(j, CHANGED(m->imports[0].name = "usb_stor"), "");
}

static void generations(void **state)
{
	struct judge *j = *state;
	struct made_module lacks = CHANGED(m->versions[1].name = NULL);
	struct made_module weak = CHANGED(m->imports[0].weak = true, m->versions[1].crc = 1);

	judge_one(j, lacks, "");
	j->loader.version = KERNEL_VERSION_OF(3u, 10u, 0u);
	judge_one(j, lacks, "symbol-version");
	judge_one(j, weak, "symbol-version");
	j->loader.version = KERNEL_VERSION_OF(2u, 6u, 32u);
	judge_one(j, lacks, "symbol-version");
	judge_one(j, weak, "");
	j->loader.version = KERNEL_VERSION_OF(2u, 6u, 18u);
	judge_one(j, lacks, "");
	judge_one(j, CHANGED(m->without_versions = true), "");
	judge_one(j, CHANGED(m->versions[0].name = "struct_module"), "module-layout");
	judge_one(j, CHANGED(m->versions[0].crc = 7), "");
}

static void force_load(void **state)
{
	struct judge *j = *state;

	j->loader.force_load = true;
	judge_one(j, CHANGED(m->without_versions = true), "");
	judge_one(j, CHANGED(m->without_versions = true, m->vermagic = "5.14.0" MAGIC),
		  "vermagic");
	judge_one(j, CHANGED(m->versions[0].crc = 1), "module-layout");
}

static struct made_module exporter(const char *name, uint32_t crc)
{
	return CHANGED(m->exports[0] = (struct made_export){name, NULL, crc, false});
}

static struct made_module user(const char *name, uint32_t crc)
{
	return CHANGED(m->imports[1].name = name,
		       m->versions[2] = (struct made_version){name, crc});
}

static void dependencies(void **state)
{
	struct judge *j = *state;
	struct made_module bad = exporter("low", 1), middle = user("low", 1);
	size_t top, low, other;

	bad.versions[0].crc = 99;
	middle.exports[0] = (struct made_export){"mid", NULL, 2, false};
	top = add(j, "kernel/top", user("mid", 2));
	add(j, "kernel/middle", middle);
	low = add(j, "kernel/low", bad);
	other = add(j, "extra/other", user("mid", 3));
	assert_reason(j, top, "dependency");
	assert_non_null(strstr(j->items[top].j.detail, "middle"));
	assert_reason(j, low, "module-layout");
	assert_reason(j, other, "symbol-version");
}

static void exporters_in_depmods_order(void **state)
{
	static const char search[] = "search updates extra built-in weak-updates\n";
	struct judge *j = *state;
	size_t old, now;

	assert_int_equal(depmod_config_parse(&j->search,
		(struct bytes){(const uint8_t *)search, sizeof(search) - 1}, V), 0);
	add(j, "kernel/a", exporter("sym", 1));
	add(j, "extra/b", exporter("sym", 2)); /* another name: the kernel's own counts */
	add(j, "kernel/c", exporter("sam", 1));
	add(j, "extra/c", exporter("sam", 2)); /* shadows it */
	old = add(j, "kernel/d", user("sym", 1));
	now = add(j, "kernel/e", user("sam", 1));
	assert_reason(j, old, "");
	assert_reason(j, now, "symbol-version");
}

static void agreement_doubts_but_never_misses(void **state)
{
	struct judge *j = *state;
	struct made_module made = CHANGED(m->imports[1].name = "gone");

	j->symbols.source = SYMBOLS_AGREED;
	judge_one(j, made, "");
	made.vermagic = "5.14.0" MAGIC;
	judge_one(j, made, "symbol-missing");
	assert_int_equal(j->items[1].j.verdict, MODULE_UNKNOWN);
	j->symbols.source = SYMBOLS_UNKNOWN;
	judge_one(j, made, "symbol-version");
	assert_int_equal(j->items[2].j.verdict, MODULE_UNKNOWN);
	judge_one(j, CHANGED(m->imports[1].name = "gone"), "");
}

static void agreement_of_modules(void **state)
{
	struct judge *j = *state;
	struct made_module made = user("shared", 7), rival = user("shared", 8);
	struct elf_module m;

	assert_int_equal(elf_module_parse(&m, made_module(&made), NULL), 0);
	assert_int_equal(judge_agree(j, &m), 0);
	assert_int_equal(symbols_find(&j->symbols, "shared")->crc, 7);
	assert_true(symbols_find(&j->symbols, "shared")->agreed);
	judge_one(j, user("shared", 9), "symbol-version");
	assert_int_equal(elf_module_parse(&m, made_module(&rival), NULL), 0);
	assert_int_equal(judge_agree(j, &m), 0);
	judge_one(j, user("shared", 9), "");
}

static void table_grows(void **state)
{
	struct symbols s = {0};

	(void)state;
	for (int i = 0; i < 100000; i++) {
		char name[16];

		snprintf(name, sizeof(name), "s%d", i);
		assert_non_null(symbols_want(&s, name));
	}
	assert_int_equal(s.count, 100000);
	assert_string_equal(symbols_find(&s, "s99999")->name, "s99999");
	assert_null(symbols_find(&s, "s100000"));
	symbols_done(&s);
	assert_null(symbols_find(&s, "s1"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(file_and_layout), TEST(symbols_one_by_one), TEST(generations),
		TEST(force_load), TEST(dependencies), TEST(exporters_in_depmods_order),
		TEST(agreement_doubts_but_never_misses), TEST(agreement_of_modules),
		TEST(table_grows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
