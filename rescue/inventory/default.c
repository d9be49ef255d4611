/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The entry that starts by itself, as the system's own boot loader finds it: normal/menu.c
 * of each generation of GRUB, systemd-boot's loader.conf.
 */
#include "reader.h"

#include "formats/grub_choice.h"
#include "formats/loader_conf.h"

#include <errno.h>

/* BLS entries in the menu's order; *ret is the caller's to free. */
static int list_bls(const struct reader *r, struct grub_choice **ret, size_t *ret_count)
{
	struct grub_choice *list = calloc(r->draft_count + 1, sizeof(*list));

	if (!list)
		return -ENOMEM;
	*ret = list;
	for (size_t i = 0; i < r->draft_count; i++) {
		const struct entry *e = &r->drafts[i].entry;

		if (e->place && e->kind == ENTRY_BLS)
			list[(*ret_count)++] = (struct grub_choice){
				.title = e->title, .id = e->loader_name};
	}
	return 0;
}

static int find_place(const struct reader *r, const char *place)
{
	for (size_t i = 0; i < r->draft_count; i++)
		if (text_equal(r->drafts[i].entry.place, place))
			return (int)i;
	return -1;
}

static int find_as_grub(struct reader *r, int *ret)
{
	const char *wanted = loader_variable(r, r->inv.grub_cfg ? "default" : "saved_entry");
	_cleanup_(grub_choices_done) struct grub_choices c = {0};
	_cleanup_free_ struct grub_choice *bls = NULL;
	size_t bls_count = 0;
	int found, error = list_bls(r, &bls, &bls_count);

	if (error >= 0)
		error = grub_choices_list(&c, &r->menu, bls, bls_count);
	if (error < 0)
		return error;
	found = grub_choose(c.items, c.count, r->inv.naming, wanted ? wanted : "");
	*ret = found < 0 ? -1 : find_place(r, c.items[found].place);
	return 0;
}

/* The generation of GRUB that is installed, by its system where its menu does not tell. */
static bool looks_up_ids_first(const struct reader *r)
{
	if (r->inv.loader == LOADER_BLSUKI)
		return false;
	if (r->inv.loader != LOADER_MENUENTRIES || text_equal(r->sys->os_id, "fedora"))
		return true;
	return system_el_major(r->sys) >= 8;
}

/* By number: GRUB legacy, extlinux. */
static int find_older(const struct reader *r, int *ret)
{
	_cleanup_free_ char *place = text_printf("%lu", older_default(r));

	*ret = place ? find_place(r, place) : -1;
	return place ? 0 : -ENOMEM;
}

static int first_in_menu(const struct reader *r)
{
	for (size_t i = 0; i < r->draft_count; i++)
		if (r->drafts[i].entry.place)
			return (int)i;
	return -1;
}

static int find_pattern(const struct reader *r, const char *pattern)
{
	for (size_t i = 0; pattern && i < r->draft_count; i++)
		if (r->drafts[i].entry.place &&
			loader_conf_matches(pattern, r->drafts[i].entry.loader_name))
			return (int)i;
	return -1;
}

static int find_wanted(struct reader *r, int *ret)
{
	const struct systemd_boot *s = &r->inv.systemd;
	const char *const patterns[] = {s->once, s->asked, s->wanted};

	for (size_t i = 0; r->inv.loader == LOADER_SYSTEMD_BOOT && *ret < 0 &&
		i < ARRAY_SIZE(patterns); i++)
		*ret = find_pattern(r, patterns[i]);
	if (r->inv.loader == LOADER_SYSTEMD_BOOT)
		return 0;
	return is_older_loader(r) ? find_older(r, ret) : find_as_grub(r, ret);
}

int find_default(struct reader *r)
{
	int found = -1, error;

	r->inv.naming = looks_up_ids_first(r) ? GRUB_IDS_FIRST : GRUB_NUMBERS_FIRST;
	error = find_wanted(r, &found);
	if (error < 0)
		return error;
	if (found < 0)
		found = first_in_menu(r);
	if (found >= 0)
		r->drafts[found].entry.is_default = true;
	r->inv.default_entry = found;
	return 0;
}
