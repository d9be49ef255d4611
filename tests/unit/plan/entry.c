/* SPDX-License-Identifier: GPL-2.0-or-later */
/* New boot entries: their text, where the command line comes from, the default. */
#include "facts.h"

#include "formats/bls.h"

#include <errno.h>

/* The entry of this kernel is gone; others may be put in its place by a test. */
static void lose_entry(struct facts *x)
{
	lose(x, ENTRIES "/" TOKEN "-" V ".conf");
	x->kernel.entry_count = 0;
	x->inv.entry_count = 0;
	x->inv.default_entry = -1;
	x->inv.saved_entry = (char *)"an-older-one";
	x->state = KERNEL_INCOMPLETE;
}

static const struct operation *find(const struct facts *x, enum op op)
{
	for (size_t i = 0; i < x->plan.count; i++)
		if (x->plan.operations[i].op == op)
			return &x->plan.operations[i];
	return NULL;
}

static void assert_key(const struct facts *x, const char *key, const char *value)
{
	const struct operation *op = find(x, OP_ENTRY);
	struct bls_entry e = {0};

	assert_non_null(op);
	assert_int_equal(bls_parse(&e, buffer_bytes(&op->content), BLS_EL9, NULL), 0);
	assert_non_null(bls_get(&e, key));
	assert_string_equal(bls_get(&e, key), value);
	bls_done(&e);
}

static void entry_from_fstab_alone(void **state)
{
	struct facts *x = *state;

	lose_entry(x);
	assert_int_equal(plan_now(x), 0);
	assert_operations(x, "entry default");
	assert_string_equal(find(x, OP_ENTRY)->path, ENTRIES "/" TOKEN "-" V ".conf");
	assert_key(x, "title", "Red Hat Enterprise Linux 9.4 (" V ")");
	assert_key(x, "version", V);
	assert_key(x, "linux", "/vmlinuz-" V);
	assert_key(x, "initrd", "/initramfs-" V ".img");
	assert_key(x, "options", "root=UUID=" ROOT_UUID " ro");
	assert_key(x, "grub_users", "$grub_users");
	assert_key(x, "grub_arg", "--unrestricted");
	assert_key(x, "grub_class", "rhel");
}

static void title_from_os_release(void **state)
{
	struct facts *x = *state;

	lose_entry(x);
	x->system.os_name = (char *)"CentOS Stream";
	x->system.os_version = (char *)"9";
	assert_int_equal(plan_now(x), 0);
	assert_key(x, "title", "CentOS Stream (" V ") 9");
}

static void paths_when_boot_lies_in_root(void **state)
{
	struct facts *x = *state;

	lose_entry(x);
	x->system.boot.separate = false;
	assert_int_equal(plan_now(x), 0);
	assert_key(x, "linux", "/boot/vmlinuz-" V);
	assert_key(x, "initrd", "/boot/initramfs-" V ".img");
}

/* GRUB finds the new entry under the name that it saved: grubenv stays as it is. */
static void default_that_comes_back(void **state)
{
	struct facts *x = *state;

	lose_entry(x);
	x->inv.saved_entry = x->entry.id;
	assert_int_equal(plan_now(x), 0);
	assert_operations(x, "entry");
	assert_true(x->plan.boots);
}

/* Each source in turn is taken away: the next one counts. */
static void sources_in_order(void **state)
{
	struct facts *x = *state;

	lose_entry(x);
	x->inv.cmdline = (struct cmdline_sources){.etc_kernel_cmdline = (char *)"root=UUID=" ROOT_UUID
							  " ro quiet",
		.kernelopts = (char *)"root=UUID=" ROOT_UUID " ro console=ttyS0",
		.default_grub = (char *)"crashkernel=auto"};
	assert_int_equal(plan_now(x), 0);
	assert_key(x, "options", "root=UUID=" ROOT_UUID " ro quiet");
	x->inv.cmdline.etc_kernel_cmdline = NULL;
	assert_int_equal(plan_now(x), 0);
	assert_key(x, "options", "root=UUID=" ROOT_UUID " ro console=ttyS0");
	x->inv.cmdline.kernelopts = NULL;
	assert_int_equal(plan_now(x), 0);
	assert_key(x, "options", "root=UUID=" ROOT_UUID " crashkernel=auto");
	x->options.cmdline = "root=/dev/vda3 init=/bin/sh";
	assert_int_equal(plan_now(x), 0);
	assert_key(x, "options", "root=/dev/vda3 init=/bin/sh");
}

