/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SELinux file_contexts (libselinux label_file.c): REGEX [-TYPE] CONTEXT, anchored at
 * both ends, last match wins; subs_dist: one path prefix stands for another.
 */
#ifndef RESCUE_FORMATS_FILE_CONTEXTS_H
#define RESCUE_FORMATS_FILE_CONTEXTS_H

#include "fault.h"

#define FILE_CONTEXTS_MAX_SIZE (16u * 1024 * 1024)
#define FILE_CONTEXTS_MAX_RULES 65536

struct file_contexts; /* compiled lazily: a rule's regex at its first use */

struct file_contexts *file_contexts_new(void);
void file_contexts_free(struct file_contexts *c);
void file_contexts_free_p(struct file_contexts **c);
/* Adds the rules of one file, behind those already there; bad rules are skipped. */
int file_contexts_add(struct file_contexts *c, struct bytes in, struct fault *f);
/*
 * Adds one list of lines "FROM TO": first file_contexts.subs, then .subs_dist. A path
 * goes through every list in turn; in each, the last line that fits is the one.
 */
int file_contexts_add_substitutions(
	struct file_contexts *c, struct bytes in, struct fault *f);
/* Borrowed; NULL where no rule matches or the rule says <<none>>. mode: only its type. */
const char *file_contexts_find(
	const struct file_contexts *c, const char *path, mode_t mode);

#endif
