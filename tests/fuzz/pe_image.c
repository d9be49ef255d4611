/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as an EFI program. */
#include "formats/pe_image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* What is signed cannot be shorter than its headers. */
	if (pe_is_signed((struct bytes){data, size}) && size < 0x40)
		abort();
	return 0;
}
