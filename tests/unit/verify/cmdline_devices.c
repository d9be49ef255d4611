/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices that a command line names, against those that are there. */
#include "../../../rescue/verify/verify_rules.h"

#include <setjmp.h>

#include <cmocka.h>

static char *names[] = {(char *)"/dev/sda1", (char *)"/dev/mapper/rl-root",
	(char *)"/dev/mapper/my--vg-swap", (char *)"LABEL=boot",
	(char *)"UUID=0f1e2d3c-1111-4222-8333-445566778899"};

static const struct {
	const char *options;
	size_t findings;
} cases[] = {
	{"root=/dev/mapper/rl-root ro quiet", 0},
	{"rd.lvm.lv=rl/root rd.lvm.lv=my-vg/swap", 0},
	{"rd.lvm.lv=rl/gone", 1},
	{"rd_LVM_LV=old/root rd.lvm.lv=rl/root", 1},
	{"resume=/dev/mapper/my--vg-swap", 0},
	{"resume=/dev/my-vg/swap", 0},
	{"resume=/dev/mapper/gone", 1},
	{"resume=UUID=0F1E2D3C-1111-4222-8333-445566778899", 0},
	{"resume=/dev/disk/by-uuid/0f1e2d3c-1111-4222-8333-445566778890", 1},
	{"resume=/dev/sdz9", 0}, /* the kernel may call it so */
	{"boot=LABEL=boot fips=1", 0},
	{"boot=UUID=1111 fips=1", 1},
	{"rd.luks.uuid=luks-0f1e2d3c-1111-4222-8333-445566778899", 0},
	{"rd.luks.uuid=luks-aaaaaaaa-1111-4222-8333-445566778899", 1},
	{"rd.luks.uuid=0f1e", 0}, /* the beginning of one is enough for dracut */
	{"rd.md.uuid=0f1e2d3c:11114222:83334455:66778899", 0},
	{"rd.md.uuid=0f1e2d3c:11114222:83334455:66778890", 1},
	{"resume= rd.lvm.lv= noresume", 0},
};

static size_t count_findings(const struct entry *e, size_t name_count)
{
	struct system s = {.device_names = {names, name_count, name_count}};
	struct inventory inv = {.system = &s};
	struct verification v = {0};
	struct rules r = {.inv = &inv, .v = &v};
	size_t count;

	assert_int_equal(rules_cmdline_devices(&r, e), 0);
	count = v.findings.count;
	for (size_t i = 0; i < count; i++) {
		assert_string_equal(v.findings.items[i].code, "entry-device-unknown");
		assert_non_null(strstr(v.findings.items[i].message, "(/boot/x, line 7)"));
	}
	findings_done(&v.findings);
	return count;
}

static void judges(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct entry e = {.id = (char *)"e", .source = (char *)"/boot/x", .line = 2,
			.options_line = 7, .kernel = -1, .is_of_this_root = true,
			.options = (char *)cases[i].options};

		if (count_findings(&e, ARRAY_SIZE(names)) != cases[i].findings)
			fail_msg("%s", cases[i].options);
		assert_int_equal(count_findings(&e, 0), 0); /* nothing was looked at */
		e.is_of_this_root = false;
		assert_int_equal(count_findings(&e, ARRAY_SIZE(names)), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(judges)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
