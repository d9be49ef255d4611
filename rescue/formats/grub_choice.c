/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GRUB's `default`: numbers, ids, titles, and ways through submenus. */
#include "formats/grub_choice.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>

struct choices {
	const struct grub_choice *items;
	size_t count;
};

/* The place is one of the menu whose submenu's place is given ("" the first menu). */
static bool is_in_menu(const char *place, const char *menu)
{
	size_t size = strlen(menu);

	if (strncmp(place, menu, size) != 0 || (size > 0 && place[size] != '>'))
		return false;
	return !strchr(place + size + (size > 0), '>');
}

/* Up to a single `>`; `>>` stands for one. *ret_rest: behind it, or NULL. */
static bool is_named(const char *name, const char *wanted, const char **ret_rest)
{
	for (; *wanted; wanted++, name++) {
		if (wanted[0] == '>' && wanted[1] != '>')
			break;
		wanted += wanted[0] == '>';
		if (*name != *wanted)
			return false;
	}
	*ret_rest = *wanted ? wanted + 1 : NULL;
	return *name == '\0';
}

/*
 * grub_strtoul with base 0: blanks, then 0x and hexadecimal, 0 and octal, or decimal
 * digits. NULL: that is no number; *ret UINT_MAX where it is too large.
 */
static const char *take_number(const char *text, unsigned *ret)
{
	unsigned base = 10;
	uint64_t number = 0;
	const char *begin;

	text += strspn(text, " \t\n\r\f\v");
	if (text[0] == '0' && text[1] == 'x') {
		base = 16;
		text += 2;
	} else if (text[0] == '0' && text[1] >= '0' && text[1] <= '7') {
		base = 8;
		text++;
	}
	for (begin = text;; text++) {
		unsigned char c = (unsigned char)tolower((unsigned char)*text);
		unsigned digit = isdigit(c)   ? c - 48u
				 : isalpha(c) ? c - 97u + 10
					      : 99;

		if (digit >= base)
			break;
		number = MIN_OF(number * base + digit, (uint64_t)UINT_MAX);
	}
	*ret = (unsigned)number;
	return text > begin ? text : NULL;
}

static const struct grub_choice *find_number(
	const struct choices *c, const char *menu, unsigned number)
{
	_cleanup_free_ char *place = text_printf("%s%s%u", menu, *menu ? ">" : "", number);

	for (size_t i = 0; place && i < c->count; i++)
		if (strcmp(c->items[i].place, place) == 0)
			return &c->items[i];
	return NULL;
}

enum name_kind { BY_ID = 1, BY_TITLE = 2 };

/* The first in the menu's order, which is that of places. */
static const struct grub_choice *find_name(const struct choices *c, const char *menu,
	unsigned kinds, const char *wanted)
{
	const struct grub_choice *found = NULL;
	const char *rest;

	for (size_t i = 0; i < c->count; i++) {
		const struct grub_choice *x = &c->items[i];
		bool is = (kinds & BY_ID && x->id && is_named(x->id, wanted, &rest)) ||
			  (kinds & BY_TITLE && x->title && is_named(x->title, wanted, &rest));

		if (is && is_in_menu(x->place, menu) &&
			(!found || text_compare_natural(x->place, found->place) < 0))
			found = x;
	}
	return found;
}

/*
 * rhboot/grub2, Fedora 30 and EL8 on: the first word is looked up as an id (and then
 * nothing may follow it), the whole as a title, at last as a number. So the numbers of a
 * way through submenus select nothing.
 */
static const struct grub_choice *find_as_fedora(
	const struct choices *c, const char *menu, const char *wanted)
{
	size_t size = strcspn(wanted, " \t");
	_cleanup_free_ char *word = strndup(wanted, size);
	const struct grub_choice *found = word ? find_name(c, menu, BY_ID, word) : NULL;
	const char *end;
	unsigned number;

	if (found)
		return wanted[size] ? NULL : found;
	found = find_name(c, menu, BY_TITLE, wanted);
	if (found)
		return found;
	end = take_number(wanted, &number);
	return end && *end == '\0' ? find_number(c, menu, number) : NULL;
}

/* EL7 and upstream: what begins with a digit is a number, whatever follows. */
static const struct grub_choice *find_as_upstream(
	const struct choices *c, const char *menu, const char *wanted)
{
	unsigned number;

	if (take_number(wanted, &number))
		return find_number(c, menu, number);
	return find_name(c, menu, BY_ID | BY_TITLE, wanted);
}

