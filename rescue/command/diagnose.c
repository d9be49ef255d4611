/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bare rescue: every system, worst first, what is wrong and the one next step. */
#include "session.h"

#include <errno.h>

static size_t errors_of(const struct patient *p)
{
	const struct findings *fs = &p->verification.findings;
	size_t count = 0;

	while (count < fs->count && fs->items[count].severity == SEVERITY_ERROR)
		count++; /* they are sorted */
	return count;
}

/* The worst first; those that are alike as they were found. */
static int by_need(const void *a, const void *b)
{
	const struct patient *x = a, *y = b;
	size_t mine = errors_of(x), theirs = errors_of(y);

	if (x->verification.verdict != y->verification.verdict)
		return x->verification.verdict > y->verification.verdict ? -1 : 1;
	if (mine != theirs)
		return mine > theirs ? -1 : 1;
	return x->system < y->system ? -1 : x->system > y->system;
}

static int examine_all(struct session *s, struct fault *f)
{
	int r = session_choose_all(s, f);

	if (r >= 0 && s->patient_count == 0)
		return landscape_choose(&s->landscape, NULL, NULL, f); /* NO-SYSTEM */
	for (size_t i = 0; r >= 0 && i < s->patient_count; i++)
		r = session_examine(s, &s->patients[i], &s->options.verify, f);
	if (r >= 0)
		qsort(s->patients, s->patient_count, sizeof(*s->patients), by_need);
	return r;
}

/* Only where one system alone needs it and what it needs is on the disk already. */
static int offer(struct session *s, struct fault *f)
{
	struct patient *p = &s->patients[0];
	struct system *sys = landscape_find(&s->landscape, p->system->id);
	const struct finding *step = session_next_step(p);
	int r;

	if (!step || !sys || s->patient_count != 1 || sys->on_removable || !can_ask(s) ||
		!text_starts(step->remedy, "rescue restore") || strstr(step->remedy, ".rpm"))
		return 0;
	r = confirm(s, "Shall I plan this repair now? (You will be asked again.)", f);
	return r <= 0 ? r : restore_patient(s, sys, f);
}

static int run(struct session *s, struct fault *f)
{
	int r = examine_all(s, f);

	if (r < 0 || s->options.json)
		return r;
	if (text_summary(s) < 0)
		return fault_no_memory(f);
	return offer(s, f);
}

static void members(struct json *j, const struct patient *p)
{
	json_system_place(j, p->system);
	json_system_inventory(j, p);
	json_system_verification(j, p);
	json_findings(j, &p->verification.findings);
}

static void json(const struct session *s, struct json *j)
{
	json_devices(j, s);
	json_systems(j, s, s->located, members);
	json_landscape_findings(j, s);
}

const struct command command_diagnose = {
	.name = "",
	.operands = "",
	.summary = "what is wrong with every system found, and what to do",
	.run = run,
	.json = json,
};
