/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which program of the system makes an initramfs, and what keeps it from being run. */
#include "patient.h"

static void finds_dracut(void **state)
{
	struct patient *p = patient_new("f 0755 /sbin/mkinitrd =exec dracut --preload\n"
					"f 0755 /sbin/dracut =-H --hostonly\n");
	const struct generator *g = &p->inv.generator;

	(void)state;
	patient_read(p);
	assert_int_equal(g->kind, GENERATOR_DRACUT);
	assert_string_equal(g->path, "/sbin/dracut");
	assert_false(g->knows_no_hostonly);
	assert_false(g->knows_no_uefi);
	assert_null(g->obstacle);
	tree_add(&p->tree, "f 0755 /usr/bin/dracut =--long no-hostonly --long no-uefi\n");
	patient_read(p);
	assert_string_equal(g->path, "/usr/bin/dracut");
	assert_true(g->knows_no_hostonly);
	assert_true(g->knows_no_uefi);
	patient_free(p);
}

static void finds_mkinitrd(void **state)
{
	struct patient *p = patient_new("f 0755 /sbin/mkinitrd =[--preload <module>]\n");
	const struct generator *g = &p->inv.generator;

	(void)state;
	patient_read(p);
	assert_int_equal(g->kind, GENERATOR_MKINITRD);
	assert_null(g->obstacle);
	tree_add(&p->tree, "f 0755 /sbin/mkinitrd =. /lib/mkinitrd/setup\n");
	patient_read(p);
	assert_string_equal(g->path, "/sbin/mkinitrd");
	assert_non_null(strstr(g->obstacle, "not known"));
	tree_add(&p->tree, "r /sbin/mkinitrd\n");
	patient_read(p);
	assert_int_equal(g->kind, GENERATOR_NONE);
	assert_null(g->path);
	patient_free(p);
}

static void another_machine(void **state)
{
	struct patient *p = patient_new("f 0755 /usr/bin/dracut =no-hostonly\n");
	const struct generator *g = &p->inv.generator;

	(void)state;
	p->sys.arch = (char *)"s390x";
	patient_read(p);
	assert_non_null(strstr(g->obstacle, "for s390x"));
	p->sys.arch = NULL; /* not known: the attempt will tell */
	patient_read(p);
	assert_null(g->obstacle);
	patient_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_dracut),
		cmocka_unit_test(finds_mkinitrd),
		cmocka_unit_test(another_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
