/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packages of each generation judged as if they were restored, on a system without a kernel. */
#include "rpms.h"
#include "tree.h"
#include "verify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct facts {
	struct tree tree;
	struct system system;
	struct inventory inv;
	struct package_sets sets;
	struct verify_options options;
	struct verification v;
	struct fault fault;
};

static int setup(void **state)
{
	struct facts *x = calloc(1, sizeof(*x));

	tree_make(&x->tree, "d 0755 /boot\nd 0755 /etc\nd 0755 /lib/modules\n"
			     "f 0755 /sbin/init =#!/bin/sh\nf 0755 /bin/sh\n");
	x->system = (struct system){.id = (char *)"linux-3f2a", .complete = true,
		.arch = (char *)"x86_64", .root.fstype = (char *)"ext4",
		.firmware = FIRMWARE_BIOS, .target.fd = x->tree.fd};
	x->inv = (struct inventory){.system = &x->system, .default_entry = -1,
		.loader = LOADER_BLSCFG_EL9,
		.entries_directory = (char *)"/boot/loader/entries"};
	x->options.boot_path_only = true;
	*state = x;
	return 0;
}

static void forget(struct facts *x)
{
	package_sets_done(&x->sets);
	verification_done(&x->v);
	x->sets = (struct package_sets){0};
}

static int teardown(void **state)
{
	struct facts *x = *state;

	forget(x);
	tree_remove(&x->tree);
	free(x);
	return 0;
}

/* The complete set of that folder. */
static void judge(struct facts *x, const char *folder)
{
	_cleanup_(strings_done) struct strings operands = {0};
	const struct package_set *set = NULL;

	forget(x);
	assert_int_equal(strings_take(&operands, rpms_folder(folder)), 0);
	assert_int_equal(package_sets_read(&x->sets, &operands, NULL, NULL, &x->fault), 0);
	for (size_t i = 0; i < x->sets.set_count && !set; i++)
		set = x->sets.sets[i].complete ? &x->sets.sets[i] : NULL;
	assert_non_null(set);
	if (verify_offer(&x->v, &x->inv, &x->sets, set, &x->options, NULL, &x->fault) < 0)
		fail_msg("%s: %s", folder, x->fault.reason);
}

static const struct finding *find(const struct facts *x, const char *code)
{
	for (size_t i = 0; i < x->v.findings.count; i++)
		if (strcmp(x->v.findings.items[i].code, code) == 0)
			return &x->v.findings.items[i];
	return NULL;
}

static void whole_and_default(void **state)
{
	static const char *const folders[] = {"el5", "el7", "el8", "el9", "fedora", "suse"};
	struct facts *x = *state;

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		judge(x, folders[i]);
		if (x->v.verdict != VERDICT_BOOTABLE || x->v.findings.count)
			fail_msg("%s: %s", folders[i], x->v.findings.count
				? x->v.findings.items[0].message : "not bootable");
		assert_int_equal(x->v.kernel_count, 1);
		assert_int_equal(x->v.kernel_states[0], KERNEL_BOOTABLE);
		assert_int_equal(x->inv.kernel_count, 0); /* nothing of it is there yet */
	}
}

/* What it lacks is told of the file that the generation will have. */
static void initramfs_of_that_generation(void **state)
{
	static const struct {
		const char *folder, *os, *path;
	} cases[] = {
		{"el5", "centos", "/boot/initrd-2.6.18-398.el5.img"},
		{"el7", "centos", "/boot/initramfs-3.10.0-1160.el7.x86_64.img"},
		{"el9", "rhel", "/boot/initramfs-5.14.0-503.el9_5.x86_64.img"},
		{"suse", "opensuse-leap", "/boot/initrd-6.4.0-150600.23.7-default"},
	};
	struct facts *x = *state;

	x->system.root.fstype = (char *)"btrfs";
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		x->system.os_id = (char *)cases[i].os;
		judge(x, cases[i].folder);
		if (!find(x, "initramfs-lacks-root-driver"))
			fail_msg("%s brings btrfs", cases[i].folder);
		assert_string_equal(find(x, "initramfs-lacks-root-driver")->subject,
			cases[i].path);
		assert_int_equal(x->v.verdict, VERDICT_UNBOOTABLE);
	}
}

static void for_another_machine(void **state)
{
	struct facts *x = *state;

	judge(x, "other-arch");
	assert_int_equal(x->v.verdict, VERDICT_UNBOOTABLE);
	assert_int_equal(find(x, "package-incompatible")->severity, SEVERITY_ERROR);
	assert_non_null(strstr(find(x, "package-incompatible")->message, "aarch64"));
	x->system.arch = (char *)"aarch64";
	judge(x, "other-arch");
	assert_null(find(x, "package-incompatible"));
	x->system.arch = NULL; /* not known */
	judge(x, "other-arch");
	assert_null(find(x, "package-incompatible"));
	x->system.arch = (char *)"i686";
	judge(x, "el9");
	assert_non_null(find(x, "package-incompatible"));
}

/* An entry that was the default one starts it no more; the others stay as they are. */
static void beside_another_kernel(void **state)
{
	struct facts *x = *state;
	size_t index = 0;
	struct entry entry = {.id = (char *)"old", .source = (char *)"/boot/old.conf",
		.is_default = true, .is_of_this_root = true};
	char *modules[] = {(char *)"ext4"};
	struct kernel old = {.release = (char *)"4.0", .image.path = (char *)"/boot/vmlinuz-4.0",
		.modules = {.path = (char *)"/lib/modules/4.0", .count = 9},
		.initramfs = {.path = (char *)"/boot/initramfs-4.0.img", .listed = true,
			.state = PART_MISSING, .modules = {modules, 1, 1}},
		.entries = &index, .entry_count = 1};

	x->inv.kernels = &old;
	x->inv.kernel_count = 1;
	x->inv.entries = &entry;
	x->inv.entry_count = 1;
	x->inv.default_entry = 0;
	judge(x, "el9");
	assert_int_equal(x->v.verdict, VERDICT_BOOTABLE);
	assert_int_equal(x->v.kernel_count, 2);
	assert_null(find(x, "initramfs-missing")); /* nobody asked for that one */
	assert_true(entry.is_default);
	assert_int_equal(x->inv.default_entry, 0);
}

static void what_it_lacks(void **state)
{
	struct facts *x = *state;
	size_t lacks[OFFER_LACKS];

	judge(x, "el9");
	verification_lacks(&x->v, lacks);
	assert_int_equal(lacks[LACKS_ROOT] + lacks[LACKS_MODULES] + lacks[LACKS_NETWORK], 0);
	x->system.root.fstype = (char *)"btrfs";
	judge(x, "el9");
	verification_lacks(&x->v, lacks);
	assert_int_equal(lacks[LACKS_ROOT], 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(whole_and_default),
		TEST(initramfs_of_that_generation),
		TEST(for_another_machine),
		TEST(beside_another_kernel),
		TEST(what_it_lacks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
