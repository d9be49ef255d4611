/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Room in /boot, against the largest kernel with its initramfs. */
#include "facts.h"

enum { MIB = 1024 * 1024 };

static int setup(void **state)
{
	struct facts *x = facts_new("");
	static struct filesystem_space spaces[2];

	spaces[0] = (struct filesystem_space){.mountpoint = (char *)"/", .free_bytes = 1 << 30};
	spaces[1] = (struct filesystem_space){.mountpoint = (char *)"/boot"};
	x->inv.spaces = spaces;
	x->inv.space_count = ARRAY_SIZE(spaces);
	x->kernel.image.size = 10 * MIB;
	x->kernel.initramfs.size = 40 * MIB;
	*state = x;
	return 0;
}

static void warns_where_the_next_kernel_does_not_fit(void **state)
{
	struct facts *x = *state;
	struct filesystem_space *boot = &x->inv.spaces[1];
	const struct finding *f;

	boot->free_bytes = 50 * MIB;
	facts_judge(x, rules_space);
	assert_int_equal(x->v.findings.count, 0);
	boot->free_bytes--;
	facts_judge(x, rules_space);
	assert_int_equal(x->v.findings.count, 1);
	f = &x->v.findings.items[0];
	assert_string_equal(f->code, "boot-full");
	assert_int_equal(f->severity, SEVERITY_WARNING);
	assert_string_equal(f->subject, "/boot");
}

static void says_nothing_of_what_it_does_not_know(void **state)
{
	struct facts *x = *state;

	x->kernel.image.size = x->kernel.initramfs.size = 0; /* no kernel to compare with */
	facts_judge(x, rules_space);
	assert_int_equal(x->v.findings.count, 0);
	x->kernel.image.size = 10 * MIB;
	x->inv.space_count = 0;
	facts_judge(x, rules_space);
	assert_int_equal(x->v.findings.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(warns_where_the_next_kernel_does_not_fit, setup,
						facts_teardown),
		cmocka_unit_test_setup_teardown(says_nothing_of_what_it_does_not_know, setup,
						facts_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
