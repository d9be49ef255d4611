/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A repair and its undo die at every point, or fail there; recovery must find the tree
 * all-old or all-new, and a second recovery must change nothing. Where it can, on a
 * tmpfs: hundreds of trees are made.
 */
#include "patient.h"
#include "stage.h"

#include <sys/wait.h>

#define DEAD 137
#define MAX_POINTS 2000

/* Exit codes of the child that meets the fault. */
enum outcome { OUTCOME_DONE = 0, OUTCOME_FAILED = 10 /* + enum fault_state */ };

struct scenario {
	int error;            /* 0: die */
	const char *lacks;    /* $RESCUE_LACKS */
	bool undo;            /* the fault meets the undo, not the repair */
	bool die_in_recovery; /* too */
	size_t old, new;      /* how often it ended so */
};

static void add_plan(struct patient *p)
{
	/* Module directories are known by their inodes: there is none on a vfat. */
	if (!fault_lacks("inodes"))
		plan_add(p, OP_INDEX, "/lib/modules/" V, 0644);
	plan_add_copy(p, "/boot/vmlinuz-" V, "/lib/modules/" V "/vmlinuz");
	plan_add_text(
		p, OP_LINK, "/boot/symvers-" V ".gz", 0777, "/lib/modules/symvers.gz");
	plan_add_text(p, OP_ENTRY, "/boot/new/entries/b-1.conf", 0600, "title new\n");
	plan_add_text(p, OP_DEFAULT, "/boot/grub2/grubenv", 0644, "new environment\n");
}

