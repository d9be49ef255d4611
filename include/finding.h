/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A finding: something wrong (or worth knowing) with the patient. Data, never an abort. */
#ifndef RESCUE_FINDING_H
#define RESCUE_FINDING_H

#include "base.h"

enum severity { SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_ERROR };

struct finding {
	const char *code; /* static text, one of the codes of the manual page */
	enum severity severity;
	char *kernel;  /* release, or NULL */
	char *subject; /* path, device, module or entry id, or NULL */
	char *message; /* one plain sentence */
	char *remedy;  /* a command line that can be run as it stands, or NULL */
};

struct findings {
	struct finding *items;
	size_t count;
	size_t capacity;
};

void findings_done(struct findings *fs);
/* kernel and subject may be NULL and are copied. 0 or -ENOMEM. */
int findings_add(struct findings *fs, const char *code, enum severity severity,
		 const char *kernel, const char *subject, const char *message, ...)
	_printf_(6, 7);
/* Gives the finding added last its remedy. */
int findings_remedy(struct findings *fs, const char *command, ...) _printf_(2, 3);
int findings_append(struct findings *fs, const struct findings *more);
bool findings_has(const struct findings *fs, const char *code);
bool findings_has_errors(const struct findings *fs);
/* Errors first, then by code, kernel, subject: the order of every output. */
void findings_sort(struct findings *fs);
const char *severity_name(enum severity s);

#endif
