/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A command line that was right once, against the disks as they are now. */
#include "planner.h"

#include "formats/cmdline.h"

#include <errno.h>

/* Moves words to `gone` that name what no disk here holds. */
static int drop_absent(const struct system *s, struct cmdline *c, struct strings *gone)
{
	struct strings *words = &c->words;
	size_t kept = 0, i = 0;
	int r = 0;

	for (; r >= 0 && i < words->count; i++) {
		r = verify_word_device(s, words->items[i]);
		if (r == 0)
			r = strings_add(gone, words->items[i]) < 0 ? -ENOMEM : 0;
		else if (r > 0) {
			words->items[kept++] = words->items[i];
			continue;
		}
		free(words->items[i]);
	}
	for (; i < words->count; i++)
		words->items[kept++] = words->items[i];
	words->count = kept;
	return r < 0 ? r : 0;
}

/* With fips=1 dracut compares the image on /boot, which it must find. */
static int name_boot(const struct system *s, struct cmdline *c)
{
	_cleanup_free_ char *fips = cmdline_get(c, "fips"), *word = NULL;

	if (!text_equal(fips, "1") || !s->boot.separate || !s->boot.uuid ||
		cmdline_has(c, "boot"))
		return 0;
	word = text_printf("boot=UUID=%s", s->boot.uuid);
	return word ? cmdline_append(c, word) : -ENOMEM;
}

static int say_without(char **origin, const struct strings *gone)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	int r = buffer_printf(&text, "%s, without", *origin);

	for (size_t i = 0; r >= 0 && i < gone->count; i++)
		r = buffer_printf(&text, " %s", gone->items[i]);
	if (r >= 0)
		r = buffer_puts(&text, ": no disk here holds that");
	if (r < 0)
		return r;
	free(*origin);
	*origin = buffer_steal(&text);
	return 0;
}

int planner_check_words(const struct planner *p, char **text, char **origin)
{
	const struct system *s = p->inv->system;
	_cleanup_(cmdline_done) struct cmdline c = {0};
	_cleanup_(strings_done) struct strings gone = {0};
	size_t before;
	char *checked;
	int r = cmdline_parse(&c, *text);

	if (r < 0)
		return r == -ENOMEM ? r : 0; /* longer than any that a kernel takes */
	before = c.words.count;
	r = drop_absent(s, &c, &gone);
	if (r >= 0)
		r = name_boot(s, &c);
	if (r >= 0 && gone.count > 0)
		r = say_without(origin, &gone);
	if (r < 0 || (gone.count == 0 && c.words.count == before))
		return r;
	checked = cmdline_text(&c);
	if (!checked)
		return -ENOMEM;
	free(*text);
	*text = checked;
	return 0;
}
