/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which configuration the boot loader reads, its environment block, and by whose rules.
 */
#include "reader.h"

#include <errno.h>

#define SECTOR 512 /* GRUB's unit */

/* /boot's own before the ESP's: where both are, the latter is a stub that leads to it. */
static int list_candidates(struct reader *r, const char *name, struct strings *ret)
{
	static const char *const folders[] = {"/boot/grub2", "/boot/grub"};

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		_cleanup_free_ char *path = text_printf("%s/%s", folders[i], name);

		if (!path)
			return -ENOMEM;
		if (target_exists(r->t, path) && strings_add(ret, path) < 0)
			return -ENOMEM;
	}
	return list_esp_files(r, name, ret);
}

/* 1: GRUB reads that one; 0: it is another system's, or has no content. */
static int try_grub_cfg(struct reader *r, const char *path)
{
	struct buffer *text = &r->inv.loader_config;
	_cleanup_free_ char *canonical = NULL;
	int error = target_canonical(r->t, path, &canonical);

	if (error >= 0)
		error = target_read(r->t, canonical, GRUB_CFG_MAX_SIZE, text, NULL);
	if (error >= 0)
		error = grub_cfg_parse(&r->cfg, buffer_bytes(text), NULL);
	if (error >= 0)
		error = configuration_is_ours(r, canonical);
	else if (error != -ENOMEM)
		error = reader_cannot_read(r, path, error) < 0 ? -ENOMEM : 1;
	if (error <= 0) {
		buffer_done(text);
		grub_cfg_done(&r->cfg);
		return error;
	}
	r->named_cfg = strdup(path);
	r->inv.grub_cfg = canonical ? TAKE_PTR(canonical) : strdup(path);
	return r->named_cfg && r->inv.grub_cfg ? 1 : -ENOMEM;
}

static int read_grub_cfg(struct reader *r)
{
	_cleanup_(strings_done) struct strings candidates = {0};
	int error = list_candidates(r, "grub.cfg", &candidates);

	if (error >= 0)
		error = esp_prefer_configuration(r, &candidates);
	if (error >= 0)
		error = started_prefer_configuration(r, &candidates);
	for (size_t i = 0; error == 0 && !r->inv.lost.path && i < candidates.count; i++)
		error = try_grub_cfg(r, candidates.items[i]);
	return error < 0 ? error : 0;
}

static int set_text(char **ret, const char *text)
{
	*ret = text && *text ? strdup(text) : NULL;
	return text && *text && !*ret ? -ENOMEM : 0;
}

/*
 * env_block=512+1 in grubenv: these sectors of the device hold variables too, which are
 * loaded behind the file's and so win. (util/grub.d/00_header.in)
 */
static int read_raw_block(struct reader *r, struct grubenv *ret)
{
	const char *where = grubenv_get(&r->env, "env_block");
	const struct buffer *block = &r->sys->grub_block;
	unsigned long long first, count;

	if (!where || sscanf(where, "%llu+%llu", &first, &count) != 2 ||
		first != GRUB_BLOCK_OFFSET / SECTOR || count == 0 ||
		count > block->size / SECTOR)
		return 0;
	const struct bytes in = {(const uint8_t *)block->data, (size_t)count * SECTOR};

	return grubenv_parse(ret, in, NULL) == -ENOMEM ? -ENOMEM : 0;
}

/* The raw block's value where it has one, if only an empty one. */
static const char *saved(const struct reader *r, const struct grubenv *raw, const char *name)
{
	const char *value = grubenv_get(raw, name);

	return value ? value : grubenv_get(&r->env, name);
}

/* prev_saved_entry, where it is set, takes the place of saved_entry at the next boot. */
static int read_saved_entries(struct reader *r)
{
	const struct grubenv *raw = &r->raw_env;
	const char *entry;
	int error = read_raw_block(r, &r->raw_env);

	if (error < 0)
		return error;
	entry = saved(r, raw, "prev_saved_entry");
	if (!entry || !*entry)
		entry = saved(r, raw, "saved_entry");
	if (set_text(&r->inv.saved_entry, entry) < 0)
		return -ENOMEM;
	r->inv.saved_in_block =
		grubenv_get(raw, "saved_entry") || grubenv_get(raw, "prev_saved_entry");
	return set_text(&r->inv.next_entry, saved(r, raw, "next_entry"));
}

