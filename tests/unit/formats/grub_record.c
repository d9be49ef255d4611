/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A grub.cfg runs in a world that is kept, and again without it: the same menu. */
#include "formats/grub_record.h"

#include <errno.h>
#include <setjmp.h>

#include <cmocka.h>

static unsigned asked; /* questions that reached the world itself */

static const char *variable(void *data, const char *name)
{
	(void)data;
	asked++;
	if (strcmp(name, "prefix") == 0)
		return "(boot)/grub2";
	return strcmp(name, "cmdpath") == 0 ? grub_script_unknown : NULL;
}

static int read_file(void *data, const char *path, struct buffer *ret)
{
	(void)data;
	asked++;
	return text_ends(path, "/more.cfg") ? buffer_puts(ret, "menuentry more { linux /m }\n")
					    : -ENOENT;
}

static enum grub_answer exists(void *data, const char *path, char kind)
{
	(void)data;
	asked++;
	return kind == 'f' && text_ends(path, "/there") ? GRUB_YES : GRUB_NO;
}

static enum grub_answer search(void *data, const char *by, const char *what, const char **ret)
{
	(void)data;
	asked++;
	*ret = strcmp(by, "label") == 0 && strcmp(what, "ours") == 0 ? "found" : NULL;
	return *ret ? GRUB_YES : GRUB_NO;
}

static const struct grub_world world = {variable, read_file, exists, search, NULL};

static const char script[] =
	"search --label ours --set=dev\n"
	"if [ -f ($dev)/there ]; then menuentry a { linux /a }; fi\n"
	"if [ -d ($dev)/there ]; then menuentry b { linux /b }; fi\n"
	"if [ \"$cmdpath\" = x ]; then menuentry c { linux /c }; fi\n"
	"source $prefix/more.cfg\nsource $prefix/none.cfg\n"
	"set default=$unset$dev\n";

static void assert_menu(const struct grub_menu *m)
{
	static const char *const titles[] = {"a", "c", "more"};

	assert_int_equal(m->count, ARRAY_SIZE(titles));
	for (size_t i = 0; i < m->count; i++)
		assert_string_equal(m->items[i].title, titles[i]);
	assert_string_equal(grub_menu_variable(m, "default"), "found");
}

static void the_same_without_the_world(void **state)
{
	const struct bytes in = {(const uint8_t *)script, sizeof(script) - 1};
	struct grub_record record = {0};
	const struct grub_world kept = grub_record_world(&record, &world);
	const struct grub_world again = grub_record_replay(&record);
	struct grub_menu menu = {0};
	unsigned before;

	(void)state;
	assert_int_equal(grub_cfg_run(&menu, in, &kept, NULL), 0);
	assert_menu(&menu);
	grub_menu_done(&menu);
	before = asked;
	assert_false(record.lacks_memory);
	assert_int_equal(grub_cfg_run(&menu, in, &again, NULL), 0);
	assert_menu(&menu);
	assert_int_equal(asked, before);
	grub_menu_done(&menu);
	grub_record_done(&record);
}

static void what_was_not_asked(void **state)
{
	struct grub_record record = {0};
	const struct grub_world w = grub_record_replay(&record);
	struct buffer text = {0};
	const char *found = "x";
	int error = 0;

	(void)state;
	assert_null(w.variable(w.data, "prefix"));
	assert_int_equal(w.read(w.data, "/x", &text), -ENOENT);
	assert_int_equal(w.exists(w.data, "/x", 'f'), GRUB_UNKNOWN);
	assert_int_equal(w.search(w.data, "label", "ours", &found), GRUB_UNKNOWN);
	assert_null(found);
	assert_null(grub_record_text(&record, "/x", &error));
}

static void texts_and_their_absence(void **state)
{
	struct grub_record record = {0};
	const struct grub_world w = grub_record_world(&record, &world);
	struct buffer text = {0};
	int error = 1;

	(void)state;
	assert_int_equal(w.read(w.data, "/none", &text), -ENOENT);
	assert_int_equal(w.read(w.data, "/more.cfg", &text), 0);
	assert_non_null(grub_record_text(&record, "/none", &error));
	assert_int_equal(error, -ENOENT);
	assert_string_equal(grub_record_text(&record, "/more.cfg", &error)->data, text.data);
	assert_int_equal(error, 0);
	buffer_done(&text);
	grub_record_done(&record);
}

static void no_more_than_the_limit(void **state)
{
	struct grub_record record = {0};
	const struct grub_world w = grub_record_world(&record, &world);
	char name[16];

	(void)state;
	for (unsigned i = 0; i < GRUB_RECORD_MAX + 10; i++) {
		snprintf(name, sizeof(name), "v%u", i);
		assert_null(w.variable(w.data, name));
	}
	assert_int_equal(record.count, GRUB_RECORD_MAX);
	assert_false(record.lacks_memory);
	grub_record_done(&record);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_without_the_world),
		cmocka_unit_test(what_was_not_asked),
		cmocka_unit_test(texts_and_their_absence),
		cmocka_unit_test(no_more_than_the_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
