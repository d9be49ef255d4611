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

static int compare_el8(const struct entry *a, const struct entry *b, bool all_have_version)
{
	int r = all_have_version ? bls_compare_versions(a->version, b->version) : 0;

	return r != 0 ? r : bls_compare_ids(BLS_EL8, a->id, b->id);
}

int entry_compare_bls(const struct inventory *inv, bool all_have_version,
	const struct entry *a, const struct entry *b)
{
	const struct bls_sort x = entry_sort(a), y = entry_sort(b);

	switch (inv->loader) {
	case LOADER_BLSUKI:
		return bls_compare_ids(BLS_UKI, a->id, b->id);
	case LOADER_SYSTEMD_BOOT:
		return bls_compare_systemd(&x, &y);
	case LOADER_BLSCFG_EL8:
		return compare_el8(a, b, all_have_version);
	default:
		return bls_compare_ids(BLS_EL9, a->id, b->id);
	}
}

static bool all_have_version(const struct reader *r)
{
	for (size_t i = 0; i < r->draft_count; i++)
		if (r->drafts[i].entry.kind == ENTRY_BLS && !r->drafts[i].entry.version)
			return false;
	return true;
}

static bool comes_before(const struct reader *r, bool by_version, const struct draft *a,
	const struct draft *b)
{
	enum menu_part a_part = part_of(r, a), b_part = part_of(r, b);
	int order = 0;

	if (a_part != b_part)
		return a_part < b_part;
	if (a_part == PART_BLS)
		order = entry_compare_bls(&r->inv, by_version, &a->entry, &b->entry);
	return order != 0 ? order < 0 : a->order < b->order;
}

/*
 * By insertion, as GRUB does it: a menu is short, and qsort could not be told the rules.
 */
static void sort_drafts(struct reader *r)
{
	bool by_version = all_have_version(r);

	for (size_t i = 1; i < r->draft_count; i++) {
		struct draft moved = r->drafts[i];
		size_t at = i;

		while (at > 0 && comes_before(r, by_version, &moved, &r->drafts[at - 1])) {
			r->drafts[at] = r->drafts[at - 1];
			at--;
		}
		r->drafts[at] = moved;
	}
}

static int number_drafts(struct reader *r)
{
	size_t bls_count = 0;

	for (size_t i = 0; i < r->draft_count; i++) {
		struct entry *e = &r->drafts[i].entry;

		if (part_of(r, &r->drafts[i]) != PART_BLS)
			continue;
		e->place = text_printf("%zu", r->menu.blscfg_index + bls_count++);
		if (!e->place)
			return -ENOMEM;
	}
	for (size_t i = 0; i < r->draft_count; i++) {
		struct draft *d = &r->drafts[i];

		if (d->entry.kind == ENTRY_BLS || d->unseen)
			continue;
		d->entry.place = grub_menu_place(&r->menu, d->number, bls_count);
		if (!d->entry.place)
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
	bool by_version = all_have_version(r);

	if (r->inv.loader != LOADER_BLSCFG_EL9 && r->inv.loader != LOADER_BLSUKI)
		return 0;
	for (size_t i = 1; i < r->draft_count; i++) {
		const struct draft *a = &r->drafts[i - 1];
		struct draft *b = &r->drafts[i];

		if (part_of(r, a) != PART_BLS || part_of(r, b) != PART_BLS ||
			entry_compare_bls(&r->inv, by_version, &a->entry, &b->entry) != 0)
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
