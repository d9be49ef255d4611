/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * With --root no device is asked; but LVM leaves the present metadata of each volume group
 * in /etc/lvm/backup/VG, in the same words as on disk (vgcfgbackup(8)).
 */
#include "local.h"
#include "volumes.h"

#include <errno.h>

#define BACKUPS "/etc/lvm/backup"
#define UNKNOWN "a device-mapper volume of an unknown kind"

/* The volume that is called path; NULL: it is none of this group. */
static const struct lvm_lv *find_volume(const struct lvm_vg *vg, const char *path)
{
	for (size_t i = 0; i < vg->lv_count; i++) {
		_cleanup_free_ char *name =
			volume_mapper_name(vg->name, vg->lvs[i].name);

		if (name && strcmp(path + strlen("/dev/mapper/"), name) == 0)
			return &vg->lvs[i];
	}
	return NULL;
}

/* 1: it is of this group, *ret as backup_unreachable answers. */
static int look_into(
	const struct target *t, const char *file, const char *path, const char **ret)
{
	_cleanup_free_ char *name = text_printf(BACKUPS "/%s", file);
	_cleanup_(buffer_done) struct buffer text = {0};
	_cleanup_(lvm_vg_done) struct lvm_vg vg = {0};
	const struct lvm_lv *lv;

	if (!name || target_read(t, name, LVM_MAX_TEXT, &text, NULL) < 0 ||
		lvm_vg_parse(&vg, buffer_bytes(&text), NULL) < 0)
		return 0;
	lv = find_volume(&vg, path);
	if (!lv)
		return 0;
	*ret = volume_unopenable(lv);
	return 1;
}

const char *backup_unreachable(const struct target *t, const char *source)
{
	_cleanup_free_ char *path = source ? volume_mapper_path(source) : NULL;
	_cleanup_(strings_done) struct strings files = {0};
	const char *found = UNKNOWN;

	if (!path || !text_starts(path, "/dev/mapper/"))
		return NULL;
	if (target_list(t, BACKUPS, &files, NULL) < 0)
		return UNKNOWN;
	for (size_t i = 0; i < files.count; i++) {
		if (look_into(t, files.items[i], path, &found))
			break;
	}
	return found;
}
