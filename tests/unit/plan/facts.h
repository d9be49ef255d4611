/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An EL9 system in memory: what inventory and verify would have found, to be spoiled. */
#ifndef TESTS_UNIT_PLAN_FACTS_H
#define TESTS_UNIT_PLAN_FACTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "plan.h"

#define V "5.14.0-1.el9.x86_64"
#define ROOT_UUID "11111111-2222-3333-4444-555555555555"
#define TOKEN "0123456789abcdef0123456789abcdef"
#define ENTRIES "/boot/loader/entries"

struct facts {
	struct system system;
	struct inventory inv;
	struct verification v;
	struct kernel kernel;
	struct entry entry;
	enum kernel_state state;
	size_t entry_index;
	char *initrd[1];
	struct filesystem_space spaces[2];
	struct restore_options options;
	struct plan plan;
	struct fault fault;
};

static const struct snapshot present = {.exists = true, .mode = S_IFREG | 0644, .size = 100};

/* Names that the tests look up, sorted as inventory_observe leaves them. */
static struct observed observed[] = {
	{.path = (char *)"/boot/System.map-" V,
		.now = {.exists = true, .mode = S_IFREG, .size = 100}},
	{.path = (char *)"/boot/config-" V,
		.now = {.exists = true, .mode = S_IFREG, .size = 100}},
	{.path = (char *)"/boot/initramfs-" V ".img",
		.now = {.exists = true, .mode = S_IFREG, .size = 100}},
	{.path = (char *)"/boot/loader/entries/" TOKEN "-" V ".conf",
		.now = {.exists = true, .mode = S_IFREG, .size = 100}},
	{.path = (char *)"/boot/symvers-" V ".gz",
		.now = {.exists = true, .mode = S_IFLNK, .size = 30}},
	{.path = (char *)"/boot/vmlinuz-" V,
		.now = {.exists = true, .mode = S_IFREG, .size = 100}},
	{.path = (char *)"/lib/modules/" V,
		.now = {.exists = true, .mode = S_IFDIR, .size = 100}},
	{.path = (char *)"/lib/modules/" V "/System.map",
		.now = {.exists = true, .mode = S_IFREG, .size = 100}},
	{.path = (char *)"/lib/modules/" V "/config",
		.now = {.exists = true, .mode = S_IFREG, .size = 100}},
	{.path = (char *)"/lib/modules/" V "/symvers.gz",
		.now = {.exists = true, .mode = S_IFREG, .size = 100}},
	{.path = (char *)"/lib/modules/" V "/vmlinuz",
		.now = {.exists = true, .mode = S_IFREG, .size = 100}},
};

/* The name was not there when the inventory was read. */
static inline void lose(struct facts *x, const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(observed); i++)
		if (text_equal(observed[i].path, path))
			observed[i].now.exists = false;
	(void)x;
}

static inline int facts_setup(void **state)
{
	struct facts *x = calloc(1, sizeof(*x));

	for (size_t i = 0; i < ARRAY_SIZE(observed); i++)
		observed[i].now.exists = true;
	x->system = (struct system){.id = (char *)"rhel9-3f2a", .os_id = (char *)"rhel",
		.os_version_id = (char *)"9.4", .arch = (char *)"x86_64",
		.os_pretty_name = (char *)"Red Hat Enterprise Linux 9.4",
		.root = {.fstype = (char *)"ext4", .uuid = (char *)ROOT_UUID,
			.source = (char *)"UUID=" ROOT_UUID, .mountpoint = (char *)"/"},
		.boot = {.separate = true, .mountpoint = (char *)"/boot"}, .complete = true,
		.target = TARGET_NONE};
	x->initrd[0] = (char *)"/boot/initramfs-" V ".img";
	x->entry = (struct entry){.id = (char *)TOKEN "-" V, .title = (char *)"RHEL (" V ") 9.4",
		.source = (char *)ENTRIES "/" TOKEN "-" V ".conf",
		.linux_path = (char *)"/boot/vmlinuz-" V, .initrd = {x->initrd, 1, 1},
		.options = (char *)"root=UUID=" ROOT_UUID " ro",
		.raw_options = (char *)"root=UUID=" ROOT_UUID " ro", .is_default = true,
		.is_of_this_root = true, .is_read = true};
	x->kernel = (struct kernel){.release = (char *)V,
		.image = {.path = (char *)"/boot/vmlinuz-" V,
			.spare = (char *)"/lib/modules/" V "/vmlinuz"},
		.modules = {.path = (char *)"/lib/modules/" V, .count = 100},
		.initramfs = {.path = x->initrd[0]}, .entries = &x->entry_index, .entry_count = 1};
	x->state = KERNEL_BOOTABLE;
	x->spaces[0] = (struct filesystem_space){.mountpoint = (char *)"/", .device = 1,
		.free_bytes = 1u << 30, .free_inodes = 100000, .block_size = 4096};
	x->spaces[1] = (struct filesystem_space){.mountpoint = (char *)"/boot", .device = 2,
		.free_bytes = 1u << 29, .free_inodes = 100000, .block_size = 4096};
	x->inv = (struct inventory){.system = &x->system, .kernels = &x->kernel, .kernel_count = 1,
		.entries = &x->entry, .entry_count = 1, .entry_token = (char *)TOKEN,
		.entries_directory = (char *)ENTRIES, .spaces = x->spaces, .space_count = 2,
		.observed = observed, .observed_count = ARRAY_SIZE(observed),
		.grubenv_path = (char *)"/boot/grub2/grubenv", .saved_entry = x->entry.id};
	x->v = (struct verification){.kernel_states = &x->state, .kernel_count = 1};
	*state = x;
	return 0;
}

static inline int facts_teardown(void **state)
{
	struct facts *x = *state;

	plan_done(&x->plan);
	free(x);
	return 0;
}

static inline int plan_now(struct facts *x)
{
	plan_done(&x->plan);
	memset(&x->fault, 0, sizeof(x->fault));
	return plan_restore(&x->plan, &x->inv, &x->v, NULL, NULL, &x->options, &x->fault);
}

/* The plan holds exactly these operations, in this order. */
static inline void assert_operations(const struct facts *x, const char *wanted)
{
	char names[256] = "";
	size_t used = 0;

	for (size_t i = 0; i < x->plan.count; i++)
		used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s", i ? " " : "",
			op_name(x->plan.operations[i].op));
	assert_string_equal(names, wanted);
}

#define WITH_FACTS(test) cmocka_unit_test_setup_teardown(test, facts_setup, facts_teardown)

#endif
