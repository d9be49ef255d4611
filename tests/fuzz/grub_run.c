/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a grub.cfg that runs, in a world that answers from the same bytes: it ends,
 * every item has a title and a number, and numbers are not given twice.
 */
#include "grub_world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, MIN_OF(size, (size_t)4096)};
	const struct grub_world world = fuzz_world(&in);
	struct grub_menu m;

	if (grub_cfg_run(&m, in, &world, NULL) < 0)
		return 0;
	for (size_t i = 0; i < m.count; i++) {
		const struct grub_menuentry *e = &m.items[i];

		if (!e->title || !e->number || e->line == 0 || (e->linux_path && !e->options))
			abort();
		if (i > 0 && text_compare_natural(m.items[i - 1].number, e->number) >= 0)
			abort();
	}
	if (m.has_blscfg && m.blscfg_index > m.count)
		abort();
	grub_menu_done(&m);
	return 0;
}
