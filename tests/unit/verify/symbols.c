/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of symbols: found by name alone, also when it has grown. */
#include "../../../rescue/verify/symbols.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { MANY = 100000 };

static const struct kernel_symbol some = {.name = "ignored", .name_space = "USB", .crc = 7,
					  .has_crc = true, .gpl_only = true};

static void an_empty_table_has_nothing(void **state)
{
	struct symbols s = {0};

	(void)state;
	assert_null(symbols_find(&s, "printk"));
	assert_null(symbols_find(&s, ""));
	symbols_done(&s);
	symbols_done(&s);
}

static void keeps_what_it_is_told(void **state)
{
	struct symbols s = {0};
	char name[] = "printk", space[] = "USB";
	struct kernel_symbol as = some;
	struct symbol *symbol;

	(void)state;
	as.name_space = space;
	symbol = symbols_want(&s, name);
	assert_non_null(symbol);
	assert_int_equal(symbol->owner, OWNER_NOBODY);
	assert_string_equal(symbol->name_space, "");
	assert_int_equal(symbols_set(&s, symbol, &as, OWNER_KERNEL), 0);
	name[0] = space[0] = 'x'; /* nothing is borrowed */
	assert_ptr_equal(symbols_find(&s, "printk"), symbol);
	assert_ptr_equal(symbols_want(&s, "printk"), symbol);
	assert_null(symbols_find(&s, "xrintk"));
	assert_null(symbols_find(&s, "print"));
	assert_string_equal(symbol->name, "printk");
	assert_string_equal(symbol->name_space, "USB");
	assert_int_equal(symbol->crc, 7);
	assert_true(symbol->has_crc && symbol->gpl_only && !symbol->agreed);
	assert_int_equal(symbol->owner, OWNER_KERNEL);
	assert_int_equal(s.count, 1);
	symbols_done(&s);
	assert_null(s.slots);
	assert_null(s.chunks);
}

/* Some with the same hash are among so many; a pointer stays good while the table grows. */
static void grows(void **state)
{
	struct symbols s = {0};
	struct symbol **all = calloc(MANY, sizeof(*all));

	(void)state;
	assert_non_null(all);
	for (int i = 0; i < MANY; i++) {
		_cleanup_free_ char *name = text_printf("symbol_%d", i);

		all[i] = symbols_want(&s, name);
		assert_non_null(all[i]);
		all[i]->crc = (uint32_t)i;
	}
	assert_int_equal(s.count, MANY);
	assert_true(s.count <= s.slot_count / 4 * 3);
	assert_int_equal(s.slot_count & (s.slot_count - 1), 0);
	for (int i = 0; i < MANY; i++) {
		_cleanup_free_ char *name = text_printf("symbol_%d", i);

		assert_ptr_equal(symbols_find(&s, name), all[i]);
		assert_string_equal(all[i]->name, name);
		assert_int_equal(all[i]->crc, i);
	}
	assert_null(symbols_find(&s, "symbol_100000"));
	symbols_done(&s);
	free(all);
}

/* A name longer than the pieces in which memory is taken. */
static void takes_names_of_any_length(void **state)
{
	struct symbols s = {0};
	size_t size = 700000;
	char *name = malloc(size);

	(void)state;
	assert_non_null(name);
	memset(name, 'n', size - 1);
	name[size - 1] = '\0';
	assert_non_null(symbols_want(&s, name));
	assert_non_null(symbols_want(&s, "printk"));
	assert_string_equal(symbols_find(&s, name)->name, name);
	name[size - 2] = '\0';
	assert_null(symbols_find(&s, name));
	symbols_done(&s);
	free(name);
}

static void tells_its_source(void **state)
{
	struct symbols s = {0};
	char origin[] = "/boot/vmlinuz";

	(void)state;
	assert_false(symbols_are_complete(&s));
	assert_non_null(symbols_want(&s, "printk"));
	assert_int_equal(symbols_settle(&s, SYMBOLS_IMAGE, origin), 0);
	origin[0] = 'x';
	assert_string_equal(s.origin, "/boot/vmlinuz");
	assert_int_equal(s.kernel_count, 1);
	assert_true(symbols_are_complete(&s));
	assert_int_equal(symbols_settle(&s, SYMBOLS_SYSTEM_MAP, NULL), 0);
	assert_null(s.origin);
	assert_false(symbols_are_complete(&s));
	symbols_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_table_has_nothing),
		cmocka_unit_test(keeps_what_it_is_told),
		cmocka_unit_test(grows),
		cmocka_unit_test(takes_names_of_any_length),
		cmocka_unit_test(tells_its_source),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
