/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules over a hand-made inventory: which finding, how severe, which verdict. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tree.h"
#include "verify.h"

#include <errno.h>

#define V "5.14.0-1.el9.x86_64"
#define OLD "5.14.0-0.el9.x86_64"

struct facts {
	struct system system;
	struct inventory inv;
	struct kernel kernels[2];
	struct entry entries[2];
	size_t indexes[2];
	char *modules[1];
	struct clue clue;
	struct verify_options options;
	struct verification v;
	struct fault fault;
};

static void fill(struct facts *x, int i, const char *release, const char *image)
{
	x->modules[0] = (char *)"ext4";
	x->indexes[i] = (size_t)i;
	x->kernels[i] = (struct kernel){.release = (char *)release,
		.image = {.path = (char *)image}, .modules = {.path = (char *)"/lib/modules/x",
			.count = 10}, .initramfs = {.path = (char *)"/boot/initramfs",
			.modules = {x->modules, 1, 1}, .listed = true},
		.entries = &x->indexes[i], .entry_count = 1};
	x->entries[i] = (struct entry){.id = (char *)release, .source = (char *)"/boot/x.conf",
		.kernel = i, .is_of_this_root = true, .is_default = i == 0};
}

static int setup(void **state)
{
	struct facts *x = calloc(1, sizeof(*x));

	x->system = (struct system){.id = (char *)"rhel9-3f2a", .os_id = (char *)"rhel",
		.os_version_id = (char *)"9.4", .root.fstype = (char *)"ext4", .complete = true,
		.firmware = FIRMWARE_BIOS, .target = TARGET_NONE};
	fill(x, 0, V, "/boot/vmlinuz-" V);
	fill(x, 1, OLD, "/boot/vmlinuz-" OLD);
	x->clue = (struct clue){(char *)V, "boot entry"};
	x->inv = (struct inventory){.system = &x->system, .kernels = x->kernels,
		.kernel_count = 2, .entries = x->entries, .entry_count = 2,
		.loader = LOADER_BLSCFG_EL9, .clues = &x->clue, .clue_count = 1};
	x->options = (struct verify_options){.boot_path_only = true, .scope = "--root /mnt"};
	*state = x;
	return 0;
}

static int teardown(void **state)
{
	struct facts *x = *state;

	verification_done(&x->v);
	free(x);
	return 0;
}

static void judge(struct facts *x)
{
	verification_done(&x->v);
	assert_int_equal(verify_run(&x->v, &x->inv, &x->options, &x->fault), 0);
}

static const struct finding *find(const struct facts *x, const char *code)
{
	for (size_t i = 0; i < x->v.findings.count; i++)
		if (text_equal(x->v.findings.items[i].code, code))
			return &x->v.findings.items[i];
	return NULL;
}

static void assert_finding(const struct facts *x, const char *code, enum severity severity,
			   const char *remedy)
{
	const struct finding *found = find(x, code);

	assert_non_null(found);
	assert_int_equal(found->severity, severity);
	if (remedy)
		assert_string_equal(found->remedy, remedy);
	else
		assert_null(found->remedy);
}

static void healthy(void **state)
{
	struct facts *x = *state;

	judge(x);
	assert_int_equal(x->v.findings.count, 0);
	assert_int_equal(x->v.verdict, VERDICT_BOOTABLE);
	assert_int_equal(x->v.kernel_states[0], KERNEL_BOOTABLE);
}

static void default_without_image(void **state)
{
	struct facts *x = *state;

	x->kernels[0].image.state = PART_MISSING;
	x->kernels[0].image.spare = (char *)"/lib/modules/" V "/vmlinuz";
	judge(x);
	assert_finding(x, "image-missing", SEVERITY_ERROR,
		"rescue restore --root /mnt --system rhel9-3f2a --release " V);
	assert_finding(x, "default-broken", SEVERITY_ERROR,
		"rescue restore --root /mnt --system rhel9-3f2a");
	assert_int_equal(x->v.verdict, VERDICT_UNBOOTABLE);
	assert_int_equal(x->v.kernel_states[0], KERNEL_INCOMPLETE);
}

