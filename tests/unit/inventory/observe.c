/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the names that a repair may touch were when they were looked at. */
#include "patient.h"

static void remembers_names(void **state)
{
	struct patient *p = patient_new("f 0644 /boot/" MID "/x\n"
					"f 0644 /boot/grub2/grubenv =# none\n"
					"f 0644 /etc/passwd =x\n"
					"l /boot/link nowhere\n"
					"l /boot/present vmlinuz-" V "\n");
	static const char *const there[] = {
		"/boot",
		"/boot/vmlinuz-" V,
		"/boot/link",
		"/boot/loader/entries",
		"/boot/loader/entries/" MID "-" V ".conf",
		"/boot/" MID "/x",
		"/lib/modules/" V,
		"/lib/modules/" V "/modules.dep",
		"/boot/grub2/grubenv",
	};
	static const char *const absent[] = {
		"/boot/vmlinuz-" OLD, "/etc/passwd", "", "/lib/modules/" V "/kernel/fs"};
	const struct snapshot *s;

	(void)state;
	add_kernel(p, V);
	patient_read(p);
	for (size_t i = 0; i < ARRAY_SIZE(there); i++)
		if (!inventory_observed(&p->inv, there[i])->exists)
			fail_msg("%s was not seen", there[i]);
	for (size_t i = 0; i < ARRAY_SIZE(absent); i++)
		assert_false(inventory_observed(&p->inv, absent[i])->exists);
	s = inventory_observed(&p->inv, "/boot/loader/entries");
	assert_int_equal(s->mode, S_IFDIR | 0700);
	assert_true(S_ISLNK(inventory_observed(&p->inv, "/boot/link")->mode));
	assert_true(inventory_dangles(&p->inv, "/boot/link"));
	assert_false(inventory_dangles(&p->inv, "/boot/present"));
	assert_false(inventory_dangles(&p->inv, "/boot/absent"));
	patient_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(remembers_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
