/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands that matter while a grub.cfg runs (GRUB: grub-core/commands/loadenv.c,
 * search_wrap.c, blscfg.c, normal/main.c).
 */
#include "grub_run.h"

#include "formats/grubenv.h"

#include <errno.h>

static int assign(struct grub_run *x, const char *text)
{
	const char *equals = strchr(text, '=');
	_cleanup_free_ char *name = equals ? strndup(text, (size_t)(equals - text)) : NULL;

	if (!equals || equals == text)
		return 0;
	return name ? grub_scope_set(x->scope, name, equals + 1) : -ENOMEM;
}

/* Words that are no options, the values of those that have one left out. */
static const char *option_value(const struct strings *words, const char *name, const char *brief)
{
	size_t size = strlen(name);

	for (size_t i = 1; i < words->count; i++) {
		const char *word = words->items[i];

		if (strncmp(word, name, size) == 0 && word[size] == '=')
			return word + size + 1;
		if ((strcmp(word, name) == 0 || strcmp(word, brief) == 0) && i + 1 < words->count)
			return words->items[i + 1];
	}
	return NULL;
}

/* Without a device of its own a path begins in $root. */
static int read_path(struct grub_run *x, const char *path, struct buffer *ret)
{
	const char *root = grub_scope_get(x->scope, "root");
	_cleanup_free_ char *whole = path[0] == '('
		? strdup(path)
		: text_printf("(%s)%s", root ? root : "", path);

	if (!whole)
		return -ENOMEM;
	return x->world->read ? x->world->read(x->world->data, whole, ret) : -ENOENT;
}

static int read_file(
	struct grub_run *x, const char *path, struct grub_body *ret, const char **ret_name)
{
	size_t n = x->text_count;
	int r = read_path(x, path, &x->texts[n]);

	if (r < 0)
		return r;
	x->names[n] = strdup(path);
	x->text_count++;
	*ret = (struct grub_body){.text = buffer_bytes(&x->texts[n]), .line = 1};
	*ret_name = x->names[n];
	return x->names[n] ? 0 : -ENOMEM;
}

/* source, configfile FILE: runs once the command is done. One that is not there is passed over. */
static int run_file(struct grub_run *x, const char *path, bool leaves)
{
	struct grub_call *call = &x->call;
	int r;

	if (x->text_count >= GRUB_CFG_MAX_FILES)
		return -E2BIG;
	r = read_file(x, path, &call->body, &call->file);
	if (r == -ENOMEM)
		return r;
	x->last = r < 0 ? GRUB_NO : GRUB_YES;
	call->is_wanted = r >= 0;
	call->leaves = leaves;
	return 0;
}

static int load_env(struct grub_run *x, const struct strings *words)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	_cleanup_(grubenv_done) struct grubenv env = {0};
	const char *path = option_value(words, "--file", "-f");
	const char *prefix = grub_scope_get(x->scope, "prefix");
	_cleanup_free_ char *usual = text_printf("%s/grubenv", prefix ? prefix : "");
	int r = usual ? 0 : -ENOMEM;

	if (r >= 0)
		r = read_path(x, path ? path : usual, &text);
	if (r >= 0)
		r = grubenv_parse(&env, buffer_bytes(&text), NULL);
	x->last = r < 0 ? GRUB_NO : GRUB_YES;
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	for (size_t i = 0; r >= 0 && i < env.count; i++)
		r = grub_scope_set(x->scope, env.items[i].name, env.items[i].value);
	return r;
}

/* The first word that is neither an option nor the value of one (lib/arg.c). */
static const char *operand_of(const struct strings *words)
{
	for (size_t i = 1; i < words->count; i++) {
		const char *word = words->items[i];

		if (word[0] != '-')
			return word;
		if (strcmp(word, "-s") == 0 || strcmp(word, "--set") == 0 ||
			(text_starts(word, "--hint") && !strchr(word, '=')))
			i += i + 1 < words->count && words->items[i + 1][0] != '-';
	}
	return "";
}

