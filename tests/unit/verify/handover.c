/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What systemd in an initramfs wants to see in the root. */
#include "facts.h"

static struct facts *facts_of(const char *manifest)
{
	struct facts *x = facts_new(manifest);

	x->system.complete = true;
	x->kernel.entries = x->indexes;
	x->kernel.entry_count = 1;
	x->kernel.initramfs.path = (char *)"/boot/initramfs-" V ".img";
	x->kernel.initramfs.has_systemd = true;
	x->inv.entry_count = 1;
	return x;
}

static bool is_told(struct facts *x)
{
	facts_judge(x, rules_handover);
	return x->v.findings.count > 0;
}

static void an_os_release_of_either_place(void **state)
{
	static const struct {
		const char *manifest;
		bool told;
	} cases[] = {
		{"f 0644 /etc/os-release =ID=a\n", false},
		{"f 0644 /usr/lib/os-release =ID=a\n", false},
		{"l /etc/os-release ../usr/lib/os-release\nf 0644 /usr/lib/os-release =\n", false},
		{"l /etc/os-release ../usr/lib/os-release\n", true},
		{"d 0755 /etc\n", true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct facts *x = facts_of(cases[i].manifest);

		*state = x;
		if (is_told(x) != cases[i].told)
			fail_msg("%s", cases[i].manifest);
		assert_int_equal(facts_teardown(state), 0);
	}
}

static void only_where_systemd_asks(void **state)
{
	struct facts *x = facts_of("d 0755 /etc\n");

	*state = x;
	assert_true(is_told(x));
	assert_string_equal(x->v.findings.items[0].code, "os-unknown");
	assert_string_equal(x->v.findings.items[0].kernel, V);
	x->entries[0].options = (char *)"ro init=/bin/bash";
	assert_false(is_told(x));
	x->entries[0].options = (char *)"ro";
	assert_true(is_told(x));
	x->kernel.initramfs.has_systemd = false;
	assert_false(is_told(x));
	x->kernel.initramfs.has_systemd = true;
	x->system.complete = false; /* /usr may hold it */
	assert_false(is_told(x));
	assert_int_equal(facts_teardown(state), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_os_release_of_either_place),
		cmocka_unit_test(only_where_systemd_asks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
