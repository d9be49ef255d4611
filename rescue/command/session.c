/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run: locating, choosing the system, reading and judging it. */
#include "session.h"

#include <errno.h>

static void patient_done(struct patient *p)
{
	if (p->has_verification)
		verification_done(&p->verification);
	if (p->has_inventory)
		inventory_done(&p->inventory);
	memset(p, 0, sizeof(*p));
}

void session_forget_offers(struct session *s)
{
	for (size_t i = 0; i < s->offer_count; i++)
		verification_done(&s->offers[i].verification);
	free(s->offers);
	s->offers = NULL;
	s->offer_count = 0;
	strings_done(&s->options.restore.fitting);
}

void session_done(struct session *s)
{
	platform_done(&s->platform);
	platform_differences_done(&s->differences);
	transactions_done(&s->transactions);
	apply_report_done(&s->report);
	plan_done(&s->plan);
	session_forget_offers(s);
	comparison_done(&s->installed);
	package_sets_done(&s->packages);
	for (size_t i = 0; i < s->patient_count; i++)
		patient_done(&s->patients[i]);
	free(s->patients);
	readings_done(&s->known);
	if (s->located)
		landscape_done(&s->landscape);
	options_done(&s->options);
	memset(s, 0, sizeof(*s));
}

int session_locate(struct session *s, struct fault *f)
{
	int r = locate_scan(&s->landscape, &s->options.scope, f);

	s->located = r >= 0;
	return r;
}

static int set_patients(struct session *s, size_t count, struct fault *f)
{
	s->patients = calloc(count ? count : 1, sizeof(*s->patients));
	if (!s->patients)
		return fault_no_memory(f);
	s->patient_count = count;
	return 0;
}

/* Takes the first operand away where it names a located system. NULL: it does not. */
static char *take_system_operand(struct session *s)
{
	struct strings *operands = &s->options.operands;
	char *name = operands->count ? operands->items[0] : NULL;

	if (!name || !landscape_find(&s->landscape, name))
		return NULL;
	operands->count--;
	memmove(operands->items, operands->items + 1,
		operands->count * sizeof(*operands->items));
	return name;
}

/* A stick that happens to be plugged in is not repaired by accident. */
static int refuse_removable(const struct session *s, const struct system *sys, struct fault *f)
{
	int r;

	if (!sys->on_removable || s->landscape.is_named ||
		!(s->command->writes || s->options.forget))
		return 0;
	r = fault_named(f, FAULT_NO_SYSTEM, NULL, "choose a system",
		"the only one, %s, is on a removable device (%s)", sys->id,
		sys->root.device_path);
	fault_hint(f, "if that is the one to repair, name it: --system %s", sys->id);
	return r;
}

int session_choose(struct session *s, struct system **ret, struct fault *f)
{
	_cleanup_free_ char *operand = NULL;
	const char *name;
	int r = session_locate(s, f);

	if (r < 0)
		return r;
	if (!s->options.system)
		operand = take_system_operand(s);
	name = operand ? operand : s->options.system;
	r = landscape_choose(&s->landscape, name, ret, f);
	if (r >= 0 && !name)
		r = refuse_removable(s, *ret, f);
	if (r >= 0)
		r = set_patients(s, 1, f);
	if (r >= 0)
		s->patients[0].system = *ret;
	return r;
}

int session_refuse_operands(const struct session *s, struct fault *f)
{
	if (!s->options.operands.count)
		return 0;
	fault_named(f, FAULT_USAGE, NULL, "understand the command line",
		"no system here is called \"%s\"", s->options.operands.items[0]);
	fault_hint(f, "\"rescue locate\" lists the systems");
	return -EINVAL;
}

int session_choose_all(struct session *s, struct fault *f)
{
	struct system *only = NULL;
	int r;

	if (s->options.system) {
		r = session_choose(s, &only, f);
		return r;
	}
	r = session_locate(s, f);
	if (r >= 0)
		r = set_patients(s, s->landscape.system_count, f);
	for (size_t i = 0; r >= 0 && i < s->patient_count; i++)
		s->patients[i].system = &s->landscape.systems[i];
	return r;
}

/* To plan, once more when it can be written, and when it was. */
static bool reads_again(const struct session *s)
{
	return s->command->writes || s->command == &command_diagnose;
}

int session_examine(struct session *s, struct patient *p, const struct verify_options *how,
		    struct fault *f)
{
	const struct system *system = p->system;
	struct verify_options here = *how;
	int r = 0;

	if (p->has_inventory && inventory_give_readings(&p->inventory, &s->known) < 0)
		r = fault_no_memory(f);
	patient_done(p);
	p->system = system;
	if (r >= 0)
		r = session_read_platform(s, f);
	if (r >= 0 && (session_mark_root(s, system) < 0 ||
			      landscape_read_image(&s->landscape, system) < 0))
		r = fault_no_memory(f);
	here.platform = s->has_platform ? &s->platform : NULL;
	if (r >= 0)
		r = inventory_read(&p->inventory, system, reads_again(s) ? &s->known : NULL, f);
	p->has_inventory = r >= 0;
	if (r >= 0)
		r = verify_run(&p->verification, &p->inventory, &here, f);
	p->has_verification = r >= 0;
	if (r < 0)
		fault_system(f, system->id);
	else
		s->has_errors = s->has_errors ||
				findings_has_errors(&p->verification.findings);
	return r;
}

char *session_command_line(const struct session *s, const char *command, const char *system)
{
	const char *scope = s->options.scope_text;

	return text_printf("rescue %s%s%s --system %s", command, *scope ? " " : "", scope,
		system);
}

/* Findings are sorted, the worst first. */
const struct finding *session_next_step(const struct patient *p)
{
	for (size_t i = 0; i < p->verification.findings.count; i++) {
		const struct finding *found = &p->verification.findings.items[i];

		if (found->remedy && found->severity == SEVERITY_ERROR)
			return found;
	}
	return NULL;
}
