/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The syntax of LVM2's text (lvm2: libdm/libdm-config.c): sections in braces, values that
 * are numbers, strings or lists of them, comments from # on.
 */
#include "lvm_config.h"

#include "formats/lvm.h"
#include "text_lines.h"

#include <errno.h>

#define MAX_NODES 1048576u
#define MAX_VALUES 1048576u

struct reader {
	struct bytes in;
	size_t at;
	unsigned line;
	struct lvm_config config;
	size_t open[LVM_MAX_DEPTH]; /* sections around us */
	size_t depth;
	const char *reason; /* static text behind -EBADMSG */
};

void lvm_config_done(struct lvm_config *c)
{
	free(c->nodes.items);
	free(c->values.items);
	*c = (struct lvm_config){0};
}

static int refuse(struct reader *r, const char *reason)
{
	r->reason = reason;
	return -EBADMSG;
}

/* A NUL ends the text: LVM counts it to the text's size. */
static uint8_t peek(const struct reader *r)
{
	return r->at < r->in.size ? r->in.data[r->at] : 0;
}

static void skip_blanks(struct reader *r)
{
	for (; peek(r); r->at++) {
		uint8_t c = peek(r);

		if (c == '#') {
			while (peek(r) && peek(r) != '\n')
				r->at++;
			if (!peek(r))
				return;
			c = '\n';
		}
		if (c == '\n')
			r->line++;
		else if (c != ' ' && c != '\t' && c != '\r')
			return;
	}
}

static bool is_name(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-' || c == '+' || c == '.';
}

static struct bytes read_name(struct reader *r)
{
	size_t start = r->at;

	while (is_name(peek(r)))
		r->at++;
	return (struct bytes){r->in.data + start, r->at - start};
}

static int read_string(struct reader *r, struct lvm_value *v)
{
	size_t start = ++r->at;

	for (; peek(r) != '"'; r->at++) {
		if (peek(r) == '\\')
			r->at++;
		if (!peek(r))
			return refuse(r, "a string does not end");
		if (peek(r) == '\n')
			r->line++;
	}
	*v = (struct lvm_value){{r->in.data + start, r->at - start}, true};
	r->at++;
	return 0;
}

static int read_value(struct reader *r, struct lvm_node *n)
{
	struct lvm_value v = {0};
	int error = 0;

	if (peek(r) == '"')
		error = read_string(r, &v);
	else
		v.text = read_name(r);
	if (error == 0 && !v.is_string && v.text.size == 0)
		error = refuse(r, "a value is missing");
	if (error == 0 && r->config.values.count >= MAX_VALUES)
		error = -E2BIG;
	if (error == 0)
		error = VECTOR_GROW(&r->config.values);
	if (error < 0)
		return error;
	r->config.values.items[r->config.values.count++] = v;
	n->count++;
	return 0;
}

static int read_list(struct reader *r, struct lvm_node *n)
{
	r->at++;
	for (;;) {
		int error;

		skip_blanks(r);
		if (peek(r) == ']')
			break;
		error = read_value(r, n);
		if (error < 0)
			return error;
		skip_blanks(r);
		if (peek(r) == ',')
			r->at++;
		else if (peek(r) != ']')
			return refuse(r, "a list does not end");
	}
	r->at++;
	return 0;
}

static int read_assignment(struct reader *r, struct lvm_node *n)
{
	r->at++;
	skip_blanks(r);
	n->first = r->config.values.count;
	return peek(r) == '[' ? read_list(r, n) : read_value(r, n);
}

static int open_section(struct reader *r, struct lvm_node *n)
{
	if (r->depth == LVM_MAX_DEPTH)
		return refuse(r, "sections are nested too deeply");
	r->at++;
	n->is_section = true;
	r->open[r->depth++] = r->config.nodes.count;
	return 0;
}

