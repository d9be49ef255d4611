/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A device and the modules of a kernel: which one serves it, what hides or forbids it. */
#include "../../../rescue/verify/drivers.h"
#include "tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define V "5.14.0-1.el9.x86_64"
#define MODULES "/lib/modules/" V "/"
#define CARD "pci:v000015ADd000007B0sv0sd0bc02sc00i00"

struct facts {
	struct tree tree;
	struct target target;
	struct kernel kernel;
	struct judge judge;
	struct kernel_drivers drivers;
};

static int setup(void **state)
{
	struct facts *x = calloc(1, sizeof(*x));

	tree_make(&x->tree,
		"f 0644 " MODULES "modules.alias <<END\n"
		"alias pci:v000015ADd000007B0sv*sd*bc*sc*i* vmxnet3\n"
		"alias pci:v00001234d*sv*sd*bc*sc*i* first\n"
		"alias pci:v00001234d*sv*sd*bc*sc*i* second-one\n"
		"END\n"
		"f 0644 " MODULES "modules.builtin =kernel/drivers/block/virtio_blk.ko\n"
		"f 0644 /etc/depmod.d/dist.conf =search updates extra built-in weak-updates\n");
	x->target.fd = x->tree.fd;
	x->kernel = (struct kernel){.release = (char *)V,
		.modules.path = (char *)"/lib/modules/" V};
	x->judge.loader.release = V;
	*state = x;
	return 0;
}

static int teardown(void **state)
{
	struct facts *x = *state;

	kernel_drivers_done(&x->drivers);
	judge_done(&x->judge);
	tree_remove(&x->tree);
	free(x);
	return 0;
}

static void add(struct facts *x, const char *path, enum module_verdict verdict)
{
	ssize_t i = judge_add(&x->judge, path);

	assert_true(i >= 0);
	x->judge.items[i].j.verdict = verdict;
}

static void assert_choice(struct facts *x, const char *modalias, enum hardware_verdict verdict,
			  const char *name, const char *obstacle)
{
	_cleanup_(driver_choice_done) struct driver_choice c = {0};

	kernel_drivers_done(&x->drivers);
	depmod_config_done(&x->judge.search);
	assert_int_equal(kernel_search_read(&x->judge.search, &x->target, V), 0);
	assert_int_equal(
		kernel_drivers_read(&x->drivers, &(struct files){.target = &x->target},
			&x->kernel, &x->judge), 0);
	assert_int_equal(kernel_drivers_choose(&x->drivers, modalias, &c), 0);
	assert_int_equal(c.verdict, verdict);
	if (!text_equal(c.name, name) || (obstacle && !strstr(c.obstacle, obstacle)))
		fail_msg("%s: %s (%s)", modalias, c.name, c.obstacle ? c.obstacle : "-");
}

static void one_module(void **state)
{
	struct facts *x = *state;

	assert_choice(x, CARD, HARDWARE_UNDRIVEN, "vmxnet3", NULL);
	add(x, MODULES "kernel/drivers/net/vmxnet3.ko", MODULE_LOADS);
	assert_choice(x, CARD, HARDWARE_DRIVEN, "vmxnet3", NULL);
	assert_choice(x, "pci:v0000FFFFd0sv0sd0bc02sc00i00", HARDWARE_UNDRIVEN, NULL, NULL);
	x->judge.items[0].j.verdict = MODULE_REFUSED;
	assert_choice(x, CARD, HARDWARE_UNDRIVEN, "vmxnet3", NULL);
}

static void a_stale_one_hides_it(void **state)
{
	struct facts *x = *state;

	add(x, MODULES "extra/vmxnet3.ko", MODULE_REFUSED);
	add(x, MODULES "kernel/drivers/net/vmxnet3.ko", MODULE_LOADS);
	assert_choice(x, CARD, HARDWARE_SHADOWED, "vmxnet3", NULL);
	/* weak-updates come behind the kernel's own. */
	x->judge.items[0].j.verdict = MODULE_LOADS;
	add(x, MODULES "weak-updates/vmxnet3.ko", MODULE_REFUSED);
	assert_choice(x, CARD, HARDWARE_DRIVEN, "vmxnet3", NULL);
	/* Without the distribution's order extra/ has no precedence. */
	tree_add(&x->tree, "r /etc/depmod.d\n");
	x->judge.items[0].j.verdict = MODULE_REFUSED;
	x->judge.items[2].j.verdict = MODULE_LOADS;
	assert_choice(x, CARD, HARDWARE_SHADOWED, "vmxnet3", NULL);
	tree_add(&x->tree, "f 0644 /usr/lib/depmod.d/a.conf =search built-in extra\n");
	assert_choice(x, CARD, HARDWARE_DRIVEN, "vmxnet3", NULL);
	/* A file of that name in /etc counts instead. */
	tree_add(&x->tree, "f 0644 /etc/depmod.d/a.conf =search extra built-in\n");
	assert_choice(x, CARD, HARDWARE_SHADOWED, "vmxnet3", NULL);
}

static void the_best_of_several(void **state)
{
	static const char device[] = "pci:v00001234d1sv0sd0bc01sc00i00";
	struct facts *x = *state;

	add(x, MODULES "kernel/first.ko", MODULE_REFUSED);
	assert_choice(x, device, HARDWARE_UNDRIVEN, "first", NULL);
	add(x, MODULES "kernel/second-one.ko", MODULE_UNKNOWN);
	assert_choice(x, device, HARDWARE_DRIVEN, "second_one", NULL);
	tree_add(&x->tree, "f 0644 /etc/modprobe.conf =blacklist second-one\n");
	assert_choice(x, device, HARDWARE_UNDRIVEN, "first", NULL);
}

static void forbidden(void **state)
{
	struct facts *x = *state;

	add(x, MODULES "kernel/vmxnet3.ko", MODULE_LOADS);
	tree_add(&x->tree, "f 0644 /etc/modprobe.d/a.conf =blacklist vmxnet3\n");
	assert_choice(x, CARD, HARDWARE_UNDRIVEN, "vmxnet3", "blacklisted");
	tree_add(&x->tree, "f 0644 /etc/modprobe.d/a.conf =install vmxnet3 /bin/true\n");
	assert_choice(x, CARD, HARDWARE_UNDRIVEN, "vmxnet3", "switched off");
	tree_add(&x->tree, "f 0644 /etc/modprobe.d/a.conf =alias " CARD " second\n");
	add(x, MODULES "kernel/second.ko", MODULE_LOADS);
	x->judge.items[0].j.verdict = MODULE_REFUSED;
	assert_choice(x, CARD, HARDWARE_DRIVEN, "second", NULL);
}

/* modules.builtin tells names alone; what they serve is known of few cards. */
static void built_in(void **state)
{
	struct facts *x = *state;

	assert_choice(x, "virtio:d00000002v00001AF4", HARDWARE_DRIVEN, "virtio_blk", NULL);
	assert_choice(x, "virtio:d00000001v00001AF4", HARDWARE_UNDRIVEN, NULL, NULL);
	tree_file(&x->tree, MODULES "modules.builtin.modinfo",
		"virtio_blk.alias=virtio:d00000002v*\0a.alias=x:y", 48);
	assert_choice(x, "virtio:d00000002v00001AF4", HARDWARE_DRIVEN, "virtio_blk", NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_module),
		TEST(a_stale_one_hides_it),
		TEST(the_best_of_several),
		TEST(forbidden),
		TEST(built_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
