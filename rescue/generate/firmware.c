/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Some host adapters (qla2xxx, bfa, aic94xx) do nothing until they are given firmware. */
#include "firmware.h"
#include "formats/elf_module.h"

#include <errno.h>

#define MAX_FIRMWARE_SIZE (64u * 1024 * 1024)
#define MAX_NAMES_A_MODULE 256

void firmware_list_done(struct firmware_list *w)
{
	strings_done(&w->names);
}

int firmware_note(struct firmware_list *w, struct bytes module, struct fault *f)
{
	struct elf_module elf;
	const char *name;

	if (elf_module_parse(&elf, module, NULL) < 0)
		return 0;
	for (size_t n = 0; n < MAX_NAMES_A_MODULE; n++) {
		name = elf_module_info(&elf, "firmware", n);
		if (!name)
			break;
		if (path_is_clean(name, strlen(name)) && *name != '/' &&
			strings_add_new(&w->names, name) < 0)
			return fault_no_memory(f);
	}
	return 0;
}

/* 1: it was there and is in the archive now. */
static int add_file(
	struct cpio *c, const struct staged *s, const char *path, struct fault *f)
{
	_cleanup_(buffer_done) struct buffer data = {0};
	int r;

	if (!target_exists(s->patient, path))
		return 0;
	r = target_read(s->patient, path, MAX_FIRMWARE_SIZE, &data, f);
	if (r >= 0)
		r = cpio_file(c, path + 1, 0644, buffer_bytes(&data), f);
	return r < 0 ? r : 1;
}

/* The kernel's own order (drivers/base/firmware_loader/main.c); the first one wins. */
static int add_name(
	struct cpio *c, const struct staged *s, const char *name, struct fault *f)
{
	const char *release = strrchr(s->directory, '/');
	const char *const places[][2] = {
		{"/updates", release}, {"/updates", ""}, {"", release}, {"", ""}};
	static const char *const suffixes[] = {"", ".zst", ".xz"};

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		for (size_t n = 0; n < ARRAY_SIZE(places); n++) {
			_cleanup_free_ char *path = text_printf("/lib/firmware%s%s/%s%s",
				places[n][0], places[n][1], name, suffixes[i]);
			int r = path ? add_file(c, s, path, f) : fault_no_memory(f);

			if (r != 0)
				return r;
		}
	}
	return 0;
}

int firmware_add(
	struct firmware_list *w, struct cpio *c, const struct staged *s, struct fault *f)
{
	strings_sort(&w->names);
	for (size_t i = 0; s->patient && i < w->names.count; i++) {
		int r = add_name(c, s, w->names.items[i], f);

		if (r < 0)
			return r;
	}
	return 0;
}
