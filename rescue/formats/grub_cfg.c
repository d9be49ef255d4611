/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * grub.cfg as a text to be edited: where its menuentries stand, plain assignments, and
 * whether blscfg runs. Conditions are not judged (grub_run.c does that): both branches of
 * an `if` are read, as one after the other.
 */
#include "formats/grub_cfg.h"

#include "grub_run.h"

#include <errno.h>

#define MAX_ASSIGNMENTS 65536

enum block_kind { BLOCK_OTHER, BLOCK_FUNCTION, BLOCK_SUBMENU, BLOCK_MENUENTRY };

struct block {
	enum block_kind kind;
	size_t entry;    /* BLOCK_MENUENTRY: index */
	unsigned number; /* BLOCK_SUBMENU: its own; and how many it holds so far */
	unsigned held;
	unsigned line; /* where it opens */
};

struct parser {
	struct grub_cfg cfg;
	struct block blocks[GRUB_CFG_MAX_DEPTH];
	size_t depth;
	unsigned conditions; /* if and loops that are open */
	unsigned top_level; /* entries and submenus outside any block */
	struct {            /* before the outermost block that is open */
		size_t entries;
		unsigned top_level;
	} before;
};

void grub_cfg_done(struct grub_cfg *c)
{
	for (size_t i = 0; i < c->count; i++)
		grub_entry_done(&c->items[i]);
	free(c->items);
	for (size_t i = 0; i < c->assignment_count; i++) {
		free(c->assignments[i].name);
		free(c->assignments[i].value);
	}
	free(c->assignments);
	free(c->tops);
	*c = (struct grub_cfg){0};
}

static void parser_done(struct parser *p)
{
	grub_cfg_done(&p->cfg);
}

const char *grub_cfg_literal(const struct grub_cfg *c, const char *name)
{
	for (size_t i = c->assignment_count; i-- > 0;)
		if (strcmp(c->assignments[i].name, name) == 0 &&
			!strchr(c->assignments[i].value, '$'))
			return c->assignments[i].value;
	return NULL;
}

/* ---- menuentries ------------------------------------------------------------------ */

static struct block *innermost(struct parser *p, enum block_kind kind)
{
	for (size_t i = p->depth; i-- > 0;)
		if (p->blocks[i].kind == kind)
			return &p->blocks[i];
	return NULL;
}

static unsigned *menu_counter(struct parser *p)
{
	struct block *submenu = innermost(p, BLOCK_SUBMENU);

	return submenu ? &submenu->held : &p->top_level;
}

/* "1>0>2": the numbers of the submenus around it, then its own. */
static char *menu_number(const struct parser *p, unsigned own)
{
	_cleanup_(buffer_done) struct buffer text = {0};

	for (size_t i = 0; i < p->depth; i++)
		if (p->blocks[i].kind == BLOCK_SUBMENU &&
			buffer_printf(&text, "%u>", p->blocks[i].number) < 0)
			return NULL;
	return buffer_printf(&text, "%u", own) < 0 ? NULL : buffer_steal(&text);
}

/* Tops are counted as menu_counter does it. */
static int add_top(struct parser *p, size_t at)
{
	struct grub_cfg *c = &p->cfg;

	if (innermost(p, BLOCK_SUBMENU))
		return 0;
	if (vector_grow(&c->tops, &c->top_capacity, c->top_count, sizeof(*c->tops)) < 0)
		return -ENOMEM;
	c->tops[c->top_count++] = (struct grub_top){at, p->depth + p->conditions > 0};
	return 0;
}

static int add_menuentry(struct parser *p, const struct grub_command *c)
{
	struct grub_menuentry e = {.line = c->line, .at = c->at};
	struct grub_cfg *cfg = &p->cfg;
	int r = grub_entry_head(&e, &c->words);

	if (r >= 0)
		r = add_top(p, c->at);
	if (r >= 0)
		e.number = menu_number(p, (*menu_counter(p))++);
	if (r < 0 || !e.number || VECTOR_GROW(cfg) < 0) {
		grub_entry_done(&e);
		return -ENOMEM;
	}
	cfg->items[cfg->count++] = e;
	return 0;
}

/* ---- commands --------------------------------------------------------------------- */

static bool is_one_of(const char *word, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(word, *list) == 0)
			return true;
	return false;
}

static int add_assignment(struct grub_cfg *c, const char *text, unsigned line)
{
	const char *equals = strchr(text, '=');
	struct grub_assignment a = {.line = line};

	if (!equals || equals == text)
		return 0;
	if (c->assignment_count >= MAX_ASSIGNMENTS)
		return -E2BIG;
	if (vector_grow(&c->assignments, &c->assignment_capacity, c->assignment_count,
		    sizeof(a)) < 0)
		return -ENOMEM;
	a.name = strndup(text, (size_t)(equals - text));
	a.value = strdup(equals + 1);
	if (!a.name || !a.value) {
		free(a.name);
		free(a.value);
		return -ENOMEM;
	}
	c->assignments[c->assignment_count++] = a;
	return 0;
}

