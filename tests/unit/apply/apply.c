/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plans applied as a whole: every operation that needs no package, faults, and undo. */
#include "patient.h"

/* Every kind of change: new file, replaced file, link, new directories, replaced tree. */
static void add_everything(struct patient *p)
{
	plan_add(p, OP_INDEX, "/lib/modules/" V, 0644);
	plan_add_copy(p, "/boot/vmlinuz-" V, "/lib/modules/" V "/vmlinuz");
	plan_add_text(p, OP_LINK, "/boot/symvers-" V ".gz", 0777,
		"/lib/modules/" V "/symvers.gz");
	plan_add_text(
		p, OP_ENTRY, "/boot/new/loader/entries/b-1.conf", 0600, "title new\n");
	plan_add_text(
		p, OP_ENTRY, "/boot/loader/entries/a-1.conf", 0600, "title better\n");
	plan_add_text(p, OP_DEFAULT, "/boot/grub2/grubenv", 0644, "new environment\n");
}

static void applies_every_operation(void **state)
{
	struct patient p;
	struct stat st;

	(void)state;
	patient_make(&p, NULL);
	add_everything(&p);
	patient_must_apply(&p);

	file_holds(&p, "/boot/vmlinuz-" V, "an image\n");
	assert_int_equal(target_lstat(&p.system.target, "/boot/vmlinuz-" V, &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0755);
	file_holds(&p, "/boot/new/loader/entries/b-1.conf", "title new\n");
	assert_int_equal(
		target_lstat(&p.system.target, "/boot/new/loader/entries", &st), 0);
	assert_int_equal(st.st_mode, S_IFDIR | 0700);
	file_holds(&p, "/boot/loader/entries/a-1.conf", "title better\n");
	file_holds(&p, "/boot/grub2/grubenv", "new environment\n");
	file_holds(&p, MODULES "/extra/third/party.dat", "kept\n");
	file_holds(&p, MODULES "/modules.dep", "");
	assert_true(target_exists(&p.system.target, MODULES "/modules.dep.bin"));

	assert_non_null(p.report.transaction.id);
	assert_int_equal(p.report.transaction.operations, 6);
	assert_string_equal(transaction_state_name(&p.report.transaction), "committed");
	patient_done(&p);
}

static void undo_gives_back_every_byte(void **state)
{
	_cleanup_free_ char *before = NULL, *after = NULL;
	struct patient p;

	(void)state;
	patient_make(&p, NULL);
	before = patient_manifest(&p, MANIFEST_WHOLE);
	add_everything(&p);
	patient_must_apply(&p);
	patient_must_undo(&p);
	after = patient_manifest(&p, MANIFEST_WHOLE);
	manifests_equal(before, after);
	patient_done(&p);
}

static void undo_restores_access_times_of_directories(void **state)
{
	static const char *const paths[] = {
		"/", "/boot", "/boot/grub2", "/usr/lib/modules", "/boot/loader/entries"};
	struct stat before[ARRAY_SIZE(paths)], after;
	struct patient p;

	(void)state;
	patient_make(&p, NULL);
	add_everything(&p);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		assert_int_equal(target_stat(&p.system.target, paths[i], &before[i]), 0);
	patient_must_apply(&p);
	patient_must_undo(&p);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		assert_int_equal(target_stat(&p.system.target, paths[i], &after), 0);
		assert_int_equal(after.st_atim.tv_sec, before[i].st_atim.tv_sec);
		assert_int_equal(after.st_atim.tv_nsec, before[i].st_atim.tv_nsec);
	}
	patient_done(&p);
}

/* Kept files are the same inodes; what depmod writes must not reach the old ones. */
static void present_files_are_not_written_through(void **state)
{
	struct stat old_kept, new_kept, old_index, new_index;
	struct patient p;

	(void)state;
	patient_make(&p, NULL);
	plan_add(&p, OP_INDEX, "/lib/modules/" V, 0644);
	target_lstat(&p.system.target, MODULES "/extra/third/party.dat", &old_kept);
	target_lstat(&p.system.target, MODULES "/modules.dep", &old_index);
	patient_must_apply(&p);
	target_lstat(&p.system.target, MODULES "/extra/third/party.dat", &new_kept);
	target_lstat(&p.system.target, MODULES "/modules.dep", &new_index);
	assert_int_equal(old_kept.st_ino, new_kept.st_ino);
	assert_int_not_equal(old_index.st_ino, new_index.st_ino);
	patient_must_undo(&p);
	file_holds(&p, MODULES "/modules.dep", "stale\n");
	target_lstat(&p.system.target, MODULES "/modules.dep", &new_index);
	assert_int_equal(old_index.st_ino, new_index.st_ino);
	patient_done(&p);
}

