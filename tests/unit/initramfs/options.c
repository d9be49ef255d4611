/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What PID 1 reads out of a kernel command line. */
#include "../../../initramfs/pid1.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct boot_options parse(const char *cmdline)
{
	struct boot_options o;

	assert_int_equal(boot_options_parse(&o, cmdline), 0);
	return o;
}

static void a_usual_command_line(void **state)
{
	struct boot_options o = parse(
		"BOOT_IMAGE=(hd0,gpt2)/vmlinuz-5.14 root=UUID=1-2 ro "
		"rootflags=subvol=root rootfstype=btrfs crashkernel=1G rhgb quiet\n");

	(void)state;
	assert_string_equal(o.root, "UUID=1-2");
	assert_string_equal(o.root_flags, "subvol=root");
	assert_string_equal(o.root_type, "btrfs");
	assert_null(o.init);
	assert_false(o.writable);
	assert_false(o.wait_forever);
	assert_int_equal(o.wait, 60);
	assert_int_equal(o.panic, 0);
	boot_options_done(&o);
}

static void nothing_at_all(void **state)
{
	struct boot_options o = parse("");

	(void)state;
	assert_null(o.root);
	assert_false(o.writable);
	boot_options_done(&o);
}

static void the_last_of_ro_and_rw_counts(void **state)
{
	static const struct {
		const char *cmdline;
		bool writable;
	} cases[] = {{"ro rw", true}, {"rw ro", false}, {"rw", true}, {"rwx", false},
		{"rw ro rw", true}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct boot_options o = parse(cases[i].cmdline);

		assert_int_equal(o.writable, cases[i].writable);
		boot_options_done(&o);
	}
}

static void seconds_to_wait(void **state)
{
	static const struct {
		const char *cmdline;
		unsigned wait;
		bool forever;
	} cases[] = {
		{"rootdelay=5", 60, false},
		{"rootdelay=180", 180, false},
		{"rootdelay=nonsense", 60, false},
		{"rootdelay=99999999999", 60, false},
		{"rootwait", 60, true},
		{"rd.timeout=7 rootdelay=180", 7, false},
		{"rd.timeout=-1", 60, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct boot_options o = parse(cases[i].cmdline);

		assert_int_equal(o.wait, cases[i].wait);
		assert_int_equal(o.wait_forever, cases[i].forever);
		boot_options_done(&o);
	}
}

static void panic_and_init(void **state)
{
	struct boot_options o = parse("panic=15 init=/bin/bash root=\"LABEL=my root\"");

	(void)state;
	assert_int_equal(o.panic, 15);
	assert_string_equal(o.init, "/bin/bash");
	assert_string_equal(o.root, "LABEL=my root");
	boot_options_done(&o);
}

static void blacklists(void **state)
{
	struct boot_options o = parse("modprobe.blacklist=a-b,c,, rd.driver.blacklist=d");

	(void)state;
	assert_int_equal(o.blacklist.count, 3);
	assert_true(strings_has(&o.blacklist, "a_b"));
	assert_true(strings_has(&o.blacklist, "c"));
	assert_true(strings_has(&o.blacklist, "d"));
	boot_options_done(&o);
}

static void logical_volumes(void **state)
{
	struct boot_options o =
		parse("rd.lvm.lv=rhel/root rd.lvm.lv=/dev/rhel/swap rd.lvm.vg=data");

	(void)state;
	assert_int_equal(o.volumes.count, 2);
	assert_true(strings_has(&o.volumes, "rhel/root"));
	assert_true(strings_has(&o.volumes, "rhel/swap"));
	assert_true(strings_has(&o.groups, "data"));
	assert_false(o.no_lvm);
	boot_options_done(&o);
	o = parse("rd.lvm=0");
	assert_true(o.no_lvm);
	boot_options_done(&o);
}

static void parameters_of_modules(void **state)
{
	static const struct {
		const char *module, *parameters;
	} cases[] = {
		{"usb_storage", "delay_use=5 quirks=1:2:u"},
		{"scsi_mod", "scan=sync"},
		{"usb", ""},
		{"scsi", ""},
		{"flag", "on"},
	};
	struct boot_options o = parse("usb-storage.delay_use=5 quiet scsi_mod.scan=sync "
				      "usb_storage.quirks=1:2:u flag.on root=/dev/sda1");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *text = boot_options_of_module(&o, cases[i].module);

		assert_string_equal(text, cases[i].parameters);
		free(text);
	}
	boot_options_done(&o);
}

static void too_long_a_line(void **state)
{
	static char line[CMDLINE_MAX_SIZE + 2];
	struct boot_options o;

	(void)state;
	memset(line, 'a', sizeof(line) - 1);
	assert_true(boot_options_parse(&o, line) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_usual_command_line),
		cmocka_unit_test(nothing_at_all),
		cmocka_unit_test(the_last_of_ro_and_rw_counts),
		cmocka_unit_test(seconds_to_wait),
		cmocka_unit_test(panic_and_init),
		cmocka_unit_test(blacklists),
		cmocka_unit_test(logical_volumes),
		cmocka_unit_test(parameters_of_modules),
		cmocka_unit_test(too_long_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
