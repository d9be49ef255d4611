/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walks the lines of a text file that is held in memory; for the parsers of this room. */
#ifndef RESCUE_FORMATS_TEXT_LINES_H
#define RESCUE_FORMATS_TEXT_LINES_H

#include "base.h"

struct text_lines {
	struct bytes rest;
	unsigned number; /* of the line given last, 1-based */
};

#define TEXT_LINES(in) ((struct text_lines){.rest = (in)})

/* The next line without its line end (LF or CR LF); false behind the last. */
bool text_lines_next(struct text_lines *l, struct bytes *ret);

/* Takes the next blank-separated word off the front of line; empty: there is none. */
struct bytes text_word(struct bytes *line);
/* Without blanks at both ends. */
struct bytes text_trim(struct bytes line);
/* As a C string (cut at a NUL byte), caller frees; NULL: no memory. */
char *text_of(struct bytes span);
bool text_is(struct bytes span, const char *word);

static inline bool text_is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

#endif
