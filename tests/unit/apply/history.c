/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What /.rescue remembers, and that forgetting leaves no trace. */
#include "patient.h"

#include "../../../rescue/apply/room.h"

static void apply_text(struct patient *p, const char *path, const char *text)
{
	patient_clear_plan(p);
	plan_add_text(p, OP_DEFAULT, path, 0644, text);
	patient_must_apply(p);
}

static void a_system_without_history(void **state)
{
	_cleanup_(transactions_done) struct transactions list = {0};
	struct patient p;

	(void)state;
	patient_make(&p, NULL);
	assert_int_equal(transactions_read(&list, &p.system.target, NULL), 0);
	assert_int_equal(list.count, 0);
	assert_int_equal(
		history_forget(&p.system.target, "0001-abcd", &p.fault), -ENOENT);
	assert_int_equal(history_forget(&p.system.target, "../etc", &p.fault), -ENOENT);
	patient_done(&p);
}

static void what_a_transaction_keeps(void **state)
{
	_cleanup_(transactions_done) struct transactions list = {0};
	_cleanup_(buffer_done) struct buffer text = {0};
	_cleanup_free_ char *plan = NULL;
	struct patient p;
	struct stat st;

	(void)state;
	patient_make(&p, NULL);
	apply_text(&p, "/boot/grub2/grubenv", "one\n");
	assert_int_equal(transactions_read(&list, &p.system.target, NULL), 0);
	assert_int_equal(list.count, 1);
	assert_string_equal(list.items[0].id, p.report.transaction.id);
	assert_int_equal(list.items[0].state, TRANSACTION_COMMITTED);
	assert_int_equal(list.items[0].operations, 1);
	assert_true(list.items[0].time > 1700000000);
	plan = text_printf("/.rescue/%s/plan", list.items[0].id);
	assert_int_equal(target_read(&p.system.target, plan, 1 << 16, &text, NULL), 0);
	assert_non_null(strstr(text.data, "/boot/grub2/grubenv"));
	assert_int_equal(target_lstat(&p.system.target, "/.rescue", &st), 0);
	assert_int_equal(st.st_mode, S_IFDIR | 0700);
	patient_done(&p);
}

/* Root directory and parents keep their times throughout. */
static void the_last_one_takes_the_room_along(void **state)
{
	_cleanup_free_ char *before = NULL, *between = NULL, *after = NULL;
	struct stat root, boot, st;
	struct patient p;

	(void)state;
	patient_make(&p, NULL);
	before = patient_manifest(&p, MANIFEST_CONTENT);
	fstat(p.tree.fd, &root);
	apply_text(&p, "/boot/grub2/grubenv", "one\n");
	assert_int_equal(target_stat(&p.system.target, "/boot/grub2", &boot), 0);
	assert_int_equal(
		history_forget(&p.system.target, p.report.transaction.id, NULL), 0);
	assert_false(target_exists(&p.system.target, "/.rescue"));
	file_holds(&p, "/boot/grub2/grubenv", "one\n");
	assert_int_equal(target_stat(&p.system.target, "/boot/grub2", &st), 0);
	assert_memory_equal(&st.st_mtim, &boot.st_mtim, sizeof(st.st_mtim));
	fstat(p.tree.fd, &st);
	assert_memory_equal(&st.st_mtim, &root.st_mtim, sizeof(st.st_mtim));
	between = patient_manifest(&p, MANIFEST_WHOLE);
	assert_null(strstr(between, ".rescue"));
	after = patient_manifest(&p, MANIFEST_CONTENT);
	assert_string_not_equal(before, after);
	patient_done(&p);
}

static void forgets_one_of_several(void **state)
{
	_cleanup_(transactions_done) struct transactions list = {0}, left = {0};
	struct patient p;

	(void)state;
	patient_make(&p, NULL);
	apply_text(&p, "/boot/grub2/grubenv", "one\n");
	apply_text(&p, "/boot/grub2/grubenv", "two\n");
	assert_int_equal(transactions_read(&list, &p.system.target, NULL), 0);
	assert_int_equal(history_forget(&p.system.target, list.items[0].id, NULL), 0);
	assert_int_equal(transactions_read(&left, &p.system.target, NULL), 0);
	assert_int_equal(left.count, 1);
	patient_must_undo(&p);
	file_holds(&p, "/boot/grub2/grubenv", "one\n");
	patient_done(&p);
}