static void another_root_is_replaced(void **state)
{
	struct facts *x = *state;

	lose_entry(x);
	x->inv.cmdline.etc_kernel_cmdline = (char *)"root=UUID=99999999-0000 ro quiet";
	assert_int_equal(plan_now(x), 0);
	assert_key(x, "options", "root=UUID=" ROOT_UUID " ro quiet");
}

/* Also where the text names the root: it would be another subvolume. */
static void subvolume_is_named(void **state)
{
	struct facts *x = *state;

	lose_entry(x);
	x->system.subvolume = (char *)"root";
	x->inv.cmdline.etc_kernel_cmdline = (char *)"root=UUID=" ROOT_UUID " ro";
	assert_int_equal(plan_now(x), 0);
	assert_key(x, "options", "root=UUID=" ROOT_UUID " rootflags=subvol=root ro");
	x->inv.cmdline.etc_kernel_cmdline =
		(char *)"root=UUID=" ROOT_UUID " ro rootflags=compress=zstd";
	assert_int_equal(plan_now(x), 0);
	assert_key(x, "options",
		"root=UUID=" ROOT_UUID " rootflags=compress=zstd,subvol=root ro");
	x->inv.cmdline.etc_kernel_cmdline =
		(char *)"root=UUID=" ROOT_UUID " ro rootflags=subvol=root";
	assert_int_equal(plan_now(x), 0);
	assert_key(x, "options", "root=UUID=" ROOT_UUID " ro rootflags=subvol=root");
	x->inv.cmdline.etc_kernel_cmdline =
		(char *)"root=UUID=99999999-0000 ro rootflags=subvol=other";
	assert_int_equal(plan_now(x), 0);
	assert_key(x, "options", "root=UUID=" ROOT_UUID " rootflags=subvol=root ro");
}

/* The entry of an older kernel of this root is the model: its words stay as they are. */
static void sibling_entry_is_the_template(void **state)
{
	struct facts *x = *state;
	struct kernel kernels[2];

	lose_entry(x);
	kernels[0] = x->kernel;
	kernels[1] = (struct kernel){.release = (char *)"5.14.0-0.el9.x86_64",
		.image.state = PART_MISSING, .modules.state = PART_MISSING,
		.initramfs.state = PART_MISSING};
	x->inv.kernels = kernels;
	x->inv.kernel_count = 2;
	x->inv.entry_count = 1;
	x->entry.kernel = 1;
	x->entry.is_default = false;
	x->entry.title = (char *)"RHEL (5.14.0-0.el9.x86_64) 9.4 (Plow)";
	x->entry.id = (char *)TOKEN "-5.14.0-0.el9.x86_64";
	x->entry.raw_options = (char *)"$kernelopts $tuned_params";
	assert_int_equal(plan_now(x), 0);
	assert_key(x, "title", "RHEL (" V ") 9.4 (Plow)");
	assert_key(x, "options", "$kernelopts $tuned_params");
	assert_key(x, "initrd", "/initramfs-" V ".img $tuned_initrd");
	x->entry.is_of_this_root = false;
	assert_int_equal(plan_now(x), 0);
	assert_key(x, "options", "root=UUID=" ROOT_UUID " ro");
}

/* kernel-install takes its own file for entries of its kind, new-kernel-pkg an entry. */
static void kernel_installs_own_file(void **state)
{
	static const struct {
		enum loader_rules loader;
		const char *file, *expected;
	} cases[] = {
		{LOADER_BLSCFG_EL9, "root=UUID=" ROOT_UUID " quiet", NULL},
		{LOADER_BLSUKI, "root=UUID=" ROOT_UUID " quiet", NULL},
		{LOADER_BLSCFG_EL8, "root=UUID=" ROOT_UUID " quiet", "$kernelopts"},
		/* Of another root: the entry is known to lead here. */
		{LOADER_BLSCFG_EL9, "root=UUID=99999999-0000 quiet", "$kernelopts"},
		{LOADER_BLSCFG_EL9, "quiet", "$kernelopts"},
	};
	struct facts *x = *state;

	lose_entry(x);
	x->inv.entry_count = 1;
	x->entry.raw_options = (char *)"$kernelopts";
	x->entry.place = (char *)"0";
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		x->inv.loader = cases[i].loader;
		x->inv.cmdline.etc_kernel_cmdline = (char *)cases[i].file;
		assert_int_equal(plan_now(x), 0);
		assert_key(x, "options", cases[i].expected ? cases[i].expected : cases[i].file);
	}
}

