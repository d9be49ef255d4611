/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A first line as `default`, any bytes behind it as grub.cfg: what starts is an item of the
 * menu and no submenu, and a place leads back to its item where numbers come first.
 */
#include "formats/grub_choice.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct grub_choice bls[] = {
	{.title = "BLS (2)", .id = "f-2"}, {.title = "BLS (1)", .id = "4-1"}};

static void check_names(const struct grub_choices *c, size_t index)
{
	_cleanup_(strings_done) struct strings names = {0};

	if (grub_choice_names(&names, c, index) < 0)
		return;
	if (names.count == 0 || names.count > 3 ||
		strcmp(names.items[names.count - 1], c->items[index].place) != 0)
		abort();
	if (!c->items[index].is_submenu && grub_choose(c->items, c->count, GRUB_NUMBERS_FIRST,
						   c->items[index].place) != (int)index)
		abort();
}

static void check_menu(const struct grub_menu *m, const char *wanted)
{
	_cleanup_(grub_choices_done) struct grub_choices c = {0};

	if (grub_choices_list(&c, m, bls, m->has_blscfg ? ARRAY_SIZE(bls) : 0) < 0)
		return;
	for (enum grub_naming n = GRUB_NUMBERS_FIRST; n <= GRUB_IDS_FIRST; n++) {
		int found = grub_choose(c.items, c.count, n, wanted);

		if (found >= (int)c.count || (found >= 0 && c.items[found].is_submenu))
			abort();
	}
	for (size_t i = 0; i < c.count && i < 64; i++)
		check_names(&c, i);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size ? memchr(data, '\n', MIN_OF(size, (size_t)256)) : NULL;
	size_t first = end ? (size_t)(end - data) : 0;
	_cleanup_free_ char *wanted = strndup((const char *)data, first);
	const struct grub_world world = {0};
	_cleanup_(grub_menu_done) struct grub_menu m = {0};

	if (!wanted || !end ||
		grub_cfg_run(&m,
			(struct bytes){end + 1, MIN_OF(size - first - 1, (size_t)4096)}, &world,
			NULL) < 0)
		return 0;
	check_menu(&m, wanted);
	return 0;
}
