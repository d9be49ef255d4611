/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files that run a grub.cfg share. */
#ifndef RESCUE_FORMATS_GRUB_RUN_H
#define RESCUE_FORMATS_GRUB_RUN_H

#include "formats/grub_cfg.h"
#include "grub_script.h"

/* ---- grub_test.c ---- */

/* words: `[` or `test`, and what stands behind it. */
enum grub_answer grub_test(const struct strings *words, const struct grub_world *world);
enum grub_answer grub_answer_not(enum grub_answer a);

/* ---- grub_scope.c: variables ---- */

#define GRUB_MAX_VARIABLES 4096

struct grub_variable {
	char *name, *value; /* value NULL: unset here, whatever is outside */
	bool is_exported, is_unknown;
};

/* A body that runs later sees what was set, and changes nothing of it. */
struct grub_scope {
	struct grub_variable *items;
	size_t count, capacity;
	const struct grub_scope *outer;
	bool sees_exported_only; /* a submenu */
	const struct strings *arguments; /* $1 is arguments->items[first_argument] */
	size_t first_argument;
	const struct grub_world *world;  /* of the outermost */
};

void grub_scope_done(struct grub_scope *s);
/* value NULL unsets; grub_script_unknown. 0, -ENOMEM, -E2BIG. */
int grub_scope_set(struct grub_scope *s, const char *name, const char *value);
int grub_scope_export(struct grub_scope *s, const char *name);
/* For grub_script.variable: data is a struct grub_scope. */
const char *grub_scope_get(void *data, const char *name);

/* ---- grub_run.c, grub_commands.c ---- */

/* A part of a file's text, from `at` to the end of `text`: offsets are those in the file. */
struct grub_body {
	struct bytes text;
	size_t at;
	unsigned line;
};

struct grub_function {
	char *name;
	struct grub_body body;
	const char *file;
};

/* Text that a command has run: a file, or a function with the command's words. */
struct grub_call {
	struct grub_body body;
	const char *file;
	bool is_wanted, is_function;
	bool leaves; /* configfile */
};

struct grub_run {
	struct grub_menu menu;
	const struct grub_world *world;
	struct grub_scope *scope;
	struct grub_menuentry *entry; /* whose body runs; NULL: none does */
	const char *number;	      /* of the submenu whose body runs; or NULL */
	unsigned held;		      /* how many items the present menu has */
	enum grub_answer last;
	struct grub_call call; /* of the command that ran last */
	bool returns;  /* out of a function */
	bool has_left; /* configfile shows the menu of another file, and never returns */
	struct grub_body *bodies; /* of menu.items */
	size_t body_capacity;
	struct grub_function *functions;
	size_t function_count, function_capacity;
	struct buffer texts[GRUB_CFG_MAX_FILES];
	char *names[GRUB_CFG_MAX_FILES];
	size_t text_count;
	unsigned commands, depth;
};

/*
 * One command; words are its own, or what stands behind `!`. Its answer is x->last, and what
 * it has run x->call. Texts live as long as the run: bodies and functions point into them.
 */
int grub_run_words(struct grub_run *x, const struct grub_command *c,
	const struct strings *words);

/* ---- grub_menu.c ---- */

void grub_run_done(struct grub_run *x);
/* file NULL: the configuration itself; behind: where the entry's text ends. */
int grub_run_add_item(struct grub_run *x, const struct grub_command *c,
	const struct grub_body *body, const char *file, size_t behind);
int grub_run_add_function(struct grub_run *x, const struct grub_command *c,
	const struct grub_body *body, const char *file);
int grub_run_keep_variables(struct grub_run *x);
void grub_run_take_menu(struct grub_run *x, struct grub_menu *ret);

/* ---- grub_entry.c: what a menuentry says ---- */

/* menuentry TITLE [OPTION…]; words from 1. 0 or -ENOMEM. */
int grub_entry_head(struct grub_menuentry *e, const struct strings *words);
/* A command of its body; raw: the same with its variables as they are written. */
int grub_entry_command(struct grub_menuentry *e, const struct strings *words,
	const struct strings *raw, unsigned line);
void grub_entry_done(struct grub_menuentry *e);

#endif