static void boot_that_the_loader_cannot_read(void **state)
{
	struct facts *x = *state;

	x->system.boot.features = (struct superblock_features){SUPERBLOCK_XFS, 0x80};
	judge(x);
	assert_finding(x, "boot-unreadable-by-loader", SEVERITY_ERROR, NULL);
	assert_int_equal(x->v.verdict, VERDICT_UNBOOTABLE);
}

/* A kernel that nothing starts by default may be broken: a warning, and it boots. */
static void other_kernel_without_initramfs(void **state)
{
	struct facts *x = *state;

	x->kernels[1].initramfs.state = PART_MISSING;
	judge(x);
	assert_int_equal(find(x, "initramfs-missing")->severity, SEVERITY_WARNING);
	assert_int_equal(x->v.verdict, VERDICT_BOOTABLE);
	assert_int_equal(strings_add(&x->options.kernels, OLD), 0);
	judge(x);
	assert_int_equal(find(x, "initramfs-missing")->severity, SEVERITY_ERROR);
	assert_int_equal(x->v.verdict, VERDICT_UNBOOTABLE);
	strings_done(&x->options.kernels);
}

static void initramfs_states(void **state)
{
	static const struct {
		enum part_state state;
		const char *code;
	} cases[] = {{PART_MISSING, "initramfs-missing"}, {PART_DAMAGED, "initramfs-damaged"},
		{PART_MISMATCHED, "initramfs-mismatched"}};
	struct facts *x = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		x->kernels[0].initramfs.state = cases[i].state;
		judge(x);
		assert_int_equal(find(x, cases[i].code)->severity, SEVERITY_ERROR);
	}
	x->kernels[0].initramfs.state = PART_OK;
	x->kernels[0].initramfs.state = PART_OK;
	x->modules[0] = (char *)"xfs";
	judge(x);
	assert_non_null(find(x, "initramfs-lacks-root-driver"));
	x->kernels[0].initramfs.listed = x->kernels[1].initramfs.listed = false;
	judge(x);
	assert_null(find(x, "initramfs-lacks-root-driver"));
}

/* What the root is stacked on, and the controller that carries it. */
static void initramfs_that_does_not_reach_the_root(void **state)
{
	static const struct {
		unsigned pieces;
		const char *modules, *missing;
	} cases[] = {
		{PIECE_LVM, "ext4", "dm_mod"},
		{PIECE_LVM, "dm_mod ext4", NULL},
		{PIECE_CRYPT, "dm_mod ext4", "dm_crypt"},
		{PIECE_CRYPT | PIECE_LVM, "dm_crypt dm_mod ext4", NULL},
		{PIECE_MD, "ext4", "array"},
		{PIECE_MD, "ext4 raid1", NULL},
		{0, "xfs", "file system (ext4)"},
	};
	struct facts *x = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(strings_done) struct strings modules = {0};
		_cleanup_free_ char *words = strdup(cases[i].modules);
		const struct finding *found;

		for (char *rest = words, *word; (word = strsep(&rest, " "));)
			assert_int_equal(strings_add(&modules, word), 0);
		x->kernels[0].initramfs.modules = x->kernels[1].initramfs.modules = modules;
		x->system.pieces = cases[i].pieces;
		x->kernels[0].initramfs.pieces = x->kernels[1].initramfs.pieces = ~0u;
		judge(x);
		found = find(x, "initramfs-lacks-root-driver");
		if (!cases[i].missing != !found ||
			(found && !strstr(found->message, cases[i].missing)))
			fail_msg("case %zu: %s", i, found ? found->message : "-");
		assert_int_equal(x->v.kernel_states[0],
			found ? KERNEL_INCOMPLETE : KERNEL_BOOTABLE);
	}
}

