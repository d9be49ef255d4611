/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel's parts: what each state of each of them makes of the kernel, and what is said. */
#include "facts.h"

/* Whole, but for what a case changes. */
static int setup(void **state)
{
	struct facts *x = facts_new("");
	struct kernel *k = &x->kernel;

	x->system.id = (char *)"rhel9-1234";
	x->system.complete = true;
	k->image = (struct kernel_image){.path = (char *)"/boot/vmlinuz-" V};
	k->modules = (struct module_tree){.path = (char *)"/lib/modules/" V, .count = 3,
					  .third_party = 1};
	k->initramfs = (struct initramfs_file){.path = (char *)"/boot/initramfs-" V ".img"};
	x->entries[0] = (struct entry){.is_of_this_root = true, .options = (char *)"ro"};
	k->entries = x->indexes;
	k->entry_count = x->inv.entry_count = 1;
	x->inv.default_entry = 0;
	*state = x;
	return 0;
}

static const struct part_case {
	const char *name;
	enum part_state image, modules, initramfs;
	const char *spare;
	size_t own; /* modules of its own */
	bool broken;
	enum kernel_state state;
	const char *codes[4];
} cases[] = {
	{"whole", PART_OK, PART_OK, PART_OK, NULL, 2, false, KERNEL_BOOTABLE, {0}},
	{"its entry is broken", PART_OK, PART_OK, PART_OK, NULL, 2, true, KERNEL_INCOMPLETE, {0}},
	{"no image", PART_MISSING, PART_OK, PART_OK, NULL, 2, false, KERNEL_INCOMPLETE,
	 {"image-missing"}},
	{"image in the module directory alone", PART_MISSING, PART_OK, PART_OK, "/spare", 2,
	 false, KERNEL_INCOMPLETE, {"image-missing"}},
	{"damaged image", PART_DAMAGED, PART_OK, PART_OK, NULL, 2, false, KERNEL_INCOMPLETE,
	 {"image-damaged"}},
	{"no index", PART_OK, PART_UNINDEXED, PART_OK, NULL, 2, false, KERNEL_INCOMPLETE,
	 {"modules-unindexed"}},
	{"no modules of its own", PART_OK, PART_MISSING, PART_OK, NULL, 0, false, KERNEL_INCOMPLETE,
	 {"modules-missing"}},
	{"no initramfs", PART_OK, PART_OK, PART_MISSING, NULL, 2, false, KERNEL_INCOMPLETE,
	 {"initramfs-missing"}},
	{"damaged initramfs", PART_OK, PART_OK, PART_DAMAGED, NULL, 2, false, KERNEL_INCOMPLETE,
	 {"initramfs-damaged"}},
	{"initramfs of another", PART_OK, PART_OK, PART_MISMATCHED, NULL, 2, false,
	 KERNEL_INCOMPLETE, {"initramfs-mismatched"}},
	{"nothing but an entry", PART_MISSING, PART_MISSING, PART_MISSING, NULL, 0, false,
	 KERNEL_ABSENT, {"image-missing", "modules-missing", "initramfs-missing"}},
};

static void check(struct facts *x, const struct part_case *c)
{
	size_t count = 0;

	x->kernel.image.state = c->image;
	x->kernel.image.spare = (char *)c->spare;
	x->kernel.modules.state = c->modules;
	x->kernel.modules.count = c->own + x->kernel.modules.third_party;
	x->kernel.initramfs.state = c->initramfs;
	x->entries[0].broken = c->broken;
	x->state = rules_kernel_state(&x->rules, 0);
	if (x->state != c->state)
		fail_msg("%s: %s", c->name, kernel_state_name(x->state));
	facts_judge(x, rules_kernel_parts);
	while (count < ARRAY_SIZE(c->codes) && c->codes[count])
		count++;
	if (x->v.findings.count != count)
		fail_msg("%s: %zu findings", c->name, x->v.findings.count);
	for (size_t i = 0; i < count; i++) {
		const struct finding *f = &x->v.findings.items[i];

		if (strcmp(f->code, c->codes[i]) != 0)
			fail_msg("%s: %s", c->name, f->code);
		assert_int_equal(f->severity, SEVERITY_ERROR);
		assert_string_equal(f->kernel, V);
	}
}

static void every_state_of_every_part(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check(*state, &cases[i]);
}

/* What is left of a removed kernel is no fault, unless somebody asks for it. */
static void remnants_are_passed_over(void **state)
{
	struct facts *x = *state;
	struct kernel *k = &x->kernel;

	k->image.state = k->modules.state = k->initramfs.state = PART_MISSING;
	k->entry_count = 0;
	x->state = rules_kernel_state(&x->rules, 0);
	assert_int_equal(x->state, KERNEL_ABSENT);
	facts_judge(x, rules_kernel_parts);
	assert_int_equal(x->v.findings.count, 0);
	assert_int_equal(strings_add(&x->options.kernels, V), 0);
	facts_judge(x, rules_kernel_parts);
	assert_true(x->v.findings.count > 0);
	strings_done(&x->options.kernels);
}

static void what_the_system_has_mends_it(void **state)
{
	struct facts *x = *state;

	check(x, &cases[3]); /* a spare */
	assert_string_equal(x->v.findings.items[0].remedy,
			    "rescue restore --system rhel9-1234 --release " V);
	check(x, &cases[5]); /* an index can be made */
	assert_string_equal(x->v.findings.items[0].remedy,
			    "rescue restore --system rhel9-1234 --release " V);
	check(x, &cases[2]); /* a package is wanted */
	assert_null(x->v.findings.items[0].remedy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_state_of_every_part, setup, facts_teardown),
		cmocka_unit_test_setup_teardown(remnants_are_passed_over, setup, facts_teardown),
		cmocka_unit_test_setup_teardown(what_the_system_has_mends_it, setup,
						facts_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
