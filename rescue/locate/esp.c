/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ESP by its partition type, where fstab is silent: systemd-gpt-auto-generator mounts
 * it so.
 */
#include "places.h"

#include <errno.h>

/* The one ESP of the disks that the system lies on; -1: none, or it cannot be told. */
static int find_esp(const struct landscape *l, const struct system *s)
{
	int found = -1;

	for (size_t i = 0; s->root.device >= 0 && i < l->device_count; i++) {
		int disk = device_disk(l, (int)i);

		if (!(l->devices[i].roles & ROLE_ESP) ||
			!filesystem_is_known(l->devices[i].fstype) ||
			(disk != device_disk(l, s->root.device) &&
				(s->boot.device < 0 ||
					disk != device_disk(l, s->boot.device))))
			continue;
		if (found >= 0)
			return -1;
		found = (int)i;
	}
	return found;
}

int esp_read_by_type(struct landscape *l, struct system *s)
{
	static const char *const paths[] = {"/efi", "/boot/efi"};
	int device = s->esp.present ? -1 : find_esp(l, s);

	for (size_t i = 0; device >= 0 && i < ARRAY_SIZE(paths); i++) {
		const struct mount_request q = {&l->devices[device], NULL, ACCESS_LOOK};
		_cleanup_(strings_done) struct strings names = {0};
		struct fault why = {0};
		int r = target_list(&s->target, paths[i], &names, NULL);

		if (r == -ENOMEM)
			return r;
		if (r < 0 || names.count > 0)
			continue;
		place_forget(&s->esp);
		r = place_begin(&s->esp, paths[i]);
		if (r == 0)
			r = place_set_device(&s->esp, l, device);
		if (r < 0)
			return r;
		s->esp.present = s->esp.separate = true;
		r = mount_tree_add(l->mounts, s->tree, &s->target, paths[i], &q, &why);
		if (r < 0)
			return r == -ENOMEM ? r : report_unjudged(s, paths[i], &why);
		s->esp.mounted = true;
		return place_measure(&s->esp, &s->target);
	}
	return 0;
}
