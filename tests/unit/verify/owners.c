/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose a third-party module is, from the traces that its installer leaves. */
#include "../../../rescue/verify/owners.h"
#include "tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define V "5.14.0-1.el9.x86_64"
#define EXTRA "/lib/modules/" V "/extra/"

static void assert_owner(const char *manifest, const char *os, const char *version,
			 const char *path, const char *name, const char *command)
{
	_cleanup_(module_owner_done) struct module_owner o = {0};
	struct system s = {.os_id = (char *)os, .os_version_id = (char *)version};
	struct tree tree;

	tree_make(&tree, manifest);
	s.target.fd = tree.fd;
	assert_int_equal(module_owner_find(&o, &s, path, V), 0);
	tree_remove(&tree);
	if (!text_equal(o.name, name) || !text_equal(o.command, command))
		fail_msg("%s: %s, %s", path, o.name ? o.name : "-", o.command ? o.command : "-");
}

static void dkms(void **state)
{
	static const char built[] =
		"f 0644 /var/lib/dkms/v4l2loopback/0.12.7/5.14.0-0/x86_64/module/v4l2loopback.ko.xz\n"
		"d 0755 /var/lib/dkms/v4l2loopback/0.12.7/source\n"
		"l /var/lib/dkms/v4l2loopback/kernel-5.14.0-0-x86_64 0.12.7/5.14.0-0/x86_64\n";

	(void)state;
	assert_owner(built, "rhel", "9.4", EXTRA "v4l2loopback.ko.xz",
		"DKMS (v4l2loopback 0.12.7)", "dkms install v4l2loopback/0.12.7 -k " V);
	assert_owner(built, "rhel", "9.4", EXTRA "other.ko.xz", NULL, NULL);
}

static void vmware_tools(void **state)
{
	static const char tools[] =
		"f 0644 /etc/vmware-tools/locations <<END\n"
		"answer BINDIR /usr/bin\n"
		"file /lib/modules/" V "/updates/vmware/vmxnet.ko 1300000000\n"
		"END\n"
		"f 0644 /etc/vmware-tools/manifest.txt <<END\n"
		"vmxnet.version = \"2.0.15.0\"\n"
		"vmxnet.installed = \"TRUE\"\n"
		"END\n";

	(void)state;
	assert_owner(tools, "centos", "6", "/lib/modules/" V "/updates/vmware/vmxnet.ko",
		"VMware Tools (its version 2.0.15.0)", "vmware-config-tools.pl -d -k " V);
	assert_owner(tools, "centos", "6", "/lib/modules/" V "/misc/vmci.ko", "VMware Tools",
		"vmware-config-tools.pl -d -k " V);
	assert_owner(tools, "centos", "6", "/lib/modules/" V "/misc/mine.ko", NULL, NULL);
	assert_owner("d 0755 /etc\n", "centos", "6", "/lib/modules/" V "/misc/vmci.ko", NULL, NULL);
}

static void packages(void **state)
{
	static const char config[] = "f 0644 /etc/depmod.d/nvidia.conf\n"
				     "f 0644 /etc/depmod.d/kmod-e1000e.conf\n";

	(void)state;
	assert_owner(config, "rhel", "9.4", EXTRA "nvidia/nvidia.ko.xz",
		"the package kmod-nvidia", "dnf reinstall kmod-nvidia");
	assert_owner(config, "centos", "7", EXTRA "e1000e/e1000e.ko.xz",
		"the package kmod-e1000e", "yum reinstall kmod-e1000e");
	assert_owner(config, "rhel", "9.4", EXTRA "mine/mine.ko", NULL, NULL);
	assert_owner(config, "rhel", "9.4", EXTRA "nvidia.ko", NULL, NULL);
	assert_owner("d 0755 /etc\n", "sles", "15.5", "/lib/modules/" V "/updates/drbd/drbd.ko.zst",
		"the package drbd-kmp", "zypper install --force drbd-kmp-default");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dkms),
		cmocka_unit_test(vmware_tools),
		cmocka_unit_test(packages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