static void an_undone_one_stays_until_forgotten(void **state)
{
	_cleanup_(transactions_done) struct transactions list = {0};
	_cleanup_free_ char *before = NULL, *after = NULL;
	struct patient p;

	(void)state;
	patient_make(&p, NULL);
	before = patient_manifest(&p, MANIFEST_WHOLE);
	apply_text(&p, "/boot/grub2/grubenv", "one\n");
	patient_must_undo(&p);
	assert_int_equal(transactions_read(&list, &p.system.target, NULL), 0);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.items[0].state, TRANSACTION_UNDONE);
	assert_int_equal(history_forget(&p.system.target, list.items[0].id, NULL), 0);
	assert_false(target_exists(&p.system.target, "/.rescue"));
	after = patient_manifest(&p, MANIFEST_WHOLE);
	manifests_equal(before, after);
	patient_done(&p);
}

static void a_hot_one_is_not_forgotten(void **state)
{
	_cleanup_(transactions_done) struct transactions list = {0};
	_cleanup_free_ char *record = NULL, *host = NULL, *hot = NULL;
	struct patient p;

	(void)state;
	patient_make(&p, NULL);
	apply_text(&p, "/boot/grub2/grubenv", "one\n");
	record =
		text_printf("%s/.rescue/%s/record", p.tree.path, p.report.transaction.id);
	hot = text_printf("%s/.rescue/journal", p.tree.path);
	assert_return_code(rename(record, hot), errno);
	assert_int_equal(transactions_read(&list, &p.system.target, NULL), 0);
	assert_int_equal(list.items[0].state, TRANSACTION_INCOMPLETE);
	assert_int_equal(
		history_forget(&p.system.target, list.items[0].id, &p.fault), -EBUSY);
	assert_non_null(strstr(p.fault.hint, list.items[0].id));
	/* It says "committed": recovery keeps it, undo takes it back. */
	patient_must_undo(&p);
	file_holds(&p, "/boot/grub2/grubenv", "old environment\n");
	patient_done(&p);
}

static void a_damaged_record_is_a_fault(void **state)
{
	_cleanup_(transactions_done) struct transactions list = {0};
	_cleanup_free_ char *line = NULL;
	struct patient p;

	(void)state;
	patient_make(&p, NULL);
	apply_text(&p, "/boot/grub2/grubenv", "one\n");
	line = text_printf(
		"f 0600 /.rescue/%s/record =rescue-journal 1\n", p.report.transaction.id);
	tree_add(&p.tree, line);
	assert_int_equal(transactions_read(&list, &p.system.target, &p.fault), -EBADMSG);
	assert_true(patient_undo(&p, NULL) < 0);
	patient_done(&p);
}

static void a_newer_format_is_left_alone(void **state)
{
	struct patient p;

	(void)state;
	patient_make(&p, NULL);
	tree_add(&p.tree, "d 0700 /.rescue\nf 0600 /.rescue/journal =rescue-journal 7\n");
	plan_add_text(&p, OP_DEFAULT, "/boot/grub2/grubenv", 0644, "x");
	assert_int_equal(patient_apply(&p), -ENOTSUP);
	file_holds(&p, "/boot/grub2/grubenv", "old environment\n");
	assert_true(target_exists(&p.system.target, "/.rescue/journal"));
	patient_done(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_system_without_history),
		cmocka_unit_test(what_a_transaction_keeps),
		cmocka_unit_test(the_last_one_takes_the_room_along),
		cmocka_unit_test(forgets_one_of_several),
		cmocka_unit_test(an_undone_one_stays_until_forgotten),
		cmocka_unit_test(a_hot_one_is_not_forgotten),
		cmocka_unit_test(a_damaged_record_is_a_fault),
		cmocka_unit_test(a_newer_format_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
