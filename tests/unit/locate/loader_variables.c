/* SPDX-License-Identifier: GPL-2.0-or-later */
/* systemd-boot's variables in a made /sys. */
#include "../../../rescue/locate/local.h"

#include <setjmp.h>

#include <cmocka.h>

#include "tree.h"

#define EFIVARS "/firmware/efi/efivars/"
#define LOADER "-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"
#define PUT(t, name, text) tree_file(t, EFIVARS name LOADER, text, sizeof(text) - 1)

static void reads_them(void **state)
{
	struct loader_variables v = {0}, own = {0};
	struct tree t;

	(void)state;
	tree_make(&t, "d 0755 " EFIVARS "\n");
	PUT(&t, "LoaderEntryOneShot", "\7\0\0\0a\0.\0c\0\0\0");
	PUT(&t, "LoaderEntryDefault", "\7\0\0\0@\0s\0");
	PUT(&t, "LoaderEntryLastBooted", "\7\0\0\0\1\0"); /* no text */
	assert_int_equal(loader_variables_read(&v, &(struct target){t.fd}), 0);
	tree_remove(&t);
	assert_true(v.is_known);
	assert_int_equal(loader_variables_copy(&own, &v), 0);
	loader_variables_done(&v);
	assert_true(own.is_known);
	assert_string_equal(own.one_shot, "a.c");
	assert_string_equal(own.entry_default, "@s");
	assert_null(own.last_booted);
	loader_variables_done(&own);
}

static void nothing_mounted(void **state)
{
	struct loader_variables v = {.is_known = true};
	struct tree t;

	(void)state;
	tree_make(&t, "d 0755 " EFIVARS "\n");
	assert_int_equal(loader_variables_read(&v, &(struct target){t.fd}), 0);
	assert_false(v.is_known);
	tree_add(&t, "r /firmware\n"); /* not started by UEFI */
	assert_int_equal(loader_variables_read(&v, &(struct target){t.fd}), 0);
	tree_remove(&t);
	assert_false(v.is_known);
	assert_null(v.one_shot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_them),
		cmocka_unit_test(nothing_mounted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
