/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Configuration of depmod and modprobe (kmod: tools/depmod.c, libkmod/libkmod-config.c). */
#include "formats/kmod_config.h"
#include "text_lines.h"

#include <errno.h>
#include <regex.h>

void depmod_config_done(struct depmod_config *c)
{
	strings_done(&c->search);
	strings_done(&c->overrides);
	strings_done(&c->externals);
}

void modprobe_config_done(struct modprobe_config *c)
{
	modules_alias_done(&c->aliases);
	strings_done(&c->blacklist);
	strings_done(&c->disabled);
}

/* ---- depmod.d ------------------------------------------------------------------------ */

static bool concerns(const char *pattern, const char *release)
{
	regex_t regex;
	bool found;

	if (strcmp(pattern, "*") == 0)
		return true;
	if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		return false;
	found = regexec(&regex, release, 0, NULL, 0) == 0;
	regfree(&regex);
	return found;
}

static int take_search(struct depmod_config *c, struct bytes line)
{
	struct bytes word;
	int r = 0;

	while (r >= 0 && (word = text_word(&line)).size > 0)
		r = strings_take(&c->search, text_of(word));
	return r;
}

/* override MODULE RELEASE SUBDIR; external RELEASE DIRECTORY */
static int take_rule(struct depmod_config *c, struct bytes line, bool has_module,
		     const char *release)
{
	_cleanup_free_ char *module = has_module ? text_of(text_word(&line)) : strdup("");
	_cleanup_free_ char *pattern = text_of(text_word(&line));
	_cleanup_free_ char *directory = text_of(text_word(&line));

	if (!module || !pattern || !directory)
		return -ENOMEM;
	if (!*directory || !concerns(pattern, release))
		return 0;
	return has_module ? strings_take(&c->overrides,
				    text_printf("%s/%s", directory, module))
			  : strings_add(&c->externals, directory);
}

int depmod_config_parse(struct depmod_config *c, struct bytes in, const char *release)
{
	struct text_lines lines = TEXT_LINES(in);
	struct bytes line;
	int r = 0;

	while (r >= 0 && text_lines_next(&lines, &line)) {
		struct bytes word = text_word(&line);

		if (text_is(word, "search"))
			r = take_search(c, line);
		else if (text_is(word, "override"))
			r = take_rule(c, line, true, release);
		else if (text_is(word, "external"))
			r = take_rule(c, line, false, release);
	}
	return r;
}

static bool is_below(const char *path, const char *directory)
{
	size_t n = strlen(directory);

	return strncmp(path, directory, n) == 0 && path[n] == '/';
}

static bool is_overridden(const char *rule, const char *path)
{
	size_t n = strlen(rule);

	/* The rule ends in the module's name, the path in .ko and what packs it. */
	return strncmp(rule, path, n) == 0 && path[n] == '.';
}

/* Places in the list of search: a later file of depmod.d comes first; -1: in none. */
static int place_of(const struct depmod_config *c, const char *path)
{
	static const char *const without[] = {"updates"};
	char *const *words = c->search.count ? c->search.items : (char *const *)without;
	size_t count = c->search.count ? c->search.count : 1;
	int built_in = -1, external = -1;

	for (size_t i = 0; i < count; i++) {
		if (strcmp(words[i], "built-in") == 0)
			built_in = (int)i;
		else if (strcmp(words[i], "external") == 0)
			external = (int)i;
		else if (is_below(path, words[i]))
			return (int)i;
	}
	/* What lies outside the module directory is of no other place. */
	return *path == '/' && external >= 0 ? external : built_in < 0 ? (int)count : built_in;
}

bool depmod_prefers(const struct depmod_config *c, const char *first, const char *second)
{
	for (size_t i = c->overrides.count; i-- > 0;) {
		if (is_overridden(c->overrides.items[i], first))
			return true;
		if (is_overridden(c->overrides.items[i], second))
			return false;
	}
	return place_of(c, first) < place_of(c, second);
}

/* ---- modprobe.d ---------------------------------------------------------------------- */

static char *module_word(struct bytes *line)
{
	_cleanup_free_ char *word = text_of(text_word(line));

	return word ? module_name_of(word) : NULL;
}

static int take_alias(struct modprobe_config *c, struct bytes line)
{
	_cleanup_free_ char *pattern = text_of(text_word(&line));
	_cleanup_free_ char *module = module_word(&line);

	if (!pattern || !module)
		return -ENOMEM;
	return *module ? modules_alias_add(&c->aliases, pattern, module) : 0;
}

/* install NAME /bin/true, /bin/false, /usr/bin/true: the usual ways to switch one off. */
static int take_install(struct modprobe_config *c, struct bytes line)
{
	_cleanup_free_ char *module = module_word(&line);
	_cleanup_free_ char *command = text_of(text_word(&line));

	if (!module || !command)
		return -ENOMEM;
	if (!text_ends(command, "/true") && !text_ends(command, "/false") &&
		strcmp(command, "true") != 0 && strcmp(command, "false") != 0)
		return 0;
	return strings_add(&c->disabled, module);
}

int modprobe_config_parse(struct modprobe_config *c, struct bytes in)
{
	struct text_lines lines = TEXT_LINES(in);
	struct bytes line;
	int r = 0;

	while (r >= 0 && text_lines_next(&lines, &line)) {
		struct bytes word = text_word(&line);

		if (text_is(word, "alias"))
			r = take_alias(c, line);
		else if (text_is(word, "blacklist"))
			r = strings_take(&c->blacklist, module_word(&line));
		else if (text_is(word, "install"))
			r = take_install(c, line);
	}
	return r;
}
