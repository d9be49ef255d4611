/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GRUB legacy's menu: its stanzas, and edits that leave every other byte as it is. */
#include "formats/grub_legacy.h"

#include "text_lines.h"

#include <ctype.h>
#include <errno.h>

#define NUMBER_MAX 99999u

/* One line as GRUB sees it, and where it stands in the input. */
struct logical_line {
	struct buffer text;
	size_t start, end; /* of the first line, and behind the last one */
	size_t first;	   /* where text[0] stands */
	unsigned line;
};

/* A menu while it is read. */
struct reading {
	struct grub_legacy menu;
	bool has_stanza;
};

static void entry_done(struct grub_legacy_entry *e)
{
	free(e->title);
	free(e->root);
	free(e->hypervisor);
	free(e->hypervisor_options);
	free(e->linux_path);
	free(e->options);
	strings_done(&e->initrd);
}

void grub_legacy_done(struct grub_legacy *g)
{
	for (size_t i = 0; i < g->count; i++)
		entry_done(&g->items[i]);
	free(g->items);
	free(g->fallback);
	buffer_done(&g->text);
	*g = (struct grub_legacy){0};
}

static void reading_done(struct reading *r)
{
	grub_legacy_done(&r->menu);
}

static void line_done(struct logical_line *l)
{
	buffer_done(&l->text);
}

/* ---- words ------------------------------------------------------------------------ */

static bool is_gap(int c)
{
	return c == ' ' || c == '\t' || c == '=';
}

/* Behind the command's name and what separates it from its operands. */
static const char *operands_of(const char *line)
{
	while (*line && !is_gap((unsigned char)*line))
		line++;
	while (is_gap((unsigned char)*line))
		line++;
	return line;
}

static bool is_command(const char *line, const char *name)
{
	size_t size = strlen(name);

	return strncmp(line, name, size) == 0 &&
	       (line[size] == '\0' || is_gap((unsigned char)line[size]));
}

static const char *skip_word(const char *text)
{
	text += strcspn(text, " \t");
	return text + strspn(text, " \t");
}

/* A copy of the first word; NULL: no memory. */
static char *first_word(const char *text)
{
	return strndup(text, strcspn(text, " \t"));
}

static int replace(char **ret, char *take_text)
{
	if (!take_text)
		return -ENOMEM;
	free(*ret);
	*ret = take_text;
	return 0;
}

/* Decimal digits, or hexadecimal ones behind 0x; GRUB ignores what follows them. */
static bool to_number(const char *text, unsigned *ret)
{
	unsigned base = 10, n = 0;
	const char *begin;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		base = 16;
		text += 2;
	}
	for (begin = text; base == 16 ? isxdigit((unsigned char)*text)
				      : isdigit((unsigned char)*text); text++) {
		int digit = isdigit((unsigned char)*text)
				    ? *text - '0'
				    : tolower((unsigned char)*text) - 'a' + 10;

		n = MIN_OF(n * base + (unsigned)digit, NUMBER_MAX);
	}
	if (text > begin)
		*ret = n;
	return text > begin;
}

unsigned grub_legacy_saved_number(struct bytes in)
{
	_cleanup_free_ char *text = text_of((struct bytes){in.data, MIN_OF(in.size, 10u)});
	unsigned number = 0;

	return text && to_number(text, &number) ? number : 0;
}

/* ---- stanzas ---------------------------------------------------------------------- */

/* kernel [--type=T] [--no-mem-option] FILE ARGUMENT… */
static int read_kernel(struct grub_legacy_entry *e, const char *text)
{
	int r;

	while (text_starts(text, "--"))
		text = skip_word(text);
	if (!*text)
		return 0;
	r = replace(&e->linux_path, first_word(text));
	return r < 0 ? r : replace(&e->options, strdup(skip_word(text)));
}

static bool is_hypervisor(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	return text_starts(name, "xen") || text_starts(name, "tboot");
}

/* Under a hypervisor the first module is Linux, the others are what it unpacks. */
static int read_module(struct grub_legacy_entry *e, const char *text)
{
	if (e->linux_path && !e->hypervisor && is_hypervisor(e->linux_path)) {
		e->hypervisor = TAKE_PTR(e->linux_path);
		e->hypervisor_options = TAKE_PTR(e->options);
	}
	if (e->hypervisor && !e->linux_path)
		return read_kernel(e, text);
	return *text ? strings_take(&e->initrd, first_word(text)) : 0;
}

/* One initrd line counts, the last; Debian's GRUB and ours take several files on it. */
static int read_initrd(struct grub_legacy_entry *e, const char *text)
{
	strings_done(&e->initrd);
	for (; *text; text = skip_word(text))
		if (strings_take(&e->initrd, first_word(text)) < 0)
			return -ENOMEM;
	return 0;
}

