/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Undo refuses what others have changed since, keeps the order, and says what it would
 * do. */
#include "patient.h"

static void apply_text(struct patient *p, const char *path, const char *text)
{
	patient_clear_plan(p);
	plan_add_text(p, OP_DEFAULT, path, 0644, text);
	patient_must_apply(p);
}

static void refused(
	struct patient *p, const char *id, enum fault_code code, const char *path)
{
	_cleanup_free_ char *before = patient_manifest(p, MANIFEST_WHOLE), *after = NULL;

	assert_true(patient_undo(p, id) < 0);
	assert_int_equal(p->fault.code, code);
	assert_int_equal(p->fault.state, STATE_UNCHANGED);
	if (path)
		assert_string_equal(p->fault.path, path);
	after = patient_manifest(p, MANIFEST_WHOLE);
	manifests_equal(before, after);
	assert_false(target_exists(&p->system.target, "/.rescue/journal"));
}

static void without_a_transaction(void **state)
{
	struct patient p;

	(void)state;
	patient_make(&p, NULL);
	refused(&p, NULL, FAULT_ERRNO, NULL);
	assert_int_equal(p.fault.error, ENOENT);
	refused(&p, "0001-0000", FAULT_ERRNO, NULL);
	assert_false(target_exists(&p.system.target, "/.rescue"));
	patient_done(&p);
}

static void a_changed_file(void **state)
{
	struct patient p;

	(void)state;
	patient_make(&p, NULL);
	apply_text(&p, "/boot/grub2/grubenv", "new\n");
	tree_add(&p.tree, "f 0644 /boot/grub2/grubenv =written by others\n");
	refused(&p, NULL, FAULT_STALE, "/boot/grub2/grubenv");
	patient_done(&p);
}

static void a_changed_mode(void **state)
{
	struct patient p;

	(void)state;
	patient_make(&p, NULL);
	apply_text(&p, "/boot/grub2/grubenv", "new\n");
	fchmodat(p.tree.fd, "boot/grub2/grubenv", 0600, 0);
	refused(&p, NULL, FAULT_STALE, "/boot/grub2/grubenv");
	patient_done(&p);
}

static void a_removed_file(void **state)
{
	struct patient p;

	(void)state;
	patient_make(&p, NULL);
	apply_text(&p, "/boot/new", "new\n");
	tree_add(&p.tree, "r /boot/new\n");
	refused(&p, NULL, FAULT_STALE, "/boot/new");
	patient_done(&p);
}

static void a_changed_module_directory(void **state)
{
	struct patient p;

	(void)state;
	patient_make(&p, NULL);
	plan_add(&p, OP_INDEX, "/lib/modules/" V, 0644);
	patient_must_apply(&p);
	/* Deep below: the top directory itself looks as before. */
	tree_add(&p.tree, "f 0644 " MODULES "/extra/third/new.ko =x\n");
	refused(&p, NULL, FAULT_STALE, MODULES);
	patient_done(&p);
}

static void a_foreign_file_in_a_directory_we_made(void **state)
{
	struct patient p;

	(void)state;
	patient_make(&p, NULL);
	apply_text(&p, "/boot/new/deep/file", "new\n");
	tree_add(&p.tree, "f 0644 /boot/new/deep/theirs =x\n");
	refused(&p, NULL, FAULT_STALE, "/boot/new/deep/theirs");
	patient_done(&p);
}

static void lost_undo_data(void **state)
{
	_cleanup_(strings_done) struct strings names = {0};
	struct patient p;

	(void)state;
	patient_make(&p, NULL);
	apply_text(&p, "/boot/grub2/grubenv", "new\n");
	assert_int_equal(target_list(&p.system.target, "/boot/grub2", &names, NULL), 0);
	for (size_t i = 0; i < names.count; i++)
		if (text_starts(names.items[i], ".rescue-")) {
			_cleanup_free_ char *path =
				text_printf("boot/grub2/%s", names.items[i]);

			assert_return_code(unlinkat(p.tree.fd, path, 0), errno);
		}
	refused(&p, NULL, FAULT_STALE, NULL);
	patient_done(&p);
}

