/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Variables of a GRUB script that runs (GRUB: grub-core/kern/env.c, normal/context.c). */
#include "grub_run.h"

#include <ctype.h>
#include <errno.h>

void grub_scope_done(struct grub_scope *s)
{
	for (size_t i = 0; i < s->count; i++) {
		free(s->items[i].name);
		free(s->items[i].value);
	}
	free(s->items);
	*s = (struct grub_scope){0};
}

static struct grub_variable *find(const struct grub_scope *s, const char *name)
{
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->items[i].name, name) == 0)
			return &s->items[i];
	return NULL;
}

static struct grub_variable *find_or_add(struct grub_scope *s, const char *name, int *error)
{
	struct grub_variable *v = find(s, name);

	if (v)
		return v;
	*error = s->count >= GRUB_MAX_VARIABLES ? -E2BIG : VECTOR_GROW(s);
	if (*error < 0)
		return NULL;
	s->items[s->count] = (struct grub_variable){.name = strdup(name)};
	if (!s->items[s->count].name) {
		*error = -ENOMEM;
		return NULL;
	}
	return &s->items[s->count++];
}

int grub_scope_set(struct grub_scope *s, const char *name, const char *value)
{
	int error = 0;
	struct grub_variable *v = find_or_add(s, name, &error);
	char *copy = value ? strdup(value) : NULL;

	if (!v || (value && !copy)) {
		free(copy);
		return v ? -ENOMEM : error;
	}
	free(v->value);
	v->value = copy;
	v->is_unknown = value == grub_script_unknown;
	return 0;
}

int grub_scope_export(struct grub_scope *s, const char *name)
{
	int error = 0;
	struct grub_variable *v = find_or_add(s, name, &error);

	if (v)
		v->is_exported = true;
	return error;
}

/* $1, $2, … */
static const char *argument(const struct grub_scope *s, const char *digits)
{
	unsigned long n = strtoul(digits, NULL, 10);

	for (; s && !s->arguments; s = s->outer)
		;
	if (!s || n == 0 || n > s->arguments->count ||
		s->first_argument + n > s->arguments->count)
		return NULL;
	return s->arguments->items[s->first_argument + n - 1];
}

const char *grub_scope_get(void *data, const char *name)
{
	const struct grub_scope *s = data;
	bool exported_only = false;

	if (isdigit((unsigned char)*name))
		return argument(s, name);
	if (strchr("?#*@", *name))
		return grub_script_unknown;
	for (;; s = s->outer) {
		const struct grub_variable *v = find(s, name);

		if (v && (v->is_exported || !exported_only))
			return v->is_unknown ? grub_script_unknown : v->value;
		if (!s->outer)
			break;
		exported_only = exported_only || s->sees_exported_only;
	}
	return s->world->variable ? s->world->variable(s->world->data, name) : NULL;
}
