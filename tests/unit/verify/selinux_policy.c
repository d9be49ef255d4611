/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SELinux without its policy: where it is on, and what is said. */
#include "facts.h"

static int setup(void **state)
{
	struct facts *x = facts_new("d 0755 /etc\n");

	x->inv.lost_policy = (struct lost_policy){(char *)"enforcing", (char *)"targeted"};
	x->inv.entry_count = 1;
	x->inv.default_entry = 0;
	x->system.os_id = (char *)"centos";
	x->system.os_version_id = (char *)"7";
	*state = x;
	return 0;
}

static bool is_told(struct facts *x)
{
	facts_judge(x, rules_policy);
	return x->v.findings.count == 1;
}

static void says_which_one_is_there(void **state)
{
	struct facts *x = *state;

	assert_true(is_told(x));
	assert_string_equal(x->v.findings.items[0].code, "selinux-policy-missing");
	assert_int_equal(x->v.findings.items[0].severity, SEVERITY_ERROR);
	assert_non_null(strstr(x->v.findings.items[0].message,
		"its policy \"enforcing\" is not there (\"targeted\" is)"));
	x->inv.lost_policy.present = NULL;
	assert_true(is_told(x));
	assert_non_null(strstr(x->v.findings.items[0].message, "is not there: the first"));
	x->inv.lost_policy.wanted = NULL;
	assert_false(is_told(x));
}

static void where_it_is_on(void **state)
{
	static const struct {
		const char *os_id, *options;
		bool told;
	} cases[] = {
		{"centos", NULL, true}, {"fedora", "ro quiet", true},
		{"centos", "ro selinux=0", false}, {"centos", "ro enforcing=0", false},
		{"centos", "enforcing=1", true}, {"centos", "security=apparmor", false},
		{"centos", "lsm=yama,selinux", true}, {"centos", "lsm=yama,apparmor", false},
		{"opensuse-leap", "ro", false}, {"debian", "ro", false},
		{"opensuse-leap", "ro security=selinux selinux=1", true},
		{"debian", "selinux=1", true},
	};
	struct facts *x = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		x->system.os_id = (char *)cases[i].os_id;
		x->entries[0].options = (char *)cases[i].options;
		if (is_told(x) != cases[i].told)
			fail_msg("%s, \"%s\"", cases[i].os_id,
				 cases[i].options ? cases[i].options : "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(says_which_one_is_there, setup, facts_teardown),
		cmocka_unit_test_setup_teardown(where_it_is_on, setup, facts_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
