/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every rule asks: which kernels are meant, how grave it is, what command mends it. */
#include "facts.h"

#define OTHER "5.14.0-2.el9.x86_64"

struct two { /* kernels, of which the first is the usual facts' own */
	struct facts *x;
	struct kernel kernels[2];
	enum kernel_state states[2];
};

static int setup(void **state)
{
	struct two *t = calloc(1, sizeof(*t));

	assert_non_null(t);
	t->x = facts_new("");
	t->kernels[0] = t->x->kernel;
	t->kernels[1] = (struct kernel){.release = (char *)OTHER};
	t->x->inv.kernels = t->kernels;
	t->x->inv.kernel_count = 2;
	t->x->v.kernel_states = t->states;
	t->x->v.kernel_count = 2;
	t->states[0] = t->states[1] = KERNEL_INCOMPLETE;
	t->x->entries[0].kernel = 0;
	t->x->entries[1].kernel = -1;
	t->x->inv.entry_count = 2;
	*state = t;
	return 0;
}

static int teardown(void **state)
{
	struct two *t = *state;
	void *x = t->x;

	strings_done(&t->x->options.kernels);
	facts_teardown(&x);
	free(t);
	return 0;
}

static void the_default_entry_names_the_next_kernel(void **state)
{
	struct two *t = *state;

	assert_null(rules_default_kernel(&t->x->inv));
	t->x->inv.default_entry = 1; /* another system's, say */
	assert_null(rules_default_kernel(&t->x->inv));
	t->x->inv.default_entry = 0;
	assert_ptr_equal(rules_default_kernel(&t->x->inv), &t->kernels[0]);
}

static void what_is_asked_for_is_meant(void **state)
{
	struct two *t = *state;

	assert_true(rules_wants(&t->x->rules, V) && rules_wants(&t->x->rules, OTHER));
	assert_int_equal(strings_add(&t->x->options.kernels, OTHER), 0);
	assert_false(rules_wants(&t->x->rules, V));
	assert_true(rules_wants(&t->x->rules, OTHER));
}

/* It is an error for the next kernel, for one that was asked for, and where no other boots. */
static void severity_is_of_the_next_boot(void **state)
{
	struct two *t = *state;
	const struct rules *r = &t->x->rules;

	assert_int_equal(rules_severity(r, &t->kernels[0]), SEVERITY_ERROR);
	t->states[1] = KERNEL_BOOTABLE;
	assert_int_equal(rules_severity(r, &t->kernels[0]), SEVERITY_WARNING);
	t->x->inv.default_entry = 0;
	assert_int_equal(rules_severity(r, &t->kernels[0]), SEVERITY_ERROR);
	assert_int_equal(rules_severity(r, &t->kernels[1]), SEVERITY_WARNING);
	assert_int_equal(strings_add(&t->x->options.kernels, OTHER), 0);
	assert_int_equal(rules_severity(r, &t->kernels[1]), SEVERITY_ERROR);
}

static void remedies_repeat_where_to_look(void **state)
{
	struct two *t = *state;
	_cleanup_free_ char *plain = NULL, *scoped = NULL;

	t->x->system.id = (char *)"rhel9-1234";
	plain = rules_remedy(&t->x->rules, "restore");
	assert_string_equal(plain, "rescue restore --system rhel9-1234");
	t->x->options.scope = "--image disk.img";
	scoped = rules_remedy(&t->x->rules, "restore");
	assert_string_equal(scoped, "rescue restore --image disk.img --system rhel9-1234");
	t->x->system.id = NULL;
}

static void without_an_offer_files_are_the_patients(void **state)
{
	struct two *t = *state;

	assert_false(rules_is_offered(&t->x->rules, &t->kernels[0]));
	assert_ptr_equal(rules_files(&t->x->rules, &t->kernels[0]), &t->x->rules.present);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_default_entry_names_the_next_kernel, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_is_asked_for_is_meant, setup, teardown),
		cmocka_unit_test_setup_teardown(severity_is_of_the_next_boot, setup, teardown),
		cmocka_unit_test_setup_teardown(remedies_repeat_where_to_look, setup, teardown),
		cmocka_unit_test_setup_teardown(without_an_offer_files_are_the_patients, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
