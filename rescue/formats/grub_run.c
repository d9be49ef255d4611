/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a grub.cfg as far as that is known without the machine (GRUB: grub-core/script/
 * parser.y and execute.c, normal/main.c). GRUB parses a
 * command with all its blocks before it runs it: an error in it loses the whole command,
 * and reading goes on behind the line of the error.
 */
#include "grub_run.h"

#include <errno.h>

enum mode { SKIP, RUN };

/* What ended a list of commands. */
enum stop { AT_END, AT_CLOSE, AT_THEN, AT_ELIF, AT_ELSE, AT_FI, AT_DO, AT_DONE };

struct cursor {
	struct grub_script script;
	const char *file; /* NULL: the configuration itself */
	unsigned depth;
};

/* ---- files and blocks ------------------------------------------------------------- */

static struct cursor cursor_of(struct grub_run *x, const struct grub_body *body, const char *file)
{
	return (struct cursor){.script = {.in = body->text, .at = body->at, .line = body->line,
				       .data = x->scope},
		.file = file};
}

static bool is_word(const struct grub_command *c, const char *word)
{
	return c->bare > 0 && c->words.count > 0 && strcmp(c->words.items[0], word) == 0;
}

static int next_command(struct cursor *k, enum mode mode, struct grub_command *ret)
{
	k->script.variable = mode == RUN ? grub_scope_get : NULL;
	return grub_script_next(&k->script, ret);
}

/* What stands behind a keyword is read anew: it may run where the keyword's list did not. */
static void go_behind_keyword(struct cursor *k, const struct grub_command *c)
{
	k->script.at = c->at + strlen(c->words.items[0]);
	k->script.line = c->line;
}

/* AT_END: it is no keyword that ends a list. */
static enum stop stop_of(const struct grub_command *c)
{
	static const char *const words[] = {
		[AT_THEN] = "then", "elif", "else", "fi", "do", "done"};

	for (enum stop s = AT_THEN; s <= AT_DONE; s++)
		if (is_word(c, words[s]))
			return s;
	return AT_END;
}

static int run_list(struct grub_run *x, struct cursor *k, enum mode mode);

/* The rest of a block, up to its brace. -EBADMSG: it has none. */
static int skip_block(struct grub_run *x, struct cursor *k, struct grub_body *ret)
{
	int r;

	ret->at = k->script.at;
	ret->line = k->script.line;
	r = run_list(x, k, SKIP);
	if (r < 0)
		return r;
	if (r != AT_CLOSE)
		return -EBADMSG;
	ret->text = (struct bytes){k->script.in.data, k->script.at - 1};
	return 0;
}

static int run_block(struct grub_run *x, struct cursor *k, const struct grub_command *c, enum mode mode)
{
	struct grub_body body;
	int r = c->words.count > 0 ? skip_block(x, k, &body) : -EBADMSG;

	if (r < 0 || mode == SKIP)
		return r;
	if (is_word(c, "function"))
		return grub_run_add_function(x, c, &body, k->file);
	if (!x->entry && (strcmp(c->words.items[0], "menuentry") == 0 ||
				 strcmp(c->words.items[0], "submenu") == 0))
		return grub_run_add_item(x, c, &body, k->file, k->script.at);
	return 0;
}

/* ---- control ---------------------------------------------------------------------- */

/* A list that must end with one of two keywords; which one. */
static int run_until(struct grub_run *x, struct cursor *k, enum mode mode, enum stop from, enum stop to)
{
	int r = run_list(x, k, mode);

	return r < 0 ? r : r >= (int)from && r <= (int)to ? r : -EBADMSG;
}

static int run_if(struct grub_run *x, struct cursor *k, enum mode mode)
{
	enum grub_answer taken = mode == RUN ? GRUB_NO : GRUB_YES;
	int r;

	do {
		enum mode asks = taken != GRUB_YES ? RUN : SKIP;
		enum grub_answer answer;

		x->last = GRUB_UNKNOWN;
		r = run_until(x, k, asks, AT_THEN, AT_THEN);
		answer = asks == RUN ? x->last : GRUB_NO;
		if (r >= 0)
			r = run_until(x, k, answer != GRUB_NO ? RUN : SKIP, AT_ELIF, AT_FI);
		if (answer != GRUB_NO && taken != GRUB_YES)
			taken = answer;
	} while (r == AT_ELIF);
	if (r == AT_ELSE)
		r = run_until(x, k, taken != GRUB_YES ? RUN : SKIP, AT_FI, AT_FI);
	return MIN_OF(r, 0);
}