static void the_controller_of_its_disk(void **state)
{
	static const char alias[] = "alias pci:v000015ADd000007C0sv*sd*bc*sc*i* vmw_pvscsi\n";
	struct facts *x = *state;
	struct platform_device device = {.class = CLASS_STORAGE, .carries_root = true,
		.name = (char *)"0000:03:00.0",
		.modalias = (char *)"pci:v000015ADd000007C0sv0sd0bc01sc07i00"};
	const struct platform machine = {.items = &device, .count = 1};
	char *both[] = {(char *)"ext4", (char *)"vmw_pvscsi"};
	struct tree tree;

	tree_make(&tree, "d 0755 /lib/modules/x\n");
	tree_file(&tree, "/lib/modules/x/modules.alias", alias, sizeof(alias) - 1);
	x->system.target.fd = tree.fd;
	x->options.platform = &machine;
	judge(x);
	assert_non_null(strstr(find(x, "initramfs-lacks-root-driver")->message,
		"no vmw_pvscsi, the driver of VMware PVSCSI at 0000:03:00.0"));
	x->kernels[0].initramfs.modules = x->kernels[1].initramfs.modules =
		(struct strings){both, 2, 2};
	judge(x);
	assert_null(find(x, "initramfs-lacks-root-driver"));
	/* Another disk's controller is no matter. */
	device.carries_root = false;
	x->kernels[0].initramfs.modules = x->kernels[1].initramfs.modules =
		(struct strings){both, 1, 1};
	judge(x);
	assert_null(find(x, "initramfs-lacks-root-driver"));
	x->system.target.fd = -1;
	tree_remove(&tree);
}

static void room_for_one_more_kernel(void **state)
{
	struct facts *x = *state;
	struct filesystem_space space = {.mountpoint = (char *)"/boot", .free_bytes = 40 << 20};

	x->inv.spaces = &space;
	x->inv.space_count = 1;
	x->kernels[1].image.size = 10 << 20;
	x->kernels[1].initramfs.size = 31 << 20;
	judge(x);
	assert_int_equal(find(x, "boot-full")->severity, SEVERITY_WARNING);
	assert_non_null(strstr(find(x, "boot-full")->message, "40 MiB free"));
	assert_int_equal(x->v.verdict, VERDICT_BOOTABLE);
	x->kernels[1].initramfs.size = 30 << 20;
	judge(x);
	assert_null(find(x, "boot-full"));
}

static void module_tree_states(void **state)
{
	struct facts *x = *state;

	x->kernels[0].modules.state = PART_UNINDEXED;
	judge(x);
	assert_non_null(find(x, "modules-unindexed")->remedy);
	x->kernels[0].modules.state = PART_INCOMPLETE;
	judge(x);
	assert_finding(x, "modules-incomplete", SEVERITY_ERROR, NULL);
	x->kernels[0].modules.state = PART_MISSING;
	judge(x);
	assert_finding(x, "modules-missing", SEVERITY_ERROR, NULL);
	assert_non_null(strstr(find(x, "modules-missing")->message,
		"kernel-core-" V ".rpm, kernel-modules-core-" V ".rpm, kernel-modules-" V ".rpm"));
}

static void entries_that_do_not_work(void **state)
{
	struct facts *x = *state;

	x->entries[1].broken = true;
	x->entries[1].reason = (char *)"/boot/vmlinuz is not there";
	judge(x);
	assert_int_equal(find(x, "entry-broken")->severity, SEVERITY_WARNING);
	x->entries[0].is_of_this_root = false;
	judge(x);
	assert_int_equal(find(x, "entry-root-unknown")->severity, SEVERITY_ERROR);
	assert_non_null(find(x, "default-broken"));
	x->kernels[0].entry_count = 0;
	x->inv.entry_count = 0;
	x->inv.default_entry = -1;
	judge(x);
	assert_non_null(find(x, "no-entry"));
	assert_non_null(find(x, "entry-missing"));
}

