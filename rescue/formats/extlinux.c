/* SPDX-License-Identifier: GPL-2.0-or-later */
/* extlinux.conf: its entries, and edits that leave every other byte as it is. */
#include "formats/extlinux.h"

#include "text_lines.h"

#include <errno.h>
#include <strings.h>

static void entry_done(struct extlinux_entry *e)
{
	free(e->label);
	free(e->title);
	free(e->linux_path);
	free(e->options);
	strings_done(&e->initrd);
}

void extlinux_done(struct extlinux *x)
{
	for (size_t i = 0; i < x->count; i++)
		entry_done(&x->items[i]);
	free(x->items);
	free(x->default_label);
	free(x->menu);
	buffer_done(&x->text);
	*x = (struct extlinux){0};
}

/* ---- one entry -------------------------------------------------------------------- */

static bool is_keyword(struct bytes word, const char *name)
{
	return word.size == strlen(name) &&
	       strncasecmp((const char *)word.data, name, word.size) == 0;
}

static int replace(char **ret, struct bytes span)
{
	free(*ret);
	*ret = text_of(span);
	return *ret ? 0 : -ENOMEM;
}

/* Files stand between commas. */
static int add_initrd(struct extlinux_entry *e, struct bytes list)
{
	_cleanup_free_ char *copy = text_of(list);
	char *rest = copy, *part;

	if (!copy)
		return -ENOMEM;
	while ((part = strsep(&rest, ", \t")))
		if (*part && strings_add(&e->initrd, part) < 0)
			return -ENOMEM;
	return 0;
}

static struct bytes without_prefix(struct bytes word, size_t size)
{
	return (struct bytes){word.data + size, word.size - size};
}

/* APPEND's initrd= is what INITRD says; `-` alone is nothing. */
static int read_append(struct extlinux_entry *e, struct bytes text)
{
	_cleanup_(buffer_done) struct buffer kept = {0};
	struct bytes word;

	if (text_is(text, "-"))
		text.size = 0;
	while ((word = text_word(&text)).size > 0) {
		bool initrd = word.size > 7 && strncmp((const char *)word.data, "initrd=", 7) == 0;
		int r = initrd ? add_initrd(e, without_prefix(word, 7))
			       : buffer_printf(&kept, "%s%.*s", kept.size > 0 ? " " : "",
					 (int)word.size, (const char *)word.data);

		if (r < 0)
			return r;
	}
	free(e->options);
	e->options = buffer_steal(&kept);
	return e->options ? 0 : -ENOMEM;
}

/* `^` stands before the letter that chooses it, and is not shown. */
static int read_title(struct extlinux_entry *e, struct bytes text)
{
	int r = replace(&e->title, text);
	char *hotkey = r < 0 ? NULL : strchr(e->title, '^');

	if (hotkey)
		memmove(hotkey, hotkey + 1, strlen(hotkey));
	return r;
}

static int read_menu_line(struct extlinux_entry *e, struct bytes rest)
{
	struct bytes word = text_word(&rest);

	if (is_keyword(word, "default"))
		e->is_menu_default = true;
	return is_keyword(word, "label") ? read_title(e, text_trim(rest)) : 0;
}

/* Modules of syslinux itself end so: they start something else. */
static bool is_linux(struct bytes path)
{
	_cleanup_free_ char *text = text_of(path);

	return text && !text_ends(text, ".c32") && !text_ends(text, ".0") &&
	       !text_ends(text, ".bin") && !text_ends(text, ".bs") && !text_ends(text, ".bss");
}

static int read_in_entry(struct extlinux_entry *e, struct bytes word, struct bytes rest)
{
	if (is_keyword(word, "linux") || (is_keyword(word, "kernel") && is_linux(rest)))
		return replace(&e->linux_path, rest);
	if (is_keyword(word, "initrd"))
		return add_initrd(e, rest);
	if (is_keyword(word, "append"))
		return read_append(e, rest);
	return is_keyword(word, "menu") ? read_menu_line(e, rest) : 0;
}

/* ---- the file --------------------------------------------------------------------- */

