/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a file of shell variables; what is found has a name and is found again. */
#include "formats/shellvars.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct shellvars v;

	if (shellvars_parse(&v, (struct bytes){data, size}, NULL) < 0)
		return 0;
	for (size_t i = 0; i < v.count; i++)
		if (!v.items[i].name[0] || !shellvars_get(&v, v.items[i].name))
			abort();
	shellvars_done(&v);
	return 0;
}