/* "linux PATH OPTIONS" never fills GRUB 2.14's memory to the last byte, or nearly. */
static void sizes_that_blscfg_overruns(void **state)
{
	struct facts *x = *state;

	lose_entry(x);
	x->inv.loader = LOADER_BLSUKI;
	assert_int_equal(grubenv_set(&x->inv.grubenv, "more", "0123456"), 0);
	for (int n = 1; n < 33; n++) {
		_cleanup_free_ char *line = text_printf(
			"root=UUID=" ROOT_UUID " %s%.*s", n % 2 ? "$more " : "", n,
			"0123456789abcdef0123456789abcdef0");
		struct bls_entry e = {0};
		size_t size;

		x->inv.cmdline.etc_kernel_cmdline = line;
		assert_int_equal(plan_now(x), 0);
		assert_int_equal(bls_parse(&e, buffer_bytes(&find(x, OP_ENTRY)->content),
					 BLS_UKI, NULL), 0);
		size = strlen("linux /vmlinuz-" V " ") + strlen(bls_get(&e, "options"));
		if (n % 2)
			size += strlen("0123456 ") - strlen("$more "); /* which GRUB takes */
		if (size % 16 < 2 || size % 16 > 13)
			fail_msg("%d: %zu of \"%s\"", n, size, bls_get(&e, "options"));
		bls_done(&e);
	}
	grubenv_done(&x->inv.grubenv);
}

/* Consoles and the like stay; what no disk holds would be waited for. */
static void devices_are_looked_for(void **state)
{
	static char *names[] = {(char *)"UUID=" ROOT_UUID, (char *)"/dev/mapper/rl-root"};
	static const char line[] = "root=UUID=" ROOT_UUID
				   " ro rd.lvm.lv=rl/root rd.lvm.lv=rl/swap console=ttyS0,115200n8 "
				   "crashkernel=256M resume=/dev/mapper/rl-swap \"x y\" fips=1";
	struct facts *x = *state;

	lose_entry(x);
	x->inv.cmdline.kernelopts = (char *)line;
	x->system.boot.uuid = (char *)"b007";
	assert_int_equal(plan_now(x), 0); /* the disks were not looked at */
	assert_key(x, "options", "root=UUID=" ROOT_UUID
		" ro rd.lvm.lv=rl/root rd.lvm.lv=rl/swap console=ttyS0,115200n8 "
		"crashkernel=256M resume=/dev/mapper/rl-swap \"x y\" fips=1 boot=UUID=b007");
	x->system.device_names = (struct strings){names, ARRAY_SIZE(names), 2};
	assert_int_equal(plan_now(x), 0);
	assert_key(x, "options", "root=UUID=" ROOT_UUID
		" ro rd.lvm.lv=rl/root console=ttyS0,115200n8 crashkernel=256M \"x y\" fips=1 "
		"boot=UUID=b007");
	assert_string_equal(find(x, OP_ENTRY)->reason,
		"the command line comes from kernelopts in grubenv, without rd.lvm.lv=rl/swap "
		"resume=/dev/mapper/rl-swap: no disk here holds that");
	x->options.cmdline = line; /* who says it must know */
	assert_int_equal(plan_now(x), 0);
	assert_key(x, "options", line);
}

