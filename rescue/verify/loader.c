/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a kernel's loader decides: its version, its configuration, its own modules. */
#include "judge.h"

#include <errno.h>

enum { CONFIG_MAX_SIZE = 4 * 1024 * 1024 };

void loader_done(struct loader *l)
{
	free(l->vermagic);
	l->vermagic = NULL;
}

static unsigned version_of(const char *release)
{
	unsigned part[3] = {0};

	if (sscanf(release, "%3u.%3u.%3u", &part[0], &part[1], &part[2]) < 2)
		return 0;
	return KERNEL_VERSION_OF(part[0], MIN_OF(part[1], 255u), MIN_OF(part[2], 255u));
}

static bool is_set(const struct buffer *config, const char *option)
{
	const char *line = config->data ? strstr(config->data, option) : NULL;

	return line && (line == config->data || line[-1] == '\n');
}

static int read_config(struct loader *l, const struct files *files, const struct kernel *k)
{
	_cleanup_free_ char *usual = text_printf("/boot/config-%s", k->release);
	_cleanup_free_ char *spare = text_printf("%s/config", k->modules.path);
	_cleanup_(buffer_done) struct buffer config = {0};
	int r;

	if (!usual || !spare)
		return -ENOMEM;
	r = files_read(files, usual, CONFIG_MAX_SIZE, &config);
	if (r < 0 && r != -ENOMEM)
		r = files_read(files, spare, CONFIG_MAX_SIZE, &config);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	l->force_load = is_set(&config, "CONFIG_MODULE_FORCE_LOAD=y");
	l->needs_signature = is_set(&config, "CONFIG_MODULE_SIG_FORCE=y");
	l->forgives_namespaces =
		is_set(&config, "CONFIG_MODULE_ALLOW_MISSING_NAMESPACE_IMPORTS=y");
	return 0;
}

int loader_of_kernel(struct loader *ret, const struct files *files, const struct kernel *k)
{
	ret->release = k->release;
	ret->version = version_of(k->release);
	return read_config(ret, files, k);
}

int loader_learn(struct loader *l, const struct elf_module *m, const char *vermagic)
{
	l->vermagic = strdup(vermagic);
	l->machine = m->machine;
	l->is_64 = m->is_64;
	l->is_big_endian = m->is_big_endian;
	l->this_module_size = m->this_module_size;
	return l->vermagic ? 0 : -ENOMEM;
}