/* The APPEND before all labels is for those that have none. */
static int add_entry(struct extlinux *x, struct bytes label, unsigned line)
{
	struct extlinux_entry e = {.line = line};

	if (x->count >= EXTLINUX_MAX_ENTRIES)
		return -E2BIG;
	e.label = text_of(label);
	if (!e.label || VECTOR_GROW(x) < 0) {
		entry_done(&e);
		return -ENOMEM;
	}
	x->items[x->count++] = e;
	return 0;
}

static int read_line(struct extlinux *x, struct extlinux_entry *global, struct bytes line,
	const struct text_lines *at, struct bytes in)
{
	size_t start = (size_t)(line.data - in.data);
	struct bytes rest = line, word = text_word(&rest);

	rest = text_trim(rest);
	if (is_keyword(word, "label")) {
		if (x->count == 0)
			x->first_label = start;
		return add_entry(x, rest, at->number);
	}
	if (is_keyword(word, "default"))
		return replace(&x->default_label, rest);
	if (is_keyword(word, "ui"))
		return replace(&x->menu, rest);
	return read_in_entry(x->count > 0 ? &x->items[x->count - 1] : global, word, rest);
}

static int share_options(struct extlinux *x, const struct extlinux_entry *global)
{
	for (size_t i = 0; i < x->count; i++) {
		struct extlinux_entry *e = &x->items[i];

		if (e->options || !e->linux_path || !global->options)
			continue;
		e->options = strdup(global->options);
		if (!e->options)
			return -ENOMEM;
		if (e->initrd.count == 0 && strings_copy(&e->initrd, &global->initrd) < 0)
			return -ENOMEM;
	}
	return 0;
}

int extlinux_parse(struct extlinux *ret, struct bytes in, struct fault *f)
{
	_cleanup_(extlinux_done) struct extlinux x = {.first_label = in.size};
	_cleanup_(entry_done) struct extlinux_entry global = {0};
	struct text_lines lines = TEXT_LINES(in);
	struct bytes line;
	int r = 0;

	if (in.size > EXTLINUX_MAX_SIZE)
		return fault_errno(f, EFBIG, NULL, "parse extlinux.conf");
	while (r >= 0 && text_lines_next(&lines, &line))
		r = read_line(&x, &global, line, &lines, in);
	if (r >= 0)
		r = share_options(&x, &global);
	if (r >= 0)
		r = buffer_append(&x.text, in.data, in.size);
	if (r < 0)
		return r == -ENOMEM ? fault_no_memory(f)
				    : fault_errno(f, -r, NULL, "parse extlinux.conf line %u",
					      lines.number);
	*ret = TAKE_STRUCT(x);
	return 0;
}

static int find_label(const struct extlinux *x, const char *label)
{
	for (size_t i = 0; i < x->count; i++)
		if (strcmp(x->items[i].label, label) == 0)
			return (int)i;
	return -1;
}

/* In a menu, MENU DEFAULT comes first; without one, DEFAULT alone counts. */
int extlinux_default(const struct extlinux *x)
{
	int named = x->default_label ? find_label(x, x->default_label) : -1;
	bool has_menu = x->menu || (x->default_label && named < 0);

	for (size_t i = x->count; has_menu && i-- > 0;)
		if (x->items[i].is_menu_default)
			return (int)i;
	return named >= 0 ? named : x->count > 0 ? 0 : -1;
}

/* ---- writing ---------------------------------------------------------------------- */

int extlinux_write(struct buffer *ret, const struct extlinux *x)
{
	return buffer_append(ret, x->text.data, x->text.size);
}

static const char *line_end(const struct extlinux *x)
{
	const char *end = x->text.size > 0 ? memchr(x->text.data, '\n', x->text.size) : NULL;

	return end && end > x->text.data && end[-1] == '\r' ? "\r\n" : "\n";
}

static bool is_menu_default(struct bytes line)
{
	struct bytes word = text_word(&line);

	return is_keyword(word, "menu") && is_keyword(text_word(&line), "default");
}

/* What is to change beside a new entry. */
struct edit {
	const struct extlinux *x;
	const char *label; /* becomes the default; NULL: it stays */
	bool by_menu;	   /* … by MENU DEFAULT, which no other entry may keep */
	bool by_default;   /* … by what DEFAULT says */
};

