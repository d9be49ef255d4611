/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a grub.cfg that runs, in a world that answers from the same bytes: it ends,
 * every item has a title and a number, and numbers are not given twice.
 */
#include "formats/grub_cfg.h"

#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *variable(void *data, const char *name)
{
	(void)data;
	return name[0] == 'p' ? "(d)/p" : name[0] == 'u' ? grub_script_unknown : NULL;
}

static int read_file(void *data, const char *path, struct buffer *ret)
{
	const struct bytes *in = data;

	if (!strchr(path, 'x'))
		return -ENOENT;
	return buffer_append(ret, in->data, in->size / 2);
}

static enum grub_answer exists(void *data, const char *path, char kind)
{
	(void)data;
	return (enum grub_answer)(((unsigned char)path[0] + (unsigned char)kind) % 3);
}

static enum grub_answer search(void *data, const char *by, const char *what, const char **ret)
{
	(void)data;
	(void)by;
	*ret = what[0] == 'd' ? "d" : NULL;
	return *ret ? GRUB_YES : GRUB_NO;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, MIN_OF(size, (size_t)4096)};
	const struct grub_world world = {variable, read_file, exists, search, &in};
	struct grub_menu m;

	if (grub_cfg_run(&m, in, &world, NULL) < 0)
		return 0;
	for (size_t i = 0; i < m.count; i++) {
		const struct grub_menuentry *e = &m.items[i];

		if (!e->title || !e->number || e->line == 0 || (e->linux_path && !e->options))
			abort();
		if (i > 0 && text_compare_natural(m.items[i - 1].number, e->number) >= 0)
			abort();
	}
	if (m.has_blscfg && m.blscfg_index > m.count)
		abort();
	grub_menu_done(&m);
	return 0;
}
