/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where GRUB looks for its configuration and finds none, or one without any content: the
 * menu that a repair makes anew.
 */
#include "reader.h"

#include "formats/grub_stub.h"

#include <errno.h>

/* No menu is in it, and what else there is is empty, cut short or overwritten. */
static bool says_nothing(const struct reader *r)
{
	return !r->cfg.count && !r->cfg.has_blscfg &&
	       (!r->cfg.assignment_count || r->cfg.bad_line);
}

/* A stub of this system; its end is in /boot, and gone: that is lost. */
static int end_of_stub(struct reader *r, const struct grub_stub *s)
{
	_cleanup_free_ char *path = system_path_of(r->sys, s->path);

	if (!path)
		return -ENOMEM;
	if (!text_starts(path, "/boot/grub") || target_exists(r->t, path))
		return 1;
	r->inv.lost.path = TAKE_PTR(path);
	r->inv.lost.is_certain = true;
	return 0;
}

int configuration_is_ours(struct reader *r, const char *path)
{
	_cleanup_(grub_stub_done) struct grub_stub s = {0};
	int error = grub_stub_parse(&s, buffer_bytes(&r->inv.loader_config));

	if (error < 0)
		return error;
	if (s.path)
		return stub_is_ours(r, &s) ? end_of_stub(r, &s) : 0;
	if (!says_nothing(r))
		return 1;
	r->inv.lost.path = strdup(path);
	r->inv.lost.is_certain = true;
	return r->inv.lost.path ? 0 : -ENOMEM;
}

/* EL came with GRUB legacy before EL7; its own programs tell the same. */
static bool is_legacy(const struct reader *r)
{
	unsigned long el = system_el_major(r->sys);

	return r->sys->bootloaders & BOOTLOADER_GRUB_LEGACY || (el && el < 7) ||
	       target_exists(r->t, "/boot/grub/stage2");
}

/* A disk is looked at, and what starts from it. */
static bool is_seen(const struct reader *r)
{
	return r->sys->firmware != FIRMWARE_UNKNOWN;
}

static bool has_bls_entries(struct reader *r)
{
	_cleanup_(strings_done) struct strings names = {0};

	return reader_list(r, r->inv.entries_directory, &names) >= 0 && names.count > 0;
}

/* The boot loader's own files lie beside its menu, and stay where that is lost. */
static const char *lost_path(struct reader *r, enum loader_rules *rules)
{
	bool in_grub = reader_is_directory(r, "/boot/grub");

	if (reader_is_directory(r, "/boot/grub2"))
		return "/boot/grub2/grub.cfg";
	if (in_grub && r->sys->bootloaders & BOOTLOADER_GRUB2)
		return "/boot/grub/grub.cfg";
	/* BLS entries want one that shows them; where they are left they are shown elsewhere. */
	if (r->inv.loader != LOADER_NONE && (is_seen(r) || !has_bls_entries(r)))
		return in_grub ? "/boot/grub/grub.cfg" : "/boot/grub2/grub.cfg";
	if (!is_legacy(r)) /* EL7 and SUSE have GRUB 2, and no entries in files of their own */
		return system_el_major(r->sys) == 7 || system_is_suse(r->sys)
			? "/boot/grub2/grub.cfg" : NULL;
	*rules = LOADER_GRUB_LEGACY;
	return system_is_suse(r->sys) ? "/boot/grub/menu.lst" : "/boot/grub/grub.conf";
}

int find_lost_menu(struct reader *r)
{
	const struct place *esp = &r->sys->esp;
	struct lost_config *lost = &r->inv.lost;
	const char *path;

	/* Another menu starts the system: what GRUB left behind is not missed. */
	if (r->inv.grub_cfg || r->inv.loader == LOADER_SYSTEMD_BOOT) {
		free(lost->path);
		*lost = (struct lost_config){0};
		return 0;
	}
	if (lost->rules == LOADER_NONE)
		lost->rules = r->inv.loader == LOADER_NONE ? LOADER_MENUENTRIES : r->inv.loader;
	/* It may lie where nobody can look. */
	if (lost->path || (esp->present && !esp->mounted && !r->sys->by_directory))
		return 0;
	path = lost_path(r, &lost->rules);
	lost->is_certain = path && is_seen(r);
	lost->path = path ? strdup(path) : NULL;
	return path && !lost->path ? -ENOMEM : 0;
}
