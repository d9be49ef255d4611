/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Physical volumes of a group with three logical ones, put together at will. */
#ifndef TEST_GROUP_H
#define TEST_GROUP_H

#include "volumes.h"

#include <setjmp.h>

#include <cmocka.h>

#define MAX_PVS 8

/* What one test puts together. */
struct setting {
	struct physical_volume pvs[MAX_PVS];
	size_t count;
	struct volume_groups groups;
};

#define UUID(n) "aaaaaa-bbbb-cccc-dddd-eeee-ffff-00000" n

/* A group of pv0 and pv1, with a linear, a split and a striped volume. */
static const char text[] =
	"%s { id = \"" UUID("9") "\" seqno = %u extent_size = 8 physical_volumes {"
	"pv0 { id = \"" UUID("0") "\" pe_start = 2048 pe_count = 100 flags = [%s] }"
	"pv1 { id = \"" UUID("1") "\" pe_start = 4096 pe_count = 100 } }"
	"logical_volumes {"
	"one { id = \"" UUID("2") "\" status = [\"WRITE\", \"VISIBLE\"] segment_count = 2"
	" s1 { start_extent = 0 extent_count = 3 type = \"striped\" stripes = [\"pv0\", 5] }"
	" s2 { start_extent = 3 extent_count = 2 type = \"striped\" stripes = [\"pv0\", 8] } }"
	"split { id = \"" UUID("3") "\" status = [\"VISIBLE\"] segment_count = 2"
	" s1 { start_extent = 0 extent_count = 3 type = \"striped\" stripes = [\"pv1\", 5] }"
	" s2 { start_extent = 3 extent_count = 2 type = \"striped\" stripes = [\"pv1\", 9] } }"
	"both { id = \"" UUID("4") "\" segment_count = 1"
	" s1 { start_extent = 0 extent_count = 4 type = \"striped\" stripe_size = 4"
	" stripes = [\"pv0\", 20, \"pv1\", 20] } } }"
	"} contents = \"Text Format Volume Group\" version = 1";

static inline void add_named(struct setting *s, const char *uuid, int disk, const char *vg,
	unsigned seqno, const char *flags)
{
	struct physical_volume *pv = &s->pvs[s->count++];
	char in[4096];
	struct fault f;

	*pv = (struct physical_volume){.disk = disk, .size = 1 << 30};
	snprintf(pv->label.uuid, sizeof(pv->label.uuid), "%s", uuid);
	if (!vg)
		return;
	snprintf(in, sizeof(in), text, vg, seqno, flags);
	if (lvm_vg_parse(&pv->vg, (struct bytes){(uint8_t *)in, strlen(in)}, &f) < 0)
		fail_msg("%s", f.reason);
}

static inline void add(struct setting *s, const char *uuid, int disk, unsigned seqno)
{
	add_named(s, uuid, disk, "vg", seqno, "");
}

static inline void assemble(struct setting *s, size_t groups)
{
	assert_int_equal(volume_groups_assemble(&s->groups, s->pvs, s->count), 0);
	assert_int_equal(s->groups.count, groups);
}

static inline void setting_done(struct setting *s)
{
	volume_groups_done(&s->groups);
	for (size_t i = 0; i < s->count; i++)
		physical_volume_done(&s->pvs[i]);
}

static inline const struct lvm_lv *lv(const struct setting *s, const char *name)
{
	return lvm_vg_find(s->groups.items[0].vg, name);
}

#endif
