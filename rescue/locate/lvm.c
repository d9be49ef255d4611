/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The logical volumes of a landscape. One that is a single piece of a physical volume, the
 * usual case, needs no device mapper: it is looked at, and repaired, through a loop device
 * over just that piece. Others are put together by device mapper.
 */
#include "lvm.h"

#include <errno.h>

/* ---- physical volumes ---- */
static bool is_stacked(const struct device *d)
{
	return d->mapper_uuid || d->type == DEVICE_RAID;
}

static bool is_below(const struct landscape *l, const struct device *d)
{
	return d->held || (d->parent >= 0 && l->devices[d->parent].held);
}

/* One path to a disk that multipath shows as a whole. */
static bool is_component(const struct landscape *l, const struct device *d)
{
	if (is_stacked(d) || !is_below(l, d) || !d->uuid)
		return false;
	for (size_t i = 0; i < l->device_count; i++) {
		const struct device *other = &l->devices[i];

		if (is_stacked(other) && other->type != DEVICE_LVM &&
			text_equal(other->uuid, d->uuid))
			return true;
	}
	return false;
}

static int add_pv(struct landscape *l, int device)
{
	struct device *d = &l->devices[device];
	struct volumes *v = l->volumes;
	struct physical_volume pv;
	struct fault why = {0};
	int r = vector_grow(&v->pvs, &v->pv_capacity, v->pv_count, sizeof(*v->pvs));

	if (r < 0)
		return r;
	r = physical_volume_read(&pv, d->backing, d->offset, d->size, &why);
	if (r < 0)
		return r == -ENOMEM ? r : report_unread(l, d, &why);
	pv.device = device;
	pv.disk = device_disk(l, device);
	v->pvs[v->pv_count++] = pv;
	return 0;
}

static int read_pvs(struct landscape *l)
{
	for (size_t i = 0; i < l->device_count; i++) {
		const struct device *d = &l->devices[i];
		int r = 0;

		if ((d->roles & ROLE_LVM_PV) && !is_component(l, d))
			r = add_pv(l, (int)i);
		if (r < 0)
			return r;
	}
	return 0;
}

/* ---- volumes ---- */
static int add_volume(struct volumes *v, int device, const struct volume_group *g,
	const struct lvm_lv *lv)
{
	int r = VECTOR_GROW(v);

	if (r < 0)
		return r;
	v->items[v->count++] = (struct volume){device, g, lv, MAPPED_NONE, false};
	return 0;
}

static bool is_in_use(const struct landscape *l, const struct volume_group *g)
{
	for (size_t i = 0; i < g->vg->pv_count; i++) {
		size_t pv = g->members[i];

		if (pv != VOLUME_PV_MISSING &&
			l->devices[l->volumes->pvs[pv].device].held)
			return true;
	}
	return false;
}

/* The machine's own device of that volume, -1: it is not active. */
static int find_active(const struct landscape *l, const struct volume_group *g,
	const struct lvm_lv *lv)
{
	_cleanup_free_ char *uuid = volume_mapper_uuid(g->vg, lv);

	if (!uuid)
		return -ENOMEM;
	/* Of a clone only one can be active: the one whose disk is in use. */
	if (g->is_copy && !is_in_use(l, g))
		return -1;
	for (size_t i = 0; i < l->device_count; i++) {
		if (text_equal(l->devices[i].mapper_uuid, uuid))
			return (int)i;
	}
	return -1;
}

static int first_device(const struct landscape *l, const struct volume_group *g,
	const struct lvm_lv *lv)
{
	const struct lvm_segment *s = lv->segment_count > 0 ? &lv->segments[0] : NULL;
	size_t pv = s && s->stripe_count > 0 ? g->members[s->stripes[0].pv]
					     : VOLUME_PV_MISSING;

	for (size_t i = 0; pv == VOLUME_PV_MISSING && i < g->vg->pv_count; i++)
		pv = g->members[i];
	return pv == VOLUME_PV_MISSING ? -1 : l->volumes->pvs[pv].device;
}

/* A volume of which nothing is known yet but its name and size. */
static int add_device(struct landscape *l, const struct volume_group *g,
	const struct lvm_lv *lv, char *take_backing, uint64_t offset)
{
	struct device d = {
		.path = text_printf("/dev/%s/%s", g->vg->name, lv->name),
		.parent = first_device(l, g, lv),
		.type = DEVICE_LVM,
		.size = lv->extents * g->vg->extent_size,
		.offset = offset,
		.backing = take_backing,
		.system = -1,
		.obstacle = volume_obstacle(lv),
	};
	int device;

	if (!d.backing) {
		d.is_inactive = true;
		d.backing = d.path ? strdup(d.path) : NULL;
	}
	if (!d.path || !d.backing) {
		device_done(&d);
		return -ENOMEM;
	}
	device = landscape_add_device(l, &d);
	if (device < 0)
		return device;
	return add_volume(l->volumes, device, g, lv);
}

