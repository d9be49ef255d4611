/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a kernel module; what is accepted must answer every question. */
#include "formats/module_versions.h"

#include <sanitizer/asan_interface.h>

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

/* Sum of the lengths of all names; SIZE_MAX: damaged. */
static size_t walk_symbols(const struct elf_module *m)
{
	struct module_versions v;
	struct fault f = {0};
	size_t names = 0;

	if (module_versions_open(&v, m, &f) < 0 || module_imports(&v, import, &names, &f) < 0 ||
	    module_exports(m, export, &names, &f) < 0) {
		if (!f.reason[0])
			abort();
		names = SIZE_MAX;
	}
	(void)elf_module_is_gpl(m);
	return names;
}

struct file {
	const uint8_t *data;
	uint8_t *window;
	size_t size;
};

static int bring(void *data, size_t offset, size_t size)
{
	const struct file *file = data;

	if (offset > file->size || size > file->size - offset)
		abort();
	ASAN_UNPOISON_MEMORY_REGION(file->window + offset, size);
	memcpy(file->window + offset, file->data + offset, size);
	return 0;
}

/* Read in parts: nothing is looked at that was not asked for, and the answer is the same. */
static void read_parts(struct bytes in, int parsed, size_t names)
{
	struct file file = {in.data, malloc(in.size + !in.size), in.size};
	struct elf_module m;
	int r;

	if (!file.window)
		abort();
	ASAN_POISON_MEMORY_REGION(file.window, in.size);
	r = elf_module_parse_parts(&m, (struct bytes){file.window, in.size},
				   &(struct elf_parts){bring, &file}, NULL);
	if (r != parsed || (r >= 0 && walk_symbols(&m) != names))
		abort();
	ASAN_UNPOISON_MEMORY_REGION(file.window, in.size);
	free(file.window);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {"vermagic", "alias", "depends", ""};
	struct bytes in = {data, size};
	struct elf_module m;
	struct fault f = {0};
	int r = elf_module_parse(&m, in, &f);

	read_parts(in, r, r < 0 ? 0 : walk_symbols(&m));
	if (r < 0) {
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