static void works_without_renameat2(void **state)
{
	_cleanup_free_ char *before = NULL, *after = NULL;
	struct patient p;

	(void)state;
	patient_make(&p, NULL);
	before = patient_manifest(&p, MANIFEST_WHOLE);
	add_everything(&p);
	setenv("RESCUE_LACKS", "renameat2", 1);
	patient_must_apply(&p);
	file_holds(&p, MODULES "/modules.dep", "");
	patient_must_undo(&p);
	unsetenv("RESCUE_LACKS");
	after = patient_manifest(&p, MANIFEST_WHOLE);
	manifests_equal(before, after);
	patient_done(&p);
}

static void makes_lib_modules(void **state)
{
	_cleanup_free_ char *before = NULL, *after = NULL;
	struct patient p;

	(void)state;
	patient_make(&p, "r /usr/lib/modules\nt /usr/lib 5\n");
	before = patient_manifest(&p, MANIFEST_WHOLE);
	plan_add_text(&p, OP_LINK, "/lib/modules/x/y/link", 0777, "z");
	patient_must_apply(&p);
	assert_true(target_exists(&p.system.target, "/usr/lib/modules/x/y"));
	patient_must_undo(&p);
	after = patient_manifest(&p, MANIFEST_WHOLE);
	manifests_equal(before, after);
	patient_done(&p);
}

/* ---- SELinux ---- */

#define POLICY                                                                           \
	"f 0644 /etc/selinux/config <<END\n"                                             \
	"SELINUX=enforcing\n"                                                            \
	"SELINUXTYPE=targeted\n"                                                         \
	"END\n"                                                                          \
	"f 0644 /etc/selinux/targeted/contexts/files/file_contexts <<END\n"              \
	"/.*\tsystem_u:object_r:default_t:s0\n"                                          \
	"/boot(/.*)?\tsystem_u:object_r:boot_t:s0\n"                                     \
	"/usr/lib/modules(/.*)?\tsystem_u:object_r:modules_object_t:s0\n"                \
	"END\n"

static bool can_label(const struct patient *p)
{
	static const char label[] = "system_u:object_r:boot_t:s0";
	_cleanup_close_ int fd = target_open(&p->system.target, "/boot", O_RDONLY, NULL);

	if (fsetxattr(fd, "security.selinux", label, sizeof(label), 0) < 0)
		return false;
	fremovexattr(fd, "security.selinux");
	return true;
}

static void label_is(struct patient *p, const char *path, const char *label)
{
	_cleanup_free_ char *host = text_printf("%s%s", p->tree.path, path);
	char value[256] = "";

	assert_return_code(
		lgetxattr(host, "security.selinux", value, sizeof(value)), errno);
	assert_string_equal(value, label);
}

static void labels_what_it_makes(void **state)
{
	struct patient p;

	(void)state;
	patient_make(&p, POLICY);
	p.inv.selinux = true;
	if (!can_label(&p)) {
		patient_done(&p);
		skip();
	}
	add_everything(&p);
	patient_must_apply(&p);
	assert_int_equal(p.report.unlabeled, 0);
	label_is(&p, "/boot/vmlinuz-" V, "system_u:object_r:boot_t:s0");
	label_is(&p, "/boot/symvers-" V ".gz", "system_u:object_r:boot_t:s0");
	label_is(&p, "/boot/new/loader", "system_u:object_r:boot_t:s0");
	label_is(&p, MODULES "/modules.dep", "system_u:object_r:modules_object_t:s0");
	assert_false(target_exists(&p.system.target, "/.autorelabel"));
	patient_done(&p);
}

/* A policy is there, its file contexts are not: the system shall label itself. */
static void asks_for_labels_that_nobody_knows(void **state)
{
	_cleanup_free_ char *before = NULL, *after = NULL;
	struct patient p;

	(void)state;
	patient_make(&p, NULL);
	p.inv.selinux = true;
	before = patient_manifest(&p, MANIFEST_WHOLE);
	add_everything(&p);
	patient_must_apply(&p);
	assert_true(target_exists(&p.system.target, "/.autorelabel"));
	patient_must_undo(&p);
	after = patient_manifest(&p, MANIFEST_WHOLE);
	manifests_equal(before, after);
	patient_done(&p);
}

/* ---- before anything changes ---- */

static void refused(struct patient *p, enum fault_code code, const char *before)
{
	_cleanup_free_ char *after = NULL;

	assert_true(patient_apply(p) < 0);
	assert_int_equal(p->fault.code, code);
	assert_int_equal(p->fault.state, STATE_UNCHANGED);
	assert_false(target_exists(&p->system.target, "/.rescue"));
	after = patient_manifest(p, MANIFEST_WHOLE);
	manifests_equal(before, after);
}

