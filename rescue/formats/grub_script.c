/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words and commands of a GRUB script (GRUB: grub-core/script/yylex.l, parser.y). */
#include "grub_script.h"

#include "text_lines.h"

#include <errno.h>

void grub_command_done(struct grub_command *c)
{
	strings_done(&c->words);
}

static int peek(const struct grub_script *s, size_t ahead)
{
	return s->at + ahead < s->in.size ? s->in.data[s->at + ahead] : -1;
}

static int next(struct grub_script *s)
{
	int c = peek(s, 0);

	if (c >= 0)
		s->at++;
	if (c == '\n')
		s->line++;
	return c;
}

static int put(struct buffer *word, int c)
{
	char byte = (char)c;

	return buffer_append(word, &byte, 1);
}

/* Blanks, CRs, escaped line ends and comments; a comment begins where a word could. */
static void skip_blanks(struct grub_script *s)
{
	for (;;) {
		int c = peek(s, 0);

		if (c == ' ' || c == '\t' || c == '\r') {
			next(s);
		} else if (c == '\\' && peek(s, 1) == '\n') {
			next(s);
			next(s);
		} else if (c == '#') {
			while (peek(s, 0) >= 0 && peek(s, 0) != '\n')
				next(s);
		} else {
			return;
		}
	}
}

static bool ends_word(int c)
{
	return c < 0 || c == '\0' || strchr(" \t\r\n;&|{}<>", c) != NULL;
}

/* ${name} stands in a word with its braces. */
static int read_variable(struct grub_script *s, struct buffer *word)
{
	int r = put(word, next(s));

	if (peek(s, 0) != '{')
		return r;
	while (r >= 0 && peek(s, 0) >= 0 && peek(s, 0) != '\n') {
		int c = next(s);

		r = put(word, c);
		if (c == '}')
			break;
	}
	return r;
}

static int read_single_quoted(struct grub_script *s, struct buffer *word)
{
	next(s);
	for (;;) {
		int c = next(s);

		if (c < 0)
			return -EBADMSG;
		if (c == '\'')
			return 0;
		if (put(word, c) < 0)
			return -ENOMEM;
	}
}

/* Inside double quotes a backslash escapes `$`, `"`, `\` and the line end only. */
static int read_double_quoted(struct grub_script *s, struct buffer *word)
{
	next(s);
	for (;;) {
		int c = peek(s, 0), after = peek(s, 1), r = 0;

		if (c < 0)
			return -EBADMSG;
		if (c == '$') {
			r = read_variable(s, word);
		} else if (c == '\\' && (after == '$' || after == '"' || after == '\\')) {
			next(s);
			r = put(word, next(s));
		} else if (c == '\\' && after == '\n') {
			next(s);
			next(s);
		} else {
			next(s);
			if (c == '"')
				return 0;
			r = put(word, c);
		}
		if (r < 0)
			return r;
	}
}

static int read_escaped(struct grub_script *s, struct buffer *word)
{
	next(s);

	int c = next(s);

	return c < 0 || c == '\n' ? 0 : put(word, c);
}

static int read_word(struct grub_script *s, struct strings *words)
{
	_cleanup_(buffer_done) struct buffer word = {0};
	int r = 0;

	while (r >= 0 && !ends_word(peek(s, 0))) {
		switch (peek(s, 0)) {
		case '\'':
			r = read_single_quoted(s, &word);
			break;
		case '"':
			r = read_double_quoted(s, &word);
			break;
		case '\\':
			r = read_escaped(s, &word);
			break;
		case '$':
			r = read_variable(s, &word);
			break;
		default:
			r = put(&word, next(s));
		}
	}
	if (r < 0)
		return r;
	if (words->count >= GRUB_SCRIPT_MAX_WORDS)
		return -EBADMSG;
	return strings_take(words, buffer_steal(&word));
}

/* What ends a command, taken off the script. 1: the command ends; 0: a word follows. */
static int read_end(struct grub_script *s, struct grub_command *c)
{
	switch (peek(s, 0)) {
	case '{':
		c->end = GRUB_COMMAND_OPEN;
		break;
	case '}':
		c->end = GRUB_COMMAND_CLOSE;
		break;
	case -1:
	case '\n':
	case ';':
		c->end = GRUB_COMMAND_END;
		break;
	case '\0':
	case '&':
	case '|':
	case '<':
	case '>':
		return -EBADMSG; /* GRUB reserves them and knows no use for them */
	default:
		return 0;
	}
	next(s);
	return 1;
}

void grub_script_skip_line(struct grub_script *s)
{
	while (peek(s, 0) >= 0 && next(s) != '\n')
		;
}

int grub_script_next(struct grub_script *s, struct grub_command *ret)
{
	_cleanup_(grub_command_done) struct grub_command c = {0};
	int r;

	skip_blanks(s);
	if (peek(s, 0) < 0)
		return 0;
	c.line = s->line;
	c.at = s->at;
	for (;;) {
		r = read_end(s, &c);
		if (r != 0)
			break;
		r = read_word(s, &c.words);
		if (r < 0)
			break;
		skip_blanks(s);
	}
	if (r < 0)
		return r;
	c.behind = s->at;
	*ret = TAKE_STRUCT(c);
	return 1;
}
