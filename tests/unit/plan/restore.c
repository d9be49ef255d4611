/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plans without packages: what each missing part leads to. */
#include "facts.h"

#include <errno.h>

static void nothing_is_missing(void **state)
{
	struct facts *x = *state;

	assert_int_equal(plan_now(x), 0);
	assert_operations(x, "");
	assert_true(x->plan.boots);
}

static void missing_image_is_copied(void **state)
{
	struct facts *x = *state;

	x->kernel.image.state = PART_MISSING;
	x->state = KERNEL_INCOMPLETE;
	lose(x, "/boot/vmlinuz-" V);
	assert_int_equal(plan_now(x), 0);
	assert_operations(x, "copy");
	assert_string_equal(x->plan.operations[0].path, "/boot/vmlinuz-" V);
	assert_string_equal(x->plan.operations[0].from, "/lib/modules/" V "/vmlinuz");
	assert_int_equal(x->plan.operations[0].mode, 0755);
	assert_false(x->plan.operations[0].expected.exists);
	assert_true(x->plan.boots);
}

static void everything_that_scripts_make(void **state)
{
	struct facts *x = *state;
	static const char *const names[] = {"/boot/vmlinuz-" V, "/boot/System.map-" V,
		"/boot/config-" V, "/boot/symvers-" V ".gz", "/boot/initramfs-" V ".img",
		ENTRIES "/" TOKEN "-" V ".conf"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		lose(x, names[i]);
	x->kernel.image.state = PART_MISSING;
	x->kernel.initramfs.state = PART_MISSING;
	x->kernel.modules.state = PART_UNINDEXED;
	x->kernel.entry_count = 0;
	x->inv.entry_count = 0;
	x->inv.default_entry = -1;
	x->inv.saved_entry = NULL;
	x->state = KERNEL_INCOMPLETE;
	assert_int_equal(plan_now(x), 0);
	assert_operations(x, "index copy copy copy link initramfs entry default");
	assert_string_equal(x->plan.operations[4].content.data, "/lib/modules/" V "/symvers.gz");
	assert_true(x->plan.boots);
}

static void token_directory_keeps_boot_as_it_is(void **state)
{
	struct facts *x = *state;
	struct observed more[ARRAY_SIZE(observed) + 1];

	lose(x, "/boot/System.map-" V);
	more[0] = (struct observed){.path = (char *)"/boot/" TOKEN "/" V,
		.now = {.exists = true, .mode = S_IFDIR | 0755}};
	memcpy(more + 1, observed, sizeof(observed));
	x->inv.observed = more;
	x->inv.observed_count = ARRAY_SIZE(more);
	assert_int_equal(plan_now(x), 0);
	assert_operations(x, "");
}

static void sound_initramfs_is_kept(void **state)
{
	struct facts *x = *state;

	x->kernel.modules.state = PART_UNINDEXED;
	assert_int_equal(plan_now(x), 0);
	assert_operations(x, "index");
}

static void no_entry_without_its_initramfs(void **state)
{
	struct facts *x = *state;

	x->kernel.initramfs.state = PART_MISSING;
	lose(x, "/boot/initramfs-" V ".img");
	x->entry.broken = true;
	x->state = KERNEL_INCOMPLETE;
	x->options.initramfs = INITRAMFS_NONE;
	assert_int_equal(plan_now(x), 0);
	assert_operations(x, "");
	assert_false(x->plan.boots);
}

static void root_that_cannot_be_reached(void **state)
{
	struct facts *x = *state;

	x->kernel.initramfs.state = PART_MISSING;
	x->system.root.source = (char *)"/dev/mapper/rhel-root";
	x->system.unreachable = "an LVM thin volume";
	assert_true(plan_now(x) < 0);
	assert_int_equal(x->fault.code, FAULT_ROOT_NOT_REACHABLE);
	assert_non_null(strstr(x->fault.reason, "thin"));
	x->system.unreachable = NULL;
	assert_int_equal(plan_now(x), 0);
	plan_done(&x->plan);
	x->system.pieces = PIECE_LVM;
	assert_int_equal(plan_now(x), 0);
	plan_done(&x->plan);
	x->system.pieces = PIECE_LVM | PIECE_MD;
	assert_true(plan_now(x) < 0);
	assert_non_null(strstr(x->fault.reason, "md array"));
	x->options.initramfs = INITRAMFS_NONE;
	assert_int_equal(plan_now(x), 0);
}

/* The words that its kernel will be given tell, too. */
static void root_that_the_command_line_tells(void **state)
{
	static const struct {
		const char *options, *reason;
	} cases[] = {
		{"root=UUID=1 rd.luks.uuid=luks-2", "LUKS"},
		{"root=UUID=1 rd.luks.uuid=luks-2 rd.neednet=1", "clevis"},
		{"root=/dev/sda1 fips=1", "fips=1"},
		{"root=nfs:192.0.2.1:/srv", "NFS"},
		{"root=UUID=1 netroot=iscsi:@192.0.2.1::3260::iqn.a", "iSCSI"},
		{"root=/dev/mapper/mpatha3", "multipath"},
		{"root=ZFS=tank/root", "ZFS"},
		{"root=UUID=1 rd.lvm.lv=a/b fips=0 rd.multipath=0", NULL},
	};
	struct facts *x = *state;

	x->kernel.initramfs.state = PART_MISSING;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		x->options.cmdline = cases[i].options;
		x->fault = (struct fault){0};
		assert_int_equal(plan_now(x) < 0, cases[i].reason != NULL);
		if (!cases[i].reason) {
			plan_done(&x->plan);
			continue;
		}
		assert_int_equal(x->fault.code, FAULT_ROOT_NOT_REACHABLE);
		assert_non_null(strstr(x->fault.reason, cases[i].reason));
		assert_non_null(strstr(x->fault.hint, "--initramfs dracut"));
	}
}

