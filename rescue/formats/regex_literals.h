/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every match of an extended regular expression must hold: for file_contexts.c. */
#ifndef RESCUE_FORMATS_REGEX_LITERALS_H
#define RESCUE_FORMATS_REGEX_LITERALS_H

#include "base.h"

/*
 * Limits on what is given to regcomp: {n} multiplies its automaton by n, and glibc's
 * copies what `+` repeats, so that each nested group may double it. Policies stay below
 * 2,000.
 */
#define REGEX_MAX_SIZE 1024
#define REGEX_MAX_DEPTH 8
#define REGEX_MAX_COST 16384 /* bytes, times every n, times 2 a nested group */

struct regex_literals {
	char *prefix;    /* every match begins with it; never NULL */
	char *needed;    /* every match holds it behind the prefix; or NULL */
	bool is_literal; /* the prefix is the only match */
};

void regex_literals_done(struct regex_literals *l);
/* -EINVAL: beyond the limits, a back reference, x**, or brackets that do not close. */
int regex_literals_find(struct regex_literals *ret, const char *regex);

#endif
