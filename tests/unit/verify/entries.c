/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boot entries, the default one and what their loader keeps beside them. */
#include "facts.h"

#define UNDO "rescue undo --root /mnt --system rhel9-3f2a"
#define RESTORE "rescue restore --root /mnt --system rhel9-3f2a"

/* One whole kernel with one good entry, which is the default. No file is looked at. */
static int setup(void **state)
{
	struct facts *x = facts_new("d 0755 /boot\n");

	x->system.id = (char *)"rhel9-3f2a";
	x->system.complete = true;
	x->system.firmware = FIRMWARE_BIOS;
	x->kernel.modules.count = 10;
	x->kernel.entries = x->indexes;
	x->kernel.entry_count = 1;
	x->entries[0] = (struct entry){.id = (char *)"id-1", .title = (char *)"Linux",
		.source = (char *)"/boot/loader/entries/1.conf", .line = 3,
		.options_line = 5, .options = (char *)"root=UUID=9 ro", .is_default = true,
		.is_of_this_root = true};
	x->inv.entry_count = 1;
	x->inv.default_entry = 0;
	x->inv.loader = LOADER_BLSCFG_EL9;
	x->inv.grubenv_path = (char *)"/boot/grub2/grubenv";
	x->inv.entries_directory = (char *)"/boot/loader/entries";
	x->options.scope = "--root /mnt";
	*state = x;
	return 0;
}

static void judge(struct facts *x)
{
	facts_judge(x, rules_entries);
}

static void assert_only(struct facts *x, const char *code, enum severity severity,
			const char *message, const char *remedy)
{
	const struct finding *f = &x->v.findings.items[0];

	assert_int_equal(x->v.findings.count, 1);
	assert_string_equal(f->code, code);
	assert_int_equal(f->severity, severity);
	if (!strstr(f->message, message))
		fail_msg("%s", f->message);
	if (!text_equal(f->remedy, remedy))
		fail_msg("remedy %s", f->remedy ? f->remedy : "-");
}

static void a_good_one(void **state)
{
	struct facts *x = *state;

	judge(x);
	assert_int_equal(x->v.findings.count, 0);
}

/* GRUB shows another file of the same id in its place. */
static void shadowed(void **state)
{
	struct facts *x = *state;
	struct entry both[2] = {x->entries[0], x->entries[0]};

	both[1].is_default = false;
	both[1].broken = true;
	both[1].shadowed_by = (char *)"id-1";
	both[1].reason = (char *)"entry id-1 takes its place";
	x->inv.entries = both;
	x->inv.entry_count = 2;
	judge(x);
	assert_only(x, "entry-shadowed", SEVERITY_WARNING, "line 3) does not work: entry id-1",
		NULL); /* the kernel starts by the other one */
	/* Another kernel alone is asked for. */
	assert_int_equal(strings_add(&x->options.kernels, "other"), 0);
	judge(x);
	assert_int_equal(x->v.findings.count, 0);
	strings_done(&x->options.kernels);
}

static void the_environment_block(void **state)
{
	struct facts *x = *state;

	x->inv.grubenv_damaged = true;
	judge(x);
	assert_only(x, "grubenv-damaged", SEVERITY_WARNING, "/boot/grub2/grubenv", NULL);
	assert_string_equal(x->v.findings.items[0].subject, "/boot/grub2/grubenv");
}

static void a_repair_that_did_not_end(void **state)
{
	struct facts *x = *state;

	x->inv.has_hot_journal = true;
	x->inv.hot_transaction = (char *)"0003-9a2f";
	judge(x);
	assert_only(x, "transaction-incomplete", SEVERITY_ERROR, "0003-9a2f", UNDO);
	x->inv.hot_transaction = NULL; /* its head was not readable */
	judge(x);
	assert_only(x, "transaction-incomplete", SEVERITY_ERROR, "repair ?", UNDO);
}

static void the_loader(void **state)
{
	struct facts *x = *state;

	x->system.firmware = FIRMWARE_UNKNOWN;
	judge(x);
	assert_only(x, "loader-unknown", SEVERITY_WARNING, "inferred", NULL);
	x->inv.loader = LOADER_NONE;
	judge(x);
	assert_only(x, "loader-unknown", SEVERITY_ERROR, "no boot loader configuration", NULL);
}

static void a_lost_configuration(void **state)
{
	struct facts *x = *state;

	x->inv.lost = (struct lost_config){.path = (char *)"/boot/grub2/grub.cfg"};
	judge(x);
	assert_only(x, "loader-astray", SEVERITY_WARNING, "only with a configuration on an ESP",
		RESTORE);
	x->inv.lost.is_certain = true;
	judge(x);
	assert_only(x, "loader-astray", SEVERITY_ERROR, "is gone or holds nothing", RESTORE);
	x->inv.loader = LOADER_NONE; /* that it is lost says more */
	judge(x);
	assert_only(x, "loader-astray", SEVERITY_ERROR, "is gone or holds nothing", RESTORE);
}

/* Where GRUB gives up reading, nothing starts, whichever entry is the default. */
static void one_that_stops_the_loader(void **state)
{
	struct facts *x = *state;

	x->entries[0].broken = x->entries[0].stops_loader = true;
	x->entries[0].reason = (char *)"GRUB stops at it";
	judge(x);
	assert_int_equal(x->v.findings.count, 2);
	assert_string_equal(x->v.findings.items[0].code, "entry-broken");
	assert_int_equal(x->v.findings.items[0].severity, SEVERITY_ERROR);
	assert_null(x->v.findings.items[0].remedy);
	assert_string_equal(x->v.findings.items[1].code, "default-broken");
	assert_string_equal(x->v.findings.items[1].remedy, RESTORE);
}

static void of_another_root(void **state)
{
	struct facts *x = *state;

	x->entries[0].is_of_this_root = false;
	judge(x);
	assert_int_equal(x->v.findings.count, 3);
	assert_string_equal(x->v.findings.items[0].code, "entry-root-unknown");
	assert_non_null(strstr(x->v.findings.items[0].message, "line 5)"));
	assert_non_null(strstr(x->v.findings.items[0].message, "root=UUID=9"));
	assert_string_equal(x->v.findings.items[1].code, "entry-missing");
	assert_string_equal(x->v.findings.items[2].code, "default-broken");
	x->entries[0].options = NULL;
	x->entries[0].options_line = 0;
	judge(x);
	assert_non_null(strstr(x->v.findings.items[0].message, "line 3)"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, facts_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_good_one),
		TEST(shadowed),
		TEST(the_environment_block),
		TEST(a_repair_that_did_not_end),
		TEST(the_loader),
		TEST(a_lost_configuration),
		TEST(one_that_stops_the_loader),
		TEST(of_another_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
