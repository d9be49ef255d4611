/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as extlinux.conf: written again they are the same; an entry can be added. */
#include "formats/extlinux.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct extlinux_template s = {.label = "N", .linux_path = "/k"};
	struct extlinux g, after;
	struct buffer text = {0}, again = {0};

	if (extlinux_parse(&g, (struct bytes){data, size}, NULL) < 0)
		return 0;
	if (extlinux_write(&again, &g) < 0 || again.size != size ||
		(size > 0 && memcmp(again.data, data, size) != 0))
		abort();
	if (g.count < EXTLINUX_MAX_ENTRIES &&
		extlinux_insert(&text, &g, &s, EXTLINUX_MAKE_DEFAULT) >= 0 &&
		extlinux_parse(&after, buffer_bytes(&text), NULL) >= 0) {
		if (after.count != g.count + 1)
			abort();
		extlinux_done(&after);
	}
	buffer_done(&text);
	buffer_done(&again);
	extlinux_done(&g);
	return 0;
}
