/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `default` in a menu with submenus. The cases are derived from the sources of both
 * generations (normal/menu.c of GRUB 2.06 and of rhboot/grub2).
 */
#include "formats/grub_choice.h"

#include <setjmp.h>

#include <cmocka.h>

/* 0: BLS entry, 1: another one; then "first", a submenu with two and one in it, "last". */
static const struct grub_choice bls[] = {
	{.title = "Linux (6.1)", .id = "4a5b-6.1"}, {.title = "Linux (6.0)", .id = "aaaa-6.0"}};

static const struct grub_menuentry items[] = {
	{.title = (char *)"first", .number = (char *)"0"},
	{.title = (char *)"Old > ones", .id = (char *)"old", .number = (char *)"1",
		.is_submenu = true},
	{.title = (char *)"in one", .id = (char *)"i1", .number = (char *)"1>0"},
	{.title = (char *)"deeper", .number = (char *)"1>1", .is_submenu = true},
	{.title = (char *)"2 in two", .number = (char *)"1>1>0"},
	{.title = (char *)"last", .number = (char *)"2"},
};

static const struct grub_menu menu = {.items = (struct grub_menuentry *)items,
	.count = ARRAY_SIZE(items), .has_blscfg = true, .blscfg_index = 1};

static const struct {
	const char *wanted, *upstream, *fedora; /* titles */
} cases[] = {
	{"", "first", "first"},
	{"0", "first", "first"},
	{"1", "Linux (6.1)", "Linux (6.1)"},
	{"4", "last", "last"},
	{"5", "first", "first"},
	{"4a5b-6.1", "last", "Linux (6.1)"},
	{"aaaa-6.0", "Linux (6.0)", "Linux (6.0)"},
	{"Linux (6.0)", "Linux (6.0)", "Linux (6.0)"},
	{"last", "last", "last"},
	{"gone", "first", "first"},
	{"3", "in one", "in one"},
	{"3>0", "in one", "first"},
	{"3>1>0", "2 in two", "first"},
	{"old", "in one", "in one"},
	{"old>i1", "in one", "in one"},
	{"old>deeper", "2 in two", "2 in two"},
	{"old>deeper>0", "2 in two", "2 in two"},
	{"old>gone", "in one", "in one"},
	{"Old >> ones>deeper", "2 in two", "2 in two"},
	{"Old > ones>deeper", "first", "first"},
};

static const char *chosen(const struct grub_choices *c, enum grub_naming naming,
	const char *wanted)
{
	int found = grub_choose(c->items, c->count, naming, wanted);

	assert_true(found >= 0 && !c->items[found].is_submenu);
	return c->items[found].title;
}

static void every_way_to_choose(void **state)
{
	struct grub_choices c = {0};

	(void)state;
	assert_int_equal(grub_choices_list(&c, &menu, bls, ARRAY_SIZE(bls)), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		print_message("%s\n", cases[i].wanted);
		assert_string_equal(
			chosen(&c, GRUB_NUMBERS_FIRST, cases[i].wanted), cases[i].upstream);
		assert_string_equal(
			chosen(&c, GRUB_IDS_FIRST, cases[i].wanted), cases[i].fedora);
	}
	grub_choices_done(&c);
}

static void places_count_bls_entries(void **state)
{
	static const char *const places[] = {
		"1", "2", "0", "3", "3>0", "3>1", "3>1>0", "4"};
	struct grub_choices c = {0};

	(void)state;
	assert_int_equal(grub_choices_list(&c, &menu, bls, ARRAY_SIZE(bls)), 0);
	assert_int_equal(c.count, ARRAY_SIZE(places));
	for (size_t i = 0; i < c.count; i++)
		assert_string_equal(c.items[i].place, places[i]);
	grub_choices_done(&c);
}

/* Whatever is named is found under one of its names, in each generation. */
static void names_lead_back(void **state)
{
	struct grub_choices c = {0};
	struct strings names = {0};

	(void)state;
	assert_int_equal(grub_choices_list(&c, &menu, bls, ARRAY_SIZE(bls)), 0);
	assert_int_equal(grub_choice_names(&names, &c, 6), 0);
	assert_int_equal(names.count, 3);
	assert_string_equal(names.items[0], "old>deeper>2 in two");
	assert_string_equal(names.items[1], "Old >> ones>deeper>2 in two");
	assert_string_equal(names.items[2], "3>1>0");
	strings_done(&names);
	for (size_t i = 0; i < c.count; i++) {
		bool found[] = {false, false};

		assert_int_equal(grub_choice_names(&names, &c, i), 0);
		for (size_t n = 0; n < names.count; n++)
			for (enum grub_naming g = GRUB_NUMBERS_FIRST; g <= GRUB_IDS_FIRST; g++)
				found[g] = found[g] || grub_choose(c.items, c.count, g,
							       names.items[n]) == (int)i;
		/* "2 in two" is the number 2 to upstream's GRUB, but its place leads there. */
		assert_true(c.items[i].is_submenu || (found[0] && found[1]) ||
			    (found[0] && i == 6));
		strings_done(&names);
	}
	grub_choices_done(&c);
}

static void nothing_to_choose(void **state)
{
	static const struct grub_choice submenu = {.place = "0", .is_submenu = true};

	(void)state;
	assert_int_equal(grub_choose(NULL, 0, GRUB_IDS_FIRST, "0"), -1);
	assert_int_equal(grub_choose(&submenu, 1, GRUB_NUMBERS_FIRST, "0>0"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_way_to_choose),
		cmocka_unit_test(places_count_bls_entries),
		cmocka_unit_test(names_lead_back),
		cmocka_unit_test(nothing_to_choose),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
