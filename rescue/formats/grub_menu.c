/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a grub.cfg that runs leaves behind: menu entries, functions, variables. */
#include "grub_run.h"

#include <errno.h>

void grub_run_done(struct grub_run *x)
{
	grub_menu_done(&x->menu);
	free(x->bodies);
	for (size_t i = 0; i < x->function_count; i++)
		free(x->functions[i].name);
	free(x->functions);
	for (size_t i = 0; i < x->text_count; i++) {
		buffer_done(&x->texts[i]);
		free(x->names[i]);
	}
}

void grub_menu_done(struct grub_menu *m)
{
	for (size_t i = 0; i < m->count; i++)
		grub_entry_done(&m->items[i]);
	free(m->items);
	for (size_t i = 0; i < m->variable_count; i++) {
		free(m->variables[i].name);
		free(m->variables[i].value);
	}
	free(m->variables);
	free(m->blscfg_path);
	*m = (struct grub_menu){0};
}

const char *grub_menu_variable(const struct grub_menu *m, const char *name)
{
	for (size_t i = 0; i < m->variable_count; i++)
		if (strcmp(m->variables[i].name, name) == 0)
			return m->variables[i].value;
	return NULL;
}

static int set_place(struct grub_run *x, struct grub_menuentry *e, const char *file)
{
	e->number = x->number ? text_printf("%s>%u", x->number, x->held)
			      : text_printf("%u", x->held);
	e->file = file ? strdup(file) : NULL;
	return e->number && (e->file || !file) ? 0 : -ENOMEM;
}

int grub_run_add_item(struct grub_run *x, const struct grub_command *c,
	const struct grub_body *body, const char *file, size_t behind)
{
	struct grub_menuentry e = {.line = c->line, .at = c->at, .behind = behind};
	struct grub_menu *m = &x->menu;
	int r = grub_entry_head(&e, &c->words);

	e.is_submenu = strcmp(c->words.items[0], "submenu") == 0;
	if (r >= 0)
		r = set_place(x, &e, file);
	if (r >= 0)
		r = m->count < GRUB_CFG_MAX_ENTRIES ? VECTOR_GROW(m) : -E2BIG;
	if (r >= 0)
		r = vector_grow(&x->bodies, &x->body_capacity, m->count, sizeof(*x->bodies));
	if (r < 0) {
		grub_entry_done(&e);
		return r;
	}
	x->bodies[m->count] = *body;
	m->items[m->count++] = e;
	x->held++;
	return 0;
}

int grub_run_add_function(struct grub_run *x, const struct grub_command *c,
	const struct grub_body *body, const char *file)
{
	struct grub_function f = {.body = *body, .file = file};

	if (c->words.count < 2)
		return -EBADMSG;
	for (size_t i = 0; i < x->function_count; i++) {
		struct grub_function *old = &x->functions[i];

		if (strcmp(old->name, c->words.items[1]) == 0) {
			f.name = old->name;
			*old = f;
			return 0;
		}
	}
	if (x->function_count >= GRUB_CFG_MAX_ENTRIES)
		return -E2BIG;
	f.name = strdup(c->words.items[1]);
	if (!f.name || vector_grow(&x->functions, &x->function_capacity, x->function_count,
			       sizeof(f)) < 0) {
		free(f.name);
		return -ENOMEM;
	}
	x->functions[x->function_count++] = f;
	return 0;
}

int grub_run_keep_variables(struct grub_run *x)
{
	struct grub_menu *m = &x->menu;

	for (size_t i = 0; i < x->scope->count; i++) {
		const struct grub_variable *v = &x->scope->items[i];
		struct grub_assignment *a;

		if (!v->value || v->is_unknown)
			continue;
		if (vector_grow(&m->variables, &m->variable_capacity, m->variable_count,
			    sizeof(*a)) < 0)
			return -ENOMEM;
		a = &m->variables[m->variable_count++];
		*a = (struct grub_assignment){strdup(v->name), strdup(v->value), 0};
		if (!a->name || !a->value)
			return -ENOMEM;
	}
	return 0;
}

static int by_number(const void *a, const void *b)
{
	return text_compare_natural(((const struct grub_menuentry *)a)->number,
		((const struct grub_menuentry *)b)->number);
}

void grub_run_take_menu(struct grub_run *x, struct grub_menu *ret)
{
	if (x->menu.count > 0)
		qsort(x->menu.items, x->menu.count, sizeof(*x->menu.items), by_number);
	*ret = TAKE_STRUCT(x->menu);
}
