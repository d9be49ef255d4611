/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text indexes of a module directory (modules.dep(5), modprobe.d(5); kmod:
 * tools/depmod.c writes them, libkmod/libkmod-config.c and libkmod-index.c read them).
 */
#include "formats/modules_index.h"

#include <errno.h>
#include <fnmatch.h>

static const char blanks[] = " \t\r";

/* A private copy of the text, taken apart line by line. */
struct lines {
	struct buffer text;
	char *next;
	size_t number; /* of the line taken last, 1-based */
};

static void lines_done(struct lines *l)
{
	buffer_done(&l->text);
}

static int lines_open(struct lines *l, struct bytes in, const char *what, struct fault *f)
{
	int r;

	if (in.size > MODULES_INDEX_MAX_SIZE)
		return fault_errno(f, EFBIG, NULL, "read %s", what);
	if (in.size > 0 && memchr(in.data, '\0', in.size)) {
		r = fault_errno(f, EBADMSG, NULL, "read %s", what);
		fault_reason(f, "it holds NUL bytes");
		return r;
	}
	r = in.size > 0 ? buffer_append(&l->text, in.data, in.size)
			: buffer_puts(&l->text, "");
	if (r < 0)
		return fault_no_memory(f);
	l->next = l->text.data;
	return 0;
}

/* 1: *ret is the next line that says something; 0: the end. */
static int lines_take(struct lines *l, char **ret, const char *what, struct fault *f)
{
	char *line;

	while ((line = strsep(&l->next, "\n"))) {
		if (++l->number > MODULES_INDEX_MAX_LINES)
			return fault_errno(f, EFBIG, NULL, "read %s", what);
		line += strspn(line, blanks);
		if (*line == '\0' || *line == '#')
			continue;
		*ret = line;
		return 1;
	}
	return 0;
}

static int bad_line(
	const struct lines *l, const char *what, const char *why, struct fault *f)
{
	int r = fault_errno(f, EBADMSG, NULL, "read %s", what);

	fault_reason(f, "line %zu %s", l->number, why);
	return r;
}

/* The next blank-separated word; NULL at the end of the line. */
static char *take_word(char **rest)
{
	char *word;

	do
		word = strsep(rest, blanks);
	while (word && *word == '\0');
	return word;
}

/* libkmod compares names and patterns with '-' read as '_', except inside [brackets]. */
static char *normalized(const char *text)
{
	char *copy = strdup(text);

	for (char *c = copy; c && *c; c++) {
		if (*c == '-')
			*c = '_';
		else if (*c == '[' && strchr(c, ']'))
			c = strchr(c, ']');
	}
	return copy;
}

void modules_dep_done(struct modules_dep *d)
{
	for (size_t i = 0; i < d->count; i++) {
		free(d->items[i].path);
		strings_done(&d->items[i].needs);
	}
	free(d->items);
	*d = (struct modules_dep){0};
}

static int dep_add(struct modules_dep *d, char *path, char *needs)
{
	struct module_dep *item;
	char *word;
	int r;

	r = VECTOR_GROW(d);
	if (r < 0)
		return r;
	item = &d->items[d->count++];
	*item = (struct module_dep){.path = strdup(path)};
	if (!item->path)
		return -ENOMEM;
	while ((word = take_word(&needs))) {
		r = strings_add(&item->needs, word);
		if (r < 0)
			return r;
	}
	return 0;
}

static int dep_compare(const void *a, const void *b)
{
	return strcmp(((const struct module_dep *)a)->path,
		((const struct module_dep *)b)->path);
}

int modules_dep_parse(struct modules_dep *ret, struct bytes in, struct fault *f)
{
	_cleanup_(modules_dep_done) struct modules_dep d = {0};
	_cleanup_(lines_done) struct lines lines = {0};
	static const char what[] = "modules.dep";
	char *line = NULL;
	int r;

	r = lines_open(&lines, in, what, f);
	while (r >= 0 && (r = lines_take(&lines, &line, what, f)) > 0) {
		char *colon = strchr(line, ':');

		if (!colon || colon == line)
			return bad_line(
				&lines, what, "names no module before a colon", f);
		*colon = '\0';
		if (dep_add(&d, line, colon + 1) < 0)
			return fault_no_memory(f);
	}
	if (r < 0)
		return r;
	if (d.count > 0)
		qsort(d.items, d.count, sizeof(*d.items), dep_compare);
	*ret = TAKE_STRUCT(d);
	return 0;
}

void modules_alias_done(struct modules_alias *a)
{
	for (size_t i = 0; i < a->count; i++) {
		free(a->items[i].pattern);
		free(a->items[i].module);
	}
	free(a->items);
	*a = (struct modules_alias){0};
}

int modules_alias_add(struct modules_alias *a, const char *pattern, const char *module)
{
	struct module_alias *item;
	int r;

	r = VECTOR_GROW(a);
	if (r < 0)
		return r;
	item = &a->items[a->count++];
	*item = (struct module_alias){normalized(pattern), normalized(module)};
	return item->pattern && item->module ? 0 : -ENOMEM;
}

int modules_alias_parse(struct modules_alias *ret, struct bytes in, struct fault *f)
{
	_cleanup_(modules_alias_done) struct modules_alias a = {0};
	_cleanup_(lines_done) struct lines lines = {0};
	static const char what[] = "modules.alias";
	char *line = NULL;
	int r;

	r = lines_open(&lines, in, what, f);
	while (r >= 0 && (r = lines_take(&lines, &line, what, f)) > 0) {
		const char *word = take_word(&line);
		const char *pattern = take_word(&line);
		const char *module = take_word(&line);

		if (!text_equal(word, "alias") || !module)
			continue; /* modprobe, too, passes over what it does not know */
		if (modules_alias_add(&a, pattern, module) < 0)
			return fault_no_memory(f);
	}
	if (r < 0)
		return r;
	*ret = TAKE_STRUCT(a);
	return 0;
}

