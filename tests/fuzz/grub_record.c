/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a grub.cfg: run again by what was kept of its world, it gives the same menu. */
#include "grub_world.h"

#include "formats/grub_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void assert_same(const struct grub_menu *a, const struct grub_menu *b)
{
	if (a->count != b->count || a->variable_count != b->variable_count ||
		a->has_blscfg != b->has_blscfg || a->bad_line != b->bad_line)
		abort();
	for (size_t i = 0; i < a->count; i++)
		if (!text_equal(a->items[i].number, b->items[i].number) ||
			!text_equal(a->items[i].options, b->items[i].options) ||
			a->items[i].at != b->items[i].at)
			abort();
	for (size_t i = 0; i < a->variable_count; i++)
		if (!text_equal(a->variables[i].value, b->variables[i].value))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, MIN_OF(size, (size_t)4096)};
	const struct grub_world world = fuzz_world(&in);
	_cleanup_(grub_record_done) struct grub_record record = {0};
	const struct grub_world keeping = grub_record_world(&record, &world);
	const struct grub_world again = grub_record_replay(&record);
	_cleanup_(grub_menu_done) struct grub_menu a = {0}, b = {0};

	if (grub_cfg_run(&a, in, &keeping, NULL) < 0)
		return 0;
	if (record.count >= GRUB_RECORD_MAX || grub_cfg_run(&b, in, &again, NULL) < 0)
		return 0;
	assert_same(&a, &b);
	return 0;
}
