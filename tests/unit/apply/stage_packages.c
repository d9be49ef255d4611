// SPDX-License-Identifier: GPL-2.0-or-later
/* Plans with real RPMs: a module directory made anew, merged with a present one, refused.
 */
#include "patient.h"
#include "rpms.h"

#define PACKAGED_TIME 1700000000 /* of every file in the RPMs that make-rpms makes */

static void add_package(struct patient *p, const char *folder, const char *name)
{
	_cleanup_free_ char *path = rpms_find(folder, name);
	struct package_sets *sets = &p->sets;
	struct plan *plan = &p->plan;

	assert_int_equal(vector_grow(&sets->packages, &sets->capacity, sets->count,
				 sizeof(*sets->packages)),
		0);
	assert_int_equal(
		package_read(&sets->packages[sets->count], NULL, path, &p->fault), 0);
	plan->packages = realloc(
		plan->packages, (plan->package_count + 1) * sizeof(*plan->packages));
	plan->packages[plan->package_count++] = sets->count++;
}

static void add_el9(struct patient *p)
{
	add_package(p, "el9", "kernel-core");
	add_package(p, "el9", "kernel-modules-core");
	add_package(p, "el9", "kernel-modules-extra");
	plan_add(p, OP_MODULES, "/lib/modules/" V, 0755);
	plan_add(p, OP_INDEX, "/lib/modules/" V, 0644);
}

static void add_file(struct patient *p, const char *path, size_t package, mode_t mode)
{
	struct operation *op = plan_add(p, OP_FILE, path, mode);

	op->from = strdup(path);
	op->package = (int)package;
}

static void stat_of(struct patient *p, const char *path, struct stat *ret)
{
	if (target_lstat(&p->system.target, path, ret) < 0)
		fail_msg("%s is not there", path);
}

static void index_names(struct patient *p, const char *module)
{
	_cleanup_(buffer_done) struct buffer dep = {0};

	assert_int_equal(target_read(&p->system.target, MODULES "/modules.dep", 1 << 20,
				 &dep, NULL),
		0);
	if (!dep.data || !strstr(dep.data, module))
		fail_msg("modules.dep does not name %s", module);
}

/* What was unpacked while modules were indexed is what now lies there. */
static void tells_the_image(struct patient *p, const char *path)
{
	_cleanup_(buffer_done) struct buffer file = {0};
	char digest[DIGEST_HEX_SIZE];
	struct linux_image image;

	assert_int_equal(
		target_read(&p->system.target, path, LINUX_IMAGE_MAX_SIZE, &file, NULL), 0);
	assert_int_equal(linux_image_parse(&image, buffer_bytes(&file), NULL), 0);
	digest_of(DIGEST_SHA256, image.payload, digest);
	assert_string_equal(p->report.image.digest, digest);
}

static void makes_the_module_directory(void **state)
{
	_cleanup_free_ char *before = NULL, *after = NULL;
	struct patient p;
	struct stat st;

	(void)state;
	patient_make(&p, "r " MODULES "\n");
	before = patient_manifest(&p, MANIFEST_WHOLE);
	add_el9(&p);
	add_file(&p, "/etc/modprobe.d/sctp-blacklist.conf", 2, 0644);
	plan_add_copy(&p, "/boot/vmlinuz-" V, "/lib/modules/" V "/vmlinuz");
	patient_must_apply(&p);

	index_names(&p, "kernel/fs/ext4/ext4.ko.xz: kernel/fs/");
	index_names(&p, "kernel/net/sctp/sctp.ko.xz:");
	stat_of(&p, MODULES "/kernel/fs/ext4/ext4.ko.xz", &st);
	assert_int_equal(st.st_mode, S_IFREG | 0644);
	assert_int_equal(st.st_mtim.tv_sec, PACKAGED_TIME);
	stat_of(&p, MODULES "/kernel/fs/ext4", &st);
	assert_int_equal(st.st_mtim.tv_sec, PACKAGED_TIME);
	stat_of(&p, MODULES "/System.map", &st);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	stat_of(&p, MODULES "/modules.alias.bin", &st);
	assert_int_equal(st.st_mode, S_IFREG | 0644);
	stat_of(&p, "/boot/vmlinuz-" V, &st);
	assert_int_equal(st.st_size, 2736);
	tells_the_image(&p, "/boot/vmlinuz-" V);
	assert_int_equal(st.st_mtim.tv_sec, PACKAGED_TIME);
	stat_of(&p, "/etc/modprobe.d", &st);
	assert_int_equal(st.st_mode, S_IFDIR | 0755);
	stat_of(&p, "/etc/modprobe.d/sctp-blacklist.conf", &st);
	assert_false(target_exists(&p.system.target, "/boot/config-" V)); /* a ghost */

	patient_must_undo(&p);
	after = patient_manifest(&p, MANIFEST_WHOLE);
	manifests_equal(before, after);
	patient_done(&p);
}

