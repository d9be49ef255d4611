/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What starts the system behind its kernel: is it there, and can it be started. */
#include "facts.h"

static const struct {
	const char *tree, *told; /* NULL: it starts */
} systems[] = {
	{"f 0755 /sbin/init =#!/bin/sh\nf 0755 /bin/sh =x\n", NULL},
	{"f 0755 /sbin/init =#! /bin/sh -e\nf 0755 /bin/sh =x\n", NULL},
	{"f 0755 /sbin/init =#!/bin/sh\n", "wants /bin/sh"},
	{"f 0755 /sbin/init =#!/bin/sh\nf 0644 /bin/sh =x\n", "wants /bin/sh"},
	{"f 0644 /sbin/init =#!/bin/sh\nf 0755 /bin/sh =x\n", "may not be executed"},
	{"f 0755 /sbin/init\n", "is no program"},
	{"f 0755 /sbin/init =some text\n", "is no program"},
	{"d 0755 /sbin/init\n", "is no file"},
	{"l /sbin/init ../lib/systemd/systemd\n", "is not there"},
	{"d 0755 /sbin\n", "/sbin/init is not there"},
	{"f 0755 /bin/sh =x\n", "is not there"}, /* a shell is no system */
	/* systemd finds itself where the link is gone. */
	{"f 0755 /usr/lib/systemd/systemd =#!/bin/sh\nf 0755 /bin/sh =x\n", NULL},
};

static void tells_what_does_not_start(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(systems); i++) {
		struct facts *x = facts_new(systems[i].tree);
		const struct findings *found = &x->v.findings;

		*state = x;
		x->system.complete = true;
		facts_judge(x, rules_first_program);
		assert_int_equal(found->count, systems[i].told ? 1 : 0);
		if (systems[i].told) {
			assert_string_equal(found->items[0].code, "init-missing");
			assert_int_equal(found->items[0].severity, SEVERITY_ERROR);
			assert_non_null(strstr(found->items[0].message, systems[i].told));
		}
		facts_teardown(state);
	}
}

static void what_init_asks_for(void **state)
{
	struct facts *x = facts_new("f 0755 /sbin/init =#!/bin/sh\nf 0755 /bin/sh =x\n");
	const struct findings *found = &x->v.findings;

	*state = x;
	x->system.complete = true;
	x->inv.default_entry = 0;
	x->inv.entry_count = 1;
	x->entries[0].options = (char *)"root=x init=/sbin/init";
	facts_judge(x, rules_first_program);
	assert_int_equal(found->count, 0);
	x->entries[0].options = (char *)"root=x init=/nowhere";
	facts_judge(x, rules_first_program);
	assert_int_equal(found->count, 1);
	assert_int_equal(found->items[0].severity, SEVERITY_WARNING);
	assert_string_equal(found->items[0].subject, "/nowhere");
	facts_teardown(state);
}

/* What is missing may lie on a file system that could not be mounted. */
static void nothing_is_said_of_half_a_system(void **state)
{
	struct facts *x = facts_new("d 0755 /sbin\n");

	*state = x;
	facts_judge(x, rules_first_program);
	assert_int_equal(x->v.findings.count, 0);
	facts_teardown(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_what_does_not_start),
		cmocka_unit_test(what_init_asks_for),
		cmocka_unit_test(nothing_is_said_of_half_a_system),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
