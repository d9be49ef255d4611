/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The default entry. The tables are derived from the sources of the
 * loaders (rhboot/grub2: normal/menu.c and blscfg.c); no loader was run for them.
 */
#include "patient.h"

#define BLS_CFG "load_env\nset default=\"${saved_entry}\"\nblscfg\n"

struct rules_case {
	const char *os_id, *os_version; /* NULL: rhel 9.4 */
	const char *grub_cfg;
	const char *env;      /* variables, NULL: no environment block */
	const char *expected; /* id of the default entry */
};

static const char *const ids[] = {
	"4a5b-" OLD, "4a5b-" V, "4a5b-" V "+debug", "4a5b-0-rescue"};

static void add_entries(struct patient *p, bool with_version)
{
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		_cleanup_free_ char *path =
			text_printf("/boot/loader/entries/%s.conf", ids[i]);
		_cleanup_free_ char *text =
			text_printf("title Linux (%s)\n%s%s%slinux "
				    "/boot/vmlinuz-%s\noptions root=UUID=" UUID "\n",
				ids[i] + 5, with_version ? "version " : "",
				with_version ? ids[i] + 5 : "", with_version ? "\n" : "",
				ids[i] + 5);

		add_text(p, path, text);
	}
}

static const char *default_id(struct patient *p)
{
	patient_read(p);
	if (p->inv.default_entry < 0)
		return "none";
	assert_true(p->inv.entries[p->inv.default_entry].is_default);
	return p->inv.entries[p->inv.default_entry].id;
}

static void check(const struct rules_case *c)
{
	struct patient *p = patient_new(NULL);
	_cleanup_free_ char *env =
		c->env ? text_printf("# GRUB Environment Block\n%s#####", c->env) : NULL;

	if (c->os_id) {
		p->sys.os_id = (char *)c->os_id;
		p->sys.os_version_id = (char *)c->os_version;
	}
	add_entries(p, true);
	add_text(p, "/boot/grub2/grub.cfg", c->grub_cfg);
	if (env)
		add_text(p, "/boot/grub2/grubenv", env);
	if (!text_equal(default_id(p), c->expected))
		fail_msg("%s%s gives %s, not %s", c->grub_cfg, c->env ? c->env : "",
			default_id(p), c->expected);
	patient_free(p);
}

