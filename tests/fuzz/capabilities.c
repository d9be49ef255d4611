/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any text as capabilities of a file; what is read has the kernel's revision. */
#include "formats/capabilities.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);
	uint8_t value[CAPABILITIES_SIZE];

	if (text && capabilities_parse(value, text) == 0 && (value[3] != 2 || value[0] > 1))
		abort();
	free(text);
	return 0;
}
