/* SPDX-License-Identifier: GPL-2.0-or-later */
/* systemd-boot: kernels, initramfs and entries on the ESP, and which of them starts. */
#include "facts.h"

#define OLD "5.14.0-0.el9.x86_64"
#define FOLDER "/efi/" TOKEN "/" V

/* The kernel is whole in /lib/modules; the ESP lost all of it. */
static void on_the_esp(struct facts *x)
{
	static struct initramfs_file none = {.path = (char *)FOLDER "/initrd",
		.state = PART_MISSING};

	x->system.machine_id = (char *)TOKEN;
	x->system.boot.separate = false;
	x->inv.loader = LOADER_SYSTEMD_BOOT;
	x->inv.systemd = (struct systemd_boot){.root = (char *)"/efi", .by_token = true,
		.conf_path = (char *)"/efi/loader/loader.conf"};
	x->inv.entries_directory = (char *)"/efi/loader/entries";
	x->inv.entry_count = 0;
	x->inv.default_entry = -1;
	x->inv.saved_entry = NULL;
	x->kernel.entry_count = 0;
	x->kernel.image.path = (char *)FOLDER "/linux";
	x->kernel.image.state = PART_MISSING;
	x->kernel.initramfs = none;
	x->inv.cmdline.etc_kernel_cmdline = (char *)"root=UUID=" ROOT_UUID " ro quiet";
}

static const struct operation *find(const struct facts *x, enum op op)
{
	for (size_t i = 0; i < x->plan.count; i++)
		if (x->plan.operations[i].op == op)
			return &x->plan.operations[i];
	fail_msg("the plan has no such operation");
	return NULL;
}

static void by_token(void **state)
{
	struct facts *x = *state;

	on_the_esp(x);
	assert_int_equal(plan_now(x), 0);
	assert_operations(x, "copy initramfs entry");
	assert_string_equal(find(x, OP_COPY)->from, "/lib/modules/" V "/vmlinuz");
	assert_string_equal(find(x, OP_COPY)->path, FOLDER "/linux");
	assert_string_equal(find(x, OP_INITRAMFS)->path, FOLDER "/initrd");
	assert_string_equal(find(x, OP_ENTRY)->path,
		"/efi/loader/entries/" TOKEN "-" V ".conf");
	assert_string_equal(find(x, OP_ENTRY)->content.data,
		"title Red Hat Enterprise Linux 9.4\nversion " V "\nmachine-id " TOKEN
		"\nsort-key rhel\nlinux /" TOKEN "/" V "/linux\ninitrd /" TOKEN "/" V
		"/initrd\noptions root=UUID=" ROOT_UUID
		" ro quiet systemd.machine_id=" TOKEN "\n");
	assert_true(x->plan.boots);
}

static void at_the_top(void **state)
{
	struct facts *x = *state;

	on_the_esp(x);
	x->system.machine_id = NULL; /* the token is of another origin */
	x->inv.systemd.by_token = false;
	x->kernel.image.path = (char *)"/efi/vmlinuz-" V;
	x->kernel.initramfs.path = (char *)"/efi/initramfs-" V ".img";
	assert_int_equal(plan_now(x), 0);
	assert_operations(x, "copy initramfs entry");
	assert_string_equal(find(x, OP_COPY)->path, "/efi/vmlinuz-" V);
	assert_non_null(strstr(find(x, OP_ENTRY)->content.data,
		"linux /vmlinuz-" V "\ninitrd /initramfs-" V ".img\n"));
	assert_null(strstr(find(x, OP_ENTRY)->content.data, TOKEN));
}

/* /boot is the XBOOTLDR partition: what distributions lay beside the image, too. */
static void in_boot(void **state)
{
	struct facts *x = *state;

	on_the_esp(x);
	x->inv.systemd.root = (char *)"/boot";
	x->inv.systemd.by_token = false;
	x->kernel.image.path = (char *)"/boot/vmlinuz-" V;
	x->kernel.initramfs.path = (char *)"/boot/initramfs-" V ".img";
	lose(x, "/boot/vmlinuz-" V);
	lose(x, "/boot/config-" V);
	lose(x, "/boot/symvers-" V ".gz");
	assert_int_equal(plan_now(x), 0);
	assert_operations(x, "copy copy initramfs entry"); /* FAT has no symlinks */
}

/* Another entry, whose kernel is there or not. */
static void another(struct facts *x, const char *id, const char *kernel)
{
	static char name[NAME_MAX];

	on_the_esp(x);
	x->entry.id = (char *)id;
	snprintf(name, sizeof(name), "%s.conf", id);
	x->entry.loader_name = name;
	x->entry.tries_left = x->entry.tries_done = -1;
	x->entry.linux_path = (char *)kernel;
	x->entry.is_of_this_root = false;
	x->entry.is_read = true;
	x->entry.kernel = -1;
	x->entry.sort_key = (char *)"rhel";
	x->entry.machine_id = (char *)TOKEN;
	x->entry.version = (char *)"9.0-1";
	x->inv.entry_count = 1;
	x->inv.default_entry = 0;
}

