/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Merged /usr, a repair that was cut short. */
#include "patient.h"

static bool is_merged(const char *manifest)
{
	struct patient *p = patient_new(manifest);
	bool merged;

	patient_read(p);
	merged = p->inv.merged_usr;
	patient_free(p);
	return merged;
}

static void knows_merged_usr(void **state)
{
	(void)state;
	assert_true(is_merged(NULL));
	assert_true(is_merged("r /lib\nl /lib /usr/lib\n"));
	assert_true(is_merged("r /lib\nl /lib /usr/lib/\n"));
	assert_false(is_merged("r /lib\nd 0755 /lib\n"));
	assert_false(is_merged("r /lib\nl /lib lib64\n"));
	assert_false(is_merged("r /lib\n"));
}

static void tells_a_hot_journal(void **state)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	struct patient *p = patient_new(NULL);
	struct journal j = {.version = JOURNAL_VERSION,
		.transaction = (char *)"0001-ab12",
		.system = (char *)"rhel9-3f2a"};

	(void)state;
	patient_read(p);
	assert_false(p->inv.has_hot_journal);
	assert_int_equal(journal_write(&text, &j), 0);
	tree_file(&p->tree, "/.rescue/journal", text.data, text.size);
	patient_read(p);
	assert_true(p->inv.has_hot_journal);
	assert_string_equal(p->inv.hot_transaction, "0001-ab12");
	add_text(p, "/.rescue/journal", "");
	patient_read(p);
	assert_true(p->inv.has_hot_journal);
	assert_null(p->inv.hot_transaction);
	tree_add(&p->tree, "r /.rescue/journal\nd 0755 /.rescue/journal\n");
	patient_read(p);
	assert_true(p->inv.has_hot_journal);
	assert_true(has_finding(p, "/.rescue/journal"));
	patient_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_merged_usr),
		cmocka_unit_test(tells_a_hot_journal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
