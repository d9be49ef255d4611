/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as BootOrder and as a Boot#### variable. */
#include "formats/efi_option.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct bytes in = {data, size};
	struct efi_option o;
	char *text;
	uint16_t order[EFI_ORDER_MAX];

	if (efi_order_parse(order, in) > EFI_ORDER_MAX)
		abort();
	if (efi_text_parse(&text, in) < 0 || (text && strlen(text) > size / 2))
		abort();
	free(text);
	if (efi_option_parse(&o, in, NULL) < 0)
		return 0;
	if (o.path && o.path[0] != '/')
		abort();
	if (o.partuuid && strlen(o.partuuid) != 36)
		abort();
	efi_option_done(&o);
	return 0;
}