static void wanted_by_generation(void **state)
{
	static const struct {
		const char *id, *version, *release, *files;
	} cases[] = {
		{"rhel", "9.4", V, "kernel-core-" V ".rpm kernel-modules-core-" V
			".rpm kernel-modules-" V ".rpm"},
		{"rhel", "9.1", "5", "kernel-core-5.rpm kernel-modules-5.rpm"},
		{"centos", "8", "5", "kernel-core-5.rpm kernel-modules-5.rpm"},
		{"centos", "7", "5", "kernel-5.rpm"},
		{"fedora", "37", "5", "kernel-core-5.rpm kernel-modules-5.rpm"},
		{"fedora", "40", "5",
			"kernel-core-5.rpm kernel-modules-core-5.rpm kernel-modules-5.rpm"},
		{"rhel", "8.9", "4.18+debug", "kernel-debug-core-4.18.rpm "
			"kernel-debug-modules-4.18.rpm"},
		{"sles", "15.5", "5.14-default", "kernel-default-5.14-default.rpm"},
	};
	struct facts *x = *state;

	x->kernels[0].image.state = x->kernels[1].image.state = PART_MISSING;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(buffer_done) struct buffer files = {0};

		x->system.os_id = (char *)cases[i].id;
		x->system.os_version_id = (char *)cases[i].version;
		x->clue.release = (char *)cases[i].release;
		judge(x);
		assert_int_equal(find(x, "no-kernel")->severity, SEVERITY_ERROR);
		for (size_t n = 0; n < x->v.wanted.count; n++)
			assert_int_equal(buffer_printf(&files, "%s%s", n ? " " : "",
				x->v.wanted.items[n]), 0);
		assert_string_equal(files.data, cases[i].files);
	}
}

static void cached_packages_become_the_remedy(void **state)
{
	struct facts *x = *state;
	char *cached[] = {(char *)"/var/cache/dnf/a/kernel-core-" V ".rpm",
		(char *)"/var/cache/dnf/a/kernel-modules-" V ".rpm",
		(char *)"/var/cache/dnf/a/kernel-modules-core-" V ".rpm"};

	x->kernels[0].image.state = x->kernels[1].image.state = PART_MISSING;
	x->inv.cached_rpms = (struct strings){cached, 2, 3};
	judge(x);
	assert_null(find(x, "no-kernel")->remedy);
	x->inv.cached_rpms.count = 3;
	judge(x);
	assert_string_equal(find(x, "no-kernel")->remedy,
		"rescue restore --root /mnt --system rhel9-3f2a /var/cache/dnf/a/kernel-core-" V
		".rpm /var/cache/dnf/a/kernel-modules-core-" V ".rpm "
		"/var/cache/dnf/a/kernel-modules-" V ".rpm");
}

/* What a removed kernel leaves behind (third-party modules) is nothing to be told. */
static void remnants_are_no_finding(void **state)
{
	struct facts *x = *state;

	x->kernels[1].image.state = PART_MISSING;
	x->kernels[1].modules.third_party = x->kernels[1].modules.count;
	x->kernels[1].initramfs.state = PART_MISSING;
	x->kernels[1].entry_count = 0;
	x->inv.entry_count = 1;
	judge(x);
	assert_int_equal(x->v.findings.count, 0);
	assert_int_equal(x->v.kernel_states[1], KERNEL_ABSENT);
}

static void unknown_kernel_is_a_fault(void **state)
{
	struct facts *x = *state;

	assert_int_equal(strings_add(&x->options.kernels, "1.2.3"), 0);
	assert_int_equal(verify_run(&x->v, &x->inv, &x->options, &x->fault), -ENOENT);
	assert_non_null(strstr(x->fault.doing, "1.2.3"));
	strings_done(&x->options.kernels);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(healthy),
		TEST(default_without_image),
		TEST(boot_that_the_loader_cannot_read),
		TEST(other_kernel_without_initramfs),
		TEST(initramfs_states),
		TEST(initramfs_that_does_not_reach_the_root),
		TEST(the_controller_of_its_disk),
		TEST(room_for_one_more_kernel),
		TEST(module_tree_states),
		TEST(entries_that_do_not_work),
		TEST(wanted_by_generation),
		TEST(cached_packages_become_the_remedy),
		TEST(remnants_are_no_finding),
		TEST(unknown_kernel_is_a_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
