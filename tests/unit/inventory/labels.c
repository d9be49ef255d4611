/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The labels of the system's own policy, put together from its files. */
#include "patient.h"

#include <sys/stat.h>

#define FILES "/etc/selinux/targeted/contexts/files/file_contexts"

static void reads_all_files(void **state)
{
	struct patient *p = patient_new(
		"f 0644 /etc/selinux/config <<END\n"
		"# comment\n"
		"SELINUX=permissive\n"
		"SELINUXTYPE=targeted\n"
		"END\n"
		"f 0644 " FILES " <<END\n"
		"/.*	system_u:object_r:default_t:s0\n"
		"/usr/lib/modules(/.*)?	system_u:object_r:modules_object_t:s0\n"
		"/home/[^/]+	-d	system_u:object_r:user_home_dir_t:s0\n"
		"END\n"
		"f 0644 " FILES ".homedirs =/home/ann	system_u:object_r:ann_t:s0\n"
		"f 0644 " FILES ".local =/home/ann	system_u:object_r:local_t:s0\n"
		"f 0644 " FILES ".subs_dist =/lib /usr/lib\n"
		"f 0644 " FILES ".subs =/old /lib\n");
	_cleanup_(file_contexts_free_p) struct file_contexts *c = NULL;

	(void)state;
	patient_read(p);
	assert_true(p->inv.selinux);
	assert_string_equal(p->inv.selinux_type, "targeted");
	assert_int_equal(labels_read(&c, &p->sys.target, NULL), 0);
	assert_non_null(c);
	assert_string_equal(file_contexts_find(c, "/lib/modules/1/a.ko", S_IFREG),
		"system_u:object_r:modules_object_t:s0");
	assert_string_equal(
		file_contexts_find(c, "/old/modules", S_IFDIR), /* both lists */
		"system_u:object_r:modules_object_t:s0");
	assert_string_equal(file_contexts_find(c, "/home/ann", S_IFDIR),
		"system_u:object_r:local_t:s0");
	assert_string_equal(file_contexts_find(c, "/home/bob", S_IFDIR),
		"system_u:object_r:user_home_dir_t:s0");
	patient_free(p);
}

static void check_none(const char *config, bool with_files)
{
	struct patient *p =
		patient_new(with_files ? "f 0644 " FILES " =/.* a:b:c\n" : NULL);
	struct file_contexts *c = (struct file_contexts *)p;

	if (config)
		add_text(p, "/etc/selinux/config", config);
	patient_read(p);
	assert_false(p->inv.selinux);
	assert_null(p->inv.selinux_type);
	assert_int_equal(labels_read(&c, &p->sys.target, NULL), 0);
	assert_null(c);
	patient_free(p);
}

static void knows_when_there_are_none(void **state)
{
	(void)state;
	check_none(NULL, true);
	check_none("SELINUX=disabled\nSELINUXTYPE=targeted\n", true);
	check_none("SELINUX=enforcing\nSELINUXTYPE=targeted\n", false);
	check_none("SELINUX=enforcing\nSELINUXTYPE=mls\n", true);
	check_none("SELINUX=enforcing\nSELINUXTYPE=../selinux/targeted\n", true);
}

static void tells_what_it_cannot_read(void **state)
{
	struct patient *p = patient_new("f 0644 /etc/selinux/config =SELINUX=enforcing\n"
					"f 0644 " FILES " =/.* a:b:c\n"
					"d 0755 " FILES ".local\n");
	_cleanup_free_ struct fault *f = calloc(1, sizeof(*f));
	struct file_contexts *c = NULL;

	(void)state;
	assert_true(labels_read(&c, &p->sys.target, f) < 0);
	assert_null(c);
	assert_non_null(strstr(f->path, "local"));
	patient_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_all_files),
		cmocka_unit_test(knows_when_there_are_none),
		cmocka_unit_test(tells_what_it_cannot_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
