/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text indexes of a module directory: what is read, passed over, refused. */
#include "formats/modules_index.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct bytes text(const char *s)
{
	return (struct bytes){(const uint8_t *)s, strlen(s)};
}

static void dep_is_sorted_and_keeps_order_of_needs(void **state)
{
	struct modules_dep d;

	(void)state;
	assert_int_equal(modules_dep_parse(&d,
				 text("kernel/b.ko: kernel/y.ko kernel/x.ko\n"
				      "kernel/a.ko.xz:\n"),
				 NULL),
		0);
	assert_int_equal(d.count, 2);
	assert_string_equal(d.items[0].path, "kernel/a.ko.xz");
	assert_int_equal(d.items[0].needs.count, 0);
	assert_string_equal(d.items[1].path, "kernel/b.ko");
	assert_int_equal(d.items[1].needs.count, 2);
	assert_string_equal(d.items[1].needs.items[0], "kernel/y.ko");
	assert_string_equal(d.items[1].needs.items[1], "kernel/x.ko");
	modules_dep_done(&d);
}

static void dep_refuses_a_line_without_colon(void **state)
{
	struct modules_dep d;
	struct fault f;

	(void)state;
	assert_int_equal(modules_dep_parse(
				 &d, text("kernel/a.ko:\nkernel/b.ko kernel/a.ko\n"), &f),
		-EBADMSG);
	assert_non_null(strstr(f.reason, "line 2"));
	assert_int_equal(modules_dep_parse(&d, text(": kernel/a.ko\n"), &f), -EBADMSG);
}

static void zeros_left_by_a_crash_are_damage(void **state)
{
	static const uint8_t zeros[4096];
	struct bytes in = {zeros, sizeof(zeros)};
	struct modules_dep dep;
	struct modules_alias alias;
	struct modules_softdep softdep;
	struct strings list;

	(void)state;
	assert_int_equal(modules_dep_parse(&dep, in, NULL), -EBADMSG);
	assert_int_equal(modules_alias_parse(&alias, in, NULL), -EBADMSG);
	assert_int_equal(modules_softdep_parse(&softdep, in, NULL), -EBADMSG);
	assert_int_equal(modules_list_parse(&list, in, NULL), -EBADMSG);
}

static void empty_files_are_empty_lists(void **state)
{
	struct bytes in = {NULL, 0};
	struct modules_dep dep;
	struct modules_alias alias;

	(void)state;
	assert_int_equal(modules_dep_parse(&dep, in, NULL), 0);
	assert_int_equal(dep.count, 0);
	modules_dep_done(&dep);
	assert_int_equal(modules_alias_parse(&alias, in, NULL), 0);
	assert_int_equal(alias.count, 0);
	modules_alias_done(&alias);
}

static void size_and_lines_are_limited(void **state)
{
	struct bytes huge = {(const uint8_t *)"", (size_t)MODULES_INDEX_MAX_SIZE + 1};
	size_t size = 2 * ((size_t)MODULES_INDEX_MAX_LINES + 1);
	char *lines = malloc(size);
	struct strings list;

	(void)state;
	assert_int_equal(modules_list_parse(&list, huge, NULL), -EFBIG);
	assert_non_null(lines);
	for (size_t i = 0; i < size; i += 2)
		memcpy(lines + i, "a\n", 2);
	assert_int_equal(modules_list_parse(&list,
				 (struct bytes){(const uint8_t *)lines, size}, NULL),
		-EFBIG);
	free(lines);
}

static void match(const char *index, const char *modalias, const char *expected)
{
	struct modules_alias a;
	struct strings found = {0};
	struct buffer all = {0};

	assert_int_equal(modules_alias_parse(&a, text(index), NULL), 0);
	assert_int_equal(modules_alias_match(&a, modalias, &found), 0);
	assert_int_equal(buffer_puts(&all, ""), 0);
	for (size_t i = 0; i < found.count; i++)
		assert_int_equal(buffer_printf(&all, "%s ", found.items[i]), 0);
	assert_string_equal(all.data, expected);
	buffer_done(&all);
	strings_done(&found);
	modules_alias_done(&a);
}

static const char aliases[] = "# Aliases extracted from modules themselves.\n"
			      "alias pci:v00001000d00000054sv*sd*bc*sc*i* mptsas\n"
			      "alias pci:v*d*sv*sd*bc01sc06i01* ahci\n"
			      "alias pci:v00001000d00000054sv*sd*bc*sc*i* mptsas\n"
			      "alias usb:v*p*d*dc*dsc*dp*ic08isc06ip50in* usb-storage\n"
			      "alias input:b0003v*e*-e*0,*1,*k*2[0-9a-f],*r* keys\n"
			      "alias crypto-crc32c crc32c_intel\n"
			      "alias crypto-crc32c crc32c_generic\n"
			      "alias incomplete\n"
			      "something else entirely\n";

