/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices that are parts of something which is not open: opening it is left to its own
 * programs, since most cannot do so without writing. What is told is how.
 */
#include "local.h"

#include <ctype.h>
#include <errno.h>

#define PATH_SAMPLE 4096 /* bytes at the front of a disk, by which paths are compared */

/* ---- several paths to one disk ---- */
static bool has_same_front(const struct device *a, const struct device *b)
{
	uint8_t one[PATH_SAMPLE], other[PATH_SAMPLE];

	return device_peek(a, 0, one, sizeof(one)) == sizeof(one) &&
	       device_peek(b, 0, other, sizeof(other)) == sizeof(other) &&
	       memcmp(one, other, sizeof(one)) == 0;
}

/* Cheap disks share a number that should be unique: so content is compared, too. */
static bool is_same_disk(const struct device *a, const struct device *b)
{
	return a->type == DEVICE_DISK && b->type == DEVICE_DISK && a->wwid && *a->wwid &&
	       text_equal(a->wwid, b->wwid) && a->size == b->size && has_same_front(a, b);
}

/* The path that is used instead of that one: one in use, else the first; -1: none. */
static int find_path(const struct landscape *l, size_t index)
{
	for (size_t i = 0; i < l->device_count; i++) {
		if (i != index && (i < index || l->devices[i].held) &&
			is_same_disk(&l->devices[i], &l->devices[index]))
			return (int)i;
	}
	return -1;
}

void members_find_paths(struct landscape *l)
{
	for (size_t i = 0; i < l->device_count; i++) {
		int first = l->devices[i].held ? -1 : find_path(l, i);

		if (first < 0)
			continue;
		l->devices[first].pieces |= PIECE_MULTIPATH;
		l->devices[i].roles |= ROLE_MULTIPATH;
		l->devices[i].is_inactive = true;
	}
}

/* ---- md ---- */
/* "host:name" as mdadm keeps it: the name, where a command line takes it as it is. */
static const char *array_name(const struct device *d)
{
	const char *name = d->label ? strrchr(d->label, ':') : NULL;

	name = name ? name + 1 : d->label;
	for (const char *c = name; c && *c; c++) {
		if (!isalnum((unsigned char)*c) && *c != '_' && *c != '-' && *c != '.')
			return "rescue";
	}
	return name && isalnum((unsigned char)*name) ? name : "rescue";
}

static bool is_of_array(const struct device *d, const struct device *first)
{
	return d == first || (!d->held && (d->roles & ROLE_RAID_MEMBER) && d->uuid &&
				     text_equal(d->uuid, first->uuid));
}

static bool is_first_of_array(const struct landscape *l, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (is_of_array(&l->devices[i], &l->devices[index]))
			return false;
	}
	return true;
}

/* Its members that are here, each behind the separator. */
static int list_members(const struct landscape *l, const struct device *first,
	const char *separator, struct buffer *ret)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < l->device_count; i++) {
		if (is_of_array(&l->devices[i], first))
			r = buffer_printf(ret, "%s%s", ret->size > 0 ? separator : "",
				l->devices[i].path);
	}
	return r;
}

/* One that runs already, and has gone on without this member. */
static const struct device *find_running(const struct landscape *l, const struct device *d)
{
	for (size_t i = 0; d->uuid && i < l->device_count; i++) {
		const struct device *array = &l->devices[i];

		if (array->type == DEVICE_RAID && array->parent >= 0 &&
			text_equal(l->devices[array->parent].uuid, d->uuid))
			return array;
	}
	return NULL;
}

static int add_remedy(struct landscape *l, const struct device *first, const char *members)
{
	if (!device_is_node(first))
		return 0;
	if (first->idle_array)
		return findings_remedy(
			&l->findings, "mdadm --run /dev/%s", first->idle_array);
	if (!text_equal(first->fstype, "linux_raid_member"))
		return findings_remedy(&l->findings, "mdadm --assemble --scan");
	return findings_remedy(&l->findings, "mdadm --assemble /dev/md/%s %s",
		array_name(first), members);
}