/* grub.cfg loads the block beside itself first. */
static int find_grubenv(struct reader *r, char **ret)
{
	_cleanup_(strings_done) struct strings candidates = {0};
	const char *slash = r->named_cfg ? strrchr(r->named_cfg, '/') : NULL;
	int error = list_candidates(r, "grubenv", &candidates);

	if (error < 0)
		return error;
	if (slash) {
		_cleanup_free_ char *beside = text_printf(
			"%.*s/grubenv", (int)(slash - r->named_cfg), r->named_cfg);

		if (!beside)
			return -ENOMEM;
		if (target_exists(r->t, beside)) {
			*ret = TAKE_PTR(beside);
			return 0;
		}
	}
	*ret = candidates.count > 0 ? strdup(candidates.items[0]) : NULL;
	return candidates.count > 0 && !*ret ? -ENOMEM : 0;
}

static int read_grubenv(struct reader *r)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	_cleanup_free_ char *path = NULL;
	int error = find_grubenv(r, &path);

	if (error < 0 || !path)
		return error;
	error = target_canonical(r->t, path, &r->inv.grubenv_path);
	if (error < 0)
		return error == -ENOMEM ? error : reader_cannot_read(r, path, error);
	error = target_read(r->t, path, GRUBENV_MAX_SIZE, &text, NULL);
	if (error < 0 && error != -EFBIG)
		return error == -ENOMEM ? error : reader_cannot_read(r, path, error);
	if (error >= 0)
		error = grubenv_parse(&r->env, buffer_bytes(&text), NULL);
	r->inv.grubenv_damaged = error < 0;
	return error == -ENOMEM ? error : read_saved_entries(r);
}

/* What blscfg is told to read, by an option or `blsdir`; *ret NULL: none, or it is gone. */
static int told_directory(struct reader *r, char **ret)
{
	const char *told = r->menu.blscfg_path ? r->menu.blscfg_path
					       : loader_variable(r, "blsdir");
	_cleanup_free_ char *path = told ? system_path_of(r->sys, told) : NULL;
	size_t size = path ? strlen(path) : 0;

	if (told && !path)
		return -ENOMEM;
	while (size > 1 && path[size - 1] == '/')
		path[--size] = '\0';
	if (path && reader_is_directory(r, path))
		*ret = TAKE_PTR(path);
	return 0;
}

/*
 * GRUB looks in /loader/entries of the file system that holds /boot, then in /boot there.
 */
static int find_entries_directory(struct reader *r)
{
	bool at_top = !r->sys->boot.separate && reader_is_directory(r, "/loader/entries");
	int error = told_directory(r, &r->inv.entries_directory);

	if (error < 0 || r->inv.entries_directory)
		return error;
	r->inv.entries_directory =
		strdup(at_top ? "/loader/entries" : "/boot/loader/entries");
	return r->inv.entries_directory ? 0 : -ENOMEM;
}

static int infer_rules(struct reader *r, enum loader_rules *ret)
{
	if (r->menu.has_blscfg)
		return find_blscfg_rules(r, ret);
	if (r->inv.grub_cfg) {
		*ret = LOADER_MENUENTRIES;
		return 0;
	}
	if (r->sys->bootloaders & BOOTLOADER_SYSTEMD_BOOT) {
		*ret = LOADER_SYSTEMD_BOOT;
		return 0;
	}
	if (reader_is_directory(r, r->inv.entries_directory))
		return find_blscfg_rules(r, ret);
	*ret = LOADER_NONE;
	return 0;
}

/* Of GRUB 2, systemd-boot, or where nothing tells what starts. */
static int read_recent_loader(struct reader *r)
{
	int error = read_grub_cfg(r);

	if (error >= 0)
		error = read_grubenv(r);
	if (error >= 0 && r->inv.grub_cfg) {
		error = run_grub_cfg(r);
		if (error < 0 && error != -ENOMEM)
			error = reader_cannot_read(r, r->inv.grub_cfg, error);
	}
	if (error >= 0)
		error = find_entries_directory(r);
	if (error >= 0)
		error = starts_systemd_boot(r);
	if (error > 0)
		r->inv.loader = LOADER_SYSTEMD_BOOT;
	else if (error == 0)
		error = infer_rules(r, &r->inv.loader);
	if (error < 0)
		return error;
	if (r->inv.loader == LOADER_SYSTEMD_BOOT && !r->systemd_esp)
		r->systemd_esp = systemd_boot_by_conf(r);
	return 0;
}

int read_loader(struct reader *r)
{
	int error = may_start(r, BOOTLOADER_GRUB2) ? read_recent_loader(r)
						   : find_entries_directory(r);

	if (error >= 0 && !r->inv.grub_cfg && r->inv.loader != LOADER_SYSTEMD_BOOT)
		error = read_older_loader(r);
	if (error >= 0)
		error = find_lost_menu(r);
	return error < 0 ? error : check_started(r);
}
