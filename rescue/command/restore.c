/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rescue restore: plan, show, confirm, apply, verify again. */
#include "session.h"

#include <errno.h>

static int read_packages(struct session *s, struct fault *f)
{
	int r;

	if (!s->options.operands.count)
		return 0;
	session_forget_offers(s);
	package_sets_done(&s->packages);
	s->has_packages = false;
	r = package_sets_read(&s->packages, &s->options.operands,
		&s->patients[0].system->target, &s->options.keys, f);
	s->has_packages = r >= 0;
	return r;
}

/*
 * Which set: judged as if restored, so that the right one of several is taken. The links
 * that its third-party modules want become part of the plan.
 */
static int choose_set(struct session *s, const struct verify_options *how,
		      const struct package_set **ret, struct fault *f)
{
	struct patient *p = &s->patients[0];
	struct verification *v = NULL;
	int r = session_rank_sets(s, how, f);

	if (r >= 0)
		r = plan_choose(ret, &p->inventory, &s->packages, &s->options.restore, f);
	if (r >= 0)
		r = session_judge_set(s, *ret, how, &v, f);
	if (r >= 0)
		r = session_check_set(s, v, f);
	if (r < 0)
		return r;
	weak_links_done(&p->verification.weak_links);
	p->verification.weak_links = TAKE_STRUCT(v->weak_links);
	return 0;
}

/* From looking at the patient to a plan; also once more, when it has become writable. */
static int make_plan(struct session *s, struct fault *f)
{
	struct verify_options how = {.boot_path_only = true, .third_party = true,
		.scope = s->options.scope_text};
	struct patient *p = &s->patients[0];
	const struct package_set *set = NULL;
	int r = session_examine(s, p, &how, f);

	if (r >= 0)
		r = read_packages(s, f);
	comparison_done(&s->installed);
	if (r >= 0 && s->has_packages)
		r = choose_set(s, &how, &set, f);
	if (r >= 0 && set)
		r = verify_compare(&s->installed, &p->inventory, &s->packages, set->release, f);
	if (r < 0)
		return r;
	plan_done(&s->plan);
	s->planned = false;
	r = plan_restore(&s->plan, &p->inventory, &p->verification,
		s->has_packages ? &s->packages : NULL, s->has_packages ? &s->installed : NULL,
		&s->options.restore, f);
	s->planned = r >= 0;
	return r;
}

static int show_plan(const struct session *s, struct fault *f)
{
	_cleanup_(buffer_done) struct buffer plain = {0}, text = {0};

	if (s->options.json)
		return 0;
	if (plan_describe(&s->plan, &plain) < 0)
		return fault_no_memory(f);
	/* The plan's own line ends stay; bytes from disks are escaped line by line. */
	for (char *rest = plain.data, *line; (line = strsep(&rest, "\n")) && (rest || *line);)
		if (buffer_puts_escaped(&text, line) < 0 || buffer_puts(&text, "\n") < 0)
			return fault_no_memory(f);
	fputs(text.data ? text.data : "", stdout);
	tell_provisional(s, s->patients[0].system);
	return 0;
}

/* Without its label a file may not be read under SELinux: the system relabels itself. */
static int add_labels_missing(const struct session *s, struct findings *fs)
{
	if (!s->report.unlabeled)
		return 0;
	return findings_add(fs, "labels-missing", SEVERITY_WARNING, NULL, NULL,
		"the SELinux labels of %zu files could not be set here; the system will "
		"relabel itself at its next boot", s->report.unlabeled);
}

/* After the repair: read again what the boot loader will read, modules too. */
static int verify_again(struct session *s, struct fault *f)
{
	struct verify_options how = {.scope = s->options.scope_text};
	struct patient *p = &s->patients[0];
	int r;

	s->has_errors = false;
	log_line("verifying");
	r = session_examine(s, p, &how, f);
	if (r >= 0 && add_labels_missing(s, &p->verification.findings) < 0)
		r = fault_no_memory(f);
	if (r < 0 || s->options.json)
		return r;
	text_findings(s, &p->verification.findings);
	text_verdict(s, p);
	return 0;
}

static void tell_report(const struct session *s)
{
	const struct apply_report *r = &s->report;

	if (r->unowned)
		print_warning("the owner of %zu files could not be set", r->unowned);
	if (!s->options.json)
		printf("Applied as transaction %s.\n", r->transaction.id);
}

