/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a kernel module; what is accepted must answer every question. */
#include "formats/module_versions.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int import(void *data, const struct module_import *i)
{
	size_t *names = data;

	*names += strlen(i->name);
	return 0;
}

static int export(void *data, const struct kernel_symbol *s)
{
	size_t *names = data;

	*names += strlen(s->name) + strlen(s->name_space);
	return 0;
}

static void walk_symbols(const struct elf_module *m)
{
	struct module_versions v;
	struct fault f = {0};
	size_t names = 0;

	if ((module_versions_open(&v, m, &f) < 0 || module_imports(&v, import, &names, &f) < 0 ||
	     module_exports(m, export, &names, &f) < 0) && !f.reason[0])
		abort();
	(void)elf_module_is_gpl(m);
}

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
	walk_symbols(&m);
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
