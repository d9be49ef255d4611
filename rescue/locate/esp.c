/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ESP and XBOOTLDR by their partition types, where fstab is silent, put where
 * systemd-gpt-auto-generator(8) would mount them.
 */
#include "places.h"

#include <errno.h>

#define GPT_XBOOTLDR "bc13c2ff-59e6-4262-a352-b275fd6f7172"

static bool is_esp(const struct device *d)
{
	return d->roles & ROLE_ESP;
}

static bool is_xbootldr(const struct device *d)
{
	return text_equal(d->parttype, GPT_XBOOTLDR);
}

/* The one of the disks that the system lies on; -1: none, or it cannot be told. */
static int find_by_type(const struct landscape *l, const struct system *s,
	bool (*is_it)(const struct device *d))
{
	int found = -1;

	for (size_t i = 0; s->root.device >= 0 && i < l->device_count; i++) {
		int disk = device_disk(l, (int)i);

		if (!is_it(&l->devices[i]) ||
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

/* A directory with nothing in it. 1, 0, -ENOMEM. */
static int is_free(const struct system *s, const char *path)
{
	_cleanup_(strings_done) struct strings names = {0};
	int r = target_list(&s->target, path, &names, NULL);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	return names.count == 0;
}

static int add(struct landscape *l, struct system *s, struct place *p, const char *path,
	int device, enum access access)
{
	const struct mount_request q = {&l->devices[device], NULL, access};
	struct fault why = {0};
	int r;

	place_forget(p);
	r = place_begin(p, path);
	if (r == 0)
		r = place_set_device(p, l, device);
	if (r < 0)
		return r;
	p->present = p->separate = true;
	r = mount_tree_add(l->mounts, s->tree, &s->target, path, &q, &why);
	if (r < 0)
		return r == -ENOMEM ? r : report_unmountable_place(s, path, &why);
	p->mounted = true;
	return place_measure(p, &s->target);
}

/* What is /boot and the ESP in one is both. */
static int share_boot(struct landscape *l, struct system *s)
{
	int r;

	place_forget(&s->esp);
	r = place_begin(&s->esp, "/boot");
	if (r == 0)
		r = place_set_device(&s->esp, l, s->boot.device);
	s->esp.present = s->esp.separate = true;
	s->esp.mounted = s->boot.mounted;
	return r < 0 || !s->esp.mounted ? r : place_measure(&s->esp, &s->target);
}

int boot_read_by_type(struct landscape *l, struct system *s, enum access access)
{
	int device = s->boot.separate ? -1 : find_by_type(l, s, is_xbootldr), r;

	if (device < 0)
		return 0;
	r = is_free(s, "/boot");
	return r > 0 ? add(l, s, &s->boot, "/boot", device, access) : r;
}

int esp_read_by_type(struct landscape *l, struct system *s, enum access access)
{
	static const char *const paths[] = {"/efi", "/boot/efi", "/boot"};
	int device, r = 0;

	if (s->esp.present)
		return 0;
	if (s->boot.separate && s->boot.device >= 0 &&
		is_esp(&l->devices[s->boot.device]))
		return share_boot(l, s);
	device = find_by_type(l, s, is_esp);
	for (size_t i = 0; r == 0 && device >= 0 && i < ARRAY_SIZE(paths); i++) {
		bool is_boot = strcmp(paths[i], "/boot") == 0;

		if (is_boot && s->boot.separate)
			break;
		r = is_free(s, paths[i]);
		if (r <= 0)
			continue;
		r = add(l, s, is_boot ? &s->boot : &s->esp, paths[i], device, access);
		return r < 0 || !is_boot ? r : share_boot(l, s);
	}
	return r;
}