static int read_in_stanza(struct grub_legacy_entry *e, const char *line)
{
	const char *operands = operands_of(line);

	if (is_command(line, "root") || is_command(line, "rootnoverify"))
		return replace(&e->root, first_word(operands));
	if (is_command(line, "kernel"))
		return read_kernel(e, operands);
	if (is_command(line, "module") || is_command(line, "modulenounzip"))
		return read_module(e, operands);
	if (is_command(line, "initrd"))
		return read_initrd(e, operands);
	e->saves_default = e->saves_default || is_command(line, "savedefault");
	return 0;
}

static int add_stanza(struct reading *r, const struct logical_line *l)
{
	struct grub_legacy *g = &r->menu;
	struct grub_legacy_entry e = {.line = l->line};

	if (g->count >= GRUB_LEGACY_MAX_ENTRIES)
		return -E2BIG;
	if (!r->has_stanza)
		g->first_stanza = l->start;
	r->has_stanza = true;
	e.title = strdup(operands_of(l->text.data));
	if (!e.title || VECTOR_GROW(g) < 0) {
		entry_done(&e);
		return -ENOMEM;
	}
	g->items[g->count++] = e;
	return 0;
}

/* ---- the menu's own commands ------------------------------------------------------ */

static int add_fallback(struct grub_legacy *g, unsigned number)
{
	if (vector_grow(&g->fallback, &g->fallback_capacity, g->fallback_count,
		    sizeof(*g->fallback)) < 0)
		return -ENOMEM;
	g->fallback[g->fallback_count++] = number;
	return 0;
}

/* Where a line's operands stand in the input: behind the name and its separator. */
static struct grub_legacy_span operand_span(struct bytes in, const struct logical_line *l)
{
	size_t at = l->first, end = l->end;

	while (at < end && !is_gap(in.data[at]) && in.data[at] != '\\')
		at++;
	while (at < end && strchr(" \t=\\\r\n", in.data[at]))
		at++;
	while (end > at && strchr(" \t\r\n", in.data[end - 1]))
		end--;
	return (struct grub_legacy_span){at, end - at};
}

static int read_in_menu(struct grub_legacy *g, const struct logical_line *l, struct bytes in)
{
	const char *line = l->text.data, *operands = operands_of(line);
	unsigned number;

	if (is_command(line, "default")) {
		bool saved = text_starts(operands, "saved");

		if (!saved && !to_number(operands, &number))
			return 0;
		g->default_is_saved = saved;
		g->default_entry = saved ? 0 : number;
		g->default_line = l->line;
		g->default_value = operand_span(in, l);
	} else if (is_command(line, "fallback")) {
		g->fallback_count = 0;
		for (; to_number(operands, &number); operands = skip_word(operands))
			if (add_fallback(g, number) < 0)
				return -ENOMEM;
		g->fallback_value = operand_span(in, l);
	}
	return 0;
}

/* ---- lines ------------------------------------------------------------------------ */

static void trim_end(struct buffer *b)
{
	while (b->size > 0 && b->data[b->size - 1] == ' ')
		b->data[--b->size] = '\0';
}

/* 1: *l is the next line that is neither empty nor a comment; 0: the end. */
static int next_line(struct logical_line *l, struct bytes in, size_t *at, unsigned *line)
{
	bool comment = false;

	buffer_done(&l->text);
	*l = (struct logical_line){.start = *at, .line = *line};
	while (*at < in.size) {
		char c = (char)in.data[(*at)++];

		if (c == '\n')
			(*line)++;
		if (c == '\\') {
			size_t end = *at < in.size && in.data[*at] == '\r' ? *at + 1 : *at;

			if (end == in.size || in.data[end] == '\n') {
				*at = MIN_OF(end + 1, in.size);
				(*line)++;
				c = ' ';
			}
		}
		if (c == '\n' && l->text.size > 0)
			break;
		if (c == '\n') {
			comment = false;
			l->start = *at;
			l->line = *line;
			continue;
		}
		c = c == '\t' ? ' ' : c;
		if (l->text.size == 0 && c == '#')
			comment = true;
		if (comment || c == '\r' || c == '\0' || (l->text.size == 0 && c == ' '))
			continue;
		l->first = l->text.size == 0 ? *at - 1 : l->first;
		if (buffer_append(&l->text, &c, 1) < 0)
			return -ENOMEM;
	}
	l->end = *at;
	trim_end(&l->text);
	return l->text.size > 0;
}

static int read_all(struct reading *r, struct bytes in)
{
	_cleanup_(line_done) struct logical_line l = {0};
	size_t at = 0;
	unsigned line = 1;
	int error;

	while ((error = next_line(&l, in, &at, &line)) > 0) {
		if (is_command(l.text.data, "title"))
			error = add_stanza(r, &l);
		else if (r->has_stanza)
			error = read_in_stanza(
				&r->menu.items[r->menu.count - 1], l.text.data);
		else
			error = read_in_menu(&r->menu, &l, in);
		if (error < 0)
			break;
	}
	return error;
}