static const struct rules_case blscfg_cases[] = {
	{NULL, NULL, BLS_CFG, NULL, "4a5b-" V "+debug"},
	{NULL, NULL, BLS_CFG, "saved_entry=4a5b-" OLD "\n", "4a5b-" OLD},
	/* With more behind it an id selects nothing, nor does a number. */
	{NULL, NULL, BLS_CFG, "saved_entry=4a5b-" OLD " and more\n",
		"4a5b-" V "+debug"},
	{NULL, NULL, BLS_CFG, "saved_entry=Linux (" OLD ")\n", "4a5b-" OLD},
	{NULL, NULL, BLS_CFG, "saved_entry=1\n", "4a5b-" V},
	{NULL, NULL, BLS_CFG, "saved_entry=0x2\n", "4a5b-" OLD},
	{NULL, NULL, BLS_CFG, "saved_entry=3 x\n", "4a5b-" V "+debug"},
	{NULL, NULL, BLS_CFG, "saved_entry=1>0\n", "4a5b-" V "+debug"},
	{NULL, NULL, BLS_CFG, "saved_entry=03\n", "4a5b-0-rescue"}, /* octal */
	{NULL, NULL, BLS_CFG, "saved_entry= 3\n", "4a5b-0-rescue"},
	{NULL, NULL, BLS_CFG, "saved_entry=99999999999999999999\n",
		"4a5b-" V "+debug"},
	{NULL, NULL, BLS_CFG, "saved_entry=4\n", "4a5b-" V "+debug"}, /* beyond the end */
	/*
	 * A stale id: neither id nor title, and no number, though it begins with a digit.
	 */
	{NULL, NULL, BLS_CFG, "saved_entry=2a5b-gone\n", "4a5b-" V "+debug"},
	{NULL, NULL, BLS_CFG, "saved_entry=\n", "4a5b-" V "+debug"},
	{NULL, NULL, BLS_CFG, "next_entry=1\nsaved_entry=4a5b-" OLD "\n", "4a5b-" OLD},
	{NULL, NULL,
		"load_env\nif [ \"${prev_saved_entry}\" ]; then\n"
		"set saved_entry=\"${prev_saved_entry}\"\nfi\n"
		"set default=\"${saved_entry}\"\nblscfg\n",
		"saved_entry=1\nprev_saved_entry=4a5b-" OLD "\n", "4a5b-" OLD},
	/* Nobody loads the environment block, nobody reads `default`. */
	{NULL, NULL, "set default=\"${saved_entry}\"\nblscfg\n", "saved_entry=1\n",
		"4a5b-" V "+debug"},
	{NULL, NULL, "load_env\nblscfg\n", "saved_entry=1\n", "4a5b-" V "+debug"},
	{NULL, NULL, "set default=\"2\"\nblscfg\n", "saved_entry=1\n", "4a5b-" OLD},
	{NULL, NULL,
		"load_env\nif [ \"${next_entry}\" ]; then set default=\"${next_entry}\"\n"
		"else set default=\"${saved_entry}\"; fi\nblscfg\n",
		"saved_entry=1\n", "4a5b-" V},
	/* Menuentries before and behind blscfg count in the menu. */
	{NULL, NULL,
		"menuentry first { linux /boot/x root=a }\n" BLS_CFG
		"menuentry last { linux /boot/y }\n",
		"saved_entry=0\n", "grub.cfg#0"},
	{NULL, NULL,
		"menuentry first { linux /boot/x root=a }\n" BLS_CFG
		"menuentry last { linux /boot/y }\n",
		"saved_entry=2\n", "4a5b-" V},
	{NULL, NULL,
		"menuentry first { linux /boot/x root=a }\n" BLS_CFG
		"menuentry last { linux /boot/y }\n",
		"saved_entry=5\n", "grub.cfg#1"},
	{"rocky", "8.10", BLS_CFG, NULL, "4a5b-" V "+debug"},
	{"fedora", "44", BLS_CFG, "saved_entry=4a5b-" OLD "\n", "4a5b-" OLD},
	/* Upstream: an id that begins with a digit is a number all the same. */
	{"debian", "14", BLS_CFG, "saved_entry=4a5b-" OLD "\n", "4a5b-" V "+debug"},
	{"debian", "14", BLS_CFG, "saved_entry=2a5b-gone\n", "4a5b-" OLD},
	{"debian", "14", BLS_CFG, "saved_entry=Linux (" OLD ")\n", "4a5b-" OLD},
};

#define MENU                                                                             \
	"menuentry Zero --id 1-zero { linux /boot/a }\n"                                 \
	"submenu More { menuentry Inner --id inner { linux /boot/b }\n"                  \
	"menuentry Two { linux /boot/c } }\n"                                            \
	"menuentry Last --id last { linux /boot/d }\n"

