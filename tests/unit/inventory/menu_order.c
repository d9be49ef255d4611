/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The menu's order in each generation. The cases are derived from the loaders' sources
 * (rhboot/grub2, systemd); no loader was run for them.
 */
#include "patient.h"

static void check_order(struct patient *p, const char *const *expected, size_t count)
{
	patient_read(p);
	assert_int_equal(p->inv.entry_count, count);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(p->inv.entries[i].id, expected[i]);
}

/* Two machine ids in one directory: by id theirs decide, by version the kernels do. */
static void orders_by_generation(void **state)
{
	static const char *const by_id[] = {"9f-1.0.0-1", "1a-2.0.0-1"};
	static const char *const by_version[] = {"1a-2.0.0-1", "9f-1.0.0-1"};
	struct patient *p = patient_new(NULL);

	(void)state;
	add_text(p, "/boot/loader/entries/9f-1.0.0-1.conf",
		"version 1.0.0-1\nlinux /boot/a\n");
	add_text(p, "/boot/loader/entries/1a-2.0.0-1.conf",
		"version 2.0.0-1\nlinux /boot/b\n");
	check_order(p, by_id, 2);
	p->sys.os_version_id = (char *)"8.9";
	check_order(p, by_version, 2);
	add_text(p, "/boot/loader/entries/1a-2.0.0-1.conf", "linux /boot/b\n");
	check_order(p, by_id, 2); /* not every entry has a version */
	patient_free(p);
}

/* An entry without a kernel is not in GRUB's menu and moves no number. */
static void counts_only_what_is_shown(void **state)
{
	struct patient *p = patient_new(NULL);

	(void)state;
	add_text(p, "/boot/loader/entries/4a5b-1.conf", "linux /boot/a\n");
	add_text(p, "/boot/loader/entries/4a5b-9.9.conf", "title no kernel\n");
	add_text(p, "/boot/grub2/grubenv", "# GRUB Environment Block\nsaved_entry=0\n");
	patient_read(p);
	assert_true(p->inv.entries[0].is_default);
	assert_int_equal(p->inv.entry_count, 2);
	assert_string_equal(p->inv.entries[1].id, "4a5b-9.9");
	patient_free(p);
}

/* One of two names that compare equal is not shown; EL8 shows both. */
static void drops_equal_names(void **state)
{
	struct patient *p = patient_new(NULL);

	(void)state;
	add_text(p, "/boot/loader/entries/m-1.0-1.conf", "linux /boot/a\n");
	add_text(p, "/boot/loader/entries/m-1.00-1.conf", "linux /boot/b\n");
	patient_read(p);
	assert_string_equal(p->inv.entries[0].id, "m-1.0-1");
	assert_null(p->inv.entries[0].shadowed_by);
	assert_string_equal(p->inv.entries[1].shadowed_by, "m-1.0-1");
	assert_true(p->inv.entries[1].broken);
	p->sys.os_version_id = (char *)"8.9";
	patient_read(p);
	assert_null(p->inv.entries[1].shadowed_by);
	patient_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(orders_by_generation),
		cmocka_unit_test(counts_only_what_is_shown),
		cmocka_unit_test(drops_equal_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
