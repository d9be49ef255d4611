/* SPDX-License-Identifier: GPL-2.0-or-later */
/* New entries in menus that are one file: GRUB legacy, extlinux, grub.cfg. */
#include "facts.h"

#include "formats/grub_cfg.h"

#include <errno.h>

#define OLD "5.14.0-0.el9.x86_64"

/* An older kernel's entry is there; that of V is gone. */
static void lose_entry(struct facts *x, enum loader_rules loader, const char *path,
	const char *text, struct kernel kernels[2])
{
	kernels[0] = x->kernel;
	kernels[0].entry_count = 0;
	kernels[1] = (struct kernel){.release = (char *)OLD,
		.image.state = PART_MISSING,
		.modules.state = PART_MISSING,
		.initramfs.state = PART_MISSING};
	x->kernel.entry_count = 0;
	x->inv.kernels = kernels;
	x->inv.kernel_count = 1;
	x->inv.saved_entry = NULL;
	x->inv.loader = loader;
	x->inv.grub_cfg = (char *)path;
	x->inv.loader_config = (struct buffer){.data = (char *)text, .size = strlen(text)};
	x->entry.kind = loader == LOADER_GRUB_LEGACY ? ENTRY_GRUB_LEGACY
			: loader == LOADER_EXTLINUX  ? ENTRY_EXTLINUX
						     : ENTRY_GRUB2;
	x->entry.broken = true;
	x->entry.kernel = 1;
	x->entry.title = (char *)"RHEL (" OLD ")";
	x->entry.raw_options = (char *)"ro root=/dev/sda2 quiet";
	x->state = KERNEL_INCOMPLETE;
}

static const struct operation *find(const struct facts *x, enum op op)
{
	for (size_t i = 0; i < x->plan.count; i++)
		if (x->plan.operations[i].op == op)
			return &x->plan.operations[i];
	return NULL;
}

static void assert_text(const struct facts *x, const char *path, const char *text)
{
	const struct operation *op = find(x, OP_ENTRY);

	assert_non_null(op);
	assert_string_equal(op->path, path);
	assert_string_equal(op->content.data, text);
}

#define STANZA                                                                           \
	"title RHEL (" OLD ")\n\troot (hd0,0)\n\tkernel /vmlinuz-" OLD " ro\n"
#define NEW_STANZA                                                                       \
	"title RHEL (" V ")\n\troot (hd0,0)\n\tkernel /vmlinuz-" V                        \
	" ro root=/dev/sda2 quiet\n\tinitrd /initramfs-" V ".img\n"

static void grub_legacy(void **state)
{
	struct facts *x = *state;
	struct kernel kernels[2];

	lose_entry(x, LOADER_GRUB_LEGACY, "/boot/grub/grub.conf",
		"#c\ndefault=0\nfallback=0\n" STANZA, kernels);
	x->inv.kernel_count = 2;
	x->entry.id = (char *)"grub.conf#0";
	x->entry.line = 4;
	x->inv.default_entry = 0;
	assert_int_equal(plan_now(x), 0);
	assert_operations(x, "entry");
	assert_text(x, "/boot/grub/grub.conf",
		"#c\ndefault=0\nfallback=1\n" NEW_STANZA STANZA);
	assert_true(x->plan.boots);
	x->options.default_choice = DEFAULT_KEEP;
	assert_int_equal(plan_now(x), 0);
	assert_text(x, "/boot/grub/grub.conf",
		"#c\ndefault=1\nfallback=1\n" NEW_STANZA STANZA);
	assert_false(x->plan.boots);
}

static void extlinux(void **state)
{
	struct facts *x = *state;
	struct kernel kernels[2];

	lose_entry(x, LOADER_EXTLINUX, "/boot/extlinux/extlinux.conf",
		"default old\nlabel old\n\tkernel /vmlinuz-" OLD "\n", kernels);
	x->inv.kernel_count = 2;
	x->entry.id = (char *)"extlinux.conf#0";
	assert_int_equal(plan_now(x), 0);
	assert_operations(x, "entry");
	assert_text(x, "/boot/extlinux/extlinux.conf",
		"default RHEL (" V ")\nlabel RHEL (" V ")\n\tlinux /vmlinuz-" V
		"\n\tinitrd /initramfs-" V ".img\n\tappend ro root=/dev/sda2 quiet\n"
		"label old\n\tkernel /vmlinuz-" OLD "\n");
	assert_true(x->plan.boots);
}

#define MENUENTRY(release)                                                               \
	"menuentry 'RHEL (" release ")' --class red $menuentry_id_option "               \
	"'gnulinux-" release "-advanced-x' {\n\tload_video\n\tlinux16 /vmlinuz-" release \
	" ro root=/dev/sda2 quiet\n\tinitrd16 /initramfs-" release ".img\n}\n"

