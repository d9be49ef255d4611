/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tells which kernels were here, the most telling first; packages in caches. */
#include "patient.h"

static void check(
	const struct patient *p, size_t i, const char *release, const char *origin)
{
	assert_true(i < p->inv.clue_count);
	assert_string_equal(p->inv.clues[i].release, release);
	assert_string_equal(p->inv.clues[i].origin, origin);
}

static void orders_clues(void **state)
{
	struct patient *p = patient_new(
		"f 0644 /boot/loader/entries/a.conf <<END\n"
		"linux /boot/vmlinuz-5.14.0-1.el9.x86_64\n"
		"options root=UUID=" UUID "\n"
		"END\n"
		"f 0644 /boot/loader/entries/other.conf <<END\n"
		"linux /boot/vmlinuz-5.14.0-99.el9.x86_64\n"
		"options root=UUID=of-another\n"
		"END\n"
		"f 0644 /boot/loader/entries/rootless.conf <<END\n"
		"linux /boot/vmlinuz-5.14.0-7.el9.x86_64\n"
		"END\n"
		"f 0644 /usr/lib/modules/5.14.0-2.el9.x86_64/kernel/a.ko\n"
		"f 0644 /usr/lib/modules/5.14.0-3.el9.x86_64/extra/a.ko\n"
		"f 0644 /var/log/dnf.rpm.log <<END\n"
		"2024-05-01T10:00:00+0000 INFO --- logging initialized ---\n"
		"2024-05-01T10:00:01+0000 SUBDEBUG Installed: "
		"kernel-core-5.14.0-4.el9.x86_64\n"
		"2024-05-01T10:00:02+0000 SUBDEBUG Installed: "
		"kernel-tools-5.14.0-9.el9.x86_64\n"
		"2024-05-02T10:00:01+0000 SUBDEBUG Erase: "
		"kernel-core-5.14.0-1.el9.x86_64\n"
		"2024-05-02T10:00:02+0000 SUBDEBUG Erase: "
		"kernel-core-5.14.0-5.el9.x86_64\n"
		"END\n"
		"f 0644 /var/log/dnf.rpm.log.1 =x SUBDEBUG Upgrade: "
		"kernel-5.14.0-6.el9.x86_64\n"
		"f 0644 /var/log/yum.log <<END\n"
		"Mar 01 10:00:00 Installed: 1:kernel-3.10.0-957.el7.x86_64\n"
		"Mar 01 10:00:00 Installed: kernel-2.6.18-398.el5.x86_64\n"
		"Mar 01 10:00:00 Erased: kernel\n"
		"Mar 01 10:00:00 Updated: kernel-headers-3.10.0-1.el7.x86_64\n"
		"END\n"
		"f 0644 /var/log/yum.log-20200101 =x Installed: "
		"kernel-3.10.0-1.el7.x86_64\n"
		"f 0644 /var/log/yum.log-20210101 =x Installed: "
		"kernel-3.10.0-2.el7.x86_64\n"
		"f 0644 /var/log/yum.logistics =x Installed: "
		"kernel-3.10.0-3.el7.x86_64\n");
	size_t i = 0;

	(void)state;
	patient_read(p);
	check(p, i++, "5.14.0-7.el9.x86_64",
		"boot entry"); /* broken, yet the default and a clue */
	check(p, i++, "5.14.0-1.el9.x86_64", "boot entry");
	check(p, i++, "5.14.0-2.el9.x86_64", "module directory");
	check(p, i++, "5.14.0-5.el9.x86_64", "dnf.rpm.log");
	check(p, i++, "5.14.0-4.el9.x86_64", "dnf.rpm.log");
	check(p, i++, "5.14.0-6.el9.x86_64", "dnf.rpm.log");
	check(p, i++, "2.6.18-398.el5", "yum.log");
	check(p, i++, "3.10.0-957.el7.x86_64", "yum.log");
	check(p, i++, "3.10.0-2.el7.x86_64", "yum.log");
	check(p, i++, "3.10.0-1.el7.x86_64", "yum.log");
	check(p, i++, "5.14.0-3.el9.x86_64", "third-party modules");
	assert_int_equal(p->inv.clue_count, i);
	patient_free(p);
}

static void finds_packages(void **state)
{
	struct patient *p = patient_new(
		"f 0644 /var/cache/dnf/baseos-1/packages/kernel-core-" V ".rpm\n"
		"f 0644 /var/cache/dnf/baseos-1/packages/bash-5.rpm\n"
		"f 0644 /var/cache/yum/x/kernel-" V ".rpm\n"
		"f 0644 /var/cache/PackageKit/9/kernel-modules-" V ".rpm\n"
		"f 0644 /var/cache/other/kernel-" V ".rpm\n"
		"d 0755 /var/cache/yum/kernel-dir.rpm\n"
		"l /var/cache/yum/kernel-link.rpm x/kernel-" V ".rpm\n");

	(void)state;
	patient_read(p);
	assert_int_equal(p->inv.cached_rpms.count, 3);
	assert_string_equal(p->inv.cached_rpms.items[0],
		"/var/cache/dnf/baseos-1/packages/kernel-core-" V ".rpm");
	assert_string_equal(
		p->inv.cached_rpms.items[1], "/var/cache/yum/x/kernel-" V ".rpm");
	assert_string_equal(p->inv.cached_rpms.items[2],
		"/var/cache/PackageKit/9/kernel-modules-" V ".rpm");
	patient_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(orders_clues),
		cmocka_unit_test(finds_packages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