/* search [--fs-uuid|--label|--file] [--set=NAME] WHAT; search.fs_uuid WHAT NAME */
static int search(struct grub_run *x, const struct strings *words)
{
	const char *by = "file", *name = option_value(words, "--set", "-s"), *found = NULL;
	const char *what = operand_of(words);
	const char *dot = strchr(words->items[0], '.');

	for (size_t i = 1; i < words->count; i++) {
		const char *word = words->items[i];

		if (strcmp(word, "--fs-uuid") == 0 || strcmp(word, "-u") == 0)
			by = "fs-uuid";
		else if (strcmp(word, "--label") == 0 || strcmp(word, "-l") == 0)
			by = "label";
	}
	if (dot) {
		by = strcmp(dot, ".fs_uuid") == 0 ? "fs-uuid" : strcmp(dot, ".fs_label") == 0
										? "label"
										: "file";
		what = words->count > 1 ? words->items[1] : "";
		name = words->count > 2 ? words->items[2] : NULL;
	}
	x->last = x->world->search ? x->world->search(x->world->data, by, what, &found)
				   : GRUB_UNKNOWN;
	return found ? grub_scope_set(x->scope, name && *name ? name : "root", found) : 0;
}

static int run_blscfg(struct grub_run *x, const struct strings *words)
{
	const char *path = option_value(words, "--path", "-p");

	if (x->menu.has_blscfg || x->number)
		return 0;
	if (!path && words->count > 1 && words->items[1][0] == '(')
		path = words->items[1];
	x->menu.has_blscfg = true;
	x->menu.blscfg_index = x->held;
	x->menu.blscfg_path = path ? strdup(path) : NULL;
	return path && !x->menu.blscfg_path ? -ENOMEM : 0;
}

/* Commands of which it is known that they succeed, and that they do not matter here. */
static bool is_harmless(const char *word)
{
	static const char *const words[] = {"insmod", "echo", "true", "save_env", "savedefault",
		"terminal_output", "terminal_input", "terminal", "serial", "increment", "decrement",
		"load_video", "clear", "sleep"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(word, words[i]) == 0)
			return true;
	return false;
}

static int run_set(struct grub_run *x, const struct strings *words)
{
	const char *word = words->items[0];
	int r = 0;

	if (words->count < 2)
		return 0;
	if (strcmp(word, "set") == 0)
		return assign(x, words->items[1]);
	for (size_t i = 1; r >= 0 && i < words->count; i++)
		r = strcmp(word, "unset") == 0 ? grub_scope_set(x->scope, words->items[i], NULL)
					       : grub_scope_export(x->scope, words->items[i]);
	return r;
}

static int run_other(struct grub_run *x, const struct strings *words)
{
	const char *word = words->items[0];

	if (strcmp(word, "source") == 0 || strcmp(word, ".") == 0)
		return words->count > 1 ? run_file(x, words->items[1], false) : 0;
	if (strcmp(word, "configfile") == 0)
		return words->count > 1 ? run_file(x, words->items[1], true) : 0;
	if (strcmp(word, "blscfg") == 0 || strcmp(word, "bls_import") == 0)
		return run_blscfg(x, words);
	if (strcmp(word, "load_env") == 0)
		return load_env(x, words);
	if (strcmp(word, "search") == 0 || text_starts(word, "search."))
		return search(x, words);
	for (size_t i = 0; i < x->function_count; i++)
		if (strcmp(x->functions[i].name, word) == 0) {
			x->call = (struct grub_call){.body = x->functions[i].body,
				.file = x->functions[i].file, .is_wanted = true,
				.is_function = true};
			return 0;
		}
	x->last = is_harmless(word) ? GRUB_YES : GRUB_UNKNOWN;
	if (strchr(word, '='))
		return assign(x, word);
	return 0;
}

int grub_run_words(struct grub_run *x, const struct grub_command *c, const struct strings *words)
{
	const char *word = words->items[0];

	if (strcmp(word, "[") == 0 || strcmp(word, "test") == 0) {
		x->last = c->is_unknown ? GRUB_UNKNOWN : grub_test(words, x->world);
		return 0;
	}
	x->last = GRUB_YES;
	if (strcmp(word, "false") == 0)
		x->last = GRUB_NO;
	else if (strcmp(word, "return") == 0)
		x->returns = true;
	else if (strcmp(word, "set") == 0 || strcmp(word, "unset") == 0 ||
		 strcmp(word, "export") == 0)
		return run_set(x, words);
	else
		return run_other(x, words);
	return 0;
}