/* No segment lies beyond what is really there of its physical volume. */
static bool fits(const struct volumes *v, const struct volume_group *g,
	const struct lvm_lv *lv)
{
	for (size_t i = 0; i < lv->segment_count; i++) {
		const struct lvm_segment *s = &lv->segments[i];

		for (size_t n = 0; n < s->stripe_count; n++) {
			const struct lvm_pv *pv = &g->vg->pvs[s->stripes[n].pv];
			uint64_t extents =
				s->stripes[n].first + s->count / s->stripe_count;

			if (pv->start + extents * g->vg->extent_size >
				v->pvs[g->members[s->stripes[n].pv]].size)
				return false;
		}
	}
	return true;
}

static int add_inactive(struct landscape *l, const struct volume_group *g,
	const struct lvm_lv *lv, const char *what, const struct fault *why)
{
	int r = add_device(l, g, lv, NULL, 0);

	if (r < 0)
		return r;
	return report_unopened(l, l->devices[l->device_count - 1].path, what, why);
}

static int add_cut_short(struct landscape *l, const struct volume_group *g,
	const struct lvm_lv *lv)
{
	struct fault why = {0};

	fault_errno(&why, ENODATA, NULL, "open it");
	return add_inactive(
		l, g, lv, "lies beyond the end of a device that is cut short", &why);
}

static int add_mapped(struct landscape *l, const struct volume_group *g,
	const struct lvm_lv *lv)
{
	struct volume one = {-1, g, lv, MAPPED_NONE, true};
	struct fault why = {0};
	char *path = NULL;
	int r = volume_open(l->volumes, &one, ACCESS_LOOK, &path, &why);

	if (r < 0)
		return r == -ENOMEM ? r : add_inactive(l, g, lv, "lies in several pieces", &why);
	r = add_device(l, g, lv, path, 0);
	if (r < 0) {
		mapped_done(l->volumes, &one.mapped);
		return r;
	}
	one.device = (int)l->device_count - 1;
	l->volumes->items[l->volumes->count - 1] = one;
	return 0;
}

static int scan_inactive(struct landscape *l, const struct volume_group *g,
	const struct lvm_lv *lv)
{
	const struct volumes *v = l->volumes;
	char *backing;
	uint64_t offset;
	size_t pv;
	int r;

	if (lv->kind == LVM_POOL)
		return 0;
	if (lv->kind > LVM_STRIPED) {
		r = add_device(l, g, lv, NULL, 0);
		return r < 0 ? r
			     : report_kind(l, g, lv,
				       l->devices[l->device_count - 1].path);
	}
	if (!volume_is_whole(g, lv)) /* report_group says what is missing */
		return add_device(l, g, lv, NULL, 0);
	if (!fits(v, g, lv))
		return add_cut_short(l, g, lv);
	if (!volume_is_piece(g, lv, &pv, &offset))
		return add_mapped(l, g, lv);
	backing = strdup(v->pvs[pv].backing);
	return backing ? add_device(l, g, lv, backing, v->pvs[pv].offset + offset)
		       : -ENOMEM;
}

static int scan_group(struct landscape *l, const struct volume_group *g)
{
	int r = report_group(l, g);

	if (r < 0 || g->is_ambiguous || g->vg->is_exported)
		return r;
	for (size_t i = 0; i < g->vg->lv_count; i++) {
		const struct lvm_lv *lv = &g->vg->lvs[i];
		int active = lv->is_visible ? find_active(l, g, lv) : -1;

		if (!lv->is_visible)
			continue;
		if (active >= 0)
			r = add_volume(l->volumes, active, g, lv);
		else
			r = active == -ENOMEM ? active : scan_inactive(l, g, lv);
		if (r < 0)
			return r == -E2BIG ? 0 : r;
	}
	return 0;
}

/* They are what they are for; whatever is wrong has been said. */
static void mark_held(struct landscape *l)
{
	for (size_t i = 0; i < l->volumes->pv_count; i++)
		l->devices[l->volumes->pvs[i].device].held = true;
}

int lvm_scan(struct landscape *l)
{
	size_t first = l->device_count;
	struct volumes *v = calloc(1, sizeof(*v));
	int r;

	l->volumes = v;
	if (!v)
		return -ENOMEM;
	v->nodes = strdup(l->mounts ? mounts_nodes(l->mounts) : "/nonexistent");
	if (!v->nodes)
		return -ENOMEM;
	r = read_pvs(l);
	if (r == 0)
		r = volume_groups_assemble(&v->groups, v->pvs, v->pv_count);
	if (r == 0)
		r = report_copies(l);
	for (size_t i = 0; r == 0 && i < v->groups.count; i++)
		r = scan_group(l, &v->groups.items[i]);
	if (r < 0)
		return r;
	mark_held(l);
	return contents_scan_from(l, first);
}

void volumes_free(struct volumes *v)
{
	if (!v)
		return;
	volumes_close(v);
	volume_groups_done(&v->groups);
	for (size_t i = 0; i < v->pv_count; i++)
		physical_volume_done(&v->pvs[i]);
	free(v->pvs);
	free(v->items);
	free(v->nodes);
	free(v);
}

const struct volume *volume_of_device(const struct landscape *l, int device)
{
	for (size_t i = 0; l->volumes && i < l->volumes->count; i++) {
		if (l->volumes->items[i].device == device)
			return &l->volumes->items[i];
	}
	return NULL;
}
