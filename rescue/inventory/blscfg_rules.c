/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which of the three implementations of `blscfg` this system's GRUB has. Its own modules
 * tell: in /boot where BIOS loads them, inside the program on the ESP where UEFI starts it.
 * Without them the distribution does.
 */
#include "reader.h"

#include <errno.h>

#define PROGRAM_MAX_SIZE (32u * 1024 * 1024) /* a GRUB for UEFI with all its modules */

/* Texts that stand in the code of only one of them. */
static const char in_blscfg[] = "default_kernelopts", in_el9[] = "early_initrd",
		  in_blsuki[] = "enable-fallback";

static bool holds(const struct buffer *program, const char *text)
{
	return program->size > 0 && memmem(program->data, program->size, text, strlen(text));
}

/* LOADER_NONE: that file does not tell. */
static int rules_of_file(struct reader *r, const char *path, enum loader_rules *ret)
{
	_cleanup_(buffer_done) struct buffer program = {0};
	int error = target_read(r->t, path, PROGRAM_MAX_SIZE, &program, NULL);

	if (error == -ENOMEM)
		return error;
	*ret = holds(&program, in_blscfg)
		       ? holds(&program, in_el9) ? LOADER_BLSCFG_EL9 : LOADER_BLSCFG_EL8
	       : holds(&program, in_blsuki) ? LOADER_BLSUKI
					    : LOADER_NONE;
	return 0;
}

static int add_modules(struct reader *r, struct strings *ret)
{
	static const char *const folders[] = {"/boot/grub2", "/boot/grub"};
	static const char *const platforms[] = {
		"i386-pc", "x86_64-efi", "arm64-efi", "powerpc-ieee1275"};
	static const char *const names[] = {"blscfg.mod", "blsuki.mod"};
	size_t count = ARRAY_SIZE(folders) * ARRAY_SIZE(platforms) * ARRAY_SIZE(names);

	for (size_t i = 0; i < count; i++) {
		_cleanup_free_ char *path = text_printf("%s/%s/%s", folders[i / 8],
			platforms[i / 2 % 4], names[i % 2]);

		if (!path)
			return -ENOMEM;
		if (target_exists(r->t, path) && strings_add(ret, path) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int add_programs(struct reader *r, struct strings *ret)
{
	static const char *const names[] = {"grubx64.efi", "grubaa64.efi", "grubia32.efi"};
	int error = 0;

	for (size_t i = 0; error >= 0 && i < ARRAY_SIZE(names); i++)
		error = list_esp_files(r, names[i], ret);
	return error;
}

static int find_programs(struct reader *r, struct strings *ret)
{
	bool efi_first = r->sys->firmware == FIRMWARE_UEFI;
	int error = efi_first ? add_programs(r, ret) : add_modules(r, ret);

	if (error >= 0)
		error = efi_first ? add_modules(r, ret) : add_programs(r, ret);
	return error;
}

/*
 * rhboot/grub2 builds blscfg.c, and its blsuki.c without that command; only others take
 * upstream's.
 */
static enum loader_rules rules_of_distribution(const struct system *sys)
{
	static const char *const with_upstream[] = {
		"debian", "ubuntu", "arch", "alpine", "gentoo", "void"};
	bool is_eight = sys->os_version_id && strtoul(sys->os_version_id, NULL, 10) == 8;

	for (size_t i = 0; i < ARRAY_SIZE(with_upstream); i++)
		if (text_equal(sys->os_id, with_upstream[i]))
			return LOADER_BLSUKI;
	return is_eight && !text_equal(sys->os_id, "fedora") ? LOADER_BLSCFG_EL8
							      : LOADER_BLSCFG_EL9;
}

int find_blscfg_rules(struct reader *r, enum loader_rules *ret)
{
	_cleanup_(strings_done) struct strings programs = {0};
	enum loader_rules rules = LOADER_NONE;
	int error = find_programs(r, &programs);

	for (size_t i = 0; error >= 0 && rules == LOADER_NONE && i < programs.count; i++)
		error = rules_of_file(r, programs.items[i], &rules);
	if (error >= 0)
		*ret = rules != LOADER_NONE ? rules : rules_of_distribution(r->sys);
	return error;
}
