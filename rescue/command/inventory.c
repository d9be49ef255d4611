/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rescue inventory: kernels, modules, initramfs, boot entries, the default entry. */
#include "session.h"

static int run(struct session *s, struct fault *f)
{
	struct verify_options how = {.boot_path_only = true, .scope = s->options.scope_text};
	struct system *system = NULL;
	int r = session_choose(s, &system, f);

	if (r >= 0)
		r = session_refuse_operands(s, f);
	if (r >= 0)
		r = session_examine(s, &s->patients[0], &how, f);
	if (r < 0 || s->options.json)
		return r;
	text_inventory(s, &s->patients[0]);
	if (s->patients[0].verification.findings.count)
		putchar('\n');
	text_findings(s, &s->patients[0].verification.findings);
	return 0;
}

static void members(struct json *j, const struct patient *p)
{
	json_system_inventory(j, p);
	json_findings(j, &p->verification.findings);
}

static void json(const struct session *s, struct json *j)
{
	json_systems(j, s, s->patient_count && s->patients[0].has_verification, members);
}

const struct command command_inventory = {
	.name = "inventory",
	.operands = "[SYSTEM]",
	.summary = "kernels, modules, initramfs and boot entries",
	.run = run,
	.json = json,
};