static void alias_matches_as_libkmod_does(void **state)
{
	(void)state;
	match(aliases, "pci:v00001000d00000054sv00001000sd00001000bc01sc00i00",
		"mptsas ");
	match(aliases, "pci:v00008086d00002922sv00001AF4sd00001100bc01sc06i01", "ahci ");
	match(aliases, "pci:v00001000d00000054sv0sd0bc01sc06i01", "mptsas ahci ");
	match(aliases, "usb:v46F4p0001d0000dc00dsc00dp00ic08isc06ip50in00",
		"usb_storage ");
	match(aliases, "crypto_crc32c", "crc32c_intel crc32c_generic ");
	match(aliases, "crypto-crc32c", "crc32c_intel crc32c_generic ");
	match(aliases, "pci:v00001000", "");
	match(aliases, "incomplete", "");
	match(aliases, "", "");
}

static void brackets_keep_their_hyphen(void **state)
{
	(void)state;
	match(aliases, "input:b0003v1e2-e0,1,k2b,r", "keys ");
	match(aliases, "input:b0003v1e2-e0,1,k2-,r", "");
}

static void softdep_has_two_lists(void **state)
{
	struct modules_softdep s;

	(void)state;
	assert_int_equal(modules_softdep_parse(&s,
				 text("# comment\n"
				      "softdep ext4 pre: crc32c\n"
				      "softdep a-b post: c d-e pre: f\n"
				      "softdep lost words here\n"
				      "options ext4 x=1\n"
				      "softdep long \\\n pre: one \\\n two\n"),
				 NULL),
		0);
	assert_int_equal(s.count, 4);
	assert_string_equal(s.items[0].module, "ext4");
	assert_string_equal(s.items[0].pre.items[0], "crc32c");
	assert_string_equal(s.items[1].module, "a_b");
	assert_int_equal(s.items[1].post.count, 2);
	assert_string_equal(s.items[1].post.items[1], "d_e");
	assert_string_equal(s.items[1].pre.items[0], "f");
	assert_int_equal(s.items[2].pre.count + s.items[2].post.count, 0);
	assert_int_equal(s.items[3].pre.count, 2);
	modules_softdep_done(&s);
}

static void list_strips_blanks_and_comments(void **state)
{
	struct strings l;

	(void)state;
	assert_int_equal(modules_list_parse(
				 &l, text("kernel/a.ko \r\n\n# no\n  kernel/b.ko"), NULL),
		0);
	assert_int_equal(l.count, 2);
	assert_string_equal(l.items[0], "kernel/a.ko");
	assert_string_equal(l.items[1], "kernel/b.ko");
	strings_done(&l);
}

static void names_of_files(void **state)
{
	static const char *const names[][2] = {{"kernel/drivers/net/a-b.ko.xz", "a_b"},
		{"x.ko", "x"}, {"plain", "plain"}, {"d.d/e.ko", "e"}, {"", ""},
		{"a/", ""}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char *name = module_name_of(names[i][0]);

		assert_string_equal(name, names[i][1]);
		free(name);
	}
	assert_true(module_is_file_name("a.ko"));
	assert_true(module_is_file_name("a.ko.gz"));
	assert_true(module_is_file_name("a.ko.xz"));
	assert_true(module_is_file_name("a.ko.zst"));
	assert_false(module_is_file_name("a.ko.bz2"));
	assert_false(module_is_file_name(".ko"));
	assert_false(module_is_file_name("a.kobold"));
	assert_false(module_is_file_name(""));
}

static void binary_indexes(void **state)
{
	static const struct {
		const char *head;
		size_t bytes;
		uint64_t size;
		bool sound;
	} cases[] = {
		{"\xb0\x07\xf4\x57\0\2\0\1\x20\0\0\x0c", 12, 13, true},
		{"\xb0\x07\xf4\x57\0\2\0\1\xe0\0\1\0", 12, 4096, true},
		{"\xb0\x07\xf4\x57\0\2\0\1\xe0\0\1\0", 12, 256, false}, /* cut short */
		{"\xb0\x07\xf4\x57\0\2\0\1\x20\0\0\x0b", 12, 4096, false}, /* in its head */
		{"\xb0\x07\xf4\x57\0\1\0\1\x20\0\0\x0c", 12, 13, false},
		{"\xb0\x07\xf4\x56\0\2\0\1\x20\0\0\x0c", 12, 13, false},
		{"\xb0\x07\xf4\x57\0\2\0\1\x20\0\0", 11, 11, false},
		{"", 0, 0, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct bytes head = {(const uint8_t *)cases[i].head, cases[i].bytes};

		if (modules_binary_is_sound(head, cases[i].size) != cases[i].sound)
			fail_msg("case %zu", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dep_is_sorted_and_keeps_order_of_needs),
		cmocka_unit_test(dep_refuses_a_line_without_colon),
		cmocka_unit_test(zeros_left_by_a_crash_are_damage),
		cmocka_unit_test(empty_files_are_empty_lists),
		cmocka_unit_test(size_and_lines_are_limited),
		cmocka_unit_test(alias_matches_as_libkmod_does),
		cmocka_unit_test(brackets_keep_their_hyphen),
		cmocka_unit_test(softdep_has_two_lists),
		cmocka_unit_test(list_strips_blanks_and_comments),
		cmocka_unit_test(names_of_files),
		cmocka_unit_test(binary_indexes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
