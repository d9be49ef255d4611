/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Physical volumes are put together to volume groups; copies are kept apart. */
#include "volumes.h"

#include <errno.h>

void volume_groups_done(struct volume_groups *g)
{
	for (size_t i = 0; i < g->count; i++)
		free(g->items[i].members);
	free(g->items);
	*g = (struct volume_groups){0};
}

/* The physical volumes that a group may be made of: all, or those of one disk. */
struct choice {
	const struct physical_volume *pvs;
	size_t count;
	const bool *taken; /* by another copy; one a physical volume */
	int disk;	   /* -1: any */
};

static bool is_choosable(const struct choice *c, size_t i)
{
	return !c->taken[i] && (c->disk < 0 || c->pvs[i].disk == c->disk);
}

static const struct lvm_vg *newest_text(const struct choice *c, const char *uuid)
{
	const struct lvm_vg *found = NULL;

	for (size_t i = 0; i < c->count; i++) {
		const struct lvm_vg *vg = &c->pvs[i].vg;

		if (is_choosable(c, i) && vg->name && strcmp(vg->uuid, uuid) == 0 &&
			(!found || vg->seqno > found->seqno))
			found = vg;
	}
	return found;
}

/* How many claim to be that one; *ret: the last of them. */
static size_t find_member(const struct choice *c, const struct lvm_pv *pv, size_t *ret)
{
	size_t found = 0;

	for (size_t i = 0; i < c->count; i++) {
		if (!is_choosable(c, i) || strcmp(c->pvs[i].label.uuid, pv->uuid) != 0)
			continue;
		*ret = i;
		found++;
	}
	return found;
}

/* What came back after the group had gone on without it holds old data. */
static bool is_stale(const struct physical_volume *pv, const struct lvm_vg *vg, size_t n)
{
	return vg->pvs[n].is_missing && (!pv->vg.name || pv->vg.seqno < vg->seqno);
}

/* 1: each physical volume is there at most once; 0: some twice (no members then). */
static int gather(struct volume_group *ret, const struct choice *c, const char *uuid)
{
	struct volume_group g = {.vg = newest_text(c, uuid)};

	if (!g.vg)
		return 0;
	g.members = calloc(g.vg->pv_count + 1, sizeof(*g.members));
	if (!g.members)
		return -ENOMEM;
	for (size_t i = 0; i < g.vg->pv_count; i++) {
		size_t found = find_member(c, &g.vg->pvs[i], &g.members[i]);

		if (found > 1) {
			free(g.members);
			return 0;
		}
		if (found == 0 || is_stale(&c->pvs[g.members[i]], g.vg, i)) {
			g.members[i] = VOLUME_PV_MISSING;
			g.missing++;
		}
	}
	*ret = g;
	return 1;
}

static int add_group(struct volume_groups *groups, struct volume_group *take)
{
	int r = VECTOR_GROW(groups);

	if (r < 0) {
		free(take->members);
		return r;
	}
	groups->items[groups->count++] = *take;
	return 0;
}

static int add_ambiguous(struct volume_groups *groups, const struct choice *c,
	const char *uuid)
{
	struct volume_group g = {
		.vg = newest_text(c, uuid), .is_copy = true, .is_ambiguous = true};

	if (!g.vg)
		return 0;
	g.missing = g.vg->pv_count;
	g.members = calloc(g.vg->pv_count + 1, sizeof(*g.members));
	if (!g.members)
		return -ENOMEM;
	for (size_t i = 0; i < g.vg->pv_count; i++)
		g.members[i] = VOLUME_PV_MISSING;
	return add_group(groups, &g);
}

/* Takes every copy that is whole on one disk. */
static int gather_copies(struct volume_groups *groups, const struct choice *all,
	const char *uuid, bool *taken)
{
	for (size_t i = 0; i < all->count; i++) {
		struct choice c = *all;
		struct volume_group g = {0};
		int r;

		c.disk = all->pvs[i].disk;
		if (taken[i] || c.disk < 0)
			continue;
		r = gather(&g, &c, uuid);
		if (r < 0)
			return r;
		if (r == 0 || g.missing > 0) {
			free(g.members);
			continue;
		}
		for (size_t n = 0; n < g.vg->pv_count; n++)
			taken[g.members[n]] = true;
		g.is_copy = true;
		if (add_group(groups, &g) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int assemble(struct volume_groups *groups, const struct choice *all,
	const char *uuid, bool *taken)
{
	struct volume_group g;
	int r = gather(&g, all, uuid);

	if (r != 0)
		return r < 0 ? r : add_group(groups, &g);
	r = gather_copies(groups, all, uuid, taken);
	if (r < 0 || !newest_text(all, uuid))
		return r;
	/* What is left over: one more copy over several disks, or several mixed ones. */
	r = gather(&g, all, uuid);
	if (r == 0)
		return add_ambiguous(groups, all, uuid);
	if (r < 0)
		return r;
	g.is_copy = true;
	return add_group(groups, &g);
}

static bool is_known(const struct volume_groups *groups, const char *uuid)
{
	for (size_t i = 0; i < groups->count; i++) {
		if (strcmp(groups->items[i].vg->uuid, uuid) == 0)
			return true;
	}
	return false;
}

int volume_groups_assemble(struct volume_groups *ret, const struct physical_volume *pvs,
	size_t count)
{
	_cleanup_(volume_groups_done) struct volume_groups groups = {0};
	_cleanup_free_ bool *taken = calloc(count + 1, sizeof(*taken));
	const struct choice all = {pvs, count, taken, -1};

	if (!taken)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		if (pvs[i].vg.name && !is_known(&groups, pvs[i].vg.uuid) &&
			assemble(&groups, &all, pvs[i].vg.uuid, taken) < 0)
			return -ENOMEM;
	}
	*ret = TAKE_STRUCT(groups);
	return 0;
}
