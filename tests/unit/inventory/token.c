/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The token of new entries: file, machine-id, surviving entries, and the last resort. */
#include "patient.h"

#define NONE "ffffffffffffffffffffffffffffffff"

static void check(struct patient *p, const char *manifest, const char *expected)
{
	tree_add(&p->tree, manifest);
	patient_read(p);
	assert_string_equal(p->inv.entry_token, expected);
}

static void follows_the_order(void **state)
{
	struct patient *p = patient_new("f 0644 /etc/kernel/entry-token =my-token\n");

	(void)state;
	check(p, "", "my-token");
	check(p, "f 0644 /etc/kernel/entry-token =   \n", MID);
	check(p, "f 0644 /etc/kernel/entry-token =../../etc/x\n", MID);
	check(p,
		"f 0644 /etc/kernel/entry-token =a\x01"
		"b\n",
		MID);
	check(p, "r /etc/kernel/entry-token\n", MID);
	check(p, "f 0644 /etc/machine-id =uninitialized\n", NONE);
	check(p, "f 0644 /etc/machine-id\n", NONE);
	check(p, "r /etc/machine-id\n", NONE);
	patient_free(p);
}

static void takes_it_from_entries_of_this_root(void **state)
{
	struct patient *p =
		patient_new("f 0644 /etc/machine-id\n"
			    "f 0644 /boot/loader/entries/other-" V ".conf <<END\n"
			    "linux /boot/vmlinuz-" V "\n"
			    "options root=UUID=of-another\n"
			    "END\n"
			    "f 0644 /boot/loader/entries/unrelated.conf <<END\n"
			    "linux /boot/vmlinuz-" V "\n"
			    "options root=UUID=" UUID "\n"
			    "END\n"
			    "f 0644 /boot/loader/entries/a-b-" OLD ".conf <<END\n"
			    "linux /boot/vmlinuz-" OLD "\n"
			    "options root=UUID=" UUID "\n"
			    "END\n");

	(void)state;
	check(p, "", "a-b");
	check(p, "r /boot/loader/entries/a-b-" OLD ".conf\n", NONE);
	patient_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_the_order),
		cmocka_unit_test(takes_it_from_entries_of_this_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
