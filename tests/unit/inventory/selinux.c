/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The policy that enforcing mode wants: is it there. */
#include "patient.h"

static const struct {
	const char *config, *files;
	const char *wanted, *present; /* wanted NULL: nothing is lost */
} cases[] = {
	{"SELINUX=enforcing\nSELINUXTYPE=targeted\n", "f 0644 /etc/selinux/targeted/policy/policy.31 =x\n",
		NULL, NULL},
	{"SELINUX=enforcing\n", "f 0644 /etc/selinux/targeted/policy/policy.24 =x\n", NULL, NULL},
	{"SELINUX=enforcing\nSELINUXTYPE=enforcing\n",
		"f 0644 /etc/selinux/targeted/policy/policy.31 =x\n", "enforcing", "targeted"},
	{"SELINUX=enforcing\nSELINUXTYPE=../selinux/targeted\n",
		"f 0644 /etc/selinux/targeted/policy/policy.31 =x\n", "../selinux/targeted",
		"targeted"},
	{"SELINUX=enforcing\nSELINUXTYPE=targeted\n", "d 0755 /etc/selinux/targeted/policy\n",
		"targeted", NULL},
	{"SELINUX=enforcing\nSELINUXTYPE=targeted\n",
		"f 0644 /etc/selinux/targeted/policy/policy.31\n", "targeted", NULL},
	{"SELINUX=enforcing\nSELINUXTYPE=targeted\n",
		"d 0755 /etc/selinux/targeted/policy/policy.31\n", "targeted", NULL},
	{"SELINUX=permissive\nSELINUXTYPE=targeted\n", NULL, NULL, NULL},
	{"SELINUX=disabled\nSELINUXTYPE=targeted\n", NULL, NULL, NULL},
	{"SELINUXTYPE=targeted\n", NULL, NULL, NULL},
	{NULL, NULL, NULL, NULL},
};

static void finds_what_is_lost(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct patient *p = patient_new(cases[i].files);

		if (cases[i].config)
			add_text(p, "/etc/selinux/config", cases[i].config);
		patient_read(p);
		if (!text_equal(p->inv.lost_policy.wanted, cases[i].wanted) ||
			!text_equal(p->inv.lost_policy.present, cases[i].present))
			fail_msg("case %zu: wanted %s, present %s", i,
				p->inv.lost_policy.wanted ? p->inv.lost_policy.wanted : "-",
				p->inv.lost_policy.present ? p->inv.lost_policy.present : "-");
		patient_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