static const struct rules_case menuentry_cases[] = {
	{"centos", "7", "load_env\nset default=\"${saved_entry}\"\n" MENU, "saved_entry=Last\n",
		"grub.cfg#2"},
	{"centos", "7", "load_env\nset default=\"${saved_entry}\"\n" MENU, "saved_entry=last\n",
		"grub.cfg#2"},
	{"centos", "7", "set default=\"1>0\"\n" MENU, NULL, "grub.cfg#1>0"},
	{"debian", "12", "set default=\"More>Two\"\n" MENU, NULL, "grub.cfg#1>1"},
	{"debian", "12", "set default=\"More>inner\"\n" MENU, NULL, "grub.cfg#1>0"},
	{"debian", "12", "set default=\"2\"\n" MENU, NULL, "grub.cfg#2"},
	/* The way must lead there, and without one a submenu starts its first entry. */
	{"debian", "12", "set default=\"Gone>Two\"\n" MENU, NULL, "grub.cfg#0"},
	{"debian", "12", "set default=\"1\"\n" MENU, NULL, "grub.cfg#1>0"},
	{"debian", "12", "set default=\"More\"\n" MENU, NULL, "grub.cfg#1>0"},
	{"debian", "12", "set default=\"Two\"\n" MENU, NULL, "grub.cfg#0"},
	{"debian", "12", "set default=\"a>>b\"\n" MENU "menuentry \"a>b\" { linux /x }\n",
		NULL, "grub.cfg#3"},
	{"rhel", "9.4", "set default=\"1>1\"\n" MENU, NULL, "grub.cfg#0"},
	{"rhel", "9.4", "set default=\"More>1\"\n" MENU, NULL, "grub.cfg#1>1"},
	{"rhel", "9.4", "set default=\"More>Two\"\n" MENU, NULL, "grub.cfg#1>1"},
	{"debian", "12", "set default=\"9\"\n" MENU, NULL, "grub.cfg#0"},
	{"debian", "12", MENU, NULL, "grub.cfg#0"},
	/*
	 * Upstream reads a leading number whatever follows; EL8's and later look for ids.
	 */
	{"debian", "12", "set default=\"2-zero\"\n" MENU, NULL, "grub.cfg#2"},
	{"centos", "7", "set default=\"1-zero\"\n" MENU, NULL, "grub.cfg#1>0"},
	{"rhel", "8.4", "set default=\"1-zero\"\n" MENU, NULL, "grub.cfg#0"},
	{"rhel", "8.4", "set default=\"2-zero\"\n" MENU, NULL, "grub.cfg#0"},
};

static void picks_as_blscfg(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(blscfg_cases); i++)
		check(&blscfg_cases[i]);
}

static void picks_among_menuentries(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(menuentry_cases); i++)
		check(&menuentry_cases[i]);
}

static void keeps_the_one_shot_apart(void **state)
{
	struct patient *p = patient_new(NULL);

	(void)state;
	add_entries(p, false);
	add_text(p, "/boot/grub2/grubenv",
		"# GRUB Environment Block\nsaved_entry=1\nnext_entry=2\n");
	assert_string_equal(default_id(p), "4a5b-" V);
	assert_string_equal(p->inv.saved_entry, "1");
	assert_string_equal(p->inv.next_entry, "2");
	patient_free(p);
}

/* What only UEFI shows comes first here. */
static void asks_which_grub_is_installed(void **state)
{
	static const struct {
		enum firmware firmware;
		const char *modules; /* NULL: none */
		const char *expected;
	} cases[] = {{FIRMWARE_BIOS, "/boot/grub/x86_64-efi/normal.mod", "grub.cfg#1"},
		{FIRMWARE_UEFI, "/boot/grub2/i386-pc/normal.mod", "grub.cfg#0"},
		{FIRMWARE_UNKNOWN, "/boot/grub2/i386-pc/normal.mod", "grub.cfg#1"},
		{FIRMWARE_UNKNOWN, "/boot/grub/i386-pc/normal.mod", "grub.cfg#1"},
		{FIRMWARE_UNKNOWN, "/boot/grub/x86_64-efi/normal.mod", "grub.cfg#0"},
		{FIRMWARE_UNKNOWN, NULL, "grub.cfg#0"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct patient *p = patient_new(NULL);

		p->sys.firmware = cases[i].firmware;
		if (cases[i].modules)
			add_text(p, cases[i].modules, "");
		add_text(p, "/boot/grub2/grub.cfg",
			"if [ \"$grub_platform\" = efi ]; then\n"
			"menuentry 'Firmware' {\nfwsetup\n}\nfi\n"
			"menuentry 'Linux' {\nlinux /boot/vmlinuz-" V "\n}\n");
		assert_string_equal(default_id(p), cases[i].expected);
		patient_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(picks_as_blscfg),
		cmocka_unit_test(picks_among_menuentries),
		cmocka_unit_test(keeps_the_one_shot_apart),
		cmocka_unit_test(asks_which_grub_is_installed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
