/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When a Provides satisfies a Requires of an exact version. */
#include "../../../rescue/package/package_room.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define TEXT(s) ((char *)(uintptr_t)(s))

static const struct {
	const char *provided, *wanted;
	bool satisfied;
} cases[] = {
	{"4.18.0-553.el8", "4.18.0-553.el8", true},
	{"4.18.0-553.el8", "4.18.0-80.el8", false},
	{"4.18.0-553.el8", "4.18.0", true},
	{"4.18.0-553.el8", "4.18", false},
	{"4.18.0", "4.18.0-553.el8", false},
	{"1:4.18.0-553.el8", "4.18.0-553.el8", true},
	{"4.18.0-553.el8", "0:4.18.0-553.el8", true},
	{"0:4.18.0-553.el8", "0:4.18.0", true},
	{"6.1.0-18-amd64", "6.1.0-18-amd64", true},
	{"6.1.0-18-amd64", "6.1.0-18", false},
	{NULL, "4.18.0", true},
	{"4.18.0", NULL, true},
};

static void compares_versions(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct package_requirement provide = {TEXT("kernel-core"),
						      TEXT(cases[i].provided), SENSE_EQUAL};
		struct package_requirement wanted = {TEXT("kernel-core"),
						     TEXT(cases[i].wanted), SENSE_EQUAL};
		struct package p = {.provides = &provide, .provide_count = 1};

		if (package_provides(&p, &wanted) != cases[i].satisfied)
			fail_msg("%s for %s", cases[i].provided, cases[i].wanted);
		wanted.name = TEXT("kernel-cor");
		assert_false(package_provides(&p, &wanted));
	}
}

static void counts_exact_kernel_requirements(void **state)
{
	static const struct {
		const char *name, *version;
		unsigned flags;
		bool counts;
	} wanted[] = {
		{"kernel-core-uname-r", "V", SENSE_EQUAL, true},
		{"kernel", "1", SENSE_EQUAL | 1 << 24, true},
		{"kernel-firmware", "2.6", SENSE_EQUAL | SENSE_GREATER, false},
		{"kernel-install", NULL, 0, false},
		{"kernel(printk)", "0x1234", SENSE_EQUAL, false},
		{"linux-firmware", "1", SENSE_EQUAL, false},
		{"kernelish", "1", SENSE_EQUAL, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		struct package_requirement r = {TEXT(wanted[i].name), TEXT(wanted[i].version),
						wanted[i].flags};

		if (package_requires_kernel(&r) != wanted[i].counts)
			fail_msg("%s", wanted[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compares_versions),
		cmocka_unit_test(counts_exact_kernel_requirements),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
