/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The inventory as a value: names for JSON, search, letting go. */
#include "patient.h"

static void names_states(void **state)
{
	(void)state;
	assert_string_equal(part_state_name(PART_OK), "ok");
	assert_string_equal(part_state_name(PART_MISSING), "missing");
	assert_string_equal(part_state_name(PART_DAMAGED), "damaged");
	assert_string_equal(part_state_name(PART_MISMATCHED), "mismatched");
	assert_string_equal(part_state_name(PART_INCOMPLETE), "incomplete");
	assert_string_equal(part_state_name(PART_UNINDEXED), "unindexed");
	assert_string_equal(entry_kind_name(ENTRY_BLS), "bls");
	assert_string_equal(entry_kind_name(ENTRY_GRUB2), "grub2");
	assert_string_equal(entry_kind_name(ENTRY_GRUB_LEGACY), "grub-legacy");
	assert_string_equal(entry_kind_name(ENTRY_EXTLINUX), "extlinux");
}

static void finds_kernels(void **state)
{
	struct patient *p = patient_new(NULL);

	(void)state;
	add_kernel(p, V);
	patient_read(p);
	assert_ptr_equal(inventory_find_kernel(&p->inv, V), &p->inv.kernels[0]);
	assert_null(inventory_find_kernel(&p->inv, OLD));
	patient_free(p);
}

static void lets_go_of_nothing_and_twice(void **state)
{
	struct inventory inv = {0};

	(void)state;
	inventory_done(&inv);
	inventory_done(&inv);
	assert_int_equal(inv.default_entry, -1);
	assert_false(inventory_observed(&inv, "/boot")->exists);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_states),
		cmocka_unit_test(finds_kernels),
		cmocka_unit_test(lets_go_of_nothing_and_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
