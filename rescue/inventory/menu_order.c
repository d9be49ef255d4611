/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The menu's order as the system's own boot loader makes it: blscfg.c of EL8, of EL9 and
 * Fedora, upstream's blsuki.c, systemd-boot.
 */
#include "reader.h"

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
	return !r->menu.has_blscfg || strtoul(d->number, NULL, 10) < r->menu.blscfg_index
		       ? PART_BEFORE_BLS
		       : PART_BEHIND_BLS;
}

typedef int compare_drafts(const struct draft *a, const struct draft *b);

static int compare_el9(const struct draft *a, const struct draft *b)
{
	return bls_compare_ids(BLS_EL9, a->entry.id, b->entry.id);
}

static int compare_el8_ids(const struct draft *a, const struct draft *b)
{
	return bls_compare_ids(BLS_EL8, a->entry.id, b->entry.id);
}

static int compare_el8(const struct draft *a, const struct draft *b)
{
	int r = bls_compare_versions(a->entry.version, b->entry.version);

	return r != 0 ? r : compare_el8_ids(a, b);
}

static int compare_uki(const struct draft *a, const struct draft *b)
{
	return bls_compare_ids(BLS_UKI, a->entry.id, b->entry.id);
}

static int compare_systemd(const struct draft *a, const struct draft *b)
{
	const struct bls_sort x = entry_sort(&a->entry), y = entry_sort(&b->entry);

	return bls_compare_systemd(&x, &y);
}

static bool all_have_version(const struct reader *r)
{
	for (size_t i = 0; i < r->draft_count; i++)
		if (r->drafts[i].entry.kind == ENTRY_BLS && !r->drafts[i].entry.version)
			return false;
	return true;
}

static compare_drafts *bls_order(const struct reader *r)
{
	switch (bls_dialect_of(r)) {
	case BLS_UKI:
		return compare_uki;
	case BLS_SYSTEMD:
		return compare_systemd;
	case BLS_EL8:
		return all_have_version(r) ? compare_el8 : compare_el8_ids;
	default:
		return compare_el9;
	}
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
char *menu_place(const struct reader *r, const char *number)
{
	char *rest;
	unsigned long top = strtoul(number, &rest, 10);

	if (r->menu.has_blscfg && top >= r->menu.blscfg_index)
		for (size_t i = 0; i < r->draft_count; i++)
			top += part_of(r, &r->drafts[i]) == PART_BLS;
	return text_printf("%lu%s", top, rest);
}

static int number_drafts(struct reader *r)
{
	size_t bls_count = 0;

	for (size_t i = 0; i < r->draft_count; i++) {
		struct draft *d = &r->drafts[i];

		if (part_of(r, d) != PART_BLS)
			continue;
		d->place = text_printf("%zu", r->menu.blscfg_index + bls_count++);
		if (!d->place)
			return -ENOMEM;
	}
	for (size_t i = 0; i < r->draft_count; i++) {
		struct draft *d = &r->drafts[i];

		if (d->entry.kind == ENTRY_BLS || d->unseen)
			continue;
		d->place = menu_place(r, d->number);
		if (!d->place)
			return -ENOMEM;
	}
	return 0;
}

/* An entry without a kernel is skipped by every loader, one without its file by some. */
static bool is_skipped(const struct reader *r, const struct draft *d)
{
	if (d->entry.kind != ENTRY_BLS || d->starts_other)
		return false;
	return !d->entry.linux_path ||
	       (r->inv.loader == LOADER_SYSTEMD_BOOT && d->has_no_kernel);
}

/*
 * blscfg.c and blsuki.c drop an entry that compares equal to one that they have: which of
 * both that is depends on how the directory is stored.
 */
static int mark_shadows(struct reader *r)
{
	compare_drafts *compare = bls_order(r);

	if (r->inv.loader != LOADER_BLSCFG_EL9 && r->inv.loader != LOADER_BLSUKI)
		return 0;
	for (size_t i = 1; i < r->draft_count; i++) {
		const struct draft *a = &r->drafts[i - 1];
		struct draft *b = &r->drafts[i];

		if (part_of(r, a) != PART_BLS || part_of(r, b) != PART_BLS ||
			compare(a, b) != 0)
			continue;
		free(b->entry.reason);
		b->entry.broken = true;
		b->entry.reason = text_printf(
			"GRUB takes its name for that of %s and shows only one of them",
			a->entry.id);
		b->entry.shadowed_by = strdup(a->entry.id);
		if (!b->entry.reason || !b->entry.shadowed_by)
			return -ENOMEM;
	}
	return 0;
}

int order_entries(struct reader *r)
{
	int error;

	for (size_t i = 0; i < r->draft_count; i++) {
		r->drafts[i].order = i;
		r->drafts[i].entry.is_read = !r->drafts[i].unseen;
		r->drafts[i].unseen = r->drafts[i].unseen || is_skipped(r, &r->drafts[i]);
	}
	sort_drafts(r);
	error = mark_shadows(r);
	for (size_t i = 0; error >= 0 && i < r->draft_count; i++)
		r->drafts[i].unseen = r->drafts[i].unseen || r->drafts[i].entry.shadowed_by;
	sort_drafts(r);
	return error < 0 ? error : number_drafts(r);
}