int modules_builtin_aliases(struct modules_alias *a, struct bytes in)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	int r = in.size ? buffer_append(&text, in.data, in.size) : 0;

	/* Each record ends with a NUL; the buffer has one behind the last. */
	for (size_t at = 0; r >= 0 && at < text.size; at += strlen(text.data + at) + 1) {
		char *record = text.data + at, *mark = strstr(record, ".alias=");

		if (!mark || mark == record)
			continue;
		*mark = '\0';
		r = modules_alias_add(a, mark + strlen(".alias="), record);
		*mark = '.';
	}
	return r;
}

/* Thousands of patterns a device: most differ before their first wildcard. */
static bool pattern_matches(const char *pattern, const char *text)
{
	size_t literal = strcspn(pattern, "*?[\\");

	return strncmp(pattern, text, literal) == 0 && fnmatch(pattern, text, 0) == 0;
}

int modules_alias_match(
	const struct modules_alias *a, const char *modalias, struct strings *ret)
{
	_cleanup_free_ char *text = normalized(modalias);

	if (!text)
		return -ENOMEM;
	for (size_t i = 0; i < a->count; i++) {
		int r;

		if (!pattern_matches(a->items[i].pattern, text))
			continue;
		r = strings_add_new(ret, a->items[i].module);
		if (r < 0)
			return r;
	}
	return 0;
}

void modules_softdep_done(struct modules_softdep *s)
{
	for (size_t i = 0; i < s->count; i++) {
		free(s->items[i].module);
		strings_done(&s->items[i].pre);
		strings_done(&s->items[i].post);
	}
	free(s->items);
	*s = (struct modules_softdep){0};
}

static int softdep_add(struct modules_softdep *s, const char *module, char *rest)
{
	struct module_softdep *item;
	struct strings *list = NULL;
	char *word;
	int r;

	r = VECTOR_GROW(s);
	if (r < 0)
		return r;
	item = &s->items[s->count++];
	*item = (struct module_softdep){.module = normalized(module)};
	if (!item->module)
		return -ENOMEM;
	while ((word = take_word(&rest))) {
		if (strcmp(word, "pre:") == 0)
			list = &item->pre;
		else if (strcmp(word, "post:") == 0)
			list = &item->post;
		else if (list && (r = strings_take(list, normalized(word))) < 0)
			return r;
	}
	return 0;
}

/* modprobe.d may break a line behind a backslash. */
static void join_broken_lines(char *text)
{
	while ((text = strstr(text, "\\\n"))) {
		*text++ = ' ';
		*text++ = ' ';
	}
}

int modules_softdep_parse(struct modules_softdep *ret, struct bytes in, struct fault *f)
{
	_cleanup_(modules_softdep_done) struct modules_softdep s = {0};
	_cleanup_(lines_done) struct lines lines = {0};
	static const char what[] = "modules.softdep";
	char *line = NULL;
	int r;

	r = lines_open(&lines, in, what, f);
	if (r >= 0)
		join_broken_lines(lines.next);
	while (r >= 0 && (r = lines_take(&lines, &line, what, f)) > 0) {
		const char *word = take_word(&line);
		const char *module = take_word(&line);

		if (!text_equal(word, "softdep") || !module)
			continue;
		if (softdep_add(&s, module, line) < 0)
			return fault_no_memory(f);
	}
	if (r < 0)
		return r;
	*ret = TAKE_STRUCT(s);
	return 0;
}

int modules_list_parse(struct strings *ret, struct bytes in, struct fault *f)
{
	_cleanup_(strings_done) struct strings list = {0};
	_cleanup_(lines_done) struct lines lines = {0};
	static const char what[] = "the list of modules";
	char *line = NULL;
	int r;

	r = lines_open(&lines, in, what, f);
	while (r >= 0 && (r = lines_take(&lines, &line, what, f)) > 0)
		if (strings_add(&list, text_strip(line)) < 0)
			return fault_no_memory(f);
	if (r < 0)
		return r;
	*ret = TAKE_STRUCT(list);
	return 0;
}

char *module_name_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *name = strdup(slash ? slash + 1 : path);

	for (char *c = name; c && *c; c++) {
		if (*c == '.')
			*c = '\0';
		else if (*c == '-')
			*c = '_';
		if (*c == '\0')
			break;
	}
	return name;
}

bool module_is_file_name(const char *name)
{
	static const char *const suffixes[] = {".ko", ".ko.gz", ".ko.xz", ".ko.zst"};

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++)
		if (text_ends(name, suffixes[i]) && strlen(name) > strlen(suffixes[i]))
			return true;
	return false;
}

/* ---- binary indexes --------------------------------------------------------------- */

static uint32_t number_at(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

bool modules_binary_is_sound(struct bytes head, uint64_t size)
{
	enum { MAGIC = 0xb007f457, MAJOR = 2, OFFSET = 0x0fffffff };
	uint32_t root;

	if (head.size < MODULES_BINARY_HEAD || number_at(head.data) != MAGIC ||
		number_at(head.data + 4) >> 16 != MAJOR)
		return false;
	root = number_at(head.data + 8) & OFFSET; /* the rest says what the node holds */
	return root >= MODULES_BINARY_HEAD && root < size;
}
