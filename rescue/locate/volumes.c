/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a logical volume lies on, whether it can be opened, and its names. */
#include "volumes.h"

#include <errno.h>

bool volume_is_whole(const struct volume_group *g, const struct lvm_lv *lv)
{
	if (lv->kind > LVM_STRIPED || lv->segment_count == 0)
		return false;
	for (size_t i = 0; i < lv->segment_count; i++) {
		const struct lvm_segment *s = &lv->segments[i];

		for (size_t n = 0; n < s->stripe_count; n++) {
			if (g->members[s->stripes[n].pv] == VOLUME_PV_MISSING)
				return false;
		}
	}
	return true;
}

bool volume_is_piece(const struct volume_group *g, const struct lvm_lv *lv,
	size_t *ret_pv, uint64_t *ret_offset)
{
	const struct lvm_stripe *first;
	const struct lvm_pv *pv;

	if (lv->kind != LVM_LINEAR || !volume_is_whole(g, lv))
		return false;
	first = &lv->segments[0].stripes[0];
	for (size_t i = 1; i < lv->segment_count; i++) {
		const struct lvm_segment *s = &lv->segments[i];

		if (s->stripes[0].pv != first->pv ||
			s->stripes[0].first != first->first + s->start)
			return false;
	}
	pv = &g->vg->pvs[first->pv];
	*ret_pv = g->members[first->pv];
	*ret_offset = pv->start + first->first * g->vg->extent_size;
	return true;
}

const char *volume_obstacle(const struct lvm_lv *lv)
{
	if (lv->has_snapshots)
		return "has snapshots, which writing to it would spoil";
	return lv->is_writable ? NULL : "is a read-only volume";
}

const char *volume_unopenable(const struct lvm_lv *lv)
{
	switch (lv->kind) {
	case LVM_LINEAR:
	case LVM_STRIPED:
		return lv->has_snapshots ? "an LVM volume that has snapshots" : NULL;
	case LVM_THIN:
		return "an LVM thin volume";
	case LVM_RAID:
	case LVM_MIRROR:
		return "an LVM RAID or mirrored volume";
	case LVM_CACHE:
		return "an LVM cached volume";
	default:
		return "an LVM volume that is neither linear nor striped";
	}
}

/* ---- names ---- */
static int put_doubled(struct buffer *to, const char *name, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (buffer_printf(to, "%s%c", name[i] == '-' ? "-" : "", name[i]) < 0)
			return -ENOMEM;
	}
	return 0;
}

static char *mapper_name(const char *vg, size_t vg_size, const char *lv)
{
	_cleanup_(buffer_done) struct buffer name = {0};

	if (put_doubled(&name, vg, vg_size) < 0 || buffer_puts(&name, "-") < 0 ||
		put_doubled(&name, lv, strlen(lv)) < 0)
		return NULL;
	return buffer_steal(&name);
}

char *volume_mapper_name(const char *vg, const char *lv)
{
	return mapper_name(vg, strlen(vg), lv);
}

char *volume_mapper_uuid(const struct lvm_vg *vg, const struct lvm_lv *lv)
{
	char *text = text_printf("LVM-%s%s", vg->uuid, lv->uuid), *to;

	if (!text)
		return NULL;
	to = text + strlen("LVM-");
	for (const char *c = to; *c; c++) {
		if (*c != '-')
			*to++ = *c;
	}
	*to = '\0';
	return text;
}

char *volume_mapper_path(const char *path)
{
	static const char *const others[] = {"disk/", "mapper/", "cciss/", "md/", "block/",
		"ida/"};
	const char *vg = path + strlen("/dev/"), *slash;
	_cleanup_free_ char *name = NULL;

	slash = text_starts(path, "/dev/") ? strchr(vg, '/') : NULL;
	if (!slash || slash == vg || !slash[1] || strchr(slash + 1, '/'))
		return strdup(path);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		if (text_starts(vg, others[i]))
			return strdup(path);
	}
	name = mapper_name(vg, (size_t)(slash - vg), slash + 1);
	return name ? text_printf("/dev/mapper/%s", name) : NULL;
}
