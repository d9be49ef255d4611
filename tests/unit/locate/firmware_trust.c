/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whom a machine's firmware and shim believe, from variables in a made /sys. */
#include "../../../rescue/locate/local.h"

#include <setjmp.h>

#include <cmocka.h>

#include "tree.h"

#define EFIVARS "/sys/firmware/efi/efivars/"
#define MOKVARS "/sys/firmware/efi/mok-variables/"
#define SECURITY "-d719b2cb-3d3a-4596-a3bc-dad00e67656f"
#define SHIM "-605dab50-e046-4300-abb6-3dd810dd8b23"
#define PUT(t, path, text) tree_file(t, path, text, sizeof(text) - 1)

static void assert_text(const struct buffer *b, const char *text)
{
	assert_int_equal(b->size, strlen(text));
	assert_memory_equal(b->data, text, b->size);
}

static void variables(void **state)
{
	_cleanup_(firmware_trust_done) struct firmware_trust t = {0};
	struct tree tree;

	(void)state;
	tree_make(&tree, "d 0755 /sys\n");
	PUT(&tree, EFIVARS "db" SECURITY, "\7\0\0\0owners");
	PUT(&tree, EFIVARS "dbx" SECURITY, "\7\0\0\0others");
	PUT(&tree, EFIVARS "MokListRT" SHIM, "\6\0\0\0one");
	PUT(&tree, EFIVARS "MokListRT1" SHIM, "\6\0\0\0two");
	PUT(&tree, EFIVARS "MokListRT3" SHIM, "\6\0\0\0four");
	PUT(&tree, EFIVARS "MokListXRT" SHIM, "\6\0\0"); /* cut short */
	PUT(&tree, EFIVARS "MokSBStateRT" SHIM, "\6\0\0\0\1");
	PUT(&tree, EFIVARS "MokIgnoreDB" SHIM, "\6\0\0\0\0");
	assert_int_equal(firmware_trust_read(&t, &(struct target){tree.fd}), 0);
	tree_remove(&tree);
	assert_true(t.is_known);
	assert_text(&t.db, "owners");
	assert_text(&t.dbx, "others");
	assert_text(&t.mok, "onetwo");
	assert_int_equal(t.mokx.size, 0);
	assert_true(t.checks_nothing);
	assert_false(t.ignores_db);
	assert_false(t.trusts_mok);
}

/* What shim hands over whole counts before its variables, which may be cut. */
static void shims_own_table(void **state)
{
	_cleanup_(firmware_trust_done) struct firmware_trust t = {0};
	struct tree tree;

	(void)state;
	tree_make(&tree, "d 0755 /sys\n");
	PUT(&tree, EFIVARS "MokListRT" SHIM, "\6\0\0\0one");
	PUT(&tree, MOKVARS "MokListRT", "all of it");
	PUT(&tree, MOKVARS "MokListXRT", "none of it");
	PUT(&tree, MOKVARS "MokListTrustedRT", "\1");
	assert_int_equal(firmware_trust_read(&t, &(struct target){tree.fd}), 0);
	tree_remove(&tree);
	assert_false(t.is_known); /* no db */
	assert_text(&t.mok, "all of it");
	assert_text(&t.mokx, "none of it");
	assert_true(t.trusts_mok);
}

static void nothing_to_see(void **state)
{
	_cleanup_(firmware_trust_done) struct firmware_trust t = {0};
	struct tree tree;

	(void)state;
	tree_make(&tree, "d 0755 /sys/firmware/efi\n"
			 "d 0755 " EFIVARS "db" SECURITY "\n"
			 "z 0644 " EFIVARS "dbx" SECURITY " 16777216\n");
	assert_int_equal(firmware_trust_read(&t, &(struct target){tree.fd}), 0);
	tree_remove(&tree);
	assert_false(t.is_known);
	assert_int_equal(t.dbx.size, 0); /* longer than any firmware keeps */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(variables),
		cmocka_unit_test(shims_own_table),
		cmocka_unit_test(nothing_to_see),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
