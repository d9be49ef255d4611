/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The menu's order and the entry that starts by itself, as the system's own GRUB finds
 * them: blscfg.c (EL8, EL9 to EL10), blsuki.c, normal/menu.c of each generation.
 */
#include "reader.h"

#include <ctype.h>
#include <errno.h>

/* ---- order ------------------------------------------------------------------------ */

/*
 * Menuentries before the command blscfg, BLS entries, menuentries behind it, the unseen.
 */
enum menu_part { PART_BEFORE_BLS, PART_BLS, PART_BEHIND_BLS, PART_UNSEEN };

static enum menu_part part_of(const struct reader *r, const struct draft *d)
{
	if (d->unseen)
		return PART_UNSEEN;
	if (d->entry.kind == ENTRY_BLS)
		return PART_BLS;
	return !r->cfg.has_blscfg || strtoul(d->number, NULL, 10) < r->cfg.blscfg_index
		       ? PART_BEFORE_BLS
		       : PART_BEHIND_BLS;
}

typedef int compare_drafts(const struct draft *a, const struct draft *b);

static int compare_el9(const struct draft *a, const struct draft *b)
{
	return bls_compare_ids(a->entry.id, b->entry.id);
}

static int compare_el8(const struct draft *a, const struct draft *b)
{
	int r = bls_compare_versions(a->version, b->version);

	return r != 0 ? r : compare_el9(a, b);
}

static int compare_uki(const struct draft *a, const struct draft *b)
{
	return bls_compare_file_names(a->entry.id, b->entry.id);
}

static bool all_have_version(const struct reader *r)
{
	for (size_t i = 0; i < r->draft_count; i++)
		if (r->drafts[i].entry.kind == ENTRY_BLS && !r->drafts[i].version)
			return false;
	return true;
}

static compare_drafts *bls_order(const struct reader *r)
{
	if (r->inv.loader == LOADER_BLSUKI || r->inv.loader == LOADER_SYSTEMD_BOOT)
		return compare_uki;
	if (r->inv.loader == LOADER_BLSCFG_EL8 && all_have_version(r))
		return compare_el8;
	return compare_el9;
}

static bool comes_before(const struct reader *r, compare_drafts *compare,
	const struct draft *a, const struct draft *b)
{
	enum menu_part a_part = part_of(r, a), b_part = part_of(r, b);
	int order = 0;

	if (a_part != b_part)
		return a_part < b_part;
	if (a_part == PART_BLS)
		order = compare(a, b);
	return order != 0 ? order < 0 : a->order < b->order;
}

/*
 * By insertion, as GRUB does it: a menu is short, and qsort could not be told the rules.
 */
static void sort_drafts(struct reader *r)
{
	compare_drafts *compare = bls_order(r);

	for (size_t i = 1; i < r->draft_count; i++) {
		struct draft moved = r->drafts[i];
		size_t at = i;

		for (; at > 0 && comes_before(r, compare, &moved, &r->drafts[at - 1]);
			at--)
			r->drafts[at] = r->drafts[at - 1];
		r->drafts[at] = moved;
	}
}

/* Menuentries behind blscfg move on by the number of BLS entries. */
static char *menuentry_place(
	const struct reader *r, const struct draft *d, size_t bls_count)
{
	char *rest;
	unsigned long top = strtoul(d->number, &rest, 10);

	if (part_of(r, d) == PART_BEHIND_BLS)
		top += bls_count;
	return text_printf("%lu%s", top, rest);
}

static int number_drafts(struct reader *r)
{
	size_t bls_count = 0;

	for (size_t i = 0; i < r->draft_count; i++) {
		struct draft *d = &r->drafts[i];

		if (part_of(r, d) != PART_BLS)
			continue;
		d->place = text_printf("%zu", r->cfg.blscfg_index + bls_count++);
		if (!d->place)
			return -ENOMEM;
	}
	for (size_t i = 0; i < r->draft_count; i++) {
		struct draft *d = &r->drafts[i];

		if (d->entry.kind == ENTRY_BLS || d->unseen)
			continue;
		d->place = menuentry_place(r, d, bls_count);
		if (!d->place)
			return -ENOMEM;
	}
	return 0;
}

int order_entries(struct reader *r)
{
	for (size_t i = 0; i < r->draft_count; i++) {
		struct draft *d = &r->drafts[i];

		d->order = i;
		/* An entry without a kernel is skipped by every blscfg. */
		d->unseen =
			d->unseen || (d->entry.kind == ENTRY_BLS && !d->entry.linux_path);
	}
	sort_drafts(r);
	return number_drafts(r);
}

/* ---- default ---------------------------------------------------------------------- */