/* Behind the first single `>`; "" where there is none. */
static const char *behind_submenu(const char *wanted)
{
	for (; *wanted; wanted++) {
		if (wanted[0] == '>' && wanted[1] != '>')
			return wanted + 1;
		wanted += wanted[0] == '>';
	}
	return "";
}

/* A submenu gets what stands behind the `>`, and starts its first where nothing does. */
int grub_choose(const struct grub_choice *items, size_t count, enum grub_naming naming,
	const char *wanted)
{
	const struct choices c = {items, count};
	const char *menu = "";

	for (;;) {
		const struct grub_choice *x = NULL;

		if (*wanted)
			x = naming == GRUB_IDS_FIRST ? find_as_fedora(&c, menu, wanted)
						     : find_as_upstream(&c, menu, wanted);
		if (!x)
			x = find_number(&c, menu, 0);
		if (!x || !x->is_submenu)
			return x ? (int)(x - items) : -1;
		menu = x->place;
		wanted = behind_submenu(wanted);
	}
}

/* ---- the whole menu --------------------------------------------------------------- */

void grub_choices_done(struct grub_choices *c)
{
	free(c->items);
	strings_done(&c->places);
	*c = (struct grub_choices){0};
}

static int add_choice(struct grub_choices *c, struct grub_choice added, char *take_place)
{
	added.place = take_place;
	if (strings_take(&c->places, take_place) < 0 || VECTOR_GROW(c) < 0)
		return -ENOMEM;
	c->items[c->count++] = added;
	return 0;
}

char *grub_menu_place(const struct grub_menu *menu, const char *number, size_t bls_count)
{
	char *rest;
	unsigned long top = strtoul(number, &rest, 10);

	if (menu->has_blscfg && top >= menu->blscfg_index)
		top += bls_count;
	return text_printf("%lu%s", top, rest);
}

static int list_choices(struct grub_choices *c, const struct grub_menu *menu,
	const struct grub_choice *bls, size_t bls_count)
{
	for (size_t i = 0; i < bls_count; i++)
		if (add_choice(c, bls[i], text_printf("%zu", menu->blscfg_index + i)) < 0)
			return -ENOMEM;
	for (size_t i = 0; i < menu->count; i++) {
		const struct grub_menuentry *m = &menu->items[i];
		const struct grub_choice added = {.title = m->title,
			.id = m->id ? m->id : m->title, .is_submenu = m->is_submenu};

		if (add_choice(c, added, grub_menu_place(menu, m->number, bls_count)) < 0)
			return -ENOMEM;
	}
	return 0;
}

int grub_choices_list(struct grub_choices *ret, const struct grub_menu *menu,
	const struct grub_choice *bls, size_t bls_count)
{
	_cleanup_(grub_choices_done) struct grub_choices c = {0};

	if (list_choices(&c, menu, bls, bls_count) < 0)
		return -ENOMEM;
	*ret = TAKE_STRUCT(c);
	return 0;
}

/* ---- names ------------------------------------------------------------------------ */

static int put_name(struct buffer *ret, const char *name)
{
	int r = ret->size > 0 ? buffer_puts(ret, ">") : 0;

	for (; r >= 0 && *name; name++)
		r = buffer_printf(ret, *name == '>' ? ">>" : "%c", *name);
	return r;
}

static const struct grub_choice *choice_at(
	const struct grub_choices *c, const char *place, size_t size)
{
	for (size_t i = 0; i < c->count; i++)
		if (strncmp(c->items[i].place, place, size) == 0 &&
			c->items[i].place[size] == '\0')
			return &c->items[i];
	return NULL;
}

static int add_name(struct strings *ret, const struct grub_choices *c, const char *place,
	enum name_kind kind)
{
	_cleanup_(buffer_done) struct buffer text = {0};

	for (const char *end = place; *end; end += *end == '>') {
		const struct grub_choice *x;
		const char *name;

		end += strcspn(end, ">");
		x = choice_at(c, place, (size_t)(end - place));
		name = x ? kind == BY_ID ? x->id : x->title : NULL;
		if (!name || !*name)
			return 0;
		if (put_name(&text, name) < 0)
			return -ENOMEM;
	}
	return text.size > 0 ? strings_add(ret, text.data) : 0;
}

int grub_choice_names(struct strings *ret, const struct grub_choices *c, size_t index)
{
	const char *place = c->items[index].place;
	int r = add_name(ret, c, place, BY_ID);

	if (r >= 0)
		r = add_name(ret, c, place, BY_TITLE);
	return r < 0 ? r : strings_add(ret, place);
}