/* A damaged module gives way; what no package brings stays, the very same inode. */
static void merges_with_the_present_directory(void **state)
{
	_cleanup_free_ char *before = NULL, *after = NULL;
	struct stat kept_before, st;
	struct patient p;

	(void)state;
	patient_make(&p, "f 0644 " MODULES "/kernel/fs/ext4/ext4.ko.xz =damaged\n"
			 "f 0644 " MODULES "/kernel/fs/mine/mine.dat =mine\n"
			 "l " MODULES "/weak-updates/x.ko /lib/modules/gone/extra/x.ko\n"
			 "d 0700 " MODULES "/updates\n"
			 "t " MODULES "/kernel/fs/mine 77\n");
	before = patient_manifest(&p, MANIFEST_WHOLE);
	stat_of(&p, MODULES "/extra/third/party.dat", &kept_before);
	add_el9(&p);
	patient_must_apply(&p);

	index_names(&p, "kernel/fs/ext4/ext4.ko.xz: kernel/fs/");
	stat_of(&p, MODULES "/kernel/fs/ext4/ext4.ko.xz", &st);
	assert_int_not_equal(st.st_size, strlen("damaged\n"));
	stat_of(&p, MODULES "/extra/third/party.dat", &st);
	assert_int_equal(st.st_ino, kept_before.st_ino);
	stat_of(&p, MODULES "/extra/third", &st);
	assert_int_equal(st.st_mtim.tv_sec, 1000000004);
	stat_of(&p, MODULES "/kernel/fs/mine", &st);
	assert_int_equal(st.st_mtim.tv_sec, 77);
	stat_of(&p, MODULES "/updates", &st);
	assert_int_equal(st.st_mode, S_IFDIR | 0700);
	stat_of(&p, MODULES "/weak-updates/x.ko", &st);
	assert_true(S_ISLNK(st.st_mode));
	stat_of(&p, MODULES "/build", &st);
	assert_true(S_ISLNK(st.st_mode));

	patient_must_undo(&p);
	after = patient_manifest(&p, MANIFEST_WHOLE);
	manifests_equal(before, after);
	patient_done(&p);
}

static void digest_of_target(struct patient *p, const char *path, char ret[DIGEST_HEX_SIZE])
{
	int fd = target_open(&p->system.target, path, O_RDONLY, NULL);

	assert_true(fd >= 0);
	assert_int_equal(digest_of_file(DIGEST_SHA256, fd, ret), 0);
	close(fd);
}

static void builds_an_initramfs_from_the_staged_directory(void **state)
{
	char digest[DIGEST_HEX_SIZE];
	struct patient p;
	struct stat st;

	(void)state;
	patient_make(&p, "r " MODULES "\n");
	add_el9(&p);
	plan_add(&p, OP_INITRAMFS, "/boot/initramfs-" V ".img", 0600);
	patient_must_apply(&p);
	stat_of(&p, "/boot/initramfs-" V ".img", &st);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	assert_true(st.st_size > 512);
	/* It was read back: by the digest of what lies there now. */
	digest_of_target(&p, "/boot/initramfs-" V ".img", digest);
	assert_string_equal(p.report.initramfs.digest, digest);
	assert_true(p.report.initramfs.listed);
	assert_int_equal(p.report.initramfs.state, PART_OK);
	assert_true(strings_has(&p.report.initramfs.modules, "ext4"));
	patient_done(&p);
}

static void initramfs_wants_the_root_driver(void **state)
{
	_cleanup_free_ char *before = NULL, *after = NULL;
	struct patient p;

	(void)state;
	patient_make(&p, "r " MODULES "\n");
	p.system.root.fstype = (char *)"reiserfs";
	before = patient_manifest(&p, MANIFEST_WHOLE);
	add_el9(&p);
	plan_add(&p, OP_INITRAMFS, "/boot/initramfs-" V ".img", 0600);
	assert_true(patient_apply(&p) < 0);
	assert_int_equal(p.fault.error, ENOENT);
	assert_int_equal(p.fault.state, STATE_UNCHANGED);
	after = patient_manifest(&p, MANIFEST_WHOLE);
	manifests_equal(before, after);
	patient_done(&p);
}

