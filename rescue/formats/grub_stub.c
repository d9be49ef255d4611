/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a stub on the ESP leads: its `search`, its `prefix`, its `configfile`. */
#include "formats/grub_stub.h"

#include "grub_script.h"

#include <errno.h>

#define STUB_MAX_SIZE 4096 /* a whole configuration is larger, and has a menu */

void grub_stub_done(struct grub_stub *s)
{
	free(s->uuid);
	free(s->path);
	*s = (struct grub_stub){0};
}

static int replace(char **ret, const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		return -ENOMEM;
	free(*ret);
	*ret = copy;
	return 0;
}

/* "($dev)/grub2", "($root)/grub2" → "/grub2". */
static const char *without_device(const char *path)
{
	const char *end = path[0] == '(' ? strchr(path, ')') : NULL;

	return end ? end + 1 : path;
}

/* search [OPTION…] --fs-uuid [--set=NAME | --set NAME] UUID */
static int read_search(struct grub_stub *s, const struct strings *words)
{
	bool by_uuid = false;

	for (size_t i = 1; i < words->count; i++)
		by_uuid = by_uuid || strcmp(words->items[i], "--fs-uuid") == 0 ||
			  strcmp(words->items[i], "-u") == 0;
	if (!by_uuid || text_starts(words->items[words->count - 1], "-"))
		return 0;
	return replace(&s->uuid, words->items[words->count - 1]);
}

/* $prefix/grub.cfg, ($dev)/grub2/grub.cfg */
static int read_configfile(struct grub_stub *s, const char *prefix, const char *path)
{
	static const char *const names[] = {"$prefix", "${prefix}"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_cleanup_free_ char *whole = NULL;

		if (!text_starts(path, names[i]))
			continue;
		if (!prefix)
			return 0; /* the ESP's own directory: it leads nowhere else */
		whole = text_printf("%s%s", prefix, path + strlen(names[i]));
		return whole ? replace(&s->path, whole) : -ENOMEM;
	}
	return replace(&s->path, without_device(path));
}

static int read_command(struct grub_stub *s, char **prefix, const struct strings *words)
{
	const char *name = words->count > 1 ? words->items[0] : "";

	if (strcmp(name, "search") == 0)
		return read_search(s, words);
	if (strcmp(name, "search.fs_uuid") == 0) /* Debian: UUID, then the variable */
		return replace(&s->uuid, words->items[1]);
	if (strcmp(name, "set") == 0 && text_starts(words->items[1], "prefix="))
		return replace(prefix,
			without_device(words->items[1] + strlen("prefix=")));
	if (strcmp(name, "configfile") == 0 || strcmp(name, "source") == 0)
		return read_configfile(s, *prefix, words->items[1]);
	return 0;
}

static bool has_menu(const struct strings *words)
{
	static const char *const names[] = {"menuentry", "submenu", "blscfg"};

	for (size_t i = 0; words->count > 0 && i < ARRAY_SIZE(names); i++) {
		if (strcmp(words->items[0], names[i]) == 0)
			return true;
	}
	return false;
}

int grub_stub_parse(struct grub_stub *ret, struct bytes in)
{
	_cleanup_(grub_stub_done) struct grub_stub s = {0};
	struct grub_script script = {.in = in, .line = 1};
	_cleanup_free_ char *prefix = NULL;
	int r = in.size <= STUB_MAX_SIZE;

	while (r > 0) {
		_cleanup_(grub_command_done) struct grub_command c = {0};

		r = grub_script_next(&script, &c);
		if (r > 0 && has_menu(&c.words)) {
			*ret = (struct grub_stub){0};
			return 0;
		}
		if (r > 0 && read_command(&s, &prefix, &c.words) < 0)
			r = -ENOMEM;
		if (r == -EBADMSG) {
			grub_script_skip_line(&script);
			r = 1;
		}
	}
	if (r == -ENOMEM)
		return r;
	*ret = TAKE_STRUCT(s);
	return 0;
}
