/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Room in /boot: the next update lays a kernel and an initramfs there, or breaks off. */
#include "verify_rules.h"

#include <errno.h>

int rules_space(struct rules *r)
{
	const struct filesystem_space *space;
	uint64_t wanted = 0;
	char have[16], want[16];

	for (size_t i = 0; i < r->inv->kernel_count; i++) {
		const struct kernel *k = &r->inv->kernels[i];

		wanted = MAX_OF(wanted, k->image.size + k->initramfs.size);
	}
	if (!r->inv->space_count)
		return 0;
	space = inventory_space_of(r->inv, "/boot/vmlinuz");
	if (!wanted || space->free_bytes >= wanted)
		return 0;
	return findings_add(&r->v->findings, "boot-full", SEVERITY_WARNING, NULL,
		space->mountpoint, "%s has %s free, and a kernel with its initramfs takes %s",
		space->mountpoint, size_text(space->free_bytes, have), size_text(wanted, want));
}