static void the_systems_own_generator(void **state)
{
	struct facts *x = *state;

	x->kernel.initramfs.state = PART_MISSING;
	x->system.pieces = PIECE_CRYPT;
	x->options.initramfs = INITRAMFS_DRACUT;
	assert_int_equal(plan_now(x), -ENOENT);
	assert_non_null(strstr(x->fault.reason, "neither dracut nor mkinitrd"));
	x->inv.generator.path = (char *)"/usr/bin/dracut";
	x->inv.generator.obstacle = (char *)"its programs are for aarch64";
	assert_int_equal(plan_now(x), -ENOTSUP);
	assert_non_null(strstr(x->fault.reason, "aarch64"));
	x->inv.generator.obstacle = NULL;
	assert_int_equal(plan_now(x), 0);
	assert_operations(x, "initramfs");
	assert_string_equal(x->plan.operations[0].from, "/usr/bin/dracut");
	assert_int_equal(x->plan.operations[0].pieces, PIECE_CRYPT);
	assert_true(x->plan.need_count > 0);
}

static void unknown_release(void **state)
{
	struct facts *x = *state;

	x->options.release = "1.2.3";
	assert_int_equal(plan_now(x), -ENOENT);
	x->options.release = V;
	assert_int_equal(plan_now(x), 0);
	x->kernel.modules.state = PART_MISSING;
	assert_int_equal(plan_now(x), -ENOENT);
}

static void missing_file_system(void **state)
{
	struct facts *x = *state;

	x->system.complete = false;
	assert_true(plan_now(x) < 0);
	assert_int_equal(x->fault.code, FAULT_BOOT_NOT_MOUNTED);
}

static void full_boot(void **state)
{
	struct facts *x = *state;

	x->kernel.initramfs.state = PART_MISSING;
	lose(x, "/boot/initramfs-" V ".img");
	x->spaces[1].free_bytes = 1 << 20;
	assert_true(plan_now(x) < 0);
	assert_int_equal(x->fault.code, FAULT_NO_SPACE);
	assert_string_equal(x->fault.path, "/boot");
	x->spaces[1].free_bytes = 1u << 30;
	x->spaces[1].free_inodes = 3;
	assert_true(plan_now(x) < 0);
	assert_int_equal(x->fault.code, FAULT_NO_SPACE);
}

static void description_has_every_operation(void **state)
{
	struct facts *x = *state;
	_cleanup_(buffer_done) struct buffer text = {0};

	lose(x, "/boot/config-" V);
	assert_int_equal(plan_now(x), 0);
	assert_int_equal(plan_describe(&x->plan, &text), 0);
	assert_non_null(strstr(text.data, "  copy      /boot/config-" V " (100 B): it is missing"));
	assert_non_null(strstr(text.data, "/boot/config-" V));
	assert_non_null(strstr(text.data, "/boot: needs"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FACTS(nothing_is_missing),
		WITH_FACTS(missing_image_is_copied),
		WITH_FACTS(everything_that_scripts_make),
		WITH_FACTS(token_directory_keeps_boot_as_it_is),
		WITH_FACTS(sound_initramfs_is_kept),
		WITH_FACTS(no_entry_without_its_initramfs),
		WITH_FACTS(root_that_cannot_be_reached),
		WITH_FACTS(root_that_the_command_line_tells),
		WITH_FACTS(the_systems_own_generator),
		WITH_FACTS(unknown_release),
		WITH_FACTS(missing_file_system),
		WITH_FACTS(full_boot),
		WITH_FACTS(description_has_every_operation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
