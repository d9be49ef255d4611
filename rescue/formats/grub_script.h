/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words and commands of a GRUB script (GRUB manual, 6.1 "Writing full configuration
 * files": quoting, comments, blocks; grub-core/script/yylex.l).
 */
#ifndef RESCUE_FORMATS_GRUB_SCRIPT_H
#define RESCUE_FORMATS_GRUB_SCRIPT_H

#include "formats/grub_cfg.h"

#define GRUB_SCRIPT_MAX_WORDS 4096 /* of one command */

struct grub_script {
	struct bytes in;
	size_t at;
	unsigned line;
	/*
	 * Where it is set $variables are expanded: an unset one (NULL) is nothing, one that
	 * nobody knows before the machine runs is grub_script_unknown.
	 */
	const char *(*variable)(void *data, const char *name);
	void *data;
};

enum grub_command_end {
	GRUB_COMMAND_END,  /* newline, `;` or the end of the file */
	GRUB_COMMAND_OPEN, /* `{`: a block follows */
	GRUB_COMMAND_CLOSE /* `}` stood behind it */
};

struct grub_command {
	struct strings words; /* quotes and escapes removed */
	size_t bare;	      /* so many words in front are bare text, as keywords are */
	bool is_unknown;      /* something of it expands to what nobody knows */
	unsigned line;        /* of its first word */
	size_t at, behind;    /* its first byte, and the one behind what ends it */
	enum grub_command_end end;
};

void grub_command_done(struct grub_command *c);
/* 1: *ret is the next command (perhaps without words), 0: the end. -EBADMSG, -ENOMEM. */
int grub_script_next(struct grub_script *s, struct grub_command *ret);
/* Goes on behind the present line: after -EBADMSG. */
void grub_script_skip_line(struct grub_script *s);

#endif
