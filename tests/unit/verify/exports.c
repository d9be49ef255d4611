/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a kernel's symbols come from: the order of the lists, damaged ones, its options. */
#include "../../../rescue/verify/judge_room.h"
#include "tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define V "3.10.0-1.el7.x86_64"

static struct kernel made_kernel(void)
{
	return (struct kernel){.release = (char *)V,
		.image = {.path = (char *)"/boot/vmlinuz-" V, .state = PART_OK},
		.modules.path = (char *)"/lib/modules/" V};
}

static struct symbols symbols_in(const struct tree *tree)
{
	struct target target = {.fd = tree->fd};
	struct kernel kernel = made_kernel();
	struct loader l = {0};
	struct symbols s = {0};

	assert_int_equal(symbols_of_kernel(&s, &l, &(struct files){.target = &target}, &kernel), 0);
	loader_done(&l);
	return s;
}

static void assert_source(const struct tree *tree, enum symbol_source source, uint32_t crc)
{
	struct symbols s = symbols_in(tree);
	const struct symbol *printk = symbols_find(&s, "printk");

	assert_int_equal(s.source, source);
	assert_int_equal(printk ? printk->crc : 0, crc);
	/* Modules tell of themselves. */
	assert_null(symbols_find(&s, "of_module"));
	symbols_done(&s);
}

static void takes_the_first_list_that_is_sound(void **state)
{
	struct tree tree;

	(void)state;
	tree_make(&tree, "f 0644 /boot/vmlinuz-" V " =no kernel at all\n");
	assert_source(&tree, SYMBOLS_UNKNOWN, 0);
	tree_add(&tree, "f 0644 /lib/modules/" V "/System.map =00000005 A __crc_printk\n");
	assert_source(&tree, SYMBOLS_SYSTEM_MAP, 5);
	tree_add(&tree, "f 0644 /boot/System.map-" V " =00000004 A __crc_printk\n");
	assert_source(&tree, SYMBOLS_SYSTEM_MAP, 4);
	tree_add(&tree, "f 0644 /usr/src/kernels/x/Module.symvers <<END\n"
		"0x00000003\tprintk\tvmlinux\tEXPORT_SYMBOL\n"
		"0x00000003\tof_module\tfs/ext4/ext4\tEXPORT_SYMBOL\n"
		"END\n"
		"l /lib/modules/" V "/build /usr/src/kernels/x\n");
	assert_source(&tree, SYMBOLS_SYMVERS, 3);
	tree_add(&tree, "f 0644 /boot/symvers-" V ".gz =0x2 printk vmlinux EXPORT_SYMBOL\n");
	assert_source(&tree, SYMBOLS_SYMVERS, 2);
	/* Damaged in its second line: nothing of the first may stay. */
	tree_add(&tree, "f 0644 /lib/modules/" V "/symvers.gz <<END\n"
		"0x00000001\tprintk\tvmlinux\tEXPORT_SYMBOL\n"
		"hello\n"
		"END\n");
	assert_source(&tree, SYMBOLS_SYMVERS, 2);
	tree_remove(&tree);
}

static void reads_version_and_options(void **state)
{
	struct kernel kernel = made_kernel();
	struct loader l = {0};
	struct target target;
	struct tree tree;

	(void)state;
	tree_make(&tree, "f 0644 /lib/modules/" V "/config <<END\n"
		"# CONFIG_MODULE_FORCE_LOAD is not set\n"
		"CONFIG_MODULE_SIG_FORCE=y\n"
		"END\n");
	target = (struct target){.fd = tree.fd};
	assert_int_equal(loader_of_kernel(&l, &(struct files){.target = &target}, &kernel, NULL), 0);
	assert_int_equal(l.version, KERNEL_VERSION_OF(3, 10, 0));
	assert_false(l.force_load);
	assert_true(l.needs_signature);
	tree_add(&tree, "f 0644 /boot/config-" V " =CONFIG_MODULE_FORCE_LOAD=y\n");
	assert_int_equal(loader_of_kernel(&l, &(struct files){.target = &target}, &kernel, NULL), 0);
	assert_true(l.force_load);
	assert_false(l.needs_signature);
	tree_remove(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_the_first_list_that_is_sound),
		cmocka_unit_test(reads_version_and_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
