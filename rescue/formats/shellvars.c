/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NAME=value files that a shell could read, as sh quotes them; nothing is expanded. */
#include "formats/shellvars.h"

#include "text_lines.h"

#include <ctype.h>
#include <errno.h>

#define SHELLVARS_MAX_ASSIGNMENTS 4096

struct reader {
	struct bytes in;
	size_t at;
	unsigned line;
};

void shellvars_done(struct shellvars *v)
{
	for (size_t i = 0; i < v->count; i++) {
		free(v->items[i].name);
		free(v->items[i].value);
	}
	free(v->items);
	*v = (struct shellvars){0};
}

static int peek(const struct reader *r)
{
	return r->at < r->in.size ? r->in.data[r->at] : -1;
}

static int next(struct reader *r)
{
	int c = peek(r);

	if (c >= 0)
		r->at++;
	if (c == '\n')
		r->line++;
	return c;
}

static void skip_line(struct reader *r)
{
	while (peek(r) >= 0 && next(r) != '\n')
		;
}

static int put(struct buffer *out, int c)
{
	char byte = (char)c;

	return c == 0 || c == '\r' ? 0 : buffer_append(out, &byte, 1);
}

/* Behind an opening quote: does it close? One that does not ends with its line. */
static bool quote_closes(const struct reader *r, int quote)
{
	for (size_t i = r->at; i < r->in.size; i++) {
		if (r->in.data[i] == quote)
			return true;
		if (quote == '"' && r->in.data[i] == '\\')
			i++;
	}
	return false;
}

static int read_quoted(struct reader *r, int quote, struct buffer *out)
{
	bool closes = quote_closes(r, quote);
	int error = 0, c;

	while (error >= 0 && (c = peek(r)) >= 0) {
		if (c == '\n' && !closes)
			break;
		next(r);
		if (c == quote)
			break;
		if (quote == '"' && c == '\\') {
			int escaped = peek(r);

			if (escaped == '\n') {
				next(r);
				continue;
			}
			if (escaped == '"' || escaped == '\\' || escaped == '$' ||
				escaped == '`')
				c = next(r);
		}
		error = put(out, c);
	}
	return error;
}

/* A word: plain characters, escapes and quoted parts, up to a blank, `;` or line end. */
static int read_value(struct reader *r, struct buffer *out)
{
	int error = buffer_reserve(out, 1), c;

	while (error >= 0 && (c = peek(r)) >= 0) {
		if (c == '\n' || c == '\r' || c == ';' || text_is_blank((uint8_t)c))
			break;
		next(r);
		if (c == '"' || c == '\'') {
			error = read_quoted(r, c, out);
		} else if (c == '\\') {
			c = next(r);
			if (c >= 0 && c != '\n')
				error = put(out, c);
		} else {
			error = put(out, c);
		}
	}
	return error;
}

static struct bytes read_name(struct reader *r)
{
	size_t start = r->at;

	while (peek(r) == '_' || (peek(r) >= 0 && isalnum(peek(r))))
		next(r);
	return (struct bytes){r->in.data + start, r->at - start};
}

static struct shellvar *find(const struct shellvars *v, struct bytes name)
{
	for (size_t i = v->count; i-- > 0;)
		if (text_is(name, v->items[i].name))
			return &v->items[i];
	return NULL;
}

static int add(struct shellvars *v, struct bytes name, char *take_value, unsigned line)
{
	struct shellvar item = {.name = text_of(name), .value = take_value, .line = line};

	if (!item.name || VECTOR_GROW(v) < 0) {
		free(item.name);
		free(item.value);
		return -ENOMEM;
	}
	v->items[v->count++] = item;
	return 0;
}

static int read_assignment(struct reader *r, struct shellvars *v, struct bytes name)
{
	_cleanup_(buffer_done) struct buffer value = {0};
	unsigned line = r->line;
	char *text;

	if (read_value(r, &value) < 0 || !(text = buffer_steal(&value)))
		return -ENOMEM;
	return add(v, name, text, line);
}

/* NAME+=value lengthens what stands there. */
static int read_addition(struct reader *r, struct shellvars *v, struct bytes name)
{
	_cleanup_(buffer_done) struct buffer value = {0};
	struct shellvar *before = find(v, name);
	char *text;

	if (!before)
		return read_assignment(r, v, name);
	if (buffer_puts(&value, before->value) < 0 || read_value(r, &value) < 0 ||
		!(text = buffer_steal(&value)))
		return -ENOMEM;
	free(before->value);
	before->value = text;
	return 0;
}

/*
 * One command of the file: an assignment is kept and counted, anything else is skipped to
 * the end of its line. 1: an assignment, 0: none.
 */
static int read_statement(struct reader *r, struct shellvars *v)
{
	int c = peek(r);
	struct bytes name;

	if (c == '\n' || c == '\r' || c == ';' || text_is_blank((uint8_t)c)) {
		next(r);
		return 0;
	}
	name = read_name(r);
	if (text_is(name, "export") && text_is_blank((uint8_t)peek(r)))
		return 0;
	if (name.size > 0 && !isdigit(name.data[0])) {
		if (peek(r) == '=') {
			next(r);
			return read_assignment(r, v, name) < 0 ? -ENOMEM : 1;
		}
		if (peek(r) == '+' && r->at + 1 < r->in.size &&
			r->in.data[r->at + 1] == '=') {
			r->at += 2;
			return read_addition(r, v, name) < 0 ? -ENOMEM : 1;
		}
	}
	skip_line(r);
	return 0;
}

int shellvars_parse(struct shellvars *ret, struct bytes in, struct fault *f)
{
	_cleanup_(shellvars_done) struct shellvars v = {0};
	struct reader r = {.in = in, .line = 1};

	if (in.size > SHELLVARS_MAX_SIZE)
		return fault_errno(f, EFBIG, NULL, "parse variables");
	for (unsigned n = 0; peek(&r) >= 0;) {
		int kept = read_statement(&r, &v);

		if (kept < 0)
			return fault_no_memory(f);
		n += (unsigned)kept;
		if (n > SHELLVARS_MAX_ASSIGNMENTS)
			return fault_errno(
				f, E2BIG, NULL, "parse variables, line %u", r.line);
	}
	*ret = TAKE_STRUCT(v);
	return 0;
}

const char *shellvars_get(const struct shellvars *v, const char *name)
{
	for (size_t i = v->count; i-- > 0;)
		if (strcmp(v->items[i].name, name) == 0)
			return v->items[i].value;
	return NULL;
}
