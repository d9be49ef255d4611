/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a kernel's loader decides: its version, its configuration, its own modules. */
#include "judge_room.h"

#include "formats/cmdline.h"
#include "formats/modules_index.h"

#include <errno.h>

enum { CONFIG_MAX_SIZE = 4 * 1024 * 1024 };

void loader_done(struct loader *l)
{
	free(l->vermagic);
	l->vermagic = NULL;
	kernel_keys_done(&l->keys);
	kernel_keys_done(&l->own);
	strings_done(&l->blacklist);
	strings_done(&l->built_in);
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
	l->checks_signatures = is_set(&config, "CONFIG_MODULE_SIG=y");
	l->needs_signature = is_set(&config, "CONFIG_MODULE_SIG_FORCE=y");
	/* Upstream's name, Fedora's and Debian's older one, EL7's. */
	l->locks_down = is_set(&config, "CONFIG_LOCK_DOWN_IN_EFI_SECURE_BOOT=y") ||
			is_set(&config, "CONFIG_EFI_SECURE_BOOT_LOCK_DOWN=y") ||
			is_set(&config, "CONFIG_EFI_SECURE_BOOT_SIG_ENFORCE=y");
	l->keyrings = (struct keyrings){
		.uefi = is_set(&config, "CONFIG_MODULE_SIG_UEFI=y"),
		.platform = is_set(&config, "CONFIG_INTEGRITY_PLATFORM_KEYRING=y"),
		.machine = is_set(&config, "CONFIG_INTEGRITY_MACHINE_KEYRING=y"),
		.machine_ca_only = is_set(&config, "CONFIG_INTEGRITY_CA_MACHINE_KEYRING=y")};
	l->lacks_livepatch = !is_set(&config, "CONFIG_LIVEPATCH=y");
	l->checks_btf = is_set(&config, "CONFIG_DEBUG_INFO_BTF_MODULES=y") &&
			!is_set(&config, "CONFIG_MODULE_ALLOW_BTF_MISMATCH=y");
	l->forgives_namespaces =
		is_set(&config, "CONFIG_MODULE_ALLOW_MISSING_NAMESPACE_IMPORTS=y");
	return 0;
}

static bool is_on(const char *value)
{
	return value && (!*value || strchr("1yYtT", *value) || text_equal(value, "on"));
}

/* Names are told apart as the kernel does: a_b, never a-b; those that repeat count once. */
static int add_name(struct strings *list, const char *name, size_t size)
{
	_cleanup_free_ char *word = strndup(name, size);

	for (char *at = word; at && *at; at++)
		*at = (char)(*at == '-' ? '_' : *at);
	if (word && list->count && text_equal(list->items[list->count - 1], word))
		return 0;
	return strings_take(list, TAKE_PTR(word));
}

static int take_blacklist(struct loader *l, const char *names)
{
	while (*names) {
		size_t length = strcspn(names, ",");

		if (add_name(&l->blacklist, names, length) < 0)
			return -ENOMEM;
		names += length + (names[length] == ',');
	}
	return 0;
}

/* module.sig_enforce, lockdown= and module_blacklist= (kernel/module/, security/lockdown). */
static int read_cmdline(struct loader *l, const char *text)
{
	_cleanup_(cmdline_done) struct cmdline line = {0};
	_cleanup_free_ char *enforce = NULL, *lockdown = NULL, *blacklist = NULL;
	int r = cmdline_parse(&line, text);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	enforce = cmdline_get(&line, "module.sig_enforce");
	lockdown = cmdline_get(&line, "lockdown");
	blacklist = cmdline_get(&line, "module_blacklist");
	if (is_on(enforce) || text_equal(lockdown, "integrity") ||
	    text_equal(lockdown, "confidentiality"))
		l->needs_signature = true;
	return blacklist ? take_blacklist(l, blacklist) : 0;
}

/*
 * Built-in modules that have parameters or a version stand in /sys/module, as loaded ones
 * do (kernel/params.c); modules.builtin.modinfo holds "NAME.KEY=VALUE" and NULs.
 */
static int read_built_in(struct loader *l, const struct files *files, const struct kernel *k)
{
	_cleanup_free_ char *path = text_printf("%s/modules.builtin.modinfo", k->modules.path);
	_cleanup_(buffer_done) struct buffer info = {0};
	int r = path ? files_read(files, path, MODULES_INDEX_MAX_SIZE, &info) : -ENOMEM;

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	for (size_t i = 0; r >= 0 && i < info.size; i += strlen(info.data + i) + 1) {
		const char *at = info.data + i, *key = strchr(at, '.');

		if (key && (text_starts(key, ".parm=") || text_starts(key, ".version=")))
			r = add_name(&l->built_in, at, (size_t)(key - at));
	}
	return r;
}

int loader_of_kernel(struct loader *ret, const struct files *files, const struct kernel *k,
		     const char *cmdline)
{
	int r;

	ret->release = k->release;
	ret->version = version_of(k->release);
	r = read_config(ret, files, k);
	if (r >= 0)
		r = read_built_in(ret, files, k);
	return r < 0 || !cmdline ? r : read_cmdline(ret, cmdline);
}

/*
 * "no symbol version for": 2.6.18 and 4.9 and later load it, those between did not; nor do
 * Debian's, whose own patch keeps the older rule. Extended versions forgive everywhere.
 */
bool loader_forgives_missing_version(const struct loader *l, bool extended)
{
	if (extended || l->version < KERNEL_VERSION_OF(2u, 6u, 19u))
		return true;
	return l->version >= KERNEL_VERSION_OF(4u, 9u, 0u) && !l->wants_all_versions;
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