static void default_keeps_unknown_variables(void **state)
{
	struct facts *x = *state;
	struct grubenv env = {0};

	lose_entry(x);
	assert_int_equal(grubenv_set(&x->inv.grubenv, "boot_success", "1"), 0);
	assert_int_equal(grubenv_set(&x->inv.grubenv, "saved_entry", "gone"), 0);
	assert_int_equal(plan_now(x), 0);
	assert_int_equal(find(x, OP_DEFAULT)->content.size, GRUBENV_SIZE);
	assert_int_equal(grubenv_parse(&env, buffer_bytes(&find(x, OP_DEFAULT)->content), NULL), 0);
	assert_string_equal(grubenv_get(&env, "boot_success"), "1");
	assert_string_equal(grubenv_get(&env, "saved_entry"), TOKEN "-" V);
	grubenv_done(&env);
	grubenv_done(&x->inv.grubenv);
}

static void default_is_asked_for_or_kept(void **state)
{
	struct facts *x = *state;

	x->inv.saved_entry = NULL;
	assert_int_equal(plan_now(x), 0);
	assert_operations(x, "");
	x->options.default_choice = DEFAULT_KEEP;
	lose_entry(x);
	assert_int_equal(plan_now(x), 0);
	assert_operations(x, "entry");
	assert_false(x->plan.boots);
}

#define BLS_CFG                                                                          \
	"if [ -s $prefix/grubenv ]; then\nload_env\nfi\nset default=\"${saved_entry}\"\n"  \
	"blscfg\n"
#define OTHER "99999999999-6.0.0-1.el9.x86_64" /* above V in every order */
#define UKI_TOKEN "7ffff" /* 7ffff-V is below OTHER, and the number 7 to upstream's GRUB */

/* Beside an entry that does not boot: what has to be written so that the right one starts. */
struct start_case {
	const char *cfg, *saved, *token;
	enum loader_rules loader;
	enum default_choice choice;
	bool in_block;
	const char *operations; /* NULL: refused */
	const char *written;	/* part of what is written last */
};

static const struct start_case start_cases[] = {
	{BLS_CFG, "gone", TOKEN, LOADER_BLSCFG_EL9, 0, false, "entry default",
		"\nsaved_entry=" TOKEN "-" V "\n"},
	{BLS_CFG, NULL, TOKEN, LOADER_BLSCFG_EL8, 0, false, "entry default",
		"\nsaved_entry=" TOKEN "-" V "\n"},
	/* Upstream takes what begins with a digit for a number; the title says it. */
	{BLS_CFG, "gone", UKI_TOKEN, LOADER_BLSUKI, 0, false, "entry default",
		"\nsaved_entry=Red Hat Enterprise Linux 9.4 (" V ")\n"},
	/* grub.cfg names its default itself. */
	{"set default=0\nblscfg\n", NULL, TOKEN, LOADER_BLSCFG_EL9, 0, false,
		"entry default", "blscfg\nif [ -z \"${boot_once}\" ]; then\n  set default='"
				 TOKEN "-" V "'\nfi\n"},
	{"set default=1\nblscfg\n", NULL, TOKEN, LOADER_BLSCFG_EL9, 0, false, "entry",
		"linux /vmlinuz-" V "\n"},
	/* What GRUB keeps outside of all files is not written; grub.cfg can say more. */
	{BLS_CFG, "gone", TOKEN, LOADER_BLSCFG_EL9, 0, true, "entry default",
		"\n  set default='" TOKEN "-" V "'\nfi\n"},
	{NULL, "gone", TOKEN, LOADER_BLSCFG_EL9, 0, true, NULL, "reserved area of btrfs"},
	{NULL, "gone", TOKEN, LOADER_BLSCFG_EL9, DEFAULT_KEEP, true, "entry",
		"linux /vmlinuz-" V "\n"},
	/* It would be the first of the menu, but the present one shall stay the default. */
	{BLS_CFG, NULL, "999999999999", LOADER_BLSCFG_EL9, DEFAULT_KEEP, false, "entry default",
		"\nsaved_entry=" OTHER "\n"},
	{BLS_CFG, "0", "999999999999", LOADER_BLSCFG_EL9, DEFAULT_KEEP, false, "entry default",
		"\nsaved_entry=" OTHER "\n"},
	{BLS_CFG, NULL, TOKEN, LOADER_BLSCFG_EL9, DEFAULT_KEEP, false, "entry",
		"linux /vmlinuz-" V "\n"},
	/* It was the default before its entry was lost. */
	{BLS_CFG, TOKEN "-" V, TOKEN, LOADER_BLSCFG_EL9, DEFAULT_KEEP, false, "entry",
		"linux /vmlinuz-" V "\n"},
};

