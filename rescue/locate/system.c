/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One installed system: read from its root, and forgotten. */
#include "features.h"

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
