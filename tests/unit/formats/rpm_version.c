/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Version order: the cases of rpm's own test suite (tests/rpmvercmp.at), both ways. */
#include "formats/rpm_version.h"
#include "base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct {
	const char *a, *b;
	int order;
} cases[] = {
	{"1.0", "1.0", 0},
	{"1.0", "2.0", -1},
	{"2.0.1", "2.0.1", 0},
	{"2.0", "2.0.1", -1},
	{"2.0.1", "2.0.1a", -1},
	{"5.5p1", "5.5p2", -1},
	{"5.5p10", "5.5p1", 1},
	{"10xyz", "10.1xyz", -1},
	{"xyz10", "xyz10.1", -1},
	{"xyz.4", "8", -1},
	{"xyz.4", "2", -1},
	{"5.5p2", "5.6p1", -1},
	{"5.6p1", "6.5p1", -1},
	{"6.0.rc1", "6.0", 1},
	{"10b2", "10a1", 1},
	{"1.0aa", "1.0a", 1},
	{"10.0001", "10.1", 0},
	{"10.0001", "10.0039", -1},
	{"4.999.9", "5.0", -1},
	{"20101121", "20101122", -1},
	{"2_0", "2.0", 0},
	{"a+", "a_", 0},
	{"+", "_", 0},
	{"1.0~rc1", "1.0", -1},
	{"1.0~rc1", "1.0~rc2", -1},
	{"1.0~rc1~git123", "1.0~rc1", -1},
	{"1.0^", "1.0", 1},
	{"1.0^git1", "1.01", -1},
	{"1.0^20160101", "1.0.1", -1},
	{"1.0^20160101^git1", "1.0^20160102", -1},
	{"1.0~rc1^git1", "1.0~rc1", 1},
	{"1.0^git1~pre", "1.0^git1", -1},
	{"1b.fc17", "1.fc17", -1},
	{"1g.fc17", "1.fc17", 1},
	{"4.18.0-80.el8.x86_64", "4.18.0-553.el8_10.x86_64", -1},
	{"5.14.0-70.22.1.el9_0.x86_64", "5.14.0-70.el9.x86_64", 1},
	{"6.1.0-9-amd64", "6.1.0-18-amd64", -1},
	{"99999999999999999999999", "100000000000000000000000", -1},
	{"", "", 0},
	{"", "1", -1},
	{"0", "00", 0},
};

static void orders_like_rpm(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		if (rpm_version_compare(cases[i].a, cases[i].b) != cases[i].order ||
		    rpm_version_compare(cases[i].b, cases[i].a) != -cases[i].order)
			fail_msg("%s against %s", cases[i].a, cases[i].b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(orders_like_rpm)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
