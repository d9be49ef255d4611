/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two kernels and a machine: what is found, how bad it is, and what is advised. */
#include "../../../rescue/verify/drivers.h"
#include "tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define V "5.14.0-1.el9.x86_64"
#define OLD "5.14.0-0.el9.x86_64"
#define VMXNET3 "pci:v000015ADd000007B0sv0sd0bc02sc00i00"
#define PVSCSI "pci:v000015ADd000007C0sv0sd0bc01sc07i00"

struct facts {
	struct tree tree;
	struct system system;
	struct kernel kernels[2];
	enum kernel_state states[2];
	struct inventory inv;
	struct verify_options options;
	struct verification v;
	struct platform_device devices[2];
	struct platform machine;
	struct rules rules;
};

/* Each kernel's index and modules: V has no driver for the card, OLD has. */
static int setup(void **state)
{
	struct facts *x = calloc(1, sizeof(*x));

	tree_make(&x->tree,
		"f 0644 /lib/modules/" V "/modules.alias <<END\n"
		"alias pci:v00008086d000010D3sv*sd*bc*sc*i* e1000e\n"
		"alias pci:v000015ADd000007C0sv*sd*bc*sc*i* vmw_pvscsi\n"
		"END\n"
		"f 0644 /lib/modules/" OLD "/modules.alias <<END\n"
		"alias pci:v000015ADd000007B0sv*sd*bc*sc*i* vmxnet3\n"
		"END\n");
	x->system.target.fd = x->tree.fd;
	x->kernels[0] = (struct kernel){.release = (char *)V,
		.modules.path = (char *)"/lib/modules/" V};
	x->kernels[1] = (struct kernel){.release = (char *)OLD,
		.modules.path = (char *)"/lib/modules/" OLD};
	x->inv = (struct inventory){.system = &x->system, .kernels = x->kernels,
		.kernel_count = 2, .default_entry = -1};
	x->devices[0] = (struct platform_device){.modalias = (char *)VMXNET3,
		.name = (char *)"0000:0b:00.0", .class = CLASS_NETWORK};
	x->devices[1] = (struct platform_device){.modalias = (char *)PVSCSI,
		.name = (char *)"0000:03:00.0", .class = CLASS_STORAGE};
	x->machine = (struct platform){.items = x->devices, .count = 2};
	x->options.platform = &x->machine;
	x->rules = (struct rules){.inv = &x->inv, .options = &x->options, .v = &x->v,
		.present.target = &x->system.target};
	*state = x;
	return 0;
}

static void forget(struct facts *x)
{
	x->v.kernel_states = NULL; /* of the test */
	verification_done(&x->v);
	free(x->rules.served.items);
	x->rules.served = (struct served_cards){0};
}

static int teardown(void **state)
{
	struct facts *x = *state;

	forget(x);
	tree_remove(&x->tree);
	free(x);
	return 0;
}

static void add(struct judge *judge, const char *directory, const char *name)
{
	_cleanup_free_ char *path = text_printf("%s/kernel/%s.ko", directory, name);

	assert_true(judge_add(judge, path) >= 0);
}

static void judge(struct facts *x)
{
	forget(x);
	x->v.kernel_states = x->states;
	x->v.kernel_count = 2;
	for (size_t i = 0; i < 2; i++) {
		_cleanup_(kernel_drivers_done) struct kernel_drivers d = {0};
		_cleanup_(judge_done) struct judge judge = {
			.loader.release = x->kernels[i].release};

		add(&judge, x->kernels[i].modules.path, i ? "vmxnet3" : "e1000e");
		add(&judge, x->kernels[i].modules.path, "vmw_pvscsi");
		assert_int_equal(kernel_drivers_read(&d, &x->rules.present, &x->kernels[i],
			&judge), 0);
		assert_int_equal(rules_hardware(&x->rules, &d), 0);
	}
	assert_int_equal(rules_hardware_findings(&x->rules), 0);
}

static const struct finding *find(const struct facts *x, const char *code, const char *kernel)
{
	for (size_t i = 0; i < x->v.findings.count; i++)
		if (strcmp(x->v.findings.items[i].code, code) == 0 &&
			text_equal(x->v.findings.items[i].kernel, kernel))
			return &x->v.findings.items[i];
	return NULL;
}

