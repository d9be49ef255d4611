/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a kernel module; what is accepted must answer every question. */
#include "formats/elf_module.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {"vermagic", "alias", "depends", ""};
	struct bytes in = {data, size};
	struct elf_module m;
	struct fault f = {0};

	if (elf_module_parse(&m, in, &f) < 0) {
		if (!f.reason[0])
			abort();
		return 0;
	}
	if (!elf_machine_name(m.machine, m.is_64, m.is_big_endian))
		abort();
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *value;

		for (size_t n = 0; n < 64 && (value = elf_module_info(&m, names[i], n)); n++) {
			if ((const uint8_t *)value + strlen(value) >= data + size)
				abort();
		}
	}
	return 0;
}
