/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Third-party modules of other kernels: which are offered, which are lost. */
#include "../../../rescue/verify/offer.h"
#include "../../../rescue/verify/weak_updates.h"
#include "made_module.h"
#include "tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define V "5.14.0-3.x86_64"
#define NEWER "5.14.0-2.x86_64"
#define OLDER "5.14.0-1.x86_64"
#define MAGIC " SMP preempt mod_unload modversions "

struct facts {
	struct tree tree;
	struct system system;
	struct kernel kernels[3];
	struct inventory inv;
	struct verification v;
	struct judge judge;
	struct package_set set;
	struct offer offer;
	struct rules rules;
};

static void fill(struct facts *x, size_t i, const char *release, const char *path)
{
	x->kernels[i] = (struct kernel){.release = (char *)release,
		.modules.path = (char *)path, .modules.third_party = i > 0};
}

static int setup(void **state)
{
	static const char search[] = "search updates extra built-in weak-updates\n";
	static const struct kernel_symbol layout = {.name = "module_layout", .name_space = "",
		.crc = 1, .has_crc = true};
	struct facts *x = calloc(1, sizeof(*x));
	struct symbol *symbol;

	tree_make(&x->tree, "d 0755 /lib/modules/" V "\n");
	x->system.target.fd = x->tree.fd;
	fill(x, 0, V, "/lib/modules/" V);
	fill(x, 1, NEWER, "/lib/modules/" NEWER);
	fill(x, 2, OLDER, "/lib/modules/" OLDER);
	x->inv = (struct inventory){.system = &x->system, .kernels = x->kernels,
		.kernel_count = 3};
	x->judge.loader = (struct loader){.release = V, .vermagic = strdup(V MAGIC),
		.version = KERNEL_VERSION_OF(5u, 14u, 0u), .machine = EM_X86_64, .is_64 = true};
	x->judge.symbols.source = SYMBOLS_IMAGE;
	symbol = symbols_want(&x->judge.symbols, "module_layout");
	assert_int_equal(symbols_set(&x->judge.symbols, symbol, &layout, OWNER_KERNEL), 0);
	assert_int_equal(depmod_config_parse(&x->judge.search,
		(struct bytes){(const uint8_t *)search, sizeof(search) - 1}, V), 0);
	x->set.release = (char *)V;
	x->offer.set = &x->set;
	x->rules = (struct rules){.inv = &x->inv, .v = &x->v, .offer = &x->offer,
		.present.target = &x->system.target};
	*state = x;
	return 0;
}

static int teardown(void **state)
{
	struct facts *x = *state;

	for (size_t i = 0; i < 3; i++)
		strings_done(&x->kernels[i].modules.files);
	judge_done(&x->judge);
	verification_done(&x->v);
	tree_remove(&x->tree);
	free(x);
	return 0;
}

/* A module of kernel i; layout 1 is that of V. */
static void add(struct facts *x, size_t i, const char *relative, uint32_t layout)
{
	_cleanup_free_ char *path = text_printf("%s/%s", x->kernels[i].modules.path, relative);
	struct made_module made = {.is_64 = true, .vermagic = V MAGIC, .this_module = 896,
		.versions = {{"module_layout", layout}}};
	struct bytes bytes = made_module(&made);
	_cleanup_(buffer_done) struct buffer raw = {0};

	tree_file(&x->tree, path, bytes.data, bytes.size);
	assert_int_equal(strings_add(&x->kernels[i].modules.files, relative), 0);
	if (i > 0)
		return;
	assert_int_equal(buffer_append(&raw, bytes.data, bytes.size), 0);
	assert_int_equal(judge_bytes(&x->judge, path, true, &raw), 0);
}

static void take(struct facts *x)
{
	assert_int_equal(judge_finish(&x->judge), 0);
	assert_int_equal(weak_updates_judge(&x->judge, &x->rules, &x->kernels[0]), 0);
	assert_int_equal(judge_finish(&x->judge), 0);
	assert_int_equal(weak_updates_take(&x->rules, &x->kernels[0], &x->judge), 0);
}

static void the_newest_that_fits(void **state)
{
	struct facts *x = *state;

	add(x, 1, "extra/a/one.ko", 2);
	add(x, 2, "extra/a/one.ko", 1);
	add(x, 1, "updates/two.ko", 1);
	add(x, 2, "extra/two.ko", 1);
	add(x, 2, "extra/three.ko", 2);
	take(x);
	assert_int_equal(x->v.weak_links.count, 2);
	assert_string_equal(x->v.weak_links.items[0].path,
		"/lib/modules/" V "/weak-updates/two.ko");
	assert_string_equal(x->v.weak_links.items[0].target,
		"/lib/modules/" NEWER "/updates/two.ko");
	assert_string_equal(x->v.weak_links.items[1].target,
		"/lib/modules/" OLDER "/extra/a/one.ko");
	assert_false(x->v.weak_links.items[1].now.exists);
	assert_int_equal(x->v.lost_modules.count, 1);
	assert_string_equal(x->v.lost_modules.items[0], "three");
}

static void its_own_come_first(void **state)
{
	struct facts *x = *state;

	add(x, 0, "extra/one.ko", 1);
	add(x, 0, "extra/two.ko", 2); /* its own does not load */
	add(x, 1, "extra/one.ko", 1);
	add(x, 1, "extra/two.ko", 1);
	take(x);
	assert_int_equal(x->v.weak_links.count, 1);
	assert_string_equal(x->v.weak_links.items[0].name, "two");
	assert_int_equal(x->v.lost_modules.count, 0);
}

/* Links of other kernels lead to yet others; elsewhere weak-modules does not look. */
static void what_is_no_candidate(void **state)
{
	struct facts *x = *state;

	tree_add(&x->tree, "l /lib/modules/" NEWER "/extra/link.ko /lib/modules/" OLDER "/x.ko\n");
	assert_int_equal(strings_add(&x->kernels[1].modules.files, "extra/link.ko"), 0);
	add(x, 1, "weak-updates/one.ko", 1);
	add(x, 1, "misc/two.ko", 1);
	take(x);
	assert_int_equal(x->v.weak_links.count, 0);
	assert_int_equal(x->v.lost_modules.count, 3);
}

static void systems_without_weak_updates(void **state)
{
	struct facts *x = *state;

	depmod_config_done(&x->judge.search);
	add(x, 1, "extra/one.ko", 1);
	take(x);
	assert_int_equal(x->v.weak_links.count, 0);
	assert_int_equal(x->v.lost_modules.count, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_newest_that_fits),
		TEST(its_own_come_first),
		TEST(what_is_no_candidate),
		TEST(systems_without_weak_updates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