static void refuses_a_stale_plan(void **state)
{
	_cleanup_free_ char *before = NULL;
	struct patient p;

	(void)state;
	patient_make(&p, NULL);
	add_everything(&p);
	tree_add(&p.tree, "f 0644 /boot/grub2/grubenv =somebody wrote\n");
	before = patient_manifest(&p, MANIFEST_WHOLE);
	refused(&p, FAULT_STALE, before);
	assert_string_equal(p.fault.path, "/boot/grub2/grubenv");
	patient_done(&p);
}

static void refuses_a_name_that_appeared(void **state)
{
	_cleanup_free_ char *before = NULL;
	struct patient p;

	(void)state;
	patient_make(&p, NULL);
	add_everything(&p);
	tree_add(&p.tree, "f 0644 /boot/vmlinuz-" V " =another\n");
	before = patient_manifest(&p, MANIFEST_WHOLE);
	refused(&p, FAULT_STALE, before);
	patient_done(&p);
}

static void refuses_without_room(void **state)
{
	_cleanup_free_ char *before = NULL;
	struct patient p;

	(void)state;
	patient_make(&p, NULL);
	add_everything(&p);
	p.plan.needs = calloc(1, sizeof(*p.plan.needs));
	p.plan.needs[0] = (struct need){strdup("/boot"), UINT64_C(1) << 60, 1, 0, 0};
	p.plan.need_count = 1;
	before = patient_manifest(&p, MANIFEST_WHOLE);
	refused(&p, FAULT_NO_SPACE, before);
	assert_non_null(strstr(p.fault.reason, "/boot needs 11529215"));
	patient_done(&p);
}

/* Staging fails: the copy's source is not there. Nothing may stay. */
static void failure_while_staging_changes_nothing(void **state)
{
	_cleanup_free_ char *before = NULL;
	struct patient p;

	(void)state;
	patient_make(&p, NULL);
	add_everything(&p);
	plan_add_copy(&p, "/boot/config-" V, "/lib/modules/nowhere/config");
	before = patient_manifest(&p, MANIFEST_WHOLE);
	refused(&p, FAULT_ERRNO, before);
	assert_int_equal(p.fault.error, ENOENT);
	patient_done(&p);
}

static void refuses_to_replace_a_directory_by_a_file(void **state)
{
	_cleanup_free_ char *before = NULL;
	struct patient p;

	(void)state;
	patient_make(&p, "d 0755 /boot/vmlinuz-" V "\n");
	add_everything(&p);
	before = patient_manifest(&p, MANIFEST_WHOLE);
	refused(&p, FAULT_ERRNO, before);
	assert_int_equal(p.fault.error, EISDIR);
	patient_done(&p);
}

static void refuses_a_path_through_a_dangling_link(void **state)
{
	_cleanup_free_ char *before = NULL;
	struct patient p;

	(void)state;
	patient_make(&p, "l /boot/gone nowhere\n");
	plan_add_text(&p, OP_ENTRY, "/boot/gone/x.conf", 0600, "x");
	before = patient_manifest(&p, MANIFEST_WHOLE);
	refused(&p, FAULT_ERRNO, before);
	patient_done(&p);
}

static void a_second_run_makes_the_next_transaction(void **state)
{
	_cleanup_(transactions_done) struct transactions list = {0};
	struct patient p;

	(void)state;
	patient_make(&p, NULL);
	plan_add_text(&p, OP_DEFAULT, "/boot/grub2/grubenv", 0644, "one\n");
	patient_must_apply(&p);
	patient_clear_plan(&p);
	plan_add_text(&p, OP_DEFAULT, "/boot/grub2/grubenv", 0644, "two\n");
	patient_must_apply(&p);
	assert_int_equal(transactions_read(&list, &p.system.target, NULL), 0);
	assert_int_equal(list.count, 2);
	assert_true(text_starts(list.items[0].id, "0001-"));
	assert_true(text_starts(list.items[1].id, "0002-"));
	assert_string_equal(list.items[1].release, V);
	patient_done(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(applies_every_operation),
		cmocka_unit_test(undo_gives_back_every_byte),
		cmocka_unit_test(undo_restores_access_times_of_directories),
		cmocka_unit_test(present_files_are_not_written_through),
		cmocka_unit_test(works_without_renameat2),
		cmocka_unit_test(makes_lib_modules),
		cmocka_unit_test(labels_what_it_makes),
		cmocka_unit_test(asks_for_labels_that_nobody_knows),
		cmocka_unit_test(refuses_a_stale_plan),
		cmocka_unit_test(refuses_a_name_that_appeared),
		cmocka_unit_test(refuses_without_room),
		cmocka_unit_test(failure_while_staging_changes_nothing),
		cmocka_unit_test(refuses_to_replace_a_directory_by_a_file),
		cmocka_unit_test(refuses_a_path_through_a_dangling_link),
		cmocka_unit_test(a_second_run_makes_the_next_transaction),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
