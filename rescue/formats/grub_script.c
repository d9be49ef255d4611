/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words and commands of a GRUB script (GRUB: grub-core/script/yylex.l, parser.y). */
#include "grub_script.h"

#include "formats/grub_cfg.h"
#include "text_lines.h"

#include <ctype.h>
#include <errno.h>

const char grub_script_unknown[] = "";

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

/* A word while it is read, and where it goes. */
struct word {
	struct buffer text;
	struct grub_command *command;
	bool is_there; /* even where its text is empty: quotes make a word */
	bool is_bare;
};

static void word_done(struct word *w)
{
	buffer_done(&w->text);
}

static int put(struct word *w, int c)
{
	char byte = (char)c;

	w->is_there = true;
	return buffer_append(&w->text, &byte, 1);
}

static int end_word(struct word *w)
{
	struct grub_command *c = w->command;

	if (!w->is_there)
		return 0;
	if (c->words.count >= GRUB_SCRIPT_MAX_WORDS)
		return -EBADMSG;
	if (w->is_bare && c->bare == c->words.count)
		c->bare++;
	w->is_there = false;
	return strings_take(&c->words, buffer_steal(&w->text));
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

/* How long the name behind a `$` is, that many bytes ahead. */
static size_t name_length(const struct grub_script *s, size_t ahead)
{
	int c = peek(s, ahead);
	size_t size = 0;

	if (c > 0 && strchr("?#*@", c))
		return 1;
	if (c >= 0 && isdigit(c)) {
		while (peek(s, ahead + size) >= 0 && isdigit(peek(s, ahead + size)))
			size++;
		return size;
	}
	for (; c == '_' || (c >= 0 && isalnum(c)); c = peek(s, ahead + size))
		size++;
	return size;
}

/* Unquoted, blanks in a value part words. */
static int put_value(struct word *w, const char *value, bool quoted)
{
	int r = 0;

	for (; r >= 0 && *value; value++) {
		if (!quoted && (*value == ' ' || *value == '\t' || *value == '\n'))
			r = end_word(w);
		else
			r = put(w, *value);
	}
	return r;
}

/* 1: a variable was expanded; 0: no name stands there. */
static int expand(struct grub_script *s, struct word *w, bool quoted)
{
	size_t brace = peek(s, 1) == '{', size = name_length(s, 1 + brace);
	_cleanup_free_ char *name = NULL;
	const char *value;
	int r;

	if (size == 0 || (brace && peek(s, 2 + size) != '}'))
		return 0;
	name = strndup((const char *)s->in.data + s->at + 1 + brace, size);
	if (!name)
		return -ENOMEM;
	value = s->variable(s->data, name);
	s->at += 1 + size + 2 * brace;
	if (value == grub_script_unknown) {
		w->command->is_unknown = true;
		value = "";
	}
	r = value ? put_value(w, value, quoted) : 0;
	return r < 0 ? r : 1;
}

/* ${name} stands in a word with its braces where nothing is expanded. */
static int read_variable(struct grub_script *s, struct word *w, bool quoted)
{
	int r = s->variable ? expand(s, w, quoted) : 0;

	w->is_bare = false;
	if (r != 0)
		return MIN_OF(r, 0);
	if (!quoted && peek(s, 1) == '"') { /* a translated string */
		next(s);
		return 0;
	}
	r = put(w, next(s));
	if (peek(s, 0) != '{')
		return r;
	while (r >= 0 && peek(s, 0) >= 0 && peek(s, 0) != '\n') {
		int c = next(s);

		r = put(w, c);
		if (c == '}')
			break;
	}
	return r;
}

static int read_single_quoted(struct grub_script *s, struct word *w)
{
	next(s);
	w->is_there = true;
	for (;;) {
		int c = next(s);

		if (c < 0)
			return -EBADMSG;
		if (c == '\'')
			return 0;
		if (put(w, c) < 0)
			return -ENOMEM;
	}
}

/* Inside double quotes a backslash escapes `$`, `"`, `\` and the line end only. */
static int read_double_quoted(struct grub_script *s, struct word *w)
{
	next(s);
	w->is_there = true;
	for (;;) {
		int c = peek(s, 0), after = peek(s, 1), r = 0;

		if (c < 0)
			return -EBADMSG;
		if (c == '$') {
			r = read_variable(s, w, true);
		} else if (c == '\\' && (after == '$' || after == '"' || after == '\\')) {
			next(s);
			r = put(w, next(s));
		} else if (c == '\\' && after == '\n') {
			next(s);
			next(s);
		} else {
			next(s);
			if (c == '"')
				return 0;
			r = put(w, c);
		}
		if (r < 0)
			return r;
	}
}

static int read_escaped(struct grub_script *s, struct word *w)
{
	next(s);

	int c = next(s);

	return c < 0 || c == '\n' ? 0 : put(w, c);
}

static int read_word(struct grub_script *s, struct grub_command *c)
{
	_cleanup_(word_done) struct word w = {.command = c, .is_bare = true};
	int r = 0;

	while (r >= 0 && !ends_word(peek(s, 0))) {
		int byte = peek(s, 0);

		if (byte == '$') {
			r = read_variable(s, &w, false);
			continue;
		}
		w.is_bare = w.is_bare && !strchr("'\"\\", byte);
		if (byte == '\'')
			r = read_single_quoted(s, &w);
		else if (byte == '"')
			r = read_double_quoted(s, &w);
		else if (byte == '\\')
			r = read_escaped(s, &w);
		else
			r = put(&w, next(s));
	}
	return r < 0 ? r : end_word(&w);
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
		r = read_word(s, &c);
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

int grub_script_words(struct strings *ret, const char *text,
	const char *(*variable)(void *data, const char *name), void *data)
{
	_cleanup_(grub_command_done) struct grub_command c = {0};
	struct grub_script s = {.in = {(const uint8_t *)text, strlen(text)},
		.line = 1,
		.variable = variable,
		.data = data};
	int r = grub_script_next(&s, &c);

	if (r < 0)
		return r;
	if (r > 0 && c.end != GRUB_COMMAND_END)
		return -EBADMSG;
	*ret = TAKE_STRUCT(c.words);
	return 0;
}

char *grub_options_text(const struct strings *words, size_t from)
{
	_cleanup_(buffer_done) struct buffer text = {0};

	for (size_t i = from; i < words->count; i++) {
		const char *word = words->items[i];
		const char *quote =
			strpbrk(word, " \t") && !strchr(word, '"') ? "\"" : "";

		if (buffer_printf(&text, "%s%s%s%s", i > from ? " " : "", quote, word,
			    quote) < 0)
			return NULL;
	}
	return buffer_steal(&text);
}
