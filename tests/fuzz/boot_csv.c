/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a list for shim's fallback. */
#include "formats/boot_csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strings list = {0};

	if (boot_csv_parse(&list, (struct bytes){data, size}) < 0 ||
		list.count > BOOT_CSV_MAX_LINES)
		abort();
	for (size_t i = 0; i < list.count; i++)
		if (!list.items[i][0] || strchr(list.items[i], ',') ||
			strlen(list.items[i]) > size / 2)
			abort();
	strings_done(&list);
	return 0;
}