int grub_legacy_parse(struct grub_legacy *ret, struct bytes in, struct fault *f)
{
	_cleanup_(reading_done) struct reading r = {0};
	int error;

	if (in.size > GRUB_LEGACY_MAX_SIZE)
		return fault_errno(f, EFBIG, NULL, "parse GRUB's menu");
	r.menu.first_stanza = in.size;
	error = read_all(&r, in);
	if (error >= 0)
		error = buffer_append(&r.menu.text, in.data, in.size);
	if (error < 0)
		return error == -ENOMEM ? fault_no_memory(f)
					: fault_errno(f, -error, NULL, "parse GRUB's menu");
	*ret = TAKE_STRUCT(r.menu);
	return 0;
}

/* ---- writing ---------------------------------------------------------------------- */

int grub_legacy_write(struct buffer *ret, const struct grub_legacy *g)
{
	return buffer_append(ret, g->text.data, g->text.size);
}

static const char *line_end(const struct grub_legacy *g)
{
	const char *end = g->text.size > 0 ? memchr(g->text.data, '\n', g->text.size) : NULL;

	return end && end > g->text.data && end[-1] == '\r' ? "\r\n" : "\n";
}

/* The text's bytes from *at up to `to`. */
static int copy_up_to(struct buffer *ret, const struct grub_legacy *g, size_t *at, size_t to)
{
	int r = to > *at ? buffer_append(ret, g->text.data + *at, to - *at) : 0;

	*at = MAX_OF(*at, to);
	return r;
}

static int put_line(struct buffer *ret, const char *name, const char *text, const char *end)
{
	return text ? buffer_printf(ret, "\t%s %s%s", name, text, end) : 0;
}

static int put_stanza(struct buffer *ret, const struct grub_legacy_stanza *s, const char *end)
{
	const char *kernel = s->hypervisor ? "module" : "kernel";
	int r = buffer_printf(ret, "title %s%s", s->title, end);

	if (r >= 0)
		r = put_line(ret, "root", s->root, end);
	if (r >= 0)
		r = put_line(ret, "kernel", s->hypervisor, end);
	if (r >= 0)
		r = buffer_printf(ret, "\t%s %s%s%s%s", kernel, s->linux_path,
			s->options && *s->options ? " " : "", s->options ? s->options : "",
			end);
	if (r < 0)
		return r;
	return put_line(ret, s->hypervisor ? "module" : "initrd", s->initrd, end);
}

static int put_fallback(
	struct buffer *ret, const struct grub_legacy *g, size_t *at, unsigned shift)
{
	int r = copy_up_to(ret, g, at, g->fallback_value.at);

	for (size_t i = 0; r >= 0 && i < g->fallback_count; i++)
		r = buffer_printf(ret, "%s%u", i > 0 ? " " : "", g->fallback[i] + shift);
	*at += g->fallback_value.size;
	return r;
}

static int put_default(
	struct buffer *ret, const struct grub_legacy *g, size_t *at, unsigned number)
{
	int r = copy_up_to(ret, g, at, g->default_value.at);

	if (r >= 0)
		r = buffer_printf(ret, "%u", number);
	*at += g->default_value.size;
	return r;
}

/* Everything before the stanzas, and what was said there said anew. */
static int put_menu(struct buffer *ret, const struct grub_legacy *g, size_t *at,
	unsigned number, unsigned shift)
{
	bool has_fallback = g->fallback_count > 0;
	bool fallback_first =
		has_fallback && g->fallback_value.at < g->default_value.at;
	int r = 0;

	if (g->default_line == 0 && number != 0)
		r = buffer_printf(ret, "default=%u%s", number, line_end(g));
	if (r >= 0 && fallback_first)
		r = put_fallback(ret, g, at, shift);
	if (r >= 0 && g->default_line > 0)
		r = put_default(ret, g, at, number);
	if (r >= 0 && has_fallback && !fallback_first)
		r = put_fallback(ret, g, at, shift);
	return r < 0 ? r : copy_up_to(ret, g, at, g->first_stanza);
}

/* What stands before a stanza must not run on into it. */
static int end_line(struct buffer *ret, const char *end)
{
	size_t size = ret->size;
	int r = size > 0 && ret->data[size - 1] != '\n' ? buffer_puts(ret, end) : 0;

	while (size > 0 && strchr("\r\n", ret->data[size - 1]))
		size--;
	return r >= 0 && size > 0 && ret->data[size - 1] == '\\' ? buffer_puts(ret, end) : r;
}

int grub_legacy_insert(struct buffer *ret, const struct grub_legacy *g,
	const struct grub_legacy_stanza *s, unsigned default_entry)
{
	const char *end = line_end(g);
	size_t at = 0;
	int r = put_menu(ret, g, &at, default_entry, 1);

	if (r >= 0)
		r = end_line(ret, end);
	if (r >= 0)
		r = put_stanza(ret, s, end);
	return r < 0 ? r : copy_up_to(ret, g, &at, g->text.size);
}

int grub_legacy_set_default(
	struct buffer *ret, const struct grub_legacy *g, unsigned default_entry)
{
	size_t at = 0;
	int r = put_menu(ret, g, &at, default_entry, 0);

	return r < 0 ? r : copy_up_to(ret, g, &at, g->text.size);
}