static int find_id(const struct reader *r, const char *id, size_t size)
{
	for (size_t i = 0; i < r->draft_count; i++) {
		const struct draft *d = &r->drafts[i];

		if (d->place && d->grub_id && strlen(d->grub_id) == size &&
			memcmp(d->grub_id, id, size) == 0)
			return (int)i;
	}
	return -1;
}

static int find_title(const struct reader *r, const char *title)
{
	for (size_t i = 0; i < r->draft_count; i++)
		if (r->drafts[i].place && text_equal(r->drafts[i].entry.title, title))
			return (int)i;
	return -1;
}

static int find_place(const struct reader *r, const char *place)
{
	for (size_t i = 0; i < r->draft_count; i++)
		if (text_equal(r->drafts[i].place, place))
			return (int)i;
	return -1;
}

/* strtoul as GRUB uses it, base 0. false: no number; strict: text behind it spoils it. */
static bool to_number(const char *text, unsigned long *ret, char *ret_next)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	*ret = strtoul(text, &end, 0);
	*ret_next = *end;
	return true;
}

static int find_number(const struct reader *r, unsigned long number)
{
	char place[24];

	snprintf(place, sizeof(place), "%lu", number);
	return find_place(r, place);
}

/*
 * Fedora 30 and later, EL8 and later: the first word as id, the whole as title, a number.
 */
static int find_as_fedora(const struct reader *r, const char *wanted)
{
	int found = find_id(r, wanted, strcspn(wanted, " \t"));
	unsigned long number;
	char next;

	if (found < 0)
		found = find_title(r, wanted);
	if (found < 0 && to_number(wanted, &number, &next) &&
		(next == '\0' || isspace((unsigned char)next)))
		found = find_number(r, number);
	return found;
}

/* EL7 and upstream: what begins with a digit is a number, whatever follows. */
static int find_as_upstream(const struct reader *r, const char *wanted)
{
	unsigned long number;
	char next;
	int found;

	if (to_number(wanted, &number, &next))
		return find_number(r, number);
	found = find_id(r, wanted, strlen(wanted));
	return found >= 0 ? found : find_title(r, wanted);
}

static bool looks_up_ids_first(const struct reader *r)
{
	static const char *const derived[] = {
		"rhel", "centos", "rocky", "almalinux", "ol"};
	const struct system *s = r->sys;

	if (r->inv.loader != LOADER_MENUENTRIES || text_equal(s->os_id, "fedora"))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(derived); i++)
		if (text_equal(s->os_id, derived[i]))
			return s->os_version_id &&
			       strtoul(s->os_version_id, NULL, 10) >= 8;
	return false;
}

/* "1>2" and "Advanced options>Linux 6.1": the way through submenus to the last name. */
static int find_in_menu(const struct reader *r, const char *wanted)
{
	const char *last = strrchr(wanted, '>');
	bool escaped = last && last > wanted && last[-1] == '>';

	if (last && !escaped) {
		int found = find_place(r, wanted);

		if (found >= 0)
			return found;
		found = find_id(r, last + 1, strlen(last + 1));
		return found >= 0 ? found : find_title(r, last + 1);
	}
	return looks_up_ids_first(r) ? find_as_fedora(r, wanted)
				     : find_as_upstream(r, wanted);
}

/* What grub.cfg sets `default` to when no one-shot entry is wanted. */
static const char *wanted_default(const struct reader *r)
{
	const char *saved = r->inv.saved_entry ? r->inv.saved_entry : "";

	for (size_t i = r->cfg.assignment_count; i-- > 0;) {
		const struct grub_assignment *a = &r->cfg.assignments[i];

		if (strcmp(a->name, "default") != 0 || strstr(a->value, "next_entry"))
			continue;
		if (!strchr(a->value, '$'))
			return a->value;
		if (strstr(a->value, "saved_entry"))
			return saved;
	}
	return saved;
}

/* What GRUB starts for a default that selects nothing: the first of the menu. */
static int first_in_menu(const struct reader *r)
{
	for (size_t i = 0; i < r->draft_count; i++)
		if (r->drafts[i].place)
			return (int)i;
	return -1;
}

static int find_wanted(const struct reader *r)
{
	const char *wanted;

	if (is_older_loader(r))
		return find_number(r, older_default(r));
	wanted = wanted_default(r);
	return *wanted ? find_in_menu(r, wanted) : -1;
}

int find_default(struct reader *r)
{
	int found = find_wanted(r);

	if (found < 0)
		found = first_in_menu(r);
	if (found >= 0)
		r->drafts[found].entry.is_default = true;
	r->inv.default_entry = found;
	return 0;
}