static int report_array(struct landscape *l, size_t index)
{
	const struct device *first = &l->devices[index], *running = find_running(l, first);
	_cleanup_(buffer_done) struct buffer named = {0}, words = {0};
	int r;

	if (running) {
		r = findings_add(&l->findings, "array-degraded", SEVERITY_WARNING, NULL,
			first->path, "%s belongs to the md array %s, which runs without it",
			first->path, running->path);
		return r < 0 ? r
			     : findings_remedy(&l->findings, "mdadm --manage %s --re-add %s",
				       running->path, first->path);
	}
	if (!is_first_of_array(l, index))
		return 0;
	if (list_members(l, first, ", ", &named) < 0 || list_members(l, first, " ", &words) < 0)
		return -ENOMEM;
	r = findings_add(&l->findings, "device-inactive", SEVERITY_WARNING, NULL, first->path,
		"%s: part of an array that is not running", named.data);
	return r < 0 ? r : add_remedy(l, first, words.data);
}

/* ---- the others, each for itself ---- */
static int report_luks(struct landscape *l, const struct device *d)
{
	int r = findings_add(&l->findings, "locked", SEVERITY_WARNING, NULL, d->path,
		"%s is encrypted (LUKS) and not open", d->path);

	if (r < 0 || !device_is_node(d))
		return r;
	return findings_remedy(&l->findings, "cryptsetup open %s luks-%s", d->path,
		d->uuid ? d->uuid : "disk");
}

static int report_path(struct landscape *l, const struct device *d)
{
	int r = findings_add(&l->findings, "device-inactive", SEVERITY_WARNING, NULL, d->path,
		"%s is another path to a disk that is here already, and multipath is not "
		"running",
		d->path);

	return r < 0 ? r : findings_remedy(&l->findings, "multipath");
}

static int report_bcache(struct landscape *l, const struct device *d)
{
	int r = findings_add(&l->findings, "device-inactive", SEVERITY_WARNING, NULL, d->path,
		"%s is part of a bcache device that is not running", d->path);

	if (r < 0 || !device_is_node(d))
		return r;
	return findings_remedy(&l->findings,
		"sh -c 'modprobe bcache; echo %s >/sys/fs/bcache/register'", d->path);
}

static int report_zfs(struct landscape *l, const struct device *d)
{
	const char *pool = d->label;
	int r;

	for (const char *c = pool; c && *c; c++) {
		if (!isalnum((unsigned char)*c) && !strchr("_-.:", *c))
			pool = NULL;
	}
	r = findings_add(&l->findings, "device-inactive", SEVERITY_WARNING, NULL, d->path,
		"%s is part of a ZFS pool%s%s, which only ZFS's own programs can open", d->path,
		pool ? " " : "", pool ? pool : "");
	if (r < 0 || !device_is_node(d) || !pool || !*pool)
		return r;
	return findings_remedy(&l->findings, "zpool import -N -f %s", pool);
}

int members_report(struct landscape *l)
{
	static int (*const reports[])(struct landscape *, const struct device *) = {
		report_luks, report_path, report_bcache, report_zfs};
	static const unsigned roles[] = {
		ROLE_LUKS, ROLE_MULTIPATH, ROLE_BCACHE, ROLE_ZFS};
	int r = 0;

	for (size_t i = 0; r == 0 && i < l->device_count; i++) {
		const struct device *d = &l->devices[i];

		if (d->held)
			continue;
		if (d->roles & ROLE_RAID_MEMBER)
			r = report_array(l, i);
		for (size_t n = 0; r == 0 && n < ARRAY_SIZE(roles); n++) {
			if (d->roles & roles[n])
				r = reports[n](l, &l->devices[i]);
		}
	}
	return r;
}