/* while, until, for: how often is not asked; the body runs once where it may run. */
static int run_loop(struct grub_run *x, struct cursor *k, enum mode mode)
{
	int r;

	x->last = GRUB_UNKNOWN;
	r = run_until(x, k, mode, AT_DO, AT_DO);
	if (r >= 0)
		r = run_until(x, k, mode, AT_DONE, AT_DONE);
	return MIN_OF(r, 0);
}

/* for NAME in WORD…: NAME is not known then. */
static int run_for(struct grub_run *x, struct cursor *k, const struct grub_command *c, enum mode mode)
{
	int r = c->words.count > 2 ? 0 : -EBADMSG;

	if (r >= 0 && mode == RUN)
		r = grub_scope_set(x->scope, c->words.items[1], grub_script_unknown);
	return r < 0 ? r : run_loop(x, k, mode);
}

/* ---- lists ------------------------------------------------------------------------ */

/* The same command with its variables as they are written. */
static int raw_words(const struct cursor *k, const struct grub_command *c, struct grub_command *ret)
{
	struct grub_script s = {.in = k->script.in, .at = c->at, .line = c->line};
	int r;

	s.in.size = c->behind;
	r = grub_script_next(&s, ret);
	return MIN_OF(r, 0);
}

static int run_text(struct grub_run *x, const struct grub_body *body, const char *file);

static int run_called(struct grub_run *x, const struct strings *words)
{
	const struct grub_call call = x->call;
	struct grub_scope *s = x->scope;
	const struct strings *arguments = s->arguments;
	size_t first = s->first_argument;
	int r;

	if (call.is_function) {
		s->arguments = words;
		s->first_argument = 1;
	}
	r = run_text(x, &call.body, call.file);
	s->arguments = arguments;
	s->first_argument = first;
	if (call.is_function)
		x->returns = false;
	x->has_left = x->has_left || call.leaves;
	return r;
}

static int run_words(
	struct grub_run *x, const struct grub_command *c, const struct strings *words)
{
	int r;

	x->call = (struct grub_call){0};
	r = grub_run_words(x, c, words);
	return r < 0 || !x->call.is_wanted ? r : run_called(x, words);
}

static int run_command(struct grub_run *x, struct cursor *k, const struct grub_command *c)
{
	struct strings words = c->words;
	int r;

	if (++x->commands > GRUB_CFG_MAX_COMMANDS)
		return -E2BIG;
	if (x->entry) {
		_cleanup_(grub_command_done) struct grub_command raw = {0};

		r = raw_words(k, c, &raw);
		if (r >= 0)
			r = grub_entry_command(x->entry, &words, &raw.words, c->line);
		if (r < 0)
			return r;
	}
	if (strcmp(words.items[0], "!") != 0)
		return run_words(x, c, &words);
	words.items++;
	words.count--;
	r = words.count > 0 ? run_words(x, c, &words) : 0;
	x->last = grub_answer_not(x->last);
	return r;
}

/* One command with all its blocks. AT_END, or the keyword or brace that it was. */
static int run_one(struct grub_run *x, struct cursor *k, struct grub_command *c, enum mode mode)
{
	bool is_closed = c->end == GRUB_COMMAND_CLOSE;
	enum stop stop = stop_of(c);
	int r = 0;

	if (x->returns || x->has_left)
		mode = SKIP;
	if (stop != AT_END) {
		go_behind_keyword(k, c);
		return (int)stop;
	}
	if (is_word(c, "if")) {
		go_behind_keyword(k, c);
		return run_if(x, k, mode);
	}
	if (is_word(c, "while") || is_word(c, "until")) {
		go_behind_keyword(k, c);
		return run_loop(x, k, mode);
	}
	if (is_word(c, "for"))
		return run_for(x, k, c, mode);
	if (c->end == GRUB_COMMAND_OPEN)
		return run_block(x, k, c, mode);
	if (c->words.count > 0 && mode == RUN)
		r = run_command(x, k, c);
	return r < 0 ? r : is_closed ? (int)AT_CLOSE : (int)AT_END;
}

