/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines and words in memory. */
#include "../../../rescue/formats/text_lines.h"

#include <setjmp.h>

#include <cmocka.h>

#include "cases.h"

static void splits_lines(void **state)
{
	struct text_lines l = TEXT_LINES(BYTES("one\r\n\n\rtwo\nlast"));
	struct bytes line;

	(void)state;
	assert_true(text_lines_next(&l, &line));
	assert_true(text_is(line, "one"));
	assert_true(text_lines_next(&l, &line));
	assert_int_equal(line.size, 0);
	assert_int_equal(l.number, 2);
	assert_true(text_lines_next(&l, &line));
	assert_true(text_is(line, "\rtwo"));
	assert_true(text_lines_next(&l, &line));
	assert_true(text_is(line, "last"));
	assert_int_equal(l.number, 4);
	assert_false(text_lines_next(&l, &line));
	l = TEXT_LINES(((struct bytes){0}));
	assert_false(text_lines_next(&l, &line));
	l = TEXT_LINES(BYTES("\n"));
	assert_true(text_lines_next(&l, &line));
	assert_false(text_lines_next(&l, &line));
}

static void splits_words(void **state)
{
	struct bytes line = BYTES(" \ta  bc\t"), none = {0};

	(void)state;
	assert_true(text_is(text_word(&line), "a"));
	assert_true(text_is(text_word(&line), "bc"));
	assert_int_equal(text_word(&line).size, 0);
	assert_int_equal(text_word(&none).size, 0);
	assert_true(text_is(text_trim(BYTES("  a b\t ")), "a b"));
	assert_int_equal(text_trim(BYTES(" \t")).size, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(splits_lines),
		cmocka_unit_test(splits_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
