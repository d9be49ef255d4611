/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Modules that are gone: which of them keep a boot from its end. */
#include "facts.h"

#include <fcntl.h>

static const char dep[] =
	"kernel/fs/xfs/xfs.ko.xz: kernel/lib/libcrc32c.ko.xz\n"
	"kernel/fs/ext4/ext4.ko.xz: kernel/fs/jbd2/jbd2.ko.xz\n"
	"kernel/fs/fat/vfat.ko.xz: kernel/fs/fat/fat.ko.xz\n"
	"kernel/drivers/net/vmxnet3/vmxnet3.ko.xz:\n";

static struct fstab_line lines[] = {
	{.target = (char *)"/", .type = (char *)"xfs", .options = (char *)"defaults"},
	{.target = (char *)"/srv", .type = (char *)"ext3", .options = (char *)"defaults"},
	{.target = (char *)"/boot/efi", .type = (char *)"vfat", .options = (char *)"umask=77"},
	{.target = (char *)"/mnt", .type = (char *)"btrfs", .options = (char *)"nofail"},
};

static int setup(void **state)
{
	struct facts *x = facts_new("f 0644 /lib/modules/" V "/modules.dep =\n");
	_cleanup_close_ int fd = openat(x->tree.fd, "lib/modules/" V "/modules.dep",
		O_WRONLY | O_TRUNC | O_CLOEXEC);

	assert_int_equal(fd_write_all(fd, dep, strlen(dep)), 0);
	x->system.fstab = (struct fstab){.items = lines, .count = ARRAY_SIZE(lines)};
	x->system.root.fstype = (char *)"xfs";
	x->kernel.modules = (struct module_tree){.path = (char *)"/lib/modules/" V,
		.state = PART_INCOMPLETE, .count = 100};
	*state = x;
	return 0;
}

static int teardown(void **state)
{
	struct facts *x = *state;

	strings_done(&x->kernel.modules.missing);
	strings_done(&x->kernel.initramfs.modules);
	return facts_teardown(state);
}

/* What is said where that one is gone, or NULL (caller frees). */
static char *without(struct facts *x, const char *path)
{
	char *said;

	strings_done(&x->kernel.modules.missing);
	assert_int_equal(strings_add(&x->kernel.modules.missing, path), 0);
	assert_int_equal(rules_modules_lack(&x->rules, &x->kernel, &said), 0);
	return said;
}

static void assert_said(struct facts *x, const char *path, const char *wanted)
{
	_cleanup_free_ char *said = without(x, path);

	if (!text_equal(said, wanted))
		fail_msg("%s: \"%s\", not \"%s\"", path, said ? said : "nothing",
			 wanted ? wanted : "nothing");
}

static void what_fstab_mounts(void **state)
{
	struct facts *x = *state;

	assert_said(x, "kernel/drivers/net/vmxnet3/vmxnet3.ko.xz", NULL);
	assert_said(x, "kernel/fs/xfs/xfs.ko.xz", NULL); /* the root is mounted with it */
	assert_said(x, "kernel/lib/libcrc32c.ko.xz", NULL);
	assert_said(x, "kernel/fs/btrfs/btrfs.ko.xz", NULL); /* nofail */
	assert_said(x, "kernel/fs/ext4/ext4.ko.xz",
		"/srv cannot be mounted without kernel/fs/ext4/ext4.ko.xz");
	assert_said(x, "kernel/fs/jbd2/jbd2.ko.xz",
		"/srv cannot be mounted without kernel/fs/jbd2/jbd2.ko.xz");
	assert_said(x, "kernel/fs/fat/fat.ko.xz",
		"/boot/efi cannot be mounted without kernel/fs/fat/fat.ko.xz");
	assert_said(x, "kernel/fs/nls/nls_cp437.ko.xz",
		"/boot/efi cannot be mounted without kernel/fs/nls/nls_cp437.ko.xz");
	x->system.root.fstype = (char *)"ext3";
	assert_said(x, "kernel/fs/ext4/ext4.ko.xz", NULL);
}

static void what_it_is_stacked_on(void **state)
{
	struct facts *x = *state;

	assert_said(x, "kernel/drivers/md/dm-mod.ko.xz", NULL);
	x->system.pieces = PIECE_LVM;
	assert_said(x, "kernel/drivers/md/dm-mod.ko.xz",
		"kernel/drivers/md/dm-mod.ko.xz opens what fstab names");
	assert_said(x, "kernel/drivers/md/dm-crypt.ko.xz", NULL);
	assert_int_equal(strings_add(&x->kernel.initramfs.modules, "dm_mod"), 0);
	assert_said(x, "kernel/drivers/md/dm-mod.ko.xz", NULL);
	x->system.pieces = PIECE_MD | PIECE_CRYPT;
	assert_said(x, "kernel/drivers/md/dm-crypt.ko.xz",
		"kernel/drivers/md/dm-crypt.ko.xz opens what fstab names");
	assert_said(x, "kernel/drivers/md/raid1.ko.xz",
		"kernel/drivers/md/raid1.ko.xz opens what fstab names");
}

static void too_much_is_gone(void **state)
{
	struct facts *x = *state;

	x->kernel.modules.count = 0;
	assert_said(x, "kernel/drivers/net/dummy.ko", "most of them are gone");
	x->kernel.modules.count = 100;
	x->kernel.modules.lacks_index = true;
	assert_said(x, "kernel/drivers/net/dummy.ko", "there is no usable index");
	x->kernel.modules.state = PART_OK;
	assert_said(x, "kernel/fs/fat/fat.ko.xz", NULL);
}

static void an_index_that_cannot_be_read_tells_nothing(void **state)
{
	struct facts *x = *state;

	x->kernel.modules.path = (char *)"/lib/modules/other";
	assert_said(x, "kernel/fs/fat/fat.ko.xz", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_fstab_mounts, setup, teardown),
		cmocka_unit_test_setup_teardown(what_it_is_stacked_on, setup, teardown),
		cmocka_unit_test_setup_teardown(too_much_is_gone, setup, teardown),
		cmocka_unit_test_setup_teardown(
			an_index_that_cannot_be_read_tells_nothing, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
