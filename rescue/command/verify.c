/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rescue verify: will it boot, and does every module load into its kernel. */
#include "session.h"

#include <errno.h>

/*
 * --package: of several sets the one that restore would take, or that of --kernel. What is
 * found takes the place of what the system is today.
 */
static int judge_packages(struct session *s, struct fault *f)
{
	struct verify_options quick = {.boot_path_only = true, .scope = s->options.scope_text};
	struct restore_options *choice = &s->options.restore;
	struct patient *p = &s->patients[0];
	const struct package_set *set = NULL;
	struct verification *v = NULL;
	int r = session_examine(s, p, &quick, f);

	if (r >= 0)
		r = package_sets_read(&s->packages, &s->options.packages, &p->system->target,
			&s->options.keys, f);
	s->has_packages = r >= 0;
	/* Judging is not restoring: whom to trust is no question here. */
	choice->allow_unsigned = choice->allow_incompatible = true;
	if (s->options.verify.kernels.count)
		choice->release = s->options.verify.kernels.items[0];
	if (r >= 0)
		r = session_rank_sets(s, &s->options.verify, f);
	if (r >= 0)
		r = plan_choose(&set, &p->inventory, &s->packages, choice, f);
	if (r >= 0)
		r = session_judge_set(s, set, &s->options.verify, &v, f);
	if (r >= 0)
		r = session_note_offers(s, set, v, &s->options.verify, f);
	if (r < 0)
		return r;
	verification_done(&p->verification);
	p->verification = TAKE_STRUCT(*v);
	s->has_errors = findings_has_errors(&p->verification.findings);
	if (!s->options.json && !s->options.quiet)
		printf("As if kernel %s had been restored:\n", set->release);
	return 0;
}

static int run(struct session *s, struct fault *f)
{
	struct system *system = NULL;
	struct patient *p;
	int r = session_choose(s, &system, f);

	s->options.verify.tell_sources = true;
	if (r >= 0)
		r = session_refuse_operands(s, f);
	if (r >= 0 && s->options.packages.count)
		r = judge_packages(s, f);
	else if (r >= 0)
		r = session_examine(s, &s->patients[0], &s->options.verify, f);
	if (r < 0 || s->options.json)
		return r;
	p = &s->patients[0];
	text_modules(s, p);
	if (p->verification.modules.count)
		putchar('\n');
	if (!s->options.quiet)
		text_hardware(p);
	text_findings(s, &p->verification.findings);
	text_verdict(s, p);
	return 0;
}

static void members(struct json *j, const struct patient *p)
{
	json_system_verification(j, p);
	json_findings(j, &p->verification.findings);
}

static void json(const struct session *s, struct json *j)
{
	json_systems(j, s, s->patient_count && s->patients[0].has_verification, members);
}

const struct command command_verify = {
	.name = "verify",
	.operands = "[SYSTEM]",
	.summary = "will it boot, and does every module load",
	.options = OPTIONS_VERIFY | OPTIONS_KEY,
	.run = run,
	.json = json,
};