static void menuentry_of_another(void **state)
{
	struct facts *x = *state;
	struct kernel kernels[2];

	lose_entry(x, LOADER_MENUENTRIES, "/boot/grub2/grub.cfg",
		"set default=\"${saved_entry}\"\n" MENUENTRY(OLD), kernels);
	x->inv.kernel_count = 2;
	x->entry.id = (char *)"grub.cfg#0";
	x->inv.saved_entry = (char *)"gnulinux-" OLD "-advanced-x";
	assert_int_equal(plan_now(x), 0);
	assert_operations(x, "entry default");
	assert_text(x, "/boot/grub2/grub.cfg",
		"set default=\"${saved_entry}\"\n" MENUENTRY(V) MENUENTRY(OLD));
	assert_non_null(strstr(find(x, OP_DEFAULT)->content.data,
		"saved_entry=gnulinux-" V "-advanced-x\n"));
	assert_true(x->plan.boots);
	x->inv.saved_entry = (char *)"0"; /* a number keeps its meaning */
	x->options.default_choice = DEFAULT_KEEP;
	assert_int_equal(plan_now(x), 0);
	assert_text(x, "/boot/grub2/grub.cfg",
		"set default=\"${saved_entry}\"\n" MENUENTRY(OLD) MENUENTRY(V));
}

static void menuentry_at_the_default_number(void **state)
{
	struct facts *x = *state;
	struct kernel kernels[2];

	lose_entry(x, LOADER_MENUENTRIES, "/boot/grub2/grub.cfg",
		"set default=\"0\"\n" MENUENTRY(OLD), kernels);
	x->inv.kernel_count = 2;
	x->entry.id = (char *)"grub.cfg#0";
	assert_int_equal(plan_now(x), 0);
	assert_operations(x, "entry");
	assert_text(x, "/boot/grub2/grub.cfg",
		"set default=\"0\"\n" MENUENTRY(V) MENUENTRY(OLD));
	assert_true(x->plan.boots);
}

static void menuentry_from_nothing(void **state)
{
	struct facts *x = *state;
	struct kernel kernels[2];
	struct grub_cfg c = {0};

	lose_entry(x, LOADER_MENUENTRIES, "/boot/grub2/grub.cfg",
		"set default=\"${saved_entry}\"\n", kernels);
	x->inv.entry_count = 0;
	x->inv.default_entry = -1;
	x->system.boot.uuid = (char *)"b007";
	assert_int_equal(plan_now(x), 0);
	assert_operations(x, "entry default");
	assert_int_equal(
		grub_cfg_parse(&c, buffer_bytes(&find(x, OP_ENTRY)->content), NULL), 0);
	assert_int_equal(c.count, 1);
	assert_string_equal(c.items[0].id, "gnulinux-" V "-advanced-" ROOT_UUID);
	assert_string_equal(c.items[0].options, "root=UUID=" ROOT_UUID " ro");
	assert_string_equal(c.items[0].linux_path, "/vmlinuz-" V);
	assert_non_null(strstr(find(x, OP_ENTRY)->content.data, "--set=root b007\n"));
	grub_cfg_done(&c);
}

static void a_menu_with_an_error_is_left_alone(void **state)
{
	struct facts *x = *state;
	struct kernel kernels[2];

	lose_entry(x, LOADER_MENUENTRIES, "/boot/grub2/grub.cfg",
		"set default=0\n" MENUENTRY(OLD) "}\n", kernels);
	x->inv.kernel_count = 2;
	x->entry.id = (char *)"grub.cfg#0";
	assert_true(plan_now(x) < 0);
	assert_non_null(strstr(x->fault.reason, "line 7"));
}

/* The link would become a file. */
static void a_link_is_left_alone(void **state)
{
	static struct observed link = {(char *)"/boot/System.map-" V,
		{.exists = true, .mode = S_IFLNK | 0777}};
	struct facts *x = *state;
	struct kernel kernels[2];

	lose_entry(x, LOADER_MENUENTRIES, "/boot/vmlinuz-" V, "set default=0\n", kernels);
	x->inv.entry_count = 0;
	x->inv.default_entry = -1;
	for (size_t i = 0; i < x->inv.observed_count; i++)
		if (strcmp(x->inv.observed[i].path, "/boot/vmlinuz-" V) == 0) {
			link = x->inv.observed[i];
			x->inv.observed[i].now.mode = S_IFLNK | 0777;
			assert_true(plan_now(x) < 0);
			x->inv.observed[i] = link;
		}
	assert_int_equal(x->fault.error, ELOOP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FACTS(grub_legacy),
		WITH_FACTS(extlinux),
		WITH_FACTS(menuentry_of_another),
		WITH_FACTS(menuentry_at_the_default_number),
		WITH_FACTS(menuentry_from_nothing),
		WITH_FACTS(a_link_is_left_alone),
		WITH_FACTS(a_menu_with_an_error_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