static void a_newer_one_is_not_there(void **state)
{
	struct facts *x = *state;

	another(x, TOKEN "-9.0-1", "/efi/" TOKEN "/9.0-1/linux");
	assert_int_equal(plan_now(x), 0);
	assert_operations(x, "copy initramfs entry");
	assert_true(x->plan.boots);
}

/* The firmware's variable asks for it: loader.conf would change nothing. */
static void another_is_asked_for(void **state)
{
	struct facts *x = *state;

	another(x, TOKEN "-9.0-1", "/boot/vmlinuz-" V);
	x->inv.systemd.asked = (char *)TOKEN "-9*";
	assert_int_equal(plan_now(x), 0);
	assert_operations(x, "copy initramfs entry");
	assert_false(x->plan.boots);
	x->inv.systemd.asked = (char *)TOKEN "-" V ".conf"; /* it is the restored one's */
	assert_int_equal(plan_now(x), 0);
	assert_operations(x, "copy initramfs entry");
	assert_true(x->plan.boots);
}

static void a_newer_one_would_start(void **state)
{
	struct facts *x = *state;

	another(x, TOKEN "-9.0-1", "/boot/vmlinuz-" V); /* some file that is there */
	assert_int_equal(buffer_puts(&x->inv.systemd.conf, "timeout 3\n"), 0);
	assert_int_equal(plan_now(x), 0);
	assert_operations(x, "copy initramfs entry default");
	assert_string_equal(find(x, OP_DEFAULT)->path, "/efi/loader/loader.conf");
	assert_string_equal(find(x, OP_DEFAULT)->content.data,
		"timeout 3\ndefault " TOKEN "-" V ".conf\n");
	assert_true(x->plan.boots);

	x->options.default_choice = DEFAULT_KEEP;
	assert_int_equal(plan_now(x), 0);
	assert_operations(x, "copy initramfs entry");
	assert_false(x->plan.boots);
	buffer_done(&x->inv.systemd.conf);
}

static void loader_conf_names_it_already(void **state)
{
	struct facts *x = *state;

	another(x, "windows", "/boot/vmlinuz-" V);
	x->inv.systemd.wanted = (char *)TOKEN "-*";
	assert_int_equal(plan_now(x), 0);
	assert_operations(x, "copy initramfs entry");
	assert_true(x->plan.boots);
}

static void the_command_line_of_another_entry(void **state)
{
	struct facts *x = *state;

	another(x, TOKEN "-" OLD, "/efi/gone");
	x->entry.is_of_this_root = true;
	x->entry.raw_options = (char *)"root=UUID=" ROOT_UUID " $x";
	x->entry.options = (char *)"root=UUID=" ROOT_UUID " rw systemd.machine_id=" TOKEN;
	x->inv.cmdline.etc_kernel_cmdline = NULL;
	assert_int_equal(plan_now(x), 0);
	assert_non_null(strstr(find(x, OP_ENTRY)->content.data,
		"options root=UUID=" ROOT_UUID " rw systemd.machine_id=" TOKEN "\n"));
}

/* What is replaced there stays beside it for undo: the ESP is small. */
static void room_for_what_is_replaced(void **state)
{
	struct facts *x = *state;
	uint64_t before;

	on_the_esp(x);
	x->inv.systemd.root = (char *)"/boot";
	x->inv.systemd.by_token = false;
	x->kernel.image.path = (char *)"/boot/vmlinuz-" V;
	x->kernel.image.state = PART_DAMAGED;
	x->kernel.initramfs.path = (char *)"/boot/initramfs-" V ".img";
	assert_int_equal(plan_now(x), 0);
	assert_string_equal(x->plan.needs[0].filesystem, "/boot");
	before = x->plan.needs[0].bytes;
	x->spaces[1].has_no_links = true;
	assert_int_equal(plan_now(x), 0);
	assert_int_equal(x->plan.needs[0].bytes, before + 2 * (100 + 4096));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FACTS(by_token),
		WITH_FACTS(at_the_top),
		WITH_FACTS(in_boot),
		WITH_FACTS(a_newer_one_is_not_there),
		WITH_FACTS(another_is_asked_for),
		WITH_FACTS(a_newer_one_would_start),
		WITH_FACTS(loader_conf_names_it_already),
		WITH_FACTS(the_command_line_of_another_entry),
		WITH_FACTS(room_for_what_is_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
