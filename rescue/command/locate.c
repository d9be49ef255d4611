/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rescue locate: devices and the systems on them. */
#include "session.h"

static void text_system_findings(const struct session *s)
{
	for (size_t i = 0; i < s->patient_count; i++) {
		const struct system *sys = s->patients[i].system;

		if (s->patient_count > 1 && sys->findings.count)
			printf("%s:\n", sys->id);
		text_findings(s, &sys->findings);
	}
}

static int run(struct session *s, struct fault *f)
{
	int r = session_choose_all(s, f);

	if (r < 0)
		return r;
	for (size_t i = 0; i < s->patient_count; i++)
		s->has_errors = s->has_errors ||
				findings_has_errors(&s->patients[i].system->findings);
	s->has_errors = s->has_errors || findings_has_errors(&s->landscape.findings);
	if (s->options.json)
		return 0;
	text_devices(s);
	if (s->landscape.device_count && s->patient_count)
		putchar('\n');
	text_systems(s);
	if (!s->patient_count)
		puts("No installed system was found.");
	text_findings(s, &s->landscape.findings);
	text_system_findings(s);
	return 0;
}

static void members(struct json *j, const struct patient *p)
{
	json_system_place(j, p->system);
	json_findings(j, &p->system->findings);
}

static void json(const struct session *s, struct json *j)
{
	json_devices(j, s);
	json_systems(j, s, s->located, members);
	json_landscape_findings(j, s);
}

const struct command command_locate = {
	.name = "locate",
	.operands = "",
	.summary = "block devices and the installed systems on them",
	.run = run,
	.json = json,
};
