/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables and trees. */
#include "table.h"

#include <setjmp.h>

#include <cmocka.h>
#include <errno.h>
#include <locale.h>

static char *printed(const struct table *t, unsigned width, bool ascii)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	assert_int_equal(table_print(t, to, width, ascii), 0);
	fclose(to);
	return text;
}

static int row(struct table *t, int parent, const char *a, const char *b)
{
	const char *cells[] = {a, b};

	return table_row(t, parent, cells, 2);
}

static void columns_are_aligned(void **state)
{
	_cleanup_(table_free_p) struct table *t = table_new();
	_cleanup_free_ char *text = NULL;

	(void)state;
	assert_int_equal(table_column(t, "NAME", 0), 0);
	assert_int_equal(table_column(t, "SIZE", TABLE_RIGHT), 0);
	assert_int_equal(row(t, -1, "sda", "1"), 0);
	assert_int_equal(row(t, -1, "nvme0n1", "20000"), 1);
	assert_int_equal(row(t, -1, NULL, NULL), 2);
	text = printed(t, 80, true);
	assert_string_equal(text, "NAME     SIZE\n"
				  "sda         1\n"
				  "nvme0n1 20000\n"
				  "        \n");
}

static void trees_in_ascii_and_utf8(void **state)
{
	_cleanup_(table_free_p) struct table *t = table_new();
	_cleanup_free_ char *ascii = NULL, *drawn = NULL;
	int disk;

	(void)state;
	assert_non_null(setlocale(LC_ALL, "C.UTF-8"));
	table_column(t, "NAME", TABLE_TREE);
	table_column(t, "X", 0);
	disk = row(t, -1, "sda", "a");
	assert_int_equal(row(t, disk, "sda1", "b"), 1);
	assert_int_equal(row(t, disk, "sda2", "c"), 2);
	ascii = printed(t, 80, true);
	assert_string_equal(ascii, "NAME   X\n"
				   "sda    a\n"
				   "|-sda1 b\n"
				   "`-sda2 c\n");
	drawn = printed(t, 80, false);
	assert_string_equal(drawn, "NAME   X\n"
				   "sda    a\n"
				   "├─sda1 b\n"
				   "└─sda2 c\n");
	setlocale(LC_ALL, "C");
}

static void cells_are_escaped_once(void **state)
{
	_cleanup_(table_free_p) struct table *t = table_new(), *c = table_new();
	_cleanup_free_ char *text = NULL, *plain = NULL;

	(void)state;
	assert_non_null(setlocale(LC_ALL, "C.UTF-8"));
	table_column(t, "A", 0);
	table_column(t, "B", 0);
	row(t, -1, "ü\x1b[2J", "\xe2\x80\xae");
	row(t, -1, "x", "\\x41\n");
	text = printed(t, 80, true);
	assert_string_equal(text, "A        B\n"
				  "ü\\x1b[2J \\xe2\\x80\\xae\n"
				  "x        \\x41\\x0a\n");
	setlocale(LC_ALL, "C");
	table_column(c, "A", 0);
	table_column(c, "B", 0);
	row(c, -1, "ü", "b");
	plain = printed(c, 80, false);
	assert_string_equal(plain, "A        B\n\\xc3\\xbc b\n");
}

static void narrow_terminals_cut_what_may_be_cut(void **state)
{
	_cleanup_(table_free_p) struct table *t = table_new();
	_cleanup_free_ char *text = NULL;

	(void)state;
	table_column(t, "ID", 0);
	table_column(t, "TEXT", TABLE_TRUNCATE);
	row(t, -1, "abcdef", "a very long text that has no room at all");
	text = printed(t, 20, true);
	assert_string_equal(text, "ID     TEXT\n"
				  "abcdef a very long t\n");
}

static void wrapped_cells_stay_whole(void **state)
{
	_cleanup_(table_free_p) struct table *t = table_new();
	_cleanup_free_ char *text = NULL;

	(void)state;
	table_column(t, "ID", 0);
	table_column(t, "TEXT", TABLE_WRAP);
	row(t, -1, "abc", "0123456789ABCDEF");
	text = printed(t, 12, true);
	assert_string_equal(text, "ID  TEXT\n"
				  "abc 01234567\n"
				  "    89ABCDEF\n");
}

static void an_empty_table_prints_nothing(void **state)
{
	_cleanup_(table_free_p) struct table *t = table_new();
	_cleanup_free_ char *text = NULL;

	(void)state;
	table_column(t, "ID", 0);
	text = printed(t, 0, true);
	assert_string_equal(text, "");
	table_free(NULL);
}

static void too_many_cells_are_left_out(void **state)
{
	_cleanup_(table_free_p) struct table *t = table_new();
	_cleanup_free_ char *text = NULL;

	(void)state;
	table_column(t, "ID", 0);
	assert_int_equal(row(t, 99, "a", "b"), 0);
	text = printed(t, 0, true);
	assert_string_equal(text, "ID\na\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_aligned),
		cmocka_unit_test(trees_in_ascii_and_utf8),
		cmocka_unit_test(cells_are_escaped_once),
		cmocka_unit_test(narrow_terminals_cut_what_may_be_cut),
		cmocka_unit_test(wrapped_cells_stay_whole),
		cmocka_unit_test(an_empty_table_prints_nothing),
		cmocka_unit_test(too_many_cells_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
