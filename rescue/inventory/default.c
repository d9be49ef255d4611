/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The entry that starts by itself, as the system's own boot loader finds it: normal/menu.c
 * of each generation of GRUB, systemd-boot's loader.conf.
 */
#include "reader.h"

#include "formats/loader_conf.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>

/* Something of the menu that can be chosen. */
struct choice {
	const char *place, *title, *id;
	int draft; /* -1: a submenu */
};

struct choices {
	struct choice *items;
	size_t count, capacity;
	struct strings places; /* of submenus */
};

static void choices_done(struct choices *c)
{
	free(c->items);
	strings_done(&c->places);
}

static int add_choice(struct choices *c, struct choice added)
{
	if (VECTOR_GROW(c) < 0)
		return -ENOMEM;
	c->items[c->count++] = added;
	return 0;
}

static int list_choices(const struct reader *r, struct choices *ret)
{
	for (size_t i = 0; i < r->draft_count; i++) {
		const struct draft *d = &r->drafts[i];

		if (d->place && add_choice(ret, (struct choice){d->place, d->entry.title,
						       d->entry.loader_name, (int)i}) < 0)
			return -ENOMEM;
	}
	for (size_t i = 0; i < r->menu.count; i++) {
		const struct grub_menuentry *m = &r->menu.items[i];
		char *place = m->is_submenu ? menu_place(r, m->number) : NULL;

		if (!m->is_submenu)
			continue;
		if (strings_take(&ret->places, place) < 0 ||
			add_choice(ret, (struct choice){place, m->title, m->id ? m->id : m->title,
						-1}) < 0)
			return -ENOMEM;
	}
	return 0;
}

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

static const struct choice *find_number(
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
static const struct choice *find_name(const struct choices *c, const char *menu,
	unsigned kinds, const char *wanted)
{
	const struct choice *found = NULL;
	const char *rest;

	for (size_t i = 0; i < c->count; i++) {
		const struct choice *x = &c->items[i];
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
static const struct choice *find_as_fedora(
	const struct choices *c, const char *menu, const char *wanted)
{
	size_t size = strcspn(wanted, " \t");
	_cleanup_free_ char *word = strndup(wanted, size);
	const struct choice *found = word ? find_name(c, menu, BY_ID, word) : NULL;
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
static const struct choice *find_as_upstream(
	const struct choices *c, const char *menu, const char *wanted)
{
	unsigned number;

	if (take_number(wanted, &number))
		return find_number(c, menu, number);
	return find_name(c, menu, BY_ID | BY_TITLE, wanted);
}

static bool looks_up_ids_first(const struct reader *r)
{
	static const char *const derived[] = {
		"rhel", "centos", "rocky", "almalinux", "ol"};
	const struct system *s = r->sys;

	if (r->inv.loader == LOADER_BLSUKI)
		return false;
	if (r->inv.loader != LOADER_MENUENTRIES || text_equal(s->os_id, "fedora"))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(derived); i++)
		if (text_equal(s->os_id, derived[i]))
			return s->os_version_id &&
			       strtoul(s->os_version_id, NULL, 10) >= 8;
	return false;
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

/*
 * What selects nothing starts the first of its menu. A submenu gets what stands behind the
 * `>`, and starts its first entry where nothing does.
 */
static int find_in_menu(const struct reader *r, const struct choices *c, const char *wanted)
{
	const char *menu = "";

	for (;;) {
		const struct choice *x = NULL;

		if (*wanted)
			x = looks_up_ids_first(r) ? find_as_fedora(c, menu, wanted)
						  : find_as_upstream(c, menu, wanted);
		if (!x)
			x = find_number(c, menu, 0);
		if (!x || x->draft >= 0)
			return x ? x->draft : -1;
		menu = x->place;
		wanted = behind_submenu(wanted);
	}
}

/* By number: GRUB legacy, extlinux. */
static int find_older(struct reader *r, const struct choices *c)
{
	const struct choice *x = find_number(c, "", (unsigned)older_default(r));

	return x ? x->draft : -1;
}

static int first_in_menu(const struct reader *r)
{
	for (size_t i = 0; i < r->draft_count; i++)
		if (r->drafts[i].place)
			return (int)i;
	return -1;
}

/* What systemd-boot's loader.conf asks for; @saved is in a variable of the firmware. */
static int find_pattern(const struct reader *r, const char *pattern)
{
	for (size_t i = 0; pattern && i < r->draft_count; i++)
		if (r->drafts[i].place &&
			loader_conf_matches(pattern, r->drafts[i].entry.loader_name))
			return (int)i;
	return -1;
}

static int find_wanted(struct reader *r, int *ret)
{
	_cleanup_(choices_done) struct choices c = {0};
	const char *wanted = loader_variable(r, r->inv.grub_cfg ? "default" : "saved_entry");
	int error;

	if (r->inv.loader == LOADER_SYSTEMD_BOOT) {
		*ret = find_pattern(r, r->inv.systemd.wanted);
		return 0;
	}
	error = list_choices(r, &c);
	if (error >= 0)
		*ret = is_older_loader(r) ? find_older(r, &c)
					  : find_in_menu(r, &c, wanted ? wanted : "");
	return error;
}

int find_default(struct reader *r)
{
	int found = -1, error = find_wanted(r, &found);

	if (error < 0)
		return error;
	if (found < 0)
		found = first_in_menu(r);
	if (found >= 0)
		r->drafts[found].entry.is_default = true;
	r->inv.default_entry = found;
	return 0;
}
