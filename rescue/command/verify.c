/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rescue verify: will it boot, and does every module load into its kernel. */
#include "session.h"

#include <errno.h>

/* An option that is not obeyed must not be swallowed. */
static int refuse_packages(const struct session *s, struct fault *f)
{
	if (!s->options.packages.count)
		return 0;
	fault_errno(f, ENOTSUP, s->options.packages.items[0],
		"judge packages before they are restored");
	fault_hint(f, "rescue restore --dry-run shows what they would bring");
	return -ENOTSUP;
}

static int run(struct session *s, struct fault *f)
{
	struct system *system = NULL;
	struct patient *p;
	int r = refuse_packages(s, f);

	if (r >= 0)
		r = session_choose(s, &system, f);
	if (r >= 0)
		r = session_refuse_operands(s, f);
	if (r >= 0)
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
	.options = OPTIONS_VERIFY,
	.run = run,
	.json = json,
};
