/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All installed systems, and what they say of the devices. */
#include "features.h"

#include <errno.h>

static void mark(struct landscape *l, int device, unsigned role, int system)
{
	struct device *d;

	if (device < 0)
		return;
	d = &l->devices[device];
	d->roles |= role;
	if (d->system < 0)
		d->system = system;
}

/* Roles by what the systems themselves say of their devices. */
static void mark_devices(struct landscape *l, int system)
{
	const struct system *s = &l->systems[system];

	mark(l, s->root.device, ROLE_ROOT, system);
	if (s->boot.separate)
		mark(l, s->boot.device, ROLE_BOOT, system);
	if (s->usr.separate)
		mark(l, s->usr.device, ROLE_USR, system);
	mark(l, s->esp.device, ROLE_ESP, system);
	for (size_t i = 0; i < s->fstab.count; i++) {
		const struct fstab_line *line = &s->fstab.items[i];
		bool swap = strcmp(line->type, "swap") == 0;
		int device = -1;

		if (!swap && !fstab_line_is_local(line))
			continue;
		source_find(l, s, line, &device);
		if (device >= 0 && !(l->devices[device].roles &
					   (ROLE_ROOT | ROLE_BOOT | ROLE_USR | ROLE_ESP)))
			mark(l, device, swap ? ROLE_SWAP : ROLE_OTHER_MOUNT, system);
	}
}

/* Equal ids get .2, .3 in device order; the first keeps its own. */
static int number_clone(struct landscape *l, size_t index)
{
	struct system *s = &l->systems[index];
	const struct system *first = NULL;
	size_t before = 0;
	char *id;

	for (size_t i = 0; i < index; i++) {
		size_t size = strlen(s->id);
		const char *other = l->systems[i].id;

		if (strncmp(other, s->id, size) != 0 ||
			(other[size] != '\0' && other[size] != '.'))
			continue;
		before++;
		if (!first)
			first = &l->systems[i];
	}
	if (!first)
		return 0;
	id = text_printf("%s.%zu", s->id, before + 1);
	if (!id)
		return -ENOMEM;
	free(s->id);
	s->id = id;
	if (!text_equal(s->root.uuid, first->root.uuid))
		return 0; /* only the four digits are alike */
	return findings_add(&s->findings, "duplicate-uuid", SEVERITY_WARNING, NULL,
		s->root.device_path, "%s and %s have the same UUID %s: one is a copy",
		first->root.device_path, s->root.device_path, s->root.uuid);
}

int systems_scan(struct landscape *l, struct fault *f)
{
	int r;

	logs_scan(l);
	r = roots_find(l, f);
	if (r < 0)
		return r;
	for (size_t i = 0; i < l->system_count; i++) {
		l->systems[i].on_removable =
			device_is_removable(l, l->systems[i].root.device);
		mark_devices(l, (int)i);
		if (number_clone(l, i) < 0)
			return fault_no_memory(f);
		findings_sort(&l->systems[i].findings);
	}
	return 0;
}
