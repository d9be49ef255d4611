/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a LUKS header; only one that has a size may be bound. */
#include "formats/luks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct bytes in = {data, size};
	uint64_t whole = luks_header_size(in);

	if (whole > LUKS_MAX_HEADER || (luks_is_bound_to_clevis(in) && whole == 0))
		abort();
	return 0;
}
