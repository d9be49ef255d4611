/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../../../rescue/locate/local.h"
#include "tree.h"

#include <setjmp.h>

#include <cmocka.h>
#include <elf.h>

struct known {
	struct tree tree;
	struct system system;
};

static void read_tree(struct known *ret, const char *manifest)
{
	tree_make(&ret->tree, manifest);
	system_init(&ret->system);
	ret->system.target.fd = ret->tree.fd;
	assert_int_equal(identity_read(&ret->system), 0);
}

static void done(struct known *k)
{
	k->system.target = TARGET_NONE; /* the tree's own */
	system_done(&k->system);
	tree_remove(&k->tree);
}

static void expect_id(const struct system *s, const char *begins)
{
	_cleanup_free_ char *id = identity_id(s, "seed");

	if (!text_starts(id, begins) || strlen(id) != strlen(begins) + 4)
		fail_msg("%s, not %sxxxx", id, begins);
}

static void test_os_release(void **state)
{
	struct known k;

	(void)state;
	read_tree(&k,
		"f 0644 /etc/os-release <<E\n"
		"ID=\"rhel\"\nVERSION_ID=\"8.9\"\nPRETTY_NAME=\"Red Hat Linux\"\nE\n"
		"f 0644 /etc/machine-id =0123456789abcdef0123456789abcdef\n");
	assert_string_equal(k.system.os_id, "rhel");
	assert_string_equal(k.system.os_version_id, "8.9");
	assert_string_equal(k.system.os_pretty_name, "Red Hat Linux");
	assert_string_equal(k.system.machine_id, "0123456789abcdef0123456789abcdef");
	assert_int_equal(k.system.findings.count, 0);
	expect_id(&k.system, "rhel8-");
	done(&k);
}

/* etc/os-release leads to a /usr that is not there; the other name is tried. */
static void test_dangling_link(void **state)
{
	struct known k;

	(void)state;
	read_tree(&k, "l /etc/os-release ../nowhere\n"
		      "f 0644 /usr/lib/os-release =ID=fedora\n");
	assert_string_equal(k.system.os_id, "fedora");
	assert_null(k.system.os_version_id);
	expect_id(&k.system, "fedora-");
	done(&k);
}

static void test_old_releases(void **state)
{
	static const struct {
		const char *manifest, *id, *version, *begins;
	} cases[] = {
		{"f 0644 /etc/redhat-release =CentOS release 6.10 (Final)\n", "centos",
			"6.10", "centos6-"},
		{"f 0644 /etc/redhat-release =Red Hat Enterprise Linux Server release "
		 "5.11 "
		 "(Tikanga)\n",
			"rhel", "5.11", "rhel5-"},
		{"f 0644 /etc/redhat-release =Red Hat Enterprise Linux Server release "
		 "6.9\n"
		 "f 0644 /etc/oracle-release =Oracle Linux Server release 6.9\n",
			"ol", "6.9", "ol6-"},
		{"f 0644 /etc/SuSE-release <<E\nSUSE Linux Enterprise Server 11 "
		 "(x86_64)\n"
		 "VERSION = 11\nE\n",
			"sles", "11", "sles11-"},
		{"f 0644 /etc/redhat-release =Somebody's Linux\n", "el", "", "el-"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct known k;

		read_tree(&k, cases[i].manifest);
		assert_string_equal(k.system.os_id, cases[i].id);
		assert_string_equal(k.system.os_version_id, cases[i].version);
		expect_id(&k.system, cases[i].begins);
		done(&k);
	}
}

static void test_unknown(void **state)
{
	static const char *const ids[] = {
		"uninitialized", "0123", "", "0123456789ABCDEF0123456789ABCDEF"};
	struct known k;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		char manifest[128];

		snprintf(manifest, sizeof(manifest), "f 0444 /etc/machine-id =%s\n",
			ids[i]);
		read_tree(&k, manifest);
		assert_null(k.system.machine_id);
		assert_null(k.system.arch);
		assert_true(findings_has(&k.system.findings, "os-unknown"));
		expect_id(&k.system, "linux-");
		done(&k);
	}
}

/* Whatever an os-release says, an id stays a word that a shell leaves alone. */
static void test_hostile_id(void **state)
{
	struct known k;

	(void)state;
	read_tree(&k, "f 0644 /etc/os-release <<E\n"
		      "ID='$(reboot); ../x'\nVERSION_ID=\"123456789012345\"\nE\n");
	expect_id(&k.system, "reboot---..-x12345678-");
	done(&k);
	read_tree(&k,
		"f 0644 /etc/os-release "
		"=ID=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n");
	expect_id(&k.system, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-");
	done(&k);
}

static void test_id_by_seed(void **state)
{
	struct system s;
	_cleanup_free_ char *a = NULL, *b = NULL, *again = NULL;

	(void)state;
	system_init(&s);
	a = identity_id(&s, "one");
	b = identity_id(&s, "two");
	again = identity_id(&s, "one");
	assert_string_not_equal(a, b);
	assert_string_equal(a, again);
	assert_string_equal(a, "linux-7692"); /* sha256sum of "one" */
}

static void test_arch(void **state)
{
	Elf64_Ehdr aarch64 = {
		.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB},
		.e_machine = EM_AARCH64,
	};
	Elf64_Ehdr ppc64 = {
		.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2MSB},
		.e_machine = __builtin_bswap16(EM_PPC64),
	};
	struct known k;

	(void)state;
	tree_make(&k.tree, "f 0755 /sbin/init =#!/bin/sh\n");
	tree_file(&k.tree, "/bin/sh", &aarch64, sizeof(aarch64));
	system_init(&k.system);
	k.system.target.fd = k.tree.fd;
	assert_int_equal(identity_read(&k.system), 0);
	assert_string_equal(k.system.arch, "aarch64");
	system_forget(&k.system);
	tree_file(&k.tree, "/bin/sh", &ppc64, sizeof(ppc64));
	assert_int_equal(identity_read(&k.system), 0);
	assert_string_equal(k.system.arch, "ppc64");
	done(&k);
}

static void expect_system(const char *manifest, bool is)
{
	struct tree t;

	tree_make(&t, manifest);
	if (target_is_system(&(struct target){t.fd}) != is)
		fail_msg("%s", manifest);
	tree_remove(&t);
}

static void test_is_system(void **state)
{
	(void)state;
	expect_system("f 0644 /etc/fstab\nf 0644 /etc/os-release\n", true);
	expect_system("f 0644 /etc/fstab\nf 0644 /usr/lib/os-release\n", true);
	expect_system(
		"f 0644 /etc/fstab\nl /etc/os-release ../usr/lib/os-release\n", true);
	expect_system("f 0644 /etc/fstab\nf 0644 /etc/redhat-release\n", true);
	expect_system("f 0644 /etc/fstab\nl /sbin/init ../lib/systemd/systemd\n", true);
	expect_system("f 0644 /etc/fstab\n", false);
	expect_system("f 0644 /etc/os-release\nf 0755 /sbin/init\n", false);
	expect_system("d 0755 /grub2\n", false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_os_release),
		cmocka_unit_test(test_dangling_link),
		cmocka_unit_test(test_old_releases),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_hostile_id),
		cmocka_unit_test(test_id_by_seed),
		cmocka_unit_test(test_arch),
		cmocka_unit_test(test_is_system),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