static int apply(struct session *s, struct fault *f)
{
	struct progress bar = progress_bar(s);
	int r;

	catch_interrupts();
	r = apply_plan(&s->report, &s->plan, &s->patients[0].inventory,
		s->has_packages ? &s->packages : NULL, &bar, f);
	progress_bar_end(s);
	if (r < 0)
		return r;
	s->applied = true;
	tell_report(s);
	r = readings_add_image(&s->known, &s->report.image);
	if (r == 0)
		r = readings_add_initramfs(&s->known, s->plan.release, &s->report.initramfs);
	return r < 0 ? fault_no_memory(f) : 0;
}

static int already_restored(struct session *s, struct fault *f)
{
	int r = show_plan(s, f);

	return r < 0 ? r : verify_again(s, f);
}

/* What the repair would leave: where nothing boots then, it would end with 1. */
static int dry_run(struct session *s, struct system *sys, struct fault *f)
{
	int r = show_plan(s, f);

	if (r >= 0)
		r = system_refuse_hibernated(&s->landscape, sys, f);
	if (r >= 0)
		r = apply_check(&s->plan, &s->patients[0].inventory,
			s->has_packages ? &s->packages : NULL, f);
	if (r < 0)
		return r;
	s->has_errors = !s->plan.boots ||
			verification_outlasts_repair(&s->patients[0].verification);
	if (s->options.json)
		return 0;
	puts("Nothing was written (--dry-run).");
	return 0;
}

static int write_plan(struct session *s, struct system *sys, struct fault *f)
{
	int r = system_make_writable(&s->landscape, sys, f);

	if (r >= 0)
		r = apply_recover(sys, f);
	if (r >= 0)
		r = make_plan(s, f);
	if (r < 0)
		return r;
	if (s->plan.count == 0)
		return already_restored(s, f);
	r = show_plan(s, f);
	if (r >= 0)
		r = confirm(s, "Do it?", f);
	if (r == 0) {
		puts("Nothing was changed.");
		return 0;
	}
	if (r > 0)
		r = apply(s, f);
	if (r >= 0)
		r = verify_again(s, f);
	return r < 0 ? r : landscape_unmount(&s->landscape, f);
}

/* What a crash cut off is ended first: a plan for the state between would be worthless. */
static bool must_recover(const struct session *s)
{
	const struct patient *p = &s->patients[0];

	return p->has_inventory && p->inventory.has_hot_journal && !s->options.dry_run &&
	       (s->options.yes || can_ask(s));
}

int restore_patient(struct session *s, struct system *sys, struct fault *f)
{
	int r = make_plan(s, f);

	if (must_recover(s)) {
		*f = (struct fault){0};
		return write_plan(s, sys, f);
	}
	if (r < 0)
		return r;
	if (s->plan.count == 0)
		return already_restored(s, f);
	if (s->options.dry_run)
		return dry_run(s, sys, f);
	if (!s->options.yes && !can_ask(s)) {
		r = show_plan(s, f);
		return r < 0 ? r : confirm(s, "", f);
	}
	return write_plan(s, sys, f);
}

static int run(struct session *s, struct fault *f)
{
	struct system *sys = NULL;
	int r = session_choose(s, &sys, f);

	if (r >= 0 && s->options.restore.initramfs == INITRAMFS_DRACUT)
		r = confine_check(f);
	if (r >= 0)
		r = restore_patient(s, sys, f);
	if (r < 0 && sys)
		fault_system(f, sys->id);
	return r;
}

static void json(const struct session *s, struct json *j)
{
	const struct patient *p = s->patient_count ? &s->patients[0] : NULL;

	json_plan(j, s);
	json_bool(j, "applied", s->applied);
	json_text(j, "transaction", s->applied ? s->report.transaction.id : NULL);
	json_text(j, "verdict", p && p->has_verification
		? verdict_name(p->verification.verdict) : NULL);
	if (p && p->has_verification)
		json_findings(j, &p->verification.findings);
	else
		json_null(j, "findings");
}

const struct command command_restore = {
	.name = "restore",
	.operands = "[SYSTEM] [RPM|DIR...]",
	.summary = "bring a kernel and its boot entry back",
	.options = OPTIONS_CONFIRM | OPTIONS_RESTORE | OPTIONS_KEY,
	.writes = true,
	.run = run,
	.json = json,
};
