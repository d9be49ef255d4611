/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Installed systems: what belongs to each, and what that says of the devices. */
#include "features.h"

#include <errno.h>

void system_forget(struct system *s)
{
	free(s->os_id);
	free(s->os_version_id);
	free(s->os_pretty_name);
	free(s->os_name);
	free(s->os_version);
	free(s->arch);
	free(s->machine_id);
	free(s->efi_program);
	loader_variables_done(&s->loader_variables);
	bios_start_done(&s->bios);
	s->os_id = s->os_version_id = s->os_pretty_name = s->os_name = s->os_version = NULL;
	s->arch = s->machine_id = s->efi_program = NULL;
	place_forget(&s->boot);
	place_forget(&s->esp);
	place_forget(&s->usr);
	fstab_done(&s->fstab);
	findings_done(&s->findings);
	buffer_done(&s->grub_block);
	s->grub_block = (struct buffer){0};
	strings_done(&s->device_names);
	s->device_names = (struct strings){0};
}

void system_init(struct system *s)
{
	*s = (struct system){.target = TARGET_NONE, .tree = -1};
	s->root.device = s->boot.device = s->esp.device = s->usr.device = -1;
}

void system_done(struct system *s)
{
	target_done(&s->target);
	system_forget(s);
	place_forget(&s->root);
	free(s->id);
	free(s->subvolume);
	system_init(s);
}

int system_read(
	struct landscape *l, struct system *s, enum access access, struct fault *f)
{
	int r;

	s->complete = true;
	r = fstab_read(s);
	if (r < 0)
		return fault_no_memory(f);
	r = places_read(l, s, access, f);
	if (r < 0)
		return r;
	r = identity_read(s);
	if (r == 0)
		r = firmware_read(l, s);
	if (r < 0)
		return fault_no_memory(f);
	return stack_read(l, s) < 0 ? fault_no_memory(f) : 0;
}

/* ---- all of them ---- */
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
