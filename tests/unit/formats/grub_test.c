/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Conditions, derived from GRUB's commands/test.c. */
#include "../../../rescue/formats/grub_run.h"

#include <setjmp.h>

#include <cmocka.h>

static enum grub_answer exists(void *data, const char *path, char kind)
{
	(void)data;
	if (strcmp(path, "/unknown") == 0)
		return GRUB_UNKNOWN;
	return strcmp(path, kind == 'd' ? "/dir" : "/file") == 0 ? GRUB_YES : GRUB_NO;
}

static const struct grub_world world = {.exists = exists};

static const struct {
	const char *words; /* blanks part them, _ is an empty one */
	enum grub_answer answer;
} cases[] = {
	{"[ a ]", GRUB_YES},
	{"[ _ ]", GRUB_NO},
	{"[ ]", GRUB_YES}, /* nothing is tested */
	{"test a", GRUB_YES},
	{"[ a = a ]", GRUB_YES},
	{"[ a == b ]", GRUB_NO},
	{"[ a != b ]", GRUB_YES},
	{"[ a < b ]", GRUB_YES},
	{"[ b <= a ]", GRUB_NO},
	{"[ b > a ]", GRUB_YES},
	{"[ b >= b ]", GRUB_YES},
	{"[ 10 -gt 9 ]", GRUB_YES},
	{"[ -2 -lt 0x1 ]", GRUB_YES},
	{"[ x -eq 0 ]", GRUB_YES},
	{"[ 1 -ne 1 ]", GRUB_NO},
	{"[ 1 -le 1 ]", GRUB_YES},
	{"[ 1 -ge 2 ]", GRUB_NO},
	{"[ -n a ]", GRUB_YES},
	{"[ -z a ]", GRUB_NO},
	{"[ -z _ ]", GRUB_YES},
	{"[ -f /file ]", GRUB_YES},
	{"[ -d /dir ]", GRUB_YES},
	{"[ -s /gone ]", GRUB_NO},
	{"[ ! -e /gone ]", GRUB_YES},
	{"[ -e /unknown ]", GRUB_UNKNOWN},
	{"[ ! -e /unknown ]", GRUB_UNKNOWN},
	{"[ -e /unknown -a _ ]", GRUB_NO},
	{"[ -e /unknown -o a ]", GRUB_YES},
	{"[ a -a _ -o b ]", GRUB_YES},
	{"[ a -a ! b ]", GRUB_NO},
	{"[ ! ( a = b -o _ ) ]", GRUB_YES},
	{"[ ( a ) -a ( _ ) ]", GRUB_NO},
	{"[ a -nt b ]", GRUB_UNKNOWN},
	{"[ ! = ! ]", GRUB_YES},
};

static void judges(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(strings_done) struct strings words = {0};
		_cleanup_free_ char *copy = strdup(cases[i].words);
		char *rest = copy, *word;

		while ((word = strsep(&rest, " ")))
			assert_return_code(
				strings_add(&words, strcmp(word, "_") == 0 ? "" : word), 0);
		if (grub_test(&words, &world) != cases[i].answer)
			fail_msg("%s", cases[i].words);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(judges)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
