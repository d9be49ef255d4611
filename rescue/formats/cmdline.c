/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel command lines, taken apart as the kernel's next_arg() does (lib/cmdline.c). */
#include "formats/cmdline.h"

#include <ctype.h>
#include <errno.h>

void cmdline_done(struct cmdline *c)
{
	strings_done(&c->words);
}

static bool is_space(char c)
{
	return isspace((unsigned char)c) != 0;
}

static size_t word_length(const char *text)
{
	bool quoted = false;
	size_t i;

	for (i = 0; text[i] && (quoted || !is_space(text[i])); i++)
		if (text[i] == '"')
			quoted = !quoted;
	return i;
}

int cmdline_parse(struct cmdline *ret, const char *text)
{
	_cleanup_(cmdline_done) struct cmdline c = {0};
	int r;

	if (strnlen(text, CMDLINE_MAX_SIZE + 1) > CMDLINE_MAX_SIZE)
		return -E2BIG;
	for (;;) {
		while (is_space(*text))
			text++;
		if (!*text)
			break;

		size_t size = word_length(text);

		r = strings_take(&c.words, strndup(text, size));
		if (r < 0)
			return r;
		text += size;
	}
	*ret = TAKE_STRUCT(c);
	return 0;
}

/*
 * What stands behind the word's name: "=value", "" for a bare word; NULL: another name.
 */
static const char *behind_name(const char *word, const char *name)
{
	size_t size = strlen(name);

	if (*word == '"')
		word++;
	if (strncmp(word, name, size) != 0)
		return NULL;
	word += size;
	return *word == '=' || *word == '\0' || strcmp(word, "\"") == 0 ? word : NULL;
}

/* The kernel drops quotes around the whole word and around the whole value only. */
static char *value_of(const char *word, const char *behind)
{
	size_t size;
	bool quoted = *word == '"';

	if (*behind == '=')
		behind++;
	if (*behind == '"') {
		quoted = true;
		behind++;
	}
	size = strlen(behind);
	if (quoted && size > 0 && behind[size - 1] == '"')
		size--;
	return strndup(behind, size);
}

char *cmdline_get(const struct cmdline *c, const char *name)
{
	for (size_t i = c->words.count; i-- > 0;) {
		const char *behind = behind_name(c->words.items[i], name);

		if (behind)
			return value_of(c->words.items[i], behind);
	}
	return NULL;
}

bool cmdline_has(const struct cmdline *c, const char *name)
{
	for (size_t i = 0; i < c->words.count; i++)
		if (behind_name(c->words.items[i], name))
			return true;
	return false;
}

int cmdline_remove(struct cmdline *c, const char *name)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->words.count; i++) {
		if (behind_name(c->words.items[i], name))
			free(c->words.items[i]);
		else
			c->words.items[kept++] = c->words.items[i];
	}
	c->words.count = kept;
	return 0;
}

int cmdline_append(struct cmdline *c, const char *word)
{
	return strings_add(&c->words, word);
}

char *cmdline_text(const struct cmdline *c)
{
	_cleanup_(buffer_done) struct buffer b = {0};

	for (size_t i = 0; i < c->words.count; i++)
		if (buffer_printf(&b, "%s%s", i > 0 ? " " : "", c->words.items[i]) < 0)
			return NULL;
	return buffer_steal(&b);
}