/* Removes words that open, part or close a condition or loop before a command. */
static void drop_keywords(struct parser *p, struct strings *words)
{
	static const char *const opening[] = {"if", "while", "until", NULL};
	static const char *const closing[] = {"fi", "done", NULL};
	static const char *const keywords[] = {"if", "elif", "then", "else", "while",
		"until", "do", "fi", "done", "!", NULL};
	size_t n = 0;

	if (words->count > 0 && strcmp(words->items[0], "for") == 0)
		p->conditions++;
	while (n < words->count && is_one_of(words->items[n], keywords)) {
		if (is_one_of(words->items[n], opening))
			p->conditions++;
		else if (is_one_of(words->items[n], closing) && p->conditions > 0)
			p->conditions--;
		free(words->items[n++]);
	}
	if (n == 0)
		return;
	words->count -= n;
	memmove(words->items, words->items + n, words->count * sizeof(*words->items));
}

static int read_command(struct parser *p, const struct grub_command *c)
{
	static const char *const bls_words[] = {"blscfg", "bls_import", NULL};
	const char *word = c->words.items[0];
	struct block *entry = innermost(p, BLOCK_MENUENTRY);

	if (entry)
		return grub_entry_command(&p->cfg.items[entry->entry], &c->words,
			&c->words, c->line);
	if (is_one_of(word, bls_words)) {
		if (!p->cfg.has_blscfg)
			p->cfg.blscfg_index = p->top_level;
		p->cfg.has_blscfg = true;
	} else if (strcmp(word, "set") == 0 && c->words.count > 1) {
		return add_assignment(&p->cfg, c->words.items[1], c->line);
	} else if (c->words.count == 1) {
		return add_assignment(&p->cfg, word, c->line);
	}
	return 0;
}

static int open_block(struct parser *p, const struct grub_command *c)
{
	struct block b = {.line = c->line};
	const char *word;
	int r = 0;

	if (c->words.count == 0 || p->depth >= GRUB_CFG_MAX_DEPTH)
		return -EBADMSG;
	word = c->words.items[0];
	if (p->depth == 0) {
		p->before.entries = p->cfg.count;
		p->before.top_level = p->top_level;
	}
	if (strcmp(word, "menuentry") == 0) {
		if (p->cfg.count >= GRUB_CFG_MAX_ENTRIES)
			return -E2BIG;
		b.kind = BLOCK_MENUENTRY;
		b.entry = p->cfg.count;
		r = add_menuentry(p, c);
	} else if (strcmp(word, "submenu") == 0) {
		b.kind = BLOCK_SUBMENU;
		r = add_top(p, c->at);
		b.number = (*menu_counter(p))++;
	} else if (strcmp(word, "function") == 0) {
		b.kind = BLOCK_FUNCTION;
	}
	if (r >= 0)
		p->blocks[p->depth++] = b;
	return r;
}

/* 1; -EBADMSG: GRUB's parser refuses it. */
static int take_command(struct parser *p, struct grub_command *c)
{
	int r = 0;

	drop_keywords(p, &c->words);
	if (c->end == GRUB_COMMAND_OPEN)
		r = open_block(p, c);
	else if (c->words.count > 0)
		r = read_command(p, c);
	if (r >= 0 && c->end == GRUB_COMMAND_CLOSE) {
		if (p->depth == 0)
			return -EBADMSG;
		p->depth--;
		if (p->blocks[p->depth].kind == BLOCK_MENUENTRY)
			p->cfg.items[p->blocks[p->depth].entry].behind = c->behind;
	}
	return r < 0 ? r : 1;
}

/*
 * GRUB parses a top-level command with all its blocks before it runs it: an error in it
 * loses the whole command, and reading goes on behind the line of the error.
 */
static void recover(struct parser *p, struct grub_script *s)
{
	if (p->cfg.bad_line == 0)
		p->cfg.bad_line =
			p->depth > 0 && s->at == s->in.size ? p->blocks[0].line : s->line;
	if (p->depth > 0) {
		while (p->cfg.count > p->before.entries)
			grub_entry_done(&p->cfg.items[--p->cfg.count]);
		p->top_level = p->before.top_level;
		p->cfg.top_count = p->top_level;
		p->depth = 0;
	}
	grub_script_skip_line(s);
}

int grub_cfg_parse(struct grub_cfg *ret, struct bytes in, struct fault *f)
{
	_cleanup_(parser_done) struct parser p = {0};
	struct grub_script script = {.in = in, .line = 1};
	int r = 1;

	if (in.size > GRUB_CFG_MAX_SIZE)
		return fault_errno(f, EFBIG, NULL, "parse grub.cfg");
	while (r > 0) {
		_cleanup_(grub_command_done) struct grub_command c = {0};

		r = grub_script_next(&script, &c);
		if (r > 0)
			r = take_command(&p, &c);
		if (r == -EBADMSG) {
			recover(&p, &script);
			r = 1;
		}
	}
	if (r < 0)
		return r == -ENOMEM ? fault_no_memory(f)
				    : fault_errno(f, -r, NULL, "parse grub.cfg line %u",
					      script.line);
	if (p.depth > 0)
		recover(&p, &script);
	*ret = TAKE_STRUCT(p.cfg);
	return 0;
}