static int read_node(struct reader *r)
{
	struct lvm_node n = {.name = read_name(r), .line = r->line};
	int error;

	if (n.name.size == 0)
		return refuse(r, "a name is missing");
	if (r->config.nodes.count >= MAX_NODES)
		return -E2BIG;
	error = VECTOR_GROW(&r->config.nodes);
	if (error < 0)
		return error;
	skip_blanks(r);
	if (peek(r) == '{')
		error = open_section(r, &n);
	else if (peek(r) == '=')
		error = read_assignment(r, &n);
	else
		error = refuse(r, "a name has neither a value nor a section");
	if (error < 0)
		return error;
	n.end = r->config.nodes.count + 1;
	r->config.nodes.items[r->config.nodes.count++] = n;
	return 0;
}

static int read_nodes(struct reader *r)
{
	int error = 0;

	for (skip_blanks(r); error == 0 && peek(r); skip_blanks(r)) {
		if (peek(r) != '}') {
			error = read_node(r);
			continue;
		}
		if (r->depth == 0)
			return refuse(r, "a section ends that did not begin");
		r->config.nodes.items[r->open[--r->depth]].end = r->config.nodes.count;
		r->at++;
	}
	if (error == 0 && r->depth > 0)
		return refuse(r, "a section does not end");
	return error;
}

int lvm_config_parse(struct lvm_config *ret, struct bytes in, struct fault *f)
{
	struct reader r = {.in = in, .line = 1};
	int error = in.size > LVM_MAX_TEXT ? -EFBIG : read_nodes(&r);

	if (error < 0) {
		lvm_config_done(&r.config);
		fault_errno(f, -error, NULL, "read the LVM metadata");
		if (r.reason)
			fault_reason(f, "line %u: %s", r.line, r.reason);
		return error;
	}
	*ret = r.config;
	return 0;
}

size_t lvm_config_find(const struct lvm_config *c, size_t section, const char *name)
{
	size_t i = lvm_config_first(c, section), end = lvm_config_end(c, section);

	for (; i < end; i = c->nodes.items[i].end) {
		if (text_is(c->nodes.items[i].name, name))
			return i;
	}
	return SIZE_MAX;
}

bool lvm_value_number(const struct lvm_value *v, uint64_t *ret)
{
	char text[32];

	if (v->is_string || v->text.size == 0 || v->text.size >= sizeof(text))
		return false;
	memcpy(text, v->text.data, v->text.size);
	text[v->text.size] = '\0';
	return text_to_u64(text, UINT64_MAX, ret);
}

static const struct lvm_value *single(
	const struct lvm_config *c, size_t section, const char *name)
{
	size_t i = lvm_config_find(c, section, name);

	if (i == SIZE_MAX || c->nodes.items[i].count != 1)
		return NULL;
	return &c->values.items[c->nodes.items[i].first];
}

bool lvm_config_number(
	const struct lvm_config *c, size_t section, const char *name, uint64_t *ret)
{
	const struct lvm_value *v = single(c, section, name);

	return v && lvm_value_number(v, ret);
}

int lvm_config_text(
	const struct lvm_config *c, size_t section, const char *name, char **ret)
{
	const struct lvm_value *v = single(c, section, name);
	char *text, *to;

	if (!v || !v->is_string)
		return -ENOENT;
	text = text_of(v->text);
	if (!text)
		return -ENOMEM;
	to = text;
	for (const char *from = text; *from; from++) {
		if (*from == '\\' && from[1])
			from++;
		*to++ = *from;
	}
	*to = '\0';
	*ret = text;
	return 0;
}

bool lvm_config_lists(const struct lvm_config *c, size_t section, const char *name,
	const char *word)
{
	size_t i = lvm_config_find(c, section, name);

	for (size_t n = 0; i != SIZE_MAX && n < c->nodes.items[i].count; n++) {
		if (text_is(c->values.items[c->nodes.items[i].first + n].text, word))
			return true;
	}
	return false;
}
