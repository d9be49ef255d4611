/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel command line: blank-separated words, "double quotes" hold blanks
 * (lib/cmdline.c). */
#ifndef RESCUE_FORMATS_CMDLINE_H
#define RESCUE_FORMATS_CMDLINE_H

#include "fault.h"

#define CMDLINE_MAX_SIZE 4096 /* COMMAND_LINE_SIZE of most architectures is 2048 */

struct cmdline {
	struct strings words; /* as written, quotes included */
};

void cmdline_done(struct cmdline *c);
int cmdline_parse(struct cmdline *ret, const char *text);
/* Value of the last word "name=value" (quotes removed), "" for a bare word, else NULL. */
char *cmdline_get(const struct cmdline *c, const char *name);
bool cmdline_has(const struct cmdline *c, const char *name);
int cmdline_remove(struct cmdline *c, const char *name); /* every word of that name */
int cmdline_append(struct cmdline *c, const char *word);
char *cmdline_text(const struct cmdline *c); /* caller frees; NULL: no memory */

#endif
