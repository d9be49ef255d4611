/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Owners by the patient's own accounts, never the host's; labels by its own policy. */
#include "patient.h"

#include "../../../rescue/apply/work.h"

static void owners(void **state)
{
	static const struct {
		const char *owner, *group;
		uid_t uid;
		gid_t gid;
	} cases[] = {
		{"root", "root", 0, 0},
		{"kernel", "kernel", 4711, 4712},
		{"root", "kernel", 0, 4712},
		{"nobody", "nogroup", 0, 0}, /* the host has them, the patient does not */
		{"kern", "kernel:x", 0, 0},
		{"", "", 0, 0},
		{NULL, NULL, 0, 0},
		{"late", "root", 77, 0},
		{"bad", "root", 0, 0},
		{"huge", "root", 0, 0},
	};
	struct patient p;

	(void)state;
	patient_make(&p, "f 0644 /etc/passwd <<END\n"
			 "root:x:5:5:a patient that renumbers root:/root:/bin/sh\n"
			 "kernel:x:4711:4712::/:/bin/false\n"
			 "bad\n"
			 "bad:x\n"
			 "huge:x:99999999999999999999:1::/:\n"
			 "late:x:77:77::/:/bin/false\n"
			 "END\n");

	struct work w = {.target = &p.system.target, .inv = &p.inv};

	assert_int_equal(attributes_init(&w, NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct package_file file = {.mode = S_IFREG | 04755,
			.mtime = 1234,
			.owner = (char *)cases[i].owner,
			.group = (char *)cases[i].group};
		struct stage_attributes a;

		attributes_of_package(&w, &file, "/boot/x", &a);
		assert_int_equal(a.uid, cases[i].uid);
		assert_int_equal(a.gid, cases[i].gid);
		assert_int_equal(a.mode, 04755);
		assert_int_equal(a.mtime.tv_sec, 1234);
		assert_int_equal(a.atime.tv_nsec, UTIME_OMIT);
		assert_null(a.label);
	}
	buffer_done(&w.passwd);
	buffer_done(&w.group);
	patient_done(&p);
}

static void without_accounts_all_is_roots(void **state)
{
	const struct package_file file = {
		.mode = S_IFREG | 0644, .owner = (char *)"kernel"};
	struct stage_attributes a;
	struct patient p;

	(void)state;
	patient_make(&p, "r /etc/passwd\nr /etc/group\n");

	struct work w = {.target = &p.system.target, .inv = &p.inv};

	assert_int_equal(attributes_init(&w, NULL), 0);
	attributes_of_package(&w, &file, "/boot/x", &a);
	assert_int_equal(a.uid, 0);
	patient_done(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(owners),
		cmocka_unit_test(without_accounts_all_is_roots),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
