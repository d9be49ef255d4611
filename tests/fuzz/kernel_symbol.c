/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a vmlinux, as Module.symvers and as System.map; every name must be a text. */
#include "formats/kernel_symbol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int visit(void *data, const struct kernel_symbol *s)
{
	size_t *left = data;

	if (!*s->name)
		abort();
	if (strlen(s->name) + strlen(s->name_space) > *left)
		abort();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int (*const readers[])(struct bytes, kernel_symbol_visit *, void *,
				      struct fault *) = {
		elf_kernel_exports, symvers_exports, system_map_exports};
	struct bytes in = {data, size};

	for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
		struct fault f = {0};
		size_t left = 2 * size;

		if (readers[i](in, visit, &left, &f) < 0 && !f.reason[0])
			abort();
	}
	if (elf_kernel_first_table(in) > size)
		abort();
	return 0;
}