static void prepare_start(struct facts *x, const struct start_case *c)
{
	lose_entry(x);
	x->inv.entry_count = 1;
	x->entry = (struct entry){.id = (char *)OTHER, .title = (char *)"Other", .kernel = -1,
		.version = (char *)"6.0.0-1.el9.x86_64", .place = (char *)"0",
		.is_default = true, .is_read = true};
	x->inv.default_entry = 0;
	x->inv.loader = c->loader;
	x->inv.naming = c->loader == LOADER_BLSUKI ? GRUB_NUMBERS_FIRST : GRUB_IDS_FIRST;
	x->inv.entry_token = (char *)c->token;
	x->inv.saved_entry = (char *)c->saved;
	x->inv.saved_in_block = c->in_block;
	x->options.default_choice = c->choice;
	if (c->cfg) {
		x->inv.grub_cfg = (char *)"/boot/vmlinuz-" V; /* a file that is there */
		x->inv.loader_config =
			(struct buffer){.data = (char *)c->cfg, .size = strlen(c->cfg)};
	}
	if (c->saved)
		assert_int_equal(grubenv_set(&x->inv.grubenv, "saved_entry", c->saved), 0);
}

static void check_start(struct facts *x, const struct start_case *c)
{
	int r;

	prepare_start(x, c);
	r = plan_now(x);
	if (c->operations) {
		assert_int_equal(r, 0);
		assert_operations(x, c->operations);
		assert_non_null(strstr(
			x->plan.operations[x->plan.count - 1].content.data, c->written));
	} else {
		assert_int_equal(r, -ENOTSUP);
		assert_non_null(strstr(x->fault.reason, c->written));
		assert_non_null(strstr(x->fault.hint, "--keep-default"));
	}
	grubenv_done(&x->inv.grubenv);
}

static void what_starts_is_tried(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(start_cases); i++) {
		void *x = NULL;

		print_message("%zu\n", i);
		facts_setup(&x);
		check_start(x, &start_cases[i]);
		facts_teardown(&x);
	}
	(void)state;
}

/* A default subvolume needs no word; another one does, whatever the old line said. */
static void subvolume_that_is_the_default(void **state)
{
	struct facts *x = *state;

	lose_entry(x);
	x->system.subvolume = (char *)"@/.snapshots/1/snapshot";
	x->system.is_default_subvolume = true;
	x->inv.cmdline.etc_kernel_cmdline = (char *)"root=UUID=" ROOT_UUID " ro";
	assert_int_equal(plan_now(x), 0);
	assert_key(x, "options", "root=UUID=" ROOT_UUID " ro");
	x->system.is_default_subvolume = false;
	x->inv.cmdline.etc_kernel_cmdline =
		(char *)"root=UUID=" ROOT_UUID " rootflags=subvol=other ro";
	assert_int_equal(plan_now(x), 0);
	assert_key(x, "options",
		"root=UUID=" ROOT_UUID " rootflags=subvol=@/.snapshots/1/snapshot ro");
}

static void nothing_tells_the_root(void **state)
{
	struct facts *x = *state;

	lose_entry(x);
	x->system.root.uuid = x->system.root.source = NULL;
	assert_true(plan_now(x) < 0);
	assert_non_null(strstr(x->fault.hint, "--options"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FACTS(entry_from_fstab_alone),
		WITH_FACTS(title_from_os_release),
		WITH_FACTS(paths_when_boot_lies_in_root),
		WITH_FACTS(default_that_comes_back),
		WITH_FACTS(sources_in_order),
		WITH_FACTS(another_root_is_replaced),
		WITH_FACTS(subvolume_is_named),
		WITH_FACTS(sibling_entry_is_the_template),
		WITH_FACTS(kernel_installs_own_file),
		WITH_FACTS(devices_are_looked_for),
		WITH_FACTS(sizes_that_blscfg_overruns),
		WITH_FACTS(default_keeps_unknown_variables),
		WITH_FACTS(default_is_asked_for_or_kept),
		cmocka_unit_test(what_starts_is_tried),
		WITH_FACTS(subvolume_that_is_the_default),
		WITH_FACTS(nothing_tells_the_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