/* Up to a keyword or a brace that is none of its own commands', or to the end. */
static int run_list(struct grub_run *x, struct cursor *k, enum mode mode)
{
	int r = 1, stop = AT_END;

	if (++k->depth > GRUB_CFG_MAX_DEPTH)
		return -EBADMSG;
	while (r > 0 && stop == AT_END) {
		_cleanup_(grub_command_done) struct grub_command c = {0};

		r = next_command(k, mode, &c);
		if (r > 0) {
			stop = run_one(x, k, &c, mode);
			r = stop < 0 ? stop : 1;
		}
	}
	k->depth--;
	return r < 0 ? r : stop;
}

/* ---- all of it -------------------------------------------------------------------- */

/* A command of the top level. 1; 0: there is none; -EBADMSG: GRUB refuses it. */
static int run_top(struct grub_run *x, struct cursor *k, enum mode mode)
{
	_cleanup_(grub_command_done) struct grub_command c = {0};
	int r = next_command(k, mode, &c);

	if (r <= 0)
		return r;
	r = run_one(x, k, &c, mode);
	return r < 0 ? r : r != AT_END ? -EBADMSG : 1;
}

static void recover(struct grub_run *x, struct cursor *k, unsigned first_line)
{
	k->depth = 0;
	if (!k->file && x->menu.bad_line == 0)
		x->menu.bad_line = k->script.at == k->script.in.size ? first_line : k->script.line;
	grub_script_skip_line(&k->script);
}

static int run_text(struct grub_run *x, const struct grub_body *body, const char *file)
{
	struct cursor k = cursor_of(x, body, file);
	int r = 1;

	if (x->depth >= GRUB_CFG_MAX_DEPTH)
		return 0; /* a function that calls itself: GRUB would never end */
	x->depth++;
	while (r > 0) {
		size_t at = k.script.at;
		unsigned begins = k.script.line;

		r = run_top(x, &k, SKIP);
		if (r == -EBADMSG) {
			recover(x, &k, begins);
			r = 1;
		} else if (r > 0 && !x->returns && !x->has_left) {
			k.script.at = at;
			k.script.line = begins;
			r = run_top(x, &k, RUN);
			if (r == -EBADMSG) {
				recover(x, &k, begins);
				r = 1;
			}
		}
	}
	x->depth--;
	return r;
}

/* A submenu is a context of its own, and so are the entries in it. */
static bool is_in_submenu(const struct grub_menuentry *e)
{
	return e->is_submenu || strchr(e->number, '>');
}

/* A body runs when its item is chosen, and what it sets is seen by it alone. */
static int run_body(struct grub_run *x, size_t item)
{
	struct grub_scope scope = {.outer = x->scope,
		.sees_exported_only = is_in_submenu(&x->menu.items[item])};
	struct grub_menuentry e = x->menu.items[item];
	const struct grub_body body = x->bodies[item];
	struct grub_scope *outer = x->scope;
	int r;

	x->scope = &scope;
	x->entry = e.is_submenu ? NULL : &e;
	x->number = e.is_submenu ? e.number : NULL;
	x->held = 0;
	x->returns = x->has_left = false;
	r = run_text(x, &body, e.file);
	x->menu.items[item] = e;
	x->entry = NULL;
	x->scope = outer;
	grub_scope_done(&scope);
	return r;
}

static int run_all(struct grub_run *x, struct bytes in)
{
	const struct grub_body all = {.text = in, .line = 1};
	int r = run_text(x, &all, NULL);

	if (r >= 0)
		r = grub_run_keep_variables(x);
	for (size_t i = 0; r >= 0 && i < x->menu.count; i++)
		r = run_body(x, i);
	return r;
}

int grub_cfg_run(struct grub_menu *ret, struct bytes in, const struct grub_world *world,
	struct fault *f)
{
	struct grub_scope scope = {.world = world};
	struct grub_run *x = calloc(1, sizeof(*x));
	int r = -ENOMEM;

	if (in.size > GRUB_CFG_MAX_SIZE) {
		free(x);
		return fault_errno(f, EFBIG, NULL, "run grub.cfg");
	}
	if (x) {
		x->world = world;
		x->scope = &scope;
		r = run_all(x, in);
	}
	if (r >= 0)
		grub_run_take_menu(x, ret);
	if (x)
		grub_run_done(x);
	free(x);
	grub_scope_done(&scope);
	if (r == -ENOMEM)
		return fault_no_memory(f);
	return r < 0 ? fault_errno(f, -r, NULL, "run grub.cfg") : 0;
}