static int run_child(struct patient *p, const struct scenario *s, unsigned point,
	int (*work)(struct patient *p))
{
	int status;
	pid_t pid = fork();

	assert_return_code(pid, errno);
	if (pid == 0) {
		char text[16];

		snprintf(text, sizeof(text), "%u", point);
		setenv("RESCUE_FAULT_AT", text, 1);
		snprintf(text, sizeof(text), "%d", s->error);
		if (s->error)
			setenv("RESCUE_FAULT_ERRNO", text, 1);
		_exit(work(p) < 0 ? OUTCOME_FAILED + (int)p->fault.state : OUTCOME_DONE);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int work_undo(struct patient *p)
{
	return patient_undo(p, NULL);
}

static int work_recover(struct patient *p)
{
	return apply_recover(&p->system, &p->fault);
}

static void recover(struct patient *p, const struct scenario *s, unsigned point)
{
	_cleanup_free_ char *once = NULL, *twice = NULL;

	if (s->die_in_recovery)
		for (unsigned i = 1; i < 4; i++) {
			struct scenario die = {0};

			run_child(p, &die, (point * i) % 17 + 1, work_recover);
		}
	if (apply_recover(&p->system, &p->fault) < 0)
		fail_msg("point %u: recovery: cannot %s (%s)", point, p->fault.doing,
			errno_name(p->fault.error));
	once = patient_manifest(p, MANIFEST_WHOLE);
	assert_int_equal(apply_recover(&p->system, NULL), 0);
	twice = patient_manifest(p, MANIFEST_WHOLE);
	manifests_equal(once, twice);
}

static bool is_new(const char *whole)
{
	return strstr(whole, "boot/new/entries/b-1.conf ") != NULL;
}

/* All-old to the last byte, or all-new and undo gives all-old. */
static void check_tree(
	struct patient *p, struct scenario *s, const char *old, const char *new)
{
	_cleanup_free_ char *now = patient_manifest(p, MANIFEST_WHOLE), *content = NULL;

	if (!is_new(now)) {
		manifests_equal(old, now);
		s->old++;
		return;
	}
	s->new ++;
	content = patient_manifest(p, MANIFEST_CONTENT);
	manifests_equal(new, content);
	patient_must_undo(p);
	free(now);
	now = patient_manifest(p, MANIFEST_WHOLE);
	manifests_equal(old, now);
}

/* false: the fault lies behind the last point. */
static bool run_point(struct scenario *s, unsigned point, const char *new)
{
	_cleanup_free_ char *old = NULL;
	struct patient p;
	int outcome;

	patient_make(&p, NULL);
	old = patient_manifest(&p, MANIFEST_WHOLE);
	add_plan(&p);
	if (s->undo)
		patient_must_apply(&p);
	outcome = run_child(&p, s, point, s->undo ? work_undo : patient_apply);
	/* An undo that fails half-way says so; the next one ends it. */
	if (outcome == OUTCOME_FAILED + STATE_INCOMPLETE && !s->undo)
		fail_msg("point %u: one error must not leave it incomplete", point);
	assert_int_not_equal(outcome, OUTCOME_FAILED + STATE_LOOKED);
	recover(&p, s, point);
	check_tree(&p, s, old, new);
	patient_done(&p);
	return outcome == DEAD;
}

static void run_scenario(struct scenario *s)
{
	_cleanup_free_ char *new = NULL;
	struct scenario none = {0};
	struct patient p;
	unsigned points = 0;

	if (s->lacks)
		setenv("RESCUE_LACKS", s->lacks, 1);
	patient_make(&p, NULL);
	add_plan(&p);
	patient_must_apply(&p);
	new = patient_manifest(&p, MANIFEST_CONTENT);
	patient_done(&p);

	/* How many points there are is known when nothing dies any more. */
	none.undo = s->undo;
	while (points < MAX_POINTS && run_point(&none, points + 1, new))
		points++;
	assert_in_range(points, 20, MAX_POINTS - 1);
	for (unsigned i = 1; (s->error || s->die_in_recovery) && i <= points; i++)
		run_point(s, i, new);
	unsetenv("RESCUE_LACKS");
	s->old += none.old;
	s->new += none.new;
	assert_true(s->old > 0);
}

static void dies_anywhere(void **state)
{
	struct scenario s = {0};

	(void)state;
	run_scenario(&s);
	assert_true(s.new > 0); /* behind "committed" */
}

static void dies_anywhere_and_again_in_recovery(void **state)
{
	struct scenario s = {.die_in_recovery = true};

	(void)state;
	run_scenario(&s);
}

static void dies_anywhere_on_an_old_kernel(void **state)
{
	struct scenario s = {.lacks = "renameat2", .die_in_recovery = true};

	(void)state;
	run_scenario(&s);
}

static void dies_anywhere_on_a_vfat(void **state)
{
	struct scenario s = {.lacks = "links inodes renameat2", .die_in_recovery = true};

	(void)state;
	run_scenario(&s);
}

static void dies_anywhere_without_hard_links(void **state)
{
	struct scenario s = {.lacks = "links"};

	(void)state;
	run_scenario(&s);
}

static void dies_anywhere_in_undo_on_a_vfat(void **state)
{
	struct scenario s = {
		.lacks = "links inodes", .undo = true, .die_in_recovery = true};

	(void)state;
	run_scenario(&s);
}

static void dies_anywhere_in_undo(void **state)
{
	struct scenario s = {.undo = true, .die_in_recovery = true};

	(void)state;
	run_scenario(&s);
}

static void dies_anywhere_in_undo_on_an_old_kernel(void **state)
{
	struct scenario s = {.undo = true, .lacks = "renameat2"};

	(void)state;
	run_scenario(&s);
}

static void meets_a_full_disk(void **state)
{
	struct scenario s = {.error = ENOSPC};

	(void)state;
	run_scenario(&s);
}

static void meets_a_bad_disk(void **state)
{
	struct scenario s = {.error = EIO, .lacks = "renameat2"};

	(void)state;
	run_scenario(&s);
}

static void undo_meets_a_full_disk(void **state)
{
	struct scenario s = {.error = ENOSPC, .undo = true};

	(void)state;
	run_scenario(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dies_anywhere),
		cmocka_unit_test(dies_anywhere_and_again_in_recovery),
		cmocka_unit_test(dies_anywhere_on_an_old_kernel),
		cmocka_unit_test(dies_anywhere_on_a_vfat),
		cmocka_unit_test(dies_anywhere_without_hard_links),
		cmocka_unit_test(dies_anywhere_in_undo_on_a_vfat),
		cmocka_unit_test(dies_anywhere_in_undo),
		cmocka_unit_test(dies_anywhere_in_undo_on_an_old_kernel),
		cmocka_unit_test(meets_a_full_disk),
		cmocka_unit_test(meets_a_bad_disk),
		cmocka_unit_test(undo_meets_a_full_disk),
	};

	if (access("/dev/shm", W_OK) == 0)
		setenv("TMPDIR", "/dev/shm", 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
