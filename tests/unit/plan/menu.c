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
	x->entry.place = (char *)"0";
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

#define XEN V "xen"
#define UNDER_XEN                                                                        \
	"title Xen\n\troot (hd0,1)\n\tkernel /xen.gz-2.6.18 dom0_mem=512M\n"              \
	"\tmodule /vmlinuz-" OLD " ro\n\tmodule /initrd-" OLD ".img\n"

/* A kernel for Xen starts under it, as its neighbour does; another one does not. */
static void grub_legacy_under_xen(void **state)
{
	struct facts *x = *state;
	struct kernel kernels[2];
	const char *text;

	lose_entry(x, LOADER_GRUB_LEGACY, "/boot/grub/grub.conf",
		"default=0\n" UNDER_XEN, kernels);
	x->inv.kernel_count = 2;
	x->entry.id = (char *)"grub.conf#0";
	x->entry.line = 2;
	x->inv.default_entry = 0;
	assert_int_equal(plan_now(x), 0);
	assert_null(strstr(find(x, OP_ENTRY)->content.data, "title Xen\n\tkernel /xen"));
	assert_non_null(strstr(find(x, OP_ENTRY)->content.data, "\tkernel /vmlinuz-" V " "));
	kernels[0].release = (char *)XEN;
	assert_int_equal(plan_now(x), 0);
	text = find(x, OP_ENTRY)->content.data;
	assert_non_null(strstr(text,
		"\troot (hd0,1)\n\tkernel /xen.gz-2.6.18 dom0_mem=512M\n\tmodule /vmlinuz-" XEN
		" ro root=/dev/sda2 quiet\n\tmodule /initramfs-"));
	assert_non_null(strstr(text, UNDER_XEN));
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

#define ASKS_GRUBENV                                                                     \
	"if [ -s $prefix/grubenv ]; then\n  load_env\nfi\nset default=\"${saved_entry}\"\n"  \
	"menuentry_id_option=\"--id\"\n"

#define MENUENTRY(release)                                                               \
	"menuentry 'RHEL (" release ")' --class red $menuentry_id_option "               \
	"'gnulinux-" release "-advanced-x' {\n\tload_video\n\tlinux16 /vmlinuz-" release \
	" ro root=/dev/sda2 quiet\n\tinitrd16 /initramfs-" release ".img\n}\n"

static void menuentry_of_another(void **state)
{
	struct facts *x = *state;
	struct kernel kernels[2];

	lose_entry(x, LOADER_MENUENTRIES, "/boot/grub2/grub.cfg",
		ASKS_GRUBENV MENUENTRY(OLD), kernels);
	x->inv.kernel_count = 2;
	x->entry.id = (char *)"grub.cfg#0";
	x->inv.saved_entry = (char *)"gnulinux-" OLD "-advanced-x";
	assert_int_equal(plan_now(x), 0);
	assert_operations(x, "entry default");
	assert_text(x, "/boot/grub2/grub.cfg",
		ASKS_GRUBENV MENUENTRY(V) MENUENTRY(OLD));
	assert_non_null(strstr(find(x, OP_DEFAULT)->content.data,
		"saved_entry=gnulinux-" V "-advanced-x\n"));
	assert_true(x->plan.boots);
	x->inv.saved_entry = (char *)"0"; /* a number keeps its meaning */
	assert_int_equal(grubenv_set(&x->inv.grubenv, "saved_entry", "0"), 0);
	x->options.default_choice = DEFAULT_KEEP;
	assert_int_equal(plan_now(x), 0);
	assert_text(x, "/boot/grub2/grub.cfg",
		ASKS_GRUBENV MENUENTRY(OLD) MENUENTRY(V));
	grubenv_done(&x->inv.grubenv);
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

/* Each way to name what starts, and what has to be written so that V does. */
struct naming_case {
	const char *head, *saved; /* grubenv's; NULL: it has none */
	enum grub_naming naming;
	enum default_choice choice;
	const char *operations;
	const char *before;	 /* stands right before the new entry: "", or a title */
	const char *now_saved;	 /* "saved_entry=…\n" */
	const char *end;	 /* of grub.cfg; NULL: as it was */
};

#define NUMBERED(n) "set default=" n "\n"
#define SUBMENU "submenu 'Old ones' --id sub {\n" MENUENTRY("1.1") MENUENTRY("1.2") "}\n"
#define IN_GRUBENV(name) "saved_entry=" name "\n"
#define AT_THE_END(name)                                                                 \
	"if [ -z \"${boot_once}\" ]; then\n  set default='" name "'\nfi\n"

static const struct naming_case naming_cases[] = {
	/* Numbers: the entry goes where they point. */
	{NUMBERED("0"), NULL, 0, 0, "entry", "", NULL, NULL},
	{NUMBERED("1"), NULL, 0, 0, "entry", "RHEL (" OLD ")", NULL, NULL},
	{NUMBERED("\"0>1\""), NULL, 0, 0, "entry", "", NULL, NULL},
	{NUMBERED("9"), NULL, 0, 0, "entry", "", NULL, NULL},
	{NUMBERED("\"RHEL (" OLD ")\""), NULL, 0, 0, "entry", "", NULL,
		AT_THE_END("RHEL (" V ")")},
	{NUMBERED("sub"), NULL, 0, 0, "entry", "", NULL, AT_THE_END("RHEL (" V ")")},
	/* grubenv: with blanks, through submenus, of a kernel that is gone. */
	{ASKS_GRUBENV, "RHEL (" OLD ")", 0, 0, "entry default", "",
		IN_GRUBENV("gnulinux-" V "-advanced-x"), NULL},
	{ASKS_GRUBENV, "RHEL (" OLD ")", GRUB_IDS_FIRST, 0, "entry default", "",
		IN_GRUBENV("gnulinux-" V "-advanced-x"), NULL},
	{ASKS_GRUBENV, "sub>gnulinux-1.2-advanced-x", 0, 0, "entry default", "",
		IN_GRUBENV("gnulinux-" V "-advanced-x"), NULL},
	{ASKS_GRUBENV, "Old ones>RHEL (1.2)", GRUB_IDS_FIRST, 0, "entry default", "",
		IN_GRUBENV("gnulinux-" V "-advanced-x"), NULL},
	{ASKS_GRUBENV, "of a kernel that is gone", 0, 0, "entry default", "",
		IN_GRUBENV("gnulinux-" V "-advanced-x"), NULL},
	{ASKS_GRUBENV, NULL, 0, 0, "entry default", "",
		IN_GRUBENV("gnulinux-" V "-advanced-x"), NULL},
	{ASKS_GRUBENV, "0", 0, 0, "entry", "", NULL, NULL},
	{ASKS_GRUBENV, "1", GRUB_IDS_FIRST, 0, "entry default", "",
		IN_GRUBENV("gnulinux-" V "-advanced-x"), NULL},
	/* What it starts stays: numbers move nothing, or the entry stands behind. */
	{NUMBERED("0"), NULL, 0, DEFAULT_KEEP, "entry", "RHEL (" OLD ")", NULL, NULL},
	{NUMBERED("\"1>1\""), NULL, 0, DEFAULT_KEEP, "entry", "Old ones", NULL, NULL},
	{ASKS_GRUBENV, "1>0", 0, DEFAULT_KEEP, "entry", "Old ones", NULL, NULL},
	{ASKS_GRUBENV, "Old ones>RHEL (1.2)", 0, DEFAULT_KEEP, "entry", "", NULL, NULL},
	/* Nobody asks grubenv for what is the default. */
	{"set default=2\nset default=$other\n", "2", 0, 0, "entry", "", NULL, NULL},
};

static void check_end(const struct buffer *text, const char *end)
{
	assert_true(text_ends(text->data, end ? end : "}\n"));
}

/* What stands in quotes at the top of the menu, last before the new entry. */
static void check_place(const char *text, const char *before)
{
	const char *mine = strstr(text, "menuentry 'RHEL (" V ")'");
	_cleanup_free_ char *old = text_printf("'%s'", before);

	assert_non_null(mine);
	if (*before)
		assert_true(strstr(text, old) < mine);
	else
		assert_true(strstr(text, "menuentry ") == mine);
}

static void check_naming(struct facts *x, const struct naming_case *c)
{
	_cleanup_free_ char *text = text_printf("%s%s%s", c->head, MENUENTRY(OLD), SUBMENU);
	const struct operation *env;
	struct kernel kernels[2];

	lose_entry(x, LOADER_MENUENTRIES, "/boot/grub2/grub.cfg", text, kernels);
	x->inv.kernel_count = 2;
	x->inv.naming = c->naming;
	x->options.default_choice = c->choice;
	x->inv.saved_entry = (char *)c->saved;
	if (c->saved)
		assert_int_equal(grubenv_set(&x->inv.grubenv, "saved_entry", c->saved), 0);
	assert_int_equal(plan_now(x), 0);
	assert_operations(x, c->operations);
	check_place(find(x, OP_ENTRY)->content.data, c->before);
	check_end(&find(x, OP_ENTRY)->content, c->end);
	env = find(x, OP_DEFAULT);
	if (c->now_saved)
		assert_non_null(strstr(env->content.data, c->now_saved));
	grubenv_done(&x->inv.grubenv);
}

static void every_way_to_name_the_default(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(naming_cases); i++) {
		void *x = NULL;

		print_message("%zu: %s%s\n", i, naming_cases[i].head,
			naming_cases[i].saved ? naming_cases[i].saved : "");
		facts_setup(&x);
		check_naming(x, &naming_cases[i]);
		facts_teardown(&x);
	}
	(void)state;
}

static void menuentry_from_nothing(void **state)
{
	struct facts *x = *state;
	struct kernel kernels[2];
	struct grub_cfg c = {0};

	lose_entry(x, LOADER_MENUENTRIES, "/boot/grub2/grub.cfg",
		ASKS_GRUBENV, kernels);
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
	static struct observed link = {.path = (char *)"/boot/System.map-" V,
		.now = {.exists = true, .mode = S_IFLNK | 0777}};
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
		WITH_FACTS(grub_legacy_under_xen),
		WITH_FACTS(extlinux),
		WITH_FACTS(menuentry_of_another),
		WITH_FACTS(menuentry_at_the_default_number),
		cmocka_unit_test(every_way_to_name_the_default),
		WITH_FACTS(menuentry_from_nothing),
		WITH_FACTS(a_link_is_left_alone),
		WITH_FACTS(a_menu_with_an_error_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