static void only_the_newest(void **state)
{
	_cleanup_(transactions_done) struct transactions list = {0};
	_cleanup_free_ char *before = NULL, *after = NULL;
	struct patient p;

	(void)state;
	patient_make(&p, NULL);
	before = patient_manifest(&p, MANIFEST_WHOLE);
	apply_text(&p, "/boot/grub2/grubenv", "one\n");
	apply_text(&p, "/boot/grub2/grubenv", "two\n");
	apply_text(&p, "/boot/three", "three\n");
	assert_int_equal(transactions_read(&list, &p.system.target, NULL), 0);
	assert_int_equal(list.count, 3);
	refused(&p, list.items[0].id, FAULT_ERRNO, NULL);
	assert_int_equal(p.fault.error, EBUSY);
	assert_non_null(strstr(p.fault.hint, list.items[2].id));
	assert_non_null(strstr(p.fault.reason, list.items[1].id));

	assert_int_equal(patient_undo(&p, list.items[2].id), 0);
	refused(&p, list.items[2].id, FAULT_ERRNO, NULL);
	assert_int_equal(p.fault.error, EALREADY);
	patient_must_undo(&p);
	file_holds(&p, "/boot/grub2/grubenv", "one\n");
	assert_int_equal(patient_undo(&p, list.items[0].id), 0);
	after = patient_manifest(&p, MANIFEST_WHOLE);
	manifests_equal(before, after);
	refused(&p, NULL, FAULT_ERRNO, NULL);
	patient_done(&p);
}

/* Directories that others wrote into keep their own times; ours are put back. */
static void times_of_others_stay(void **state)
{
	struct stat before, st;
	struct patient p;

	(void)state;
	patient_make(&p, NULL);
	assert_int_equal(target_stat(&p.system.target, "/boot/grub2", &before), 0);
	plan_add_text(&p, OP_DEFAULT, "/boot/grub2/grubenv", 0644, "new\n");
	plan_add_text(&p, OP_ENTRY, "/boot/loader/entries/b.conf", 0644, "new\n");
	patient_must_apply(&p);
	tree_add(&p.tree, "f 0644 /boot/loader/entries/other.conf =x\n"
			  "t /boot/loader/entries 1234567\n");
	patient_must_undo(&p);
	assert_int_equal(target_stat(&p.system.target, "/boot/grub2", &st), 0);
	assert_int_equal(st.st_mtim.tv_sec, before.st_mtim.tv_sec);
	assert_int_equal(target_stat(&p.system.target, "/boot/loader/entries", &st), 0);
	assert_int_equal(st.st_mtim.tv_sec, 1234567);
	assert_true(target_exists(&p.system.target, "/boot/loader/entries/other.conf"));
	patient_done(&p);
}

static void says_what_it_would_do(void **state)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	_cleanup_(transaction_done) struct transaction t = {0};
	struct patient p;

	(void)state;
	patient_make(&p, NULL);
	plan_add(&p, OP_INDEX, "/lib/modules/" V, 0644);
	plan_add_text(&p, OP_ENTRY, "/boot/new/b.conf", 0644, "new\n");
	plan_add_text(&p, OP_DEFAULT, "/boot/grub2/grubenv", 0644, "new\n");
	patient_must_apply(&p);
	assert_int_equal(undo_find(&t, &p.system.target, NULL, NULL), 0);
	assert_string_equal(t.system, "rhel9-3f2a");
	assert_int_equal(undo_describe(&p.system.target, t.id, &text, NULL), 0);
	assert_string_equal(text.data, "put back /boot/grub2/grubenv\n"
				       "remove /boot/new/b.conf\n"
				       "remove /boot/new/\n"
				       "put back " MODULES "/\n");
	patient_done(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_transaction),
		cmocka_unit_test(a_changed_file),
		cmocka_unit_test(a_changed_mode),
		cmocka_unit_test(a_removed_file),
		cmocka_unit_test(a_changed_module_directory),
		cmocka_unit_test(a_foreign_file_in_a_directory_we_made),
		cmocka_unit_test(lost_undo_data),
		cmocka_unit_test(only_the_newest),
		cmocka_unit_test(times_of_others_stay),
		cmocka_unit_test(says_what_it_would_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
