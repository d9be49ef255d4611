/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What GRUB makes of BLS entries: the commands that blscfg writes are a script. Derived
 * from rhboot/grub2's blscfg.c; no loader was run for it.
 */
#include "patient.h"

#define ENTRY "/boot/loader/entries/m-1.conf"

static struct patient *patient_with(const char *env, const char *text)
{
	struct patient *p = patient_new("f 0644 /boot/k =\nf 0644 /boot/i =\n");

	if (env) {
		_cleanup_free_ char *block = text_printf("# GRUB Environment Block\n%s", env);

		add_text(p, "/boot/grub2/grubenv", block);
	}
	add_text(p, ENTRY, text);
	patient_read(p);
	return p;
}

static const struct {
	const char *env, *text, *options; /* NULL: there are none */
} option_cases[] = {
	{NULL, "linux /boot/k\noptions root=a ro\n", "root=a ro"},
	/* A variable in a variable: the first is blscfg's, the second the script's. */
	{"kernelopts=root=a $tuned\ntuned=nohz=on\n", "linux /boot/k\noptions $kernelopts\n",
		"root=a nohz=on"},
	{"default_kernelopts=root=d\n", "linux /boot/k\n", "root=d"},
	{"default_kernelopts=root=d\n", "linux /boot/k\noptions $kernelopts\n", "root=d"},
	{"default_kernelopts=root=d\ntuned=x\n",
		"linux /boot/k\noptions $kernelopts $tuned\n", "x"},
	{NULL, "linux /boot/k\n", NULL},
	/* Quotes hold blanks, `;` ends the command, more words are options too. */
	{NULL, "linux /boot/k\noptions root=a dyndbg=\"file a\" ro\n",
		"root=a \"dyndbg=file a\" ro"},
	{NULL, "linux /boot/k\noptions root=a ; echo no\n", "root=a"},
	{NULL, "linux /boot/k quiet \noptions root=a\n", "quiet root=a"},
};

static void expands_options(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(option_cases); i++) {
		struct patient *p = patient_with(option_cases[i].env, option_cases[i].text);
		const struct entry *e = patient_entry(p, "m-1");

		if (!text_equal(e->options, option_cases[i].options))
			fail_msg("%s: %s", option_cases[i].text, e->options);
		assert_string_equal(e->linux_path, "/boot/k");
		patient_free(p);
	}
}

static void check_broken(const char *text, const char *reason, bool stops)
{
	struct patient *p = patient_with(NULL, text);
	const struct entry *e = patient_entry(p, "m-1");

	assert_true(e->broken);
	if (!strstr(e->reason, reason))
		fail_msg("%s: %s", text, e->reason);
	assert_int_equal(e->stops_loader, stops);
	patient_free(p);
}

static void tells_what_grub_refuses(void **state)
{
	(void)state;
	check_broken("linux /boot/k\noptions root=a & b\n", "no command that GRUB takes", false);
	check_broken("linux /boot/k\noptions root=\"a\n", "no command that GRUB takes", false);
	check_broken("linux /boot/k\ninitrd /boot/i | x\n", "no command that GRUB takes", false);
	check_broken("title x\n linux /boot/k\n", "line 2 begins with a blank", true);
	check_broken("title x\n\nlinux /boot/k\n", "no further than line 2", false);
}

/* EL9 looks for them beside the entry's own initrd, EL8 does not know them. */
static void adds_early_initrds(void **state)
{
	struct patient *p = patient_with("early_initrd=a.img b.img\n",
		"linux /boot/k\ninitrd /boot/sub/i\n");
	const struct strings *initrd = &patient_entry(p, "m-1")->initrd;

	(void)state;
	assert_int_equal(initrd->count, 3);
	assert_string_equal(initrd->items[0], "/boot/sub/a.img");
	assert_string_equal(initrd->items[1], "/boot/sub/b.img");
	assert_string_equal(initrd->items[2], "/boot/sub/i");
	p->sys.os_version_id = (char *)"8.9";
	patient_read(p);
	assert_int_equal(patient_entry(p, "m-1")->initrd.count, 1);
	patient_free(p);
	p = patient_with("early_initrd=a.img\n", "linux /boot/k\n");
	assert_string_equal(patient_entry(p, "m-1")->initrd.items[0], "/boot/a.img");
	patient_free(p);
}

static void knows_lines(void **state)
{
	struct patient *p = patient_with(NULL, "# comment\ntitle a\noptions root=a\n"
					       "linux /boot/k\n");

	(void)state;
	assert_int_equal(patient_entry(p, "m-1")->line, 2);
	assert_int_equal(patient_entry(p, "m-1")->options_line, 3);
	patient_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expands_options),
		cmocka_unit_test(tells_what_grub_refuses),
		cmocka_unit_test(adds_early_initrds),
		cmocka_unit_test(knows_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
