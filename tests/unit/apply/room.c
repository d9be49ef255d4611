/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lock, an unprivileged user, an interruption, and where paths lie. */
#include "patient.h"

#include "../../../rescue/apply/room.h"
#include "../../../rescue/apply/work.h"

#include <sys/wait.h>

static void one_at_a_time(void **state)
{
	struct room room = ROOM_NONE;
	struct patient p;

	(void)state;
	patient_make(&p, NULL);
	assert_int_equal(room_open(&room, &p.system.target, ROOM_MAKE, NULL), 0);
	plan_add_text(&p, OP_DEFAULT, "/boot/grub2/grubenv", 0644, "x");
	assert_true(patient_apply(&p) < 0);
	assert_int_equal(p.fault.code, FAULT_LOCKED);
	assert_int_equal(p.fault.state, STATE_UNCHANGED);
	room_close(&room);
	assert_false(target_exists(&p.system.target, "/.rescue"));
	patient_must_apply(&p);
	patient_done(&p);
}

static void the_room_must_be_a_directory_of_its_own(void **state)
{
	struct patient p;

	(void)state;
	patient_make(&p, "l /.rescue etc\n");
	plan_add_text(&p, OP_DEFAULT, "/boot/grub2/grubenv", 0644, "x");
	assert_true(patient_apply(&p) < 0);
	assert_int_equal(p.fault.state, STATE_UNCHANGED);
	assert_false(target_exists(&p.system.target, "/etc/lock"));
	patient_done(&p);
}

/* Exit code of a child; work answers it. */
static int in_child(struct patient *p, int (*work)(struct patient *p))
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(work(p));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int apply_interrupted(struct patient *p)
{
	apply_interrupt();
	if (patient_apply(p) >= 0 || p->fault.code != FAULT_INTERRUPTED)
		return 1;
	return p->fault.state == STATE_UNCHANGED ? 0 : 2;
}

static void an_interruption_changes_nothing(void **state)
{
	_cleanup_free_ char *before = NULL, *after = NULL;
	struct patient p;

	(void)state;
	patient_make(&p, NULL);
	before = patient_manifest(&p, MANIFEST_WHOLE);
	plan_add(&p, OP_INDEX, "/lib/modules/" V, 0644);
	plan_add_text(&p, OP_DEFAULT, "/boot/grub2/grubenv", 0644, "x");
	assert_int_equal(in_child(&p, apply_interrupted), 0);
	after = patient_manifest(&p, MANIFEST_WHOLE);
	manifests_equal(before, after);
	assert_false(target_exists(&p.system.target, "/.rescue"));
	patient_done(&p);
}

static int apply_and_undo_as_nobody(struct patient *p)
{
	if (setgid(65534) < 0 || setuid(65534) < 0)
		return 1;
	if (patient_apply(p) < 0)
		return 2;
	if (p->report.unowned == 0)
		return 3;
	return patient_undo(p, NULL) < 0 ? 4 : 0;
}

/* --root on an unpacked tree: its files are the user's, so no owner can be set. */
static void an_ordinary_user_may_do_it(void **state)
{
	_cleanup_free_ char *before = NULL, *after = NULL, *chown = NULL;
	struct patient p;

	(void)state;
	if (geteuid() != 0)
		skip();
	patient_make(&p, NULL);
	chown = text_printf("chown -hR 65534:65534 %s", p.tree.path);
	assert_int_equal(system(chown), 0);
	plan_add(&p, OP_INDEX, "/lib/modules/" V, 0644);
	plan_add_copy(&p, "/boot/vmlinuz-" V, "/lib/modules/" V "/vmlinuz");
	plan_add_text(&p, OP_LINK, "/boot/link", 0777, "x");
	plan_add_text(&p, OP_DEFAULT, "/boot/grub2/grubenv", 0644, "x");
	before = patient_manifest(&p, MANIFEST_WHOLE);
	assert_int_equal(in_child(&p, apply_and_undo_as_nobody), 0);
	after = patient_manifest(&p, MANIFEST_WHOLE);
	manifests_equal(before, after);
	patient_done(&p);
}

static int apply_as_stranger(struct patient *p)
{
	if (setgid(65534) < 0 || setuid(65534) < 0)
		return 1;
	if (patient_apply(p) >= 0)
		return 2;
	return p->fault.state == STATE_UNCHANGED && p->fault.error == EACCES ? 0 : 3;
}

static void a_tree_that_cannot_be_written(void **state)
{
	struct patient p;

	(void)state;
	if (geteuid() != 0)
		skip();
	patient_make(&p, NULL);
	fchmod(p.tree.fd, 0755);
	plan_add_text(&p, OP_DEFAULT, "/boot/grub2/grubenv", 0644, "x");
	assert_int_equal(in_child(&p, apply_as_stranger), 0);
	patient_done(&p);
}

static void sites(void **state)
{
	static const struct {
		const char *path, *real, *beside;
		size_t missing;
	} good[] = {
		{"/boot/x", "/boot/x", "/boot", 0},
		{"/lib/modules/" V, MODULES, "/usr/lib/modules", 0},
		{"/lib/modules/" V "/extra/x", MODULES "/extra/x", MODULES "/extra", 0},
		{"/boot/a/b/c", "/boot/a/b/c", "/boot", 2},
		{"/new", "/new", "/", 0},
		{"/new/er/est", "/new/er/est", "/", 2},
		{"/lib/new/x", "/usr/lib/new/x", "/usr/lib", 1},
	};
	struct patient p;

	(void)state;
	patient_make(&p, "l /boot/gone nowhere\n");
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		_cleanup_(site_done) struct site s = {0};

		assert_int_equal(site_find(&s, &p.system.target, good[i].path, NULL), 0);
		assert_string_equal(s.path, good[i].real);
		assert_string_equal(s.beside, good[i].beside);
		assert_int_equal(s.missing.count, good[i].missing);
	}
	for (const char *const *bad = (const char *const[]){"/boot/gone/x", "/boot/../x",
		     "/etc/passwd/x", NULL};
		*bad; bad++) {
		struct site s = {0};

		if (site_find(&s, &p.system.target, *bad, NULL) >= 0)
			fail_msg("%s is found", *bad);
	}
	patient_done(&p);
}

/* Recovery cleans up after a crash that came before the journal. */
static void a_stillborn_transaction_is_removed(void **state)
{
	struct patient p;

	(void)state;
	patient_make(&p, "d 0700 /.rescue/0003-abcd\nf 0600 /.rescue/0003-abcd/plan =x\n"
			 "f 0600 /.rescue/journal.new =half\n");
	assert_int_equal(apply_recover(&p.system, &p.fault), 0);
	assert_false(target_exists(&p.system.target, "/.rescue"));
	patient_done(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_at_a_time),
		cmocka_unit_test(the_room_must_be_a_directory_of_its_own),
		cmocka_unit_test(an_interruption_changes_nothing),
		cmocka_unit_test(an_ordinary_user_may_do_it),
		cmocka_unit_test(a_tree_that_cannot_be_written),
		cmocka_unit_test(sites),
		cmocka_unit_test(a_stillborn_transaction_is_removed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
