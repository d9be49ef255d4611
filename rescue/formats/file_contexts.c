/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SELinux file_contexts, looked up as libselinux does (label_file.c): paths without any
 * metacharacter first, then patterns, the last that matches. A policy has some 6,000
 * rules, so that a pattern is compiled only when the literal parts of it fit a path.
 */
#include "formats/file_contexts.h"

#include "regex_literals.h"
#include "text_lines.h"

#include <errno.h>
#include <limits.h>
#include <regex.h>
#include <sys/stat.h>

struct rule {
	char *context;
	mode_t type; /* S_IFMT bits; 0: any */
	struct regex_literals literals;
	size_t prefix_size, order;
	uint64_t needed_pairs; /* see pairs_of */
	char *pattern;         /* ^regex$; NULL for a literal */
	enum { NOT_COMPILED, COMPILED, UNUSABLE } state;
	regex_t regex;
};

struct rules {
	struct rule *items;
	size_t count, capacity;
};

struct substitution {
	char *from, *to;
	size_t from_size;
};

struct substitutions {
	struct substitution *items;
	size_t count, capacity;
};

struct substitution_lists {
	struct substitutions *items;
	size_t count, capacity;
};

struct file_contexts {
	struct rules
		literals; /* sorted by path and then by file order at the first search */
	struct rules patterns; /* in file order */
	bool sorted;
	struct substitution_lists lists;
};

static void rule_done(struct rule *r)
{
	free(r->context);
	free(r->pattern);
	regex_literals_done(&r->literals);
	if (r->state == COMPILED)
		regfree(&r->regex);
}

static void rules_done(struct rules *rs)
{
	for (size_t i = 0; i < rs->count; i++)
		rule_done(&rs->items[i]);
	free(rs->items);
}

static void substitutions_done(struct substitutions *s)
{
	for (size_t i = 0; i < s->count; i++) {
		free(s->items[i].from);
		free(s->items[i].to);
	}
	free(s->items);
}

struct file_contexts *file_contexts_new(void)
{
	return calloc(1, sizeof(struct file_contexts));
}

void file_contexts_free(struct file_contexts *c)
{
	if (!c)
		return;
	rules_done(&c->literals);
	rules_done(&c->patterns);
	for (size_t i = 0; i < c->lists.count; i++)
		substitutions_done(&c->lists.items[i]);
	free(c->lists.items);
	free(c);
}

void file_contexts_free_p(struct file_contexts **c)
{
	file_contexts_free(*c);
	*c = NULL;
}

/*
 * ---- reading -------------------------------------------------------------------------
 */

/* "--", "-d" and so on. false: no file type. */
static bool type_of(struct bytes word, mode_t *ret)
{
	static const struct {
		char letter;
		mode_t type;
	} types[] = {{'-', S_IFREG}, {'d', S_IFDIR}, {'l', S_IFLNK}, {'c', S_IFCHR},
		{'b', S_IFBLK}, {'p', S_IFIFO}, {'s', S_IFSOCK}};

	if (word.size != 2 || word.data[0] != '-')
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (word.data[1] == types[i].letter) {
			*ret = types[i].type;
			return true;
		}
	}
	return false;
}

/*
 * Which pairs of neighbouring bytes a text holds, folded into 64 bits: a text that lacks
 * a bit of another cannot hold it. Spares most searches for what a pattern needs.
 */
static uint64_t pairs_of(const char *text)
{
	uint64_t pairs = 0;

	for (; text[0] && text[1]; text++)
		pairs |= UINT64_C(1)
			 << (((uint8_t)text[0] * 31u + (uint8_t)text[1]) & 63);
	return pairs;
}

static int add_rule(
	struct file_contexts *c, const char *regex, mode_t type, struct bytes context)
{
	_cleanup_(rule_done) struct rule rule = {.type = type};
	int r = regex_literals_find(&rule.literals, regex);

	if (r < 0)
		return r;

	struct rules *rules = rule.literals.is_literal ? &c->literals : &c->patterns;

	rule.order = rules->count;
	rule.prefix_size = strlen(rule.literals.prefix);
	rule.needed_pairs = rule.literals.needed ? pairs_of(rule.literals.needed) : 0;
	rule.context = text_of(context);
	if (!rule.literals.is_literal)
		rule.pattern = text_printf("^%s$", regex);
	if (!rule.context || (!rule.literals.is_literal && !rule.pattern) ||
		VECTOR_GROW(rules) < 0)
		return -ENOMEM;
	rules->items[rules->count++] = TAKE_STRUCT(rule);
	return 0;
}

/* 0 or -ENOMEM; a line that is no rule is skipped. */
static int add_line(struct file_contexts *c, struct bytes line)
{
	struct bytes regex = text_word(&line), second = text_word(&line),
		     third = text_word(&line);
	mode_t type = 0;

	if (second.size == 0 || (third.size > 0 && !type_of(second, &type)))
		return 0;

	_cleanup_free_ char *text = text_of(regex);

	if (!text)
		return -ENOMEM;
	return add_rule(c, text, type, third.size > 0 ? third : second) == -ENOMEM
		       ? -ENOMEM
		       : 0;
}

int file_contexts_add(struct file_contexts *c, struct bytes in, struct fault *f)
{
	struct text_lines lines = TEXT_LINES(in);
	struct bytes line;

	if (in.size > FILE_CONTEXTS_MAX_SIZE)
		return fault_errno(f, EFBIG, NULL, "parse file contexts");
	c->sorted = false;
	while (text_lines_next(&lines, &line)) {
		line = text_trim(line);
		if (line.size == 0 || line.data[0] == '#')
			continue;
		if (c->literals.count + c->patterns.count >= FILE_CONTEXTS_MAX_RULES)
			return fault_errno(f, E2BIG, NULL, "parse file contexts line %u",
				lines.number);
		if (add_line(c, line) < 0)
			return fault_no_memory(f);
	}
	return 0;
}

