/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of strings. */
#include "base.h"

#include <errno.h>

void strings_done(struct strings *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->items[i]);
	free(s->items);
	*s = (struct strings){0};
}

int strings_take(struct strings *s, char *take_text)
{
	int r = take_text ? VECTOR_GROW(s) : -ENOMEM;

	if (r < 0) {
		free(take_text);
		return r;
	}
	s->items[s->count++] = take_text;
	return 0;
}

int strings_add(struct strings *s, const char *text)
{
	return strings_take(s, strdup(text));
}

int strings_add_new(struct strings *s, const char *text)
{
	return strings_has(s, text) ? 0 : strings_add(s, text);
}

bool strings_has(const struct strings *s, const char *text)
{
	for (size_t i = 0; i < s->count; i++) {
		if (strcmp(s->items[i], text) == 0)
			return true;
	}
	return false;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void strings_sort(struct strings *s)
{
	if (s->count > 1)
		qsort(s->items, s->count, sizeof(*s->items), compare);
}

int strings_copy(struct strings *ret, const struct strings *from)
{
	_cleanup_(strings_done) struct strings copy = {0};

	for (size_t i = 0; i < from->count; i++) {
		int r = strings_add(&copy, from->items[i]);

		if (r < 0)
			return r;
	}
	*ret = TAKE_STRUCT(copy);
	return 0;
}

void strings_move_to_front(struct strings *s, size_t index)
{
	char *moved = s->items[index];

	memmove(s->items + 1, s->items, index * sizeof(moved));
	s->items[0] = moved;
}
