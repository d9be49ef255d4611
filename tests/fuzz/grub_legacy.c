/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as GRUB legacy's menu: written again they are the same; a stanza can be added. */
#include "formats/grub_legacy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct grub_legacy_stanza s = {.title = "N", .linux_path = "/k"};
	struct grub_legacy g, after;
	struct buffer text = {0}, again = {0};

	if (grub_legacy_parse(&g, (struct bytes){data, size}, NULL) < 0)
		return 0;
	if (grub_legacy_write(&again, &g) < 0 || again.size != size ||
		(size > 0 && memcmp(again.data, data, size) != 0))
		abort();
	if (g.count < GRUB_LEGACY_MAX_ENTRIES &&
		grub_legacy_insert(&text, &g, &s, 3) >= 0 &&
		grub_legacy_parse(&after, buffer_bytes(&text), NULL) >= 0) {
		if (after.count != g.count + 1 || after.default_entry != 3)
			abort();
		grub_legacy_done(&after);
	}
	buffer_done(&text);
	buffer_done(&again);
	grub_legacy_done(&g);
	return 0;
}
