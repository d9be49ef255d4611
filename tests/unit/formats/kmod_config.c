/* SPDX-License-Identifier: GPL-2.0-or-later */
/* depmod.d and modprobe.d: which file counts, what is not loaded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "formats/kmod_config.h"

#define BYTES(text) ((struct bytes){(const uint8_t *)(text), strlen(text)})
#define V "5.14.0-1.el9.x86_64"

static void prefers(const char *config, const char *first, const char *second, bool wanted)
{
	_cleanup_(depmod_config_done) struct depmod_config c = {0};

	assert_int_equal(depmod_config_parse(&c, BYTES(config), V), 0);
	if (depmod_prefers(&c, first, second) != wanted)
		fail_msg("\"%s\": %s, %s", config, first, second);
}

static void order(void **state)
{
	static const char el[] = "# EL\nsearch updates extra built-in weak-updates\n";

	(void)state;
	prefers(el, "extra/a.ko", "kernel/a.ko", true);
	prefers(el, "kernel/a.ko", "extra/a.ko", false);
	prefers(el, "kernel/a.ko", "weak-updates/a.ko", true);
	prefers(el, "updates/a.ko", "extra/a.ko", true);
	prefers(el, "kernel/a.ko", "kernel/b/a.ko", false);
	prefers(el, "extras/a.ko", "kernel/a.ko", false);
	/* Without configuration: updates alone. */
	prefers("", "updates/a.ko", "kernel/a.ko", true);
	prefers("", "extra/a.ko", "kernel/a.ko", false);
	prefers("", "kernel/a.ko", "extra/a.ko", false);
	prefers("search updates extra weak-updates kgraft built-in", "weak-updates/a.ko",
		"kernel/a.ko", true);
	/* Two lines make one list. */
	prefers("search override\nsearch built-in extra", "override/a.ko", "extra/a.ko", true);
}

static void overrides_and_externals(void **state)
{
	static const char rule[] = "search updates built-in\noverride e1000 * weak-updates/x\n"
				   "override b 4.18 extra\nexternal 5[.]14 /opt/mods\n";

	(void)state;
	prefers(rule, "weak-updates/x/e1000.ko.xz", "updates/e1000.ko", true);
	prefers(rule, "updates/e1000.ko", "weak-updates/x/e1000.ko.xz", false);
	prefers(rule, "weak-updates/x/e1000e.ko", "updates/e1000e.ko", false);
	prefers(rule, "extra/b.ko", "updates/b.ko", false);
	prefers("search external built-in\nexternal * /opt/m", "/opt/m/a.ko", "kernel/a.ko", true);
	prefers("override\noverride a\nexternal *\nsearch\n", "updates/a.ko", "a.ko", true);
	prefers("external ( /opt\n", "updates/a.ko", "a.ko", true);
}

static void modprobe(void **state)
{
	_cleanup_(modprobe_config_done) struct modprobe_config c = {0};
	_cleanup_(strings_done) struct strings found = {0};

	(void)state;
	assert_int_equal(modprobe_config_parse(&c, BYTES("alias eth0 e1000\n"
		"alias pci:v00001AF4d* virtio-pci\nblacklist nouveau-x\nblacklist\n"
		"install dccp /bin/true\ninstall usb-storage /sbin/modprobe usb\n"
		"install\noptions a b=c\nalias x\n")), 0);
	assert_true(strings_has(&c.blacklist, "nouveau_x"));
	assert_true(strings_has(&c.disabled, "dccp"));
	assert_false(strings_has(&c.disabled, "usb_storage"));
	assert_int_equal(c.aliases.count, 2);
	assert_int_equal(modules_alias_match(&c.aliases, "pci:v00001AF4d0000", &found), 0);
	assert_string_equal(found.items[0], "virtio_pci");
}

static void built_in_aliases(void **state)
{
	static const char info[] = "ext4.license=GPL\0virtio_net.alias=virtio:d00000001v*\0"
				   "x.parm=a.alias=b\0.alias=z\0ahci.alias=pci:*bc01sc06i01*";
	_cleanup_(modules_alias_done) struct modules_alias a = {0};
	_cleanup_(strings_done) struct strings found = {0};

	(void)state;
	assert_int_equal(modules_builtin_aliases(&a,
		(struct bytes){(const uint8_t *)info, sizeof(info) - 1}), 0);
	assert_int_equal(modules_builtin_aliases(&a, (struct bytes){NULL, 0}), 0);
	assert_int_equal(modules_alias_match(&a, "virtio:d00000001v00001AF4", &found), 0);
	assert_int_equal(modules_alias_match(&a, "pci:v1bc01sc06i01", &found), 0);
	assert_int_equal(found.count, 2);
	assert_string_equal(found.items[0], "virtio_net");
	assert_string_equal(found.items[1], "ahci");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order),
		cmocka_unit_test(overrides_and_externals),
		cmocka_unit_test(modprobe),
		cmocka_unit_test(built_in_aliases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