static int add_substitution(
	struct substitutions *list, struct bytes from, struct bytes to)
{
	struct substitution s = {text_of(from), text_of(to), from.size};

	if (!s.from || !s.to || VECTOR_GROW(list) < 0) {
		free(s.from);
		free(s.to);
		return -ENOMEM;
	}
	list->items[list->count++] = s;
	return 0;
}

int file_contexts_add_substitutions(
	struct file_contexts *c, struct bytes in, struct fault *f)
{
	_cleanup_(substitutions_done) struct substitutions list = {0};
	struct text_lines lines = TEXT_LINES(in);
	struct bytes line;

	if (in.size > FILE_CONTEXTS_MAX_SIZE)
		return fault_errno(f, EFBIG, NULL, "parse file contexts");
	while (text_lines_next(&lines, &line)) {
		struct bytes from = text_word(&line), to = text_word(&line);

		if (from.size == 0 || from.data[0] == '#' || to.size == 0)
			continue;
		if (list.count >= FILE_CONTEXTS_MAX_RULES)
			return fault_errno(f, E2BIG, NULL, "parse substitutions line %u",
				lines.number);
		if (add_substitution(&list, from, to) < 0)
			return fault_no_memory(f);
	}
	if (VECTOR_GROW(&c->lists) < 0)
		return fault_no_memory(f);
	c->lists.items[c->lists.count++] = TAKE_STRUCT(list);
	return 0;
}

/*
 * ---- searching -----------------------------------------------------------------------
 */

/* The last line that fits; "/lib" fits "/lib" and "/lib/x". */
static const struct substitution *find_substitution(
	const struct substitutions *list, const char *path)
{
	for (size_t i = list->count; i-- > 0;) {
		const struct substitution *s = &list->items[i];

		if (strncmp(path, s->from, s->from_size) == 0 &&
			(path[s->from_size] == '/' || path[s->from_size] == '\0'))
			return s;
	}
	return NULL;
}

/* path through all lists, into text. false: it grew too long. */
static bool substitute(
	const struct file_contexts *c, const char *path, char text[PATH_MAX])
{
	int size = snprintf(text, PATH_MAX, "%s", path);

	for (size_t i = 0; i < c->lists.count && size < PATH_MAX; i++) {
		const struct substitution *s =
			find_substitution(&c->lists.items[i], text);
		char before[PATH_MAX];

		if (!s)
			continue;
		memcpy(before, text, (size_t)size + 1);

		const char *rest = before + s->from_size;

		size = snprintf(text, PATH_MAX, "%s%s", s->to,
			strcmp(s->to, "/") == 0 && *rest == '/' ? rest + 1 : rest);
	}
	while (size > 1 && size < PATH_MAX && text[size - 1] == '/')
		text[--size] = '\0';
	return size > 0 && size < PATH_MAX;
}

static int compare_literals(const void *a, const void *b)
{
	const struct rule *x = a, *y = b;
	int r = strcmp(x->literals.prefix, y->literals.prefix);

	return r != 0 ? r : x->order < y->order ? -1 : x->order > y->order;
}

static bool has_type(const struct rule *r, mode_t mode)
{
	return r->type == 0 || (mode & S_IFMT) == 0 || r->type == (mode & S_IFMT);
}

/* The last literal rule of exactly this path and type. */
static const struct rule *find_literal(
	const struct rules *rules, const char *path, mode_t mode)
{
	size_t low = 0, high = rules->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(rules->items[middle].literals.prefix, path) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low > 0 && strcmp(rules->items[low - 1].literals.prefix, path) == 0; low--)
		if (has_type(&rules->items[low - 1], mode))
			return &rules->items[low - 1];
	return NULL;
}

static bool pattern_matches(struct rule *r, const char *path)
{
	if (r->state == NOT_COMPILED)
		r->state = regcomp(&r->regex, r->pattern, REG_EXTENDED | REG_NOSUB) == 0
				   ? COMPILED
				   : UNUSABLE;
	return r->state == COMPILED && regexec(&r->regex, path, 0, NULL, 0) == 0;
}

static const struct rule *find_pattern(
	const struct rules *rules, const char *path, mode_t mode)
{
	size_t size = strlen(path);
	uint64_t pairs = pairs_of(path);

	for (size_t i = rules->count; i-- > 0;) {
		struct rule *r = &rules->items[i];

		if ((r->needed_pairs & ~pairs) != 0 || r->prefix_size > size ||
			memcmp(r->literals.prefix, path, r->prefix_size) != 0 ||
			!has_type(r, mode))
			continue;
		if (r->literals.needed &&
			!strstr(path + r->prefix_size, r->literals.needed))
			continue;
		if (pattern_matches(r, path))
			return r;
	}
	return NULL;
}

/* Sorting and compiling when first wanted changes no answer, so c is const to callers. */
const char *file_contexts_find(
	const struct file_contexts *c, const char *path, mode_t mode)
{
	struct file_contexts *lazy = (struct file_contexts *)c;
	const struct rule *r;
	char text[PATH_MAX];

	if (!substitute(c, path, text))
		return NULL;
	if (!c->sorted) {
		if (lazy->literals.count > 1)
			qsort(lazy->literals.items, lazy->literals.count,
				sizeof(*lazy->literals.items), compare_literals);
		lazy->sorted = true;
	}
	r = find_literal(&c->literals, text, mode);
	if (!r)
		r = find_pattern(&c->patterns, text, mode);
	return r && strcmp(r->context, "<<none>>") != 0 ? r->context : NULL;
}