static void hard_links_all_get_their_data(void **state)
{
	static const char *const names[] = {"linked-a", "linked-b", "linked-c"};
	struct patient p;
	struct stat st;

	(void)state;
	patient_make(&p, "r " MODULES "\n");
	add_package(&p, "hardlinks", "kernel-core");
	plan_add(&p, OP_MODULES, "/lib/modules/" V, 0755);
	patient_must_apply(&p);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_cleanup_free_ char *path = text_printf(MODULES "/%s", names[i]);
		_cleanup_(buffer_done) struct buffer a = {0}, b = {0};

		stat_of(&p, path, &st);
		assert_int_equal(st.st_size, 10000);
		assert_int_equal(st.st_mtim.tv_sec, PACKAGED_TIME);
		target_read(&p.system.target, path, 1 << 20, &a, NULL);
		target_read(&p.system.target, MODULES "/linked-a", 1 << 20, &b, NULL);
		assert_memory_equal(a.data, b.data, 10000);
	}
	stat_of(&p, MODULES "/empty", &st);
	assert_int_equal(st.st_size, 0);
	patient_done(&p);
}

static void a_changed_payload_changes_nothing(void **state)
{
	_cleanup_(strings_done) struct strings paths = {0};
	_cleanup_free_ char *before = NULL, *after = NULL;
	struct patient p;

	(void)state;
	rpms_list(&paths, "payload-bit");
	assert_true(paths.count > 0);
	patient_make(&p, NULL);
	before = patient_manifest(&p, MANIFEST_WHOLE);
	p.sets.packages = calloc(1, sizeof(*p.sets.packages));
	assert_int_equal(
		package_read(&p.sets.packages[0], NULL, paths.items[0], &p.fault), 0);
	p.sets.count = p.sets.capacity = 1;
	p.plan.packages = calloc(1, sizeof(*p.plan.packages));
	p.plan.package_count = 1;
	plan_add(&p, OP_MODULES, "/lib/modules/" V, 0755);
	assert_true(patient_apply(&p) < 0);
	assert_int_equal(p.fault.code, FAULT_BAD_DIGEST);
	assert_int_equal(p.fault.state, STATE_UNCHANGED);
	assert_false(target_exists(&p.system.target, "/.rescue"));
	after = patient_manifest(&p, MANIFEST_WHOLE);
	manifests_equal(before, after);
	patient_done(&p);
}

static void a_file_that_no_package_holds_is_a_fault(void **state)
{
	struct patient p;

	(void)state;
	patient_make(&p, "r " MODULES "\n");
	add_el9(&p);
	add_file(&p, "/etc/nowhere.conf", 1, 0644);
	assert_true(patient_apply(&p) < 0);
	assert_int_equal(p.fault.state, STATE_UNCHANGED);
	assert_string_equal(p.fault.path, "/etc/nowhere.conf");
	patient_done(&p);
}

static void without_module_operation_the_directory_stays(void **state)
{
	struct stat before, after;
	struct patient p;

	(void)state;
	patient_make(&p, NULL);
	stat_of(&p, MODULES, &before);
	add_package(&p, "el9", "kernel-modules-extra");
	add_file(&p, "/etc/modprobe.d/sctp-blacklist.conf", 0, 0644);
	patient_must_apply(&p);
	stat_of(&p, MODULES, &after);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_string_equal(p.report.image.digest, ""); /* it brings none */
	assert_false(target_exists(&p.system.target, MODULES "/kernel/net"));
	patient_done(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_the_module_directory),
		cmocka_unit_test(merges_with_the_present_directory),
		cmocka_unit_test(builds_an_initramfs_from_the_staged_directory),
		cmocka_unit_test(initramfs_wants_the_root_driver),
		cmocka_unit_test(hard_links_all_get_their_data),
		cmocka_unit_test(a_changed_payload_changes_nothing),
		cmocka_unit_test(a_file_that_no_package_holds_is_a_fault),
		cmocka_unit_test(without_module_operation_the_directory_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