static void another_kernel_drives_it(void **state)
{
	struct facts *x = *state;

	judge(x);
	assert_int_equal(x->v.hardware.count, 4);
	assert_string_equal(find(x, "network-undriven", V)->message,
		"VMware vmxnet3 at 0000:0b:00.0: kernel " V " has no driver for it; kernel "
		OLD " drives it");
	assert_null(find(x, "network-undriven", OLD));
	assert_null(find(x, "storage-undriven", V));
	assert_non_null(find(x, "storage-undriven", OLD));
}

/* One kernel alone is asked for: then it is cards that are advised. */
static void cards_of_that_hypervisor(void **state)
{
	struct facts *x = *state;

	x->inv.kernel_count = 1;
	judge(x);
	x->v.hardware.count = 2; /* those of the first kernel */
	findings_done(&x->v.findings);
	assert_int_equal(rules_hardware_findings(&x->rules), 0);
	assert_string_equal(find(x, "network-undriven", V)->message,
		"VMware vmxnet3 at 0000:0b:00.0: kernel " V
		" has no driver for it; this kernel serves Intel 82574L (e1000e)");
	x->v.hardware.count = 4;
}

/* The kernel that drives it is made the default, where it is whole and the need is real. */
static void the_command_that_starts_it(void **state)
{
	struct facts *x = *state;

	x->states[0] = x->states[1] = KERNEL_INCOMPLETE;
	x->system.id = (char *)"rhel9-3f2a";
	x->options.scope = "--root /mnt";
	x->kernels[1].modules.state = PART_OK;
	x->kernels[1].modules.count = 2;
	judge(x);
	assert_string_equal(find(x, "network-undriven", V)->remedy,
		"rescue restore --root /mnt --system rhel9-3f2a --release " OLD " --default");
	x->kernels[1].image.state = PART_MISSING;
	judge(x);
	assert_null(find(x, "network-undriven", V)->remedy);
	x->kernels[1].image.state = PART_OK;
	x->states[1] = KERNEL_BOOTABLE; /* this one is not the next to start */
	judge(x);
	assert_int_equal(find(x, "network-undriven", V)->severity, SEVERITY_WARNING);
	assert_null(find(x, "network-undriven", V)->remedy);
}

/* A disk controller helps where its driver is there before the root is. */
static void controllers_of_that_hypervisor(void **state)
{
	struct facts *x = *state;
	char *early[] = {(char *)"vmw_pvscsi"};

	x->inv.kernel_count = 1;
	x->devices[1].modalias = (char *)"pci:v000015ADd00000099sv0sd0bc01sc07i00";
	x->kernels[0].initramfs = (struct initramfs_file){.listed = true,
		.modules = {early, 1, 1}};
	judge(x);
	assert_string_equal(find(x, "storage-undriven", V)->message,
		"VMware storage controller 15ad:0099 at 0000:03:00.0: kernel " V
		" has no driver for it; this kernel serves VMware PVSCSI");
	x->kernels[0].initramfs.modules.count = 0;
	judge(x);
	assert_null(strstr(find(x, "storage-undriven", V)->message, "serves"));
}

static void severities(void **state)
{
	struct facts *x = *state;

	x->states[1] = KERNEL_INCOMPLETE; /* another boots: a warning for this one */
	judge(x);
	assert_int_equal(find(x, "storage-undriven", OLD)->severity, SEVERITY_WARNING);
	x->states[0] = KERNEL_INCOMPLETE;
	judge(x);
	assert_int_equal(find(x, "storage-undriven", OLD)->severity, SEVERITY_ERROR);
	/* What does not carry the root, where another device does, is no matter. */
	x->devices[0] = (struct platform_device){.modalias = (char *)"scsi:t-0x00",
		.class = CLASS_STORAGE, .carries_root = true};
	judge(x);
	assert_non_null(strstr(find(x, "storage-undriven", OLD)->message, "SCSI disk"));
	assert_int_equal(find(x, "storage-undriven", V)->severity, SEVERITY_ERROR);
	x->states[0] = x->states[1] = KERNEL_ABSENT;
	judge(x);
	assert_int_equal(x->v.findings.count, 0);
	x->states[0] = x->states[1] = KERNEL_BOOTABLE;
}

static void without_a_machine(void **state)
{
	struct facts *x = *state;

	x->options.platform = NULL;
	judge(x);
	assert_false(x->v.has_hardware);
	assert_int_equal(x->v.hardware.count + x->v.findings.count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(another_kernel_drives_it),
		TEST(cards_of_that_hypervisor),
		TEST(the_command_that_starts_it),
		TEST(controllers_of_that_hypervisor),
		TEST(severities),
		TEST(without_a_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
