/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What this system's grub.cfg finds when it runs: files, file systems and what GRUB sets
 * before it reads it. Devices are called boot, root and esp here; every other name stands
 * for the file system that holds /boot.
 */
#include "reader.h"

#include <errno.h>
#include <strings.h>

static bool is_below(const char *path, const char *directory)
{
	size_t size = strlen(directory);

	return strncmp(path, directory, size) == 0 && path[size] == '/';
}

/* "(esp)/EFI/x" → /boot/efi/EFI/x, "(hd0,1)/grub2/x" → /boot/grub2/x; NULL: no memory. */
static char *path_of(struct reader *r, const char *path)
{
	if (text_starts(path, "(esp)"))
		return text_printf("%s%s", esp_mountpoint(r), path + strlen("(esp)"));
	if (text_starts(path, "(root)") && r->sys->boot.separate)
		return strdup(path + strlen("(root)"));
	return system_path_of(r->sys, path);
}

/* What is to be started just once is no default: its variable is left out. */
static int put_variables(struct buffer *ret, const struct grubenv *env)
{
	int error = 0;

	for (size_t i = 0; error >= 0 && i < env->count; i++) {
		const char *value = env->items[i].value;

		if (strcmp(env->items[i].name, "next_entry") == 0)
			continue;
		error = buffer_printf(ret, "%s=", env->items[i].name);
		for (; error >= 0 && *value; value++)
			error = buffer_printf(ret, "%s%c",
				*value == '\\' || *value == '\n' ? "\\" : "", *value);
		if (error >= 0)
			error = buffer_puts(ret, "\n");
	}
	return error;
}

/* An environment block as load_env sees it, with what GRUB keeps outside of its file. */
static int read_block(struct reader *r, struct bytes file, struct buffer *ret)
{
	_cleanup_(grubenv_done) struct grubenv env = {0};
	int error = grubenv_parse(&env, file, NULL);

	if (error >= 0)
		error = buffer_puts(ret, "# GRUB Environment Block\n");
	if (error >= 0)
		error = put_variables(ret, &env);
	return error < 0 ? error : put_variables(ret, &r->raw_env);
}

static int world_read(void *data, const char *path, struct buffer *ret)
{
	struct reader *r = data;
	_cleanup_(buffer_done) struct buffer text = {0};
	_cleanup_free_ char *name = path_of(r, path);
	int error = name ? target_read(r->t, name, GRUB_CFG_MAX_SIZE, &text, NULL) : -ENOMEM;

	if (error >= 0 && text_ends(name, "/grubenv"))
		return read_block(r, buffer_bytes(&text), ret);
	if (error >= 0)
		*ret = TAKE_STRUCT(text);
	return error;
}

static enum grub_answer world_exists(void *data, const char *path, char kind)
{
	struct reader *r = data;
	_cleanup_free_ char *name = path_of(r, path);
	struct stat st;
	bool yes = name && target_stat(r->t, name, &st) == 0;

	if (yes && kind == 'd')
		yes = S_ISDIR(st.st_mode);
	else if (yes && kind == 'f')
		yes = !S_ISDIR(st.st_mode);
	else if (yes && kind == 's')
		yes = S_ISREG(st.st_mode) && st.st_size > 0;
	return yes ? GRUB_YES : GRUB_NO;
}

static enum grub_answer is_place(const struct place *p, const char *by, const char *what)
{
	const char *own = strcmp(by, "label") == 0 ? p->label : p->uuid;

	if (!own)
		return GRUB_UNKNOWN;
	return strcasecmp(own, what) == 0 ? GRUB_YES : GRUB_NO;
}

/* Where nothing tells the UUID of /boot (an unpacked tree), it is the one that is meant. */
static enum grub_answer world_search(
	void *data, const char *by, const char *what, const char **ret)
{
	struct reader *r = data;
	const struct {
		const struct place *place;
		const char *name;
	} places[] = {{&r->sys->boot, "boot"}, {&r->sys->root, "root"}, {&r->sys->esp, "esp"}};
	enum grub_answer answer = GRUB_UNKNOWN;

	if (strcmp(by, "file") == 0) {
		answer = world_exists(data, what, 'e');
		*ret = answer == GRUB_YES ? "boot" : NULL;
		return answer;
	}
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		answer = is_place(places[i].place, by, what);
		if (answer == GRUB_NO && i + 1 < ARRAY_SIZE(places))
			continue;
		*ret = answer == GRUB_NO ? NULL : places[i].name;
		return answer;
	}
	return answer;
}