static int copy_line(struct buffer *ret, const struct edit *e, struct bytes whole,
	struct bytes line)
{
	struct bytes rest = line, word = text_word(&rest);
	bool is_label = is_keyword(word, "label") && e->label &&
			text_is(text_trim(rest), e->label);

	if (e->by_menu && is_menu_default(line))
		return 0;
	if (e->by_default && is_keyword(word, "default"))
		return buffer_printf(ret, "%.*s %s%s", (int)(word.data + word.size - line.data),
			(const char *)line.data, e->label, line_end(e->x));
	if (buffer_append(ret, whole.data, whole.size) < 0)
		return -ENOMEM;
	return e->by_menu && is_label ? buffer_printf(ret, "\tmenu default%s", line_end(e->x))
				      : 0;
}

/* The text between two places, which are beginnings of lines. */
static int copy(struct buffer *ret, const struct edit *e, size_t from, size_t to)
{
	const struct bytes all = buffer_bytes(&e->x->text);
	struct text_lines lines;
	struct bytes line;
	int r = 0;

	if (from >= to)
		return 0;
	lines = TEXT_LINES(((struct bytes){all.data + from, to - from}));
	while (r >= 0 && text_lines_next(&lines, &line)) {
		size_t size = (size_t)(lines.rest.data - line.data);

		r = copy_line(ret, e, (struct bytes){line.data, size}, line);
	}
	return r;
}

static bool has_menu_default(const struct extlinux *x)
{
	for (size_t i = 0; i < x->count; i++)
		if (x->items[i].is_menu_default)
			return true;
	return false;
}

/* Does DEFAULT choose among the labels, so that a label can stand there? */
static bool default_is_label(const struct extlinux *x)
{
	return x->default_label && (find_label(x, x->default_label) >= 0 || x->menu ||
					   !text_ends(x->default_label, ".c32"));
}

/* Only a menu knows MENU DEFAULT; where DEFAULT names the menu, nothing else can say it. */
static struct edit edit_for(const struct extlinux *x, const char *label)
{
	struct edit e = {.x = x, .label = label};

	if (label) {
		e.by_default = default_is_label(x);
		e.by_menu = has_menu_default(x) || (x->default_label && !e.by_default);
	}
	return e;
}

static int put_line(struct buffer *ret, const char *name, const char *text, const char *end)
{
	return text ? buffer_printf(ret, "\t%s %s%s", name, text, end) : 0;
}

static int put_entry(struct buffer *ret, const struct extlinux_template *t,
	const char *menu_default, const char *end)
{
	int r = buffer_printf(ret, "label %s%s", t->label, end);

	if (r >= 0)
		r = put_line(ret, "menu label", t->title, end);
	if (r >= 0)
		r = put_line(ret, "menu", menu_default, end);
	if (r >= 0)
		r = put_line(ret, "linux", t->linux_path, end);
	if (r >= 0)
		r = put_line(ret, "initrd", t->initrd, end);
	return r < 0 ? r : put_line(ret, "append", t->options, end);
}

/* What stands before the labels; a DEFAULT where there is none. */
static int put_head(struct buffer *ret, const struct edit *e)
{
	int r = 0;

	if (e->label && !e->x->default_label)
		r = buffer_printf(ret, "default %s%s", e->label, line_end(e->x));
	return r < 0 ? r : copy(ret, e, 0, e->x->first_label);
}

int extlinux_insert(struct buffer *ret, const struct extlinux *x,
	const struct extlinux_template *t, enum extlinux_choice choice)
{
	struct edit e = edit_for(x, choice == EXTLINUX_MAKE_DEFAULT ? t->label : NULL);
	const char *end = line_end(x);
	int r = put_head(ret, &e);

	if (r >= 0 && ret->size > 0 && ret->data[ret->size - 1] != '\n')
		r = buffer_puts(ret, end);
	if (r >= 0)
		r = put_entry(ret, t, e.by_menu ? "default" : NULL, end);
	return r < 0 ? r : copy(ret, &e, x->first_label, x->text.size);
}

int extlinux_set_default(struct buffer *ret, const struct extlinux *x, const char *label)
{
	struct edit e = edit_for(x, label);
	int r = find_label(x, label) >= 0 ? put_head(ret, &e) : -ENOENT;

	return r < 0 ? r : copy(ret, &e, x->first_label, x->text.size);
}
