/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any text as a volume group: what is accepted lies within its physical volumes. */
#include "formats/lvm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_segment(const struct lvm_vg *vg, const struct lvm_segment *s)
{
	for (size_t i = 0; i < s->stripe_count; i++) {
		const struct lvm_stripe *stripe = &s->stripes[i];
		uint64_t count = s->count / s->stripe_count;

		if (stripe->pv >= vg->pv_count || count * s->stripe_count != s->count ||
		    stripe->first + count > vg->pvs[stripe->pv].extents)
			abort();
	}
}

static void check_lv(const struct lvm_vg *vg, const struct lvm_lv *lv)
{
	uint64_t extents = 0;

	for (size_t i = 0; i < lv->segment_count; i++) {
		if (lv->segments[i].start != extents)
			abort();
		if (lv->kind <= LVM_STRIPED && lv->segments[i].stripe_count == 0)
			abort();
		extents += lv->segments[i].count;
		check_segment(vg, &lv->segments[i]);
	}
	if (extents != lv->extents || strchr(lv->name, '/') || lv->name[0] == '\0')
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lvm_vg vg = {0};

	if (lvm_vg_parse(&vg, (struct bytes){data, size}, NULL) < 0)
		return 0;
	for (size_t i = 0; i < vg.lv_count; i++)
		check_lv(&vg, &vg.lvs[i]);
	lvm_vg_done(&vg);
	return 0;
}