/* Every GRUB since 2.00 sets these to y. */
static bool is_feature(const char *name)
{
	static const char *const names[] = {"feature_chainloader_bpb", "feature_ntldr",
		"feature_platform_search_hint", "feature_default_font_path",
		"feature_all_video_module", "feature_menuentry_id", "feature_menuentry_options",
		"feature_200_final", "feature_timeout_style", "feature_nativedisk_cmd"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* Where no disk is looked at, which GRUB was installed tells how it is started. */
static enum firmware likely_firmware(const struct reader *r)
{
	const struct target *t = r->t;
	bool bios = target_exists(t, "/boot/grub2/i386-pc") ||
		    target_exists(t, "/boot/grub/i386-pc");
	bool uefi = r->sys->esp.present || target_exists(t, "/boot/grub/x86_64-efi");

	if (r->sys->firmware != FIRMWARE_UNKNOWN || bios == uefi)
		return r->sys->firmware;
	return bios ? FIRMWARE_BIOS : FIRMWARE_UEFI;
}

static const char *platform(const struct reader *r, const char *bios, const char *uefi)
{
	enum firmware firmware = likely_firmware(r);

	return firmware == FIRMWARE_BIOS   ? bios
	       : firmware == FIRMWARE_UEFI ? uefi
					   : grub_script_unknown;
}

static const char *world_variable(void *data, const char *name)
{
	static const char *const unknown[] = {
		"cmdpath", "lockdown", "shim_lock", "lang", "pager", "secureboot"};
	struct reader *r = data;

	if (strcmp(name, "prefix") == 0 || strcmp(name, "config_directory") == 0)
		return r->grub_prefix;
	if (strcmp(name, "root") == 0)
		return text_starts(r->grub_prefix, "(esp)") ? "esp" : "boot";
	if (strcmp(name, "grub_platform") == 0)
		return platform(r, "pc", "efi");
	if (strcmp(name, "grub_cpu") == 0)
		return platform(r, "i386", r->sys->arch ? r->sys->arch : grub_script_unknown);
	for (size_t i = 0; i < ARRAY_SIZE(unknown); i++)
		if (strcmp(name, unknown[i]) == 0)
			return grub_script_unknown;
	return is_feature(name) ? "y" : NULL;
}

/* "(boot)/grub2", as GRUB calls the directory of the configuration. */
static char *prefix_of(struct reader *r)
{
	const char *path = r->named_cfg, *slash = strrchr(path, '/'), *esp = esp_mountpoint(r);
	size_t size = slash ? (size_t)(slash - path) : 0;

	if (is_below(path, esp) && strcmp(esp, "/boot") != 0)
		return text_printf("(esp)%.*s", (int)(size - strlen(esp)), path + strlen(esp));
	if (r->sys->boot.separate && is_below(path, "/boot"))
		return text_printf("(boot)%.*s", (int)(size - 5), path + 5);
	return text_printf("(boot)%.*s", (int)size, path);
}

int run_grub_cfg(struct reader *r)
{
	const struct grub_world world = {.variable = world_variable,
		.read = world_read,
		.exists = world_exists,
		.search = world_search,
		.data = r};
	const struct grub_world recording = grub_record_world(&r->inv.grub_record, &world);
	int error;

	r->grub_prefix = prefix_of(r);
	if (!r->grub_prefix)
		return -ENOMEM;
	error = grub_cfg_run(&r->menu, buffer_bytes(&r->inv.loader_config), &recording, NULL);
	r->inv.grub_record.asked = NULL;
	return error >= 0 && r->inv.grub_record.lacks_memory ? -ENOMEM : error;
}

const char *loader_variable(const struct reader *r, const char *name)
{
	const char *value = r->inv.grub_cfg ? grub_menu_variable(&r->menu, name)
					    : grubenv_get(&r->env, name);

	return value && *value ? value : NULL;
}

const char *reader_variable(void *data, const char *name)
{
	return loader_variable(data, name);
}
