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

static const char *reason = "symbol-version", *release = V;

static void assert_owner(const char *manifest, const char *os, const char *version,
			 const char *path, const char *name, const char *command)
{
	_cleanup_(module_owner_done) struct module_owner o = {0};
	struct system s = {.os_id = (char *)os, .os_version_id = (char *)version};
	struct tree tree;

	tree_make(&tree, manifest);
	s.target.fd = tree.fd;
	assert_int_equal(module_owner_find(&o, &s, &(struct bad_module){path, release, reason}), 0);
	assert_int_equal(!o.name, !o.witness);
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
		"the package kmod-nvidia", "dnf upgrade kmod-nvidia");
	assert_owner(config, "centos", "7", EXTRA "e1000e/e1000e.ko.xz",
		"the package kmod-e1000e", "yum upgrade kmod-e1000e");
	assert_owner(config, "rhel", "9.4", EXTRA "mine/mine.ko", NULL, NULL);
	assert_owner(config, "rhel", "9.4", EXTRA "nvidia.ko", NULL, NULL);
	reason = "format"; /* damaged: the same one will do */
	assert_owner(config, "rhel", "9.4", EXTRA "nvidia/nvidia.ko.xz",
		"the package kmod-nvidia", "dnf reinstall kmod-nvidia");
	reason = "symbol-version";
}

/* The flavour is what the release ends in. */
#define SUSE "6.4.0-150600.23.7-default"

static void suse_packages(void **state)
{
	(void)state;
	release = SUSE;
	assert_owner("d 0755 /etc\n", "sles", "15.5", "/lib/modules/" V "/updates/drbd/drbd.ko.zst",
		"a kernel module package, drbd-kmp by its name", "zypper update drbd-kmp-default");
	assert_owner("l /lib/modules/" V "/weak-updates/updates/x.ko "
		     "/lib/modules/" SUSE "/updates/x.ko\n", "opensuse-leap", "15.6",
		"/lib/modules/" V "/weak-updates/updates/x.ko",
		"a kernel module package, x-kmp by its name", "zypper update x-kmp-default");
	assert_owner("d 0755 /etc\n", "sles", "15.5", EXTRA "x.ko", NULL, NULL);
	release = V;
}

/* A link belongs to whom the file belongs that it leads to, be it there or gone. */
static void weak_updates(void **state)
{
	static const char linked[] =
		"l /lib/modules/" V "/weak-updates/e1000e/e1000e.ko "
		"/lib/modules/5.14.0-0/extra/e1000e/e1000e.ko\n"
		"l /lib/modules/" V "/weak-updates/mine.ko ../extra/mine.ko\n"
		"l /lib/modules/" V "/weak-updates/v.ko /lib/modules/5.14.0-0/extra/v.ko\n"
		"f 0644 /var/lib/dkms/v/1/5.14.0-0/x86_64/module/v.ko\n"
		"d 0755 /var/lib/dkms/v/1/" V "/x86_64\n"
		"f 0644 /etc/depmod.d/kmod-e1000e.conf\n";
	static const char weak[] = "/lib/modules/" V "/weak-updates/";

	(void)state;
	_cleanup_free_ char *e1000e = text_printf("%se1000e/e1000e.ko", weak);
	_cleanup_free_ char *mine = text_printf("%smine.ko", weak);
	_cleanup_free_ char *v = text_printf("%sv.ko", weak);
	assert_owner(linked, "rhel", "9.4", e1000e, "the package kmod-e1000e",
		"dnf upgrade kmod-e1000e");
	assert_owner(linked, "rhel", "9.4", mine, NULL, NULL);
	/* What it built for this kernel does not fit: once more. */
	assert_owner(linked, "rhel", "9.4", v, "DKMS (v 1)", "dkms install --force v/1 -k " V);
}

static void left_to_the_database(void **state)
{
	(void)state;
	assert_owner("d 0755 /usr/lib/sysimage/rpm\n", "fedora", "41", EXTRA "mine.ko", NULL,
		"rpm -qf " EXTRA "mine.ko");
	assert_owner("d 0755 /var/lib/rpm\n", "centos", "7", EXTRA "mine/mine.ko", NULL,
		"rpm -qf " EXTRA "mine/mine.ko");
	assert_owner("d 0755 /var/lib/dpkg\n", "debian", "12", "/lib/modules/" V "/updates/x.ko",
		NULL, "dpkg -S /lib/modules/" V "/updates/x.ko");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dkms),
		cmocka_unit_test(vmware_tools),
		cmocka_unit_test(packages),
		cmocka_unit_test(suse_packages),
		cmocka_unit_test(weak_updates),
		cmocka_unit_test(left_to_the_database),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
