/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a C library. */
#include "formats/elf_library.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct elf_library l = {0};

	if (elf_library_parse(&l, (struct bytes){data, size}, NULL) == 0 &&
	    (l.x86_level > 4 || (l.interpreter && strlen(l.interpreter) >= size)))
		abort();
	return 0;
}
