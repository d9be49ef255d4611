/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LVM's list of its own devices. */
#include "formats/lvm_devices.h"

#include <setjmp.h>

#include <cmocka.h>
#include <errno.h>

#define A "aaaaaa-AAAA-aaaa-AAAA-aaaa-AAAA-aaaaaa"
#define A_PLAIN "aaaaaaAAAAaaaaAAAAaaaaAAAAaaaaaa"
#define B_PLAIN "bbbbbbBBBBbbbbBBBBbbbbBBBBbbbbbb"

static int parse(struct lvm_devices *ret, const char *text)
{
	return lvm_devices_parse(
		ret, (struct bytes){(const uint8_t *)text, strlen(text)}, NULL);
}

static void as_lvm_writes_it(void **state)
{
	_cleanup_(lvm_devices_done) struct lvm_devices d = {0};

	(void)state;
	assert_int_equal(parse(&d,
				 "# LVM uses devices listed in this file.\n"
				 "# Created by LVM command vgcreate pid 917\n"
				 "VERSION=1.1.3\n"
				 "IDTYPE=sys_wwid IDNAME=naa.6000 DEVNAME=/dev/sda2 PVID=" A_PLAIN
				 " PART=2\n"
				 "IDTYPE=devname IDNAME=/dev/sdb DEVNAME=/dev/sdb PVID=.\n"
				 "  IDTYPE=sys_serial IDNAME=x DEVNAME=/dev/vdb PVID=" B_PLAIN),
		0);
	assert_int_equal(d.pvids.count, 2);
	assert_true(lvm_devices_has(&d, A));
	assert_true(lvm_devices_has(&d, A_PLAIN));
	assert_true(lvm_devices_has(&d, B_PLAIN));
	assert_false(lvm_devices_has(&d, "cccccc-cccc"));
	assert_false(lvm_devices_has(&d, ""));
}

static void odd_ones(void **state)
{
	static const char *const texts[] = {"", "\n\n", "# PVID=" A_PLAIN "\n", "PVID=short\n",
		"PVID=" A_PLAIN "x\n", "XPVID=" A_PLAIN "\n", "PVID =" A_PLAIN};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		_cleanup_(lvm_devices_done) struct lvm_devices d = {0};

		assert_int_equal(parse(&d, texts[i]), 0);
		assert_int_equal(d.pvids.count, 0);
	}
}

static void limits(void **state)
{
	struct lvm_devices d = {0};
	_cleanup_free_ char *text = calloc(1, LVM_DEVICES_MAX_SIZE + 2);

	(void)state;
	memset(text, '\n', LVM_DEVICES_MAX_LINES + 1);
	assert_int_equal(parse(&d, text), -E2BIG);
	memset(text, ' ', LVM_DEVICES_MAX_SIZE + 1);
	assert_int_equal(parse(&d, text), -EFBIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_lvm_writes_it),
		cmocka_unit_test(odd_ones),
		cmocka_unit_test(limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
