/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The literal parts of a regular expression, found without compiling it. */
#include "regex_literals.h"

#include <ctype.h>
#include <errno.h>

struct scan {
	struct buffer run; /* the literal text that is growing */
	struct buffer prefix, needed;
	bool in_prefix, literal_only;
};

void regex_literals_done(struct regex_literals *l)
{
	free(l->prefix);
	free(l->needed);
	*l = (struct regex_literals){0};
}

static void scan_done(struct scan *s)
{
	buffer_done(&s->run);
	buffer_done(&s->prefix);
	buffer_done(&s->needed);
}

/* Bytes of [...] at text; 0: it does not close. */
static size_t bracket_size(const char *text)
{
	size_t i = text[1] == '^' ? 2 : 1;

	if (text[i] == ']')
		i++;
	for (; text[i] && text[i] != ']'; i++) {
		if (text[i] != '[' || !text[i + 1] || !strchr(":.=", text[i + 1]))
			continue;

		char end[] = {text[i + 1], ']', '\0'};
		const char *close = strstr(text + i + 2, end);

		if (!close)
			return 0;
		i = (size_t)(close - text) + 1;
	}
	return text[i] ? i + 1 : 0;
}

/* Bytes of (...) at text; 0: it does not close. */
static size_t group_size(const char *text)
{
	size_t depth = 0, i = 0;

	while (text[i]) {
		size_t step = 1;

		if (text[i] == '\\')
			step = text[i + 1] ? 2 : 0;
		else if (text[i] == '[')
			step = bracket_size(text + i);
		else if (text[i] == '(')
			depth++;
		else if (text[i] == ')')
			depth--;
		if (step == 0)
			return 0;
		i += step;
		if (depth == 0)
			return i;
	}
	return 0;
}

/* Bytes of the atom at text, 0: broken; *literal is the one character it stands for, or
 * 0. */
static size_t atom_size(const char *text, char *literal)
{
	*literal = '\0';
	switch (text[0]) {
	case '\\':
		if (!isalnum((unsigned char)text[1]))
			*literal = text[1];
		return text[1] ? 2 : 0;
	case '[':
		return bracket_size(text);
	case '(':
		return group_size(text);
	case '.':
	case '^':
	case '$':
		return 1;
	default:
		*literal = text[0];
		return 1;
	}
}

static bool is_repeat(char c)
{
	return c == '*' || c == '+' || c == '?' || c == '{';
}

/* Bytes of what repeats an atom, at text. */
static size_t repeat_size(const char *text)
{
	if (*text != '{')
		return is_repeat(*text);
	return strcspn(text, "}") + (strchr(text, '}') != NULL);
}

static int end_run(struct scan *s)
{
	struct buffer *keep = s->in_prefix ? &s->prefix : &s->needed;
	int r = 0;

	if (s->in_prefix || s->run.size > s->needed.size) {
		keep->size = 0;
		r = buffer_append(keep, s->run.data ? s->run.data : "", s->run.size);
	}
	s->in_prefix = false;
	s->run.size = 0;
	return r;
}

/* The greatest number in {n,m} at text, or 1. */
static size_t greatest_repeat(const char *text)
{
	size_t greatest = 1;

	for (text++; *text && *text != '}';) {
		size_t number = strtoul(text, NULL, 10),
		       digits = strspn(text, "0123456789");

		greatest = MAX_OF(greatest, digits > 4 ? REGEX_MAX_COST : number);
		text += digits + (digits == 0);
	}
	return greatest;
}

/* a++, a*{2}: nobody means it, and it doubles the automaton each time. */
static bool repeats_again(const char *text)
{
	return is_repeat(text[repeat_size(text)]);
}

/* -EINVAL for what must not reach regcomp. */
static int check_limits(const char *regex)
{
	size_t cost = strlen(regex), depth = 0, deepest = 0;

	if (cost > REGEX_MAX_SIZE)
		return -EINVAL;
	for (; *regex && cost <= REGEX_MAX_COST; regex++) {
		if (*regex == '\\' && regex[1]) {
			if (isdigit((unsigned char)*++regex))
				return -EINVAL;
		} else if (*regex == '(') {
			deepest = MAX_OF(deepest, ++depth);
		} else if (*regex == ')') {
			depth -= depth > 0;
		} else if (*regex == '{') {
			cost *= greatest_repeat(regex);
		}
		if (is_repeat(*regex) && repeats_again(regex))
			return -EINVAL;
	}
	return deepest <= REGEX_MAX_DEPTH && cost << deepest <= REGEX_MAX_COST ? 0
									       : -EINVAL;
}

/* The atoms outside all groups. 1: an alternative makes all of them optional. */
static int scan_atoms(struct scan *s, const char *text)
{
	while (*text) {
		char literal;
		size_t size = atom_size(text, &literal), repeat;
		int r = 0;

		if (*text == '|')
			return 1;
		if (size == 0)
			return -EINVAL;
		repeat = repeat_size(text + size);
		if (literal && (repeat == 0 || text[size] == '+'))
			r = buffer_append(&s->run, &literal, 1);
		if (r >= 0 && (!literal || repeat > 0)) {
			s->literal_only = false;
			r = end_run(s);
		}
		if (r < 0)
			return r;
		text += size + repeat;
	}
	return end_run(s);
}

int regex_literals_find(struct regex_literals *ret, const char *regex)
{
	_cleanup_(scan_done) struct scan s = {.in_prefix = true, .literal_only = true};
	_cleanup_(regex_literals_done) struct regex_literals l = {0};
	int r = check_limits(regex);

	if (r >= 0)
		r = scan_atoms(&s, regex);
	if (r < 0)
		return r;
	if (r == 1) {
		s.prefix.size = s.needed.size = 0;
		s.literal_only = false;
	}
	l.is_literal = s.literal_only;
	l.prefix = strndup(s.prefix.data ? s.prefix.data : "", s.prefix.size);
	if (s.needed.size > 0)
		l.needed = strndup(s.needed.data, s.needed.size);
	if (!l.prefix || (s.needed.size > 0 && !l.needed))
		return -ENOMEM;
	*ret = TAKE_STRUCT(l);
	return 0;
}
