/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is wrong with volume groups, in words. */
#include "lvm.h"

#include <errno.h>

#define INACTIVE "device-inactive"

int report_unread(struct landscape *l, const struct device *d, const struct fault *why)
{
	_cleanup_(buffer_done) struct buffer text = {0};

	if (fault_describe(why, &text) < 0)
		return -ENOMEM;
	return findings_add(&l->findings, "device-unreadable", SEVERITY_WARNING, NULL,
		d->path, "the LVM physical volume %s cannot be used: %s", d->path,
		text.data);
}

/* LVM's own programs see block devices, no images. */
static bool is_on_devices(const struct landscape *l, const struct volume_group *g)
{
	for (size_t i = 0; i < g->vg->pv_count; i++) {
		size_t pv = g->members[i];

		if (pv != VOLUME_PV_MISSING &&
			!device_is_node(&l->devices[l->volumes->pvs[pv].device]))
			return false;
	}
	return true;
}

static int report_missing(struct landscape *l, const struct volume_group *g, size_t n)
{
	const struct lvm_pv *pv = &g->vg->pvs[n];

	return findings_add(&l->findings, INACTIVE, SEVERITY_WARNING, NULL, g->vg->name,
		"the volume group %s lacks its physical volume %s%s%s%s", g->vg->name,
		pv->uuid, pv->device ? " (once " : "", pv->device ? pv->device : "",
		pv->device ? ")" : "");
}

static int report_exported(struct landscape *l, const struct volume_group *g)
{
	int r = findings_add(&l->findings, INACTIVE, SEVERITY_WARNING, NULL, g->vg->name,
		"the volume group %s is exported: no system uses it", g->vg->name);

	if (r < 0 || !is_on_devices(l, g))
		return r;
	return findings_remedy(&l->findings, "vgimport %s", g->vg->name);
}

int report_group(struct landscape *l, const struct volume_group *g)
{
	int r = 0;

	if (g->is_ambiguous)
		return 0; /* report_copies */
	if (g->vg->is_exported)
		return report_exported(l, g);
	for (size_t i = 0; r == 0 && i < g->vg->pv_count; i++) {
		if (g->members[i] == VOLUME_PV_MISSING)
			r = report_missing(l, g, i);
	}
	return r;
}

/* ---- several groups of one name ---- */
/* "sda2, sdb2": where its physical volumes are; NULL: no memory. */
static char *places_of(const struct landscape *l, const struct volume_group *g)
{
	_cleanup_(buffer_done) struct buffer text = {0};

	for (size_t i = 0; i < g->vg->pv_count; i++) {
		size_t pv = g->members[i];

		if (pv != VOLUME_PV_MISSING &&
			buffer_printf(&text, "%s%s", text.size > 0 ? ", " : "",
				l->devices[l->volumes->pvs[pv].device].path) < 0)
			return NULL;
	}
	return text.size > 0 ? buffer_steal(&text) : strdup("several disks");
}

static int report_pair(struct landscape *l, const struct volume_group *a,
	const struct volume_group *b)
{
	_cleanup_free_ char *first = places_of(l, a), *second = places_of(l, b);
	bool same = strcmp(a->vg->uuid, b->vg->uuid) == 0;

	if (!first || !second)
		return -ENOMEM;
	return findings_add(&l->findings, "duplicate-volume-group", SEVERITY_WARNING, NULL,
		a->vg->name,
		same ? "the volume group %s is there twice, on %s and on %s: one is a copy"
		     : "two volume groups are called %s, one on %s and one on %s",
		a->vg->name, first, second);
}

static int report_ambiguous(struct landscape *l, const struct volume_group *g)
{
	return findings_add(&l->findings, "duplicate-volume-group", SEVERITY_WARNING, NULL,
		g->vg->name,
		"disks with copies of the volume group %s are mixed, and it cannot be told "
		"which belong together: name those of one machine alone",
		g->vg->name);
}

int report_copies(struct landscape *l)
{
	const struct volume_groups *groups = &l->volumes->groups;

	for (size_t i = 0; i < groups->count; i++) {
		const struct volume_group *g = &groups->items[i];
		size_t other = 0;
		int r = 0;

		if (g->is_ambiguous)
			r = report_ambiguous(l, g);
		while (other < i && (groups->items[other].is_ambiguous ||
					    strcmp(groups->items[other].vg->name,
						    g->vg->name) != 0))
			other++;
		if (r == 0 && !g->is_ambiguous && other < i)
			r = report_pair(l, &groups->items[other], g);
		if (r < 0)
			return r;
	}
	return 0;
}

/* ---- volumes ---- */
int report_kind(struct landscape *l, const struct volume_group *g, const struct lvm_lv *lv,
	const char *path)
{
	enum severity severity =
		lv->kind == LVM_SNAPSHOT ? SEVERITY_INFO : SEVERITY_WARNING;
	int r = findings_add(&l->findings, INACTIVE, severity, NULL, path,
		"%s is %s, which only LVM's own programs can open", path,
		lvm_kind_name(lv->kind));

	if (r < 0 || !is_on_devices(l, g))
		return r;
	return findings_remedy(&l->findings, "vgchange --activate y %s", g->vg->name);
}

int report_unopened(struct landscape *l, const char *path, const char *what,
	const struct fault *why)
{
	const char *reason = why->reason[0] ? why->reason : strerror(why->error);

	return findings_add(&l->findings, INACTIVE, SEVERITY_WARNING, NULL, path,
		"%s %s and cannot be opened: %s", path, what, reason);
}
