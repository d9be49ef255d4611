/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LVM: logical volumes become devices with the names, UUIDs and tables that LVM itself
 * would give them, so that the system that follows takes them for its own.
 */
#include "pid1.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define NODES "/dev"
#define UDEV_DATABASE "/run/udev/data"

void volumes_done(struct volumes *v)
{
	for (size_t i = 0; i < v->count; i++)
		physical_volume_done(&v->pvs[i]);
	free(v->pvs);
	strings_done(&v->seen);
	strings_done(&v->active);
	lvm_devices_done(&v->listed);
	*v = (struct volumes){0};
}

/* Says each thing once. 0 or -ENOMEM. */
static int say_once(struct volumes *v, const char *what, const char *why)
{
	_cleanup_free_ char *text = text_printf("%s: %s", what, why);

	if (!text)
		return -ENOMEM;
	if (strings_has(&v->seen, text))
		return 0;
	say("%s", text);
	return strings_add(&v->seen, text);
}

static int say_fault_once(struct volumes *v, const char *what, const struct fault *f)
{
	return say_once(v, what, f->reason[0] ? f->reason : strerror(f->error));
}

/* ---- the system's own list of devices ---- */
/* Without one, or one that cannot be read, everything is used. */
static int read_list(struct volumes *v)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	_cleanup_close_ int fd = -1;
	int r;

	if (v->is_list_read)
		return 0;
	v->is_list_read = true;
	fd = open(LVM_DEVICES_PATH, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fd_read_all(fd, LVM_DEVICES_MAX_SIZE, &text) < 0)
		return 0;
	r = lvm_devices_parse(&v->listed, buffer_bytes(&text), NULL);
	v->has_list = r == 0;
	return r == -ENOMEM ? r : 0;
}

bool volumes_lists(const struct volumes *v, const struct lvm_vg *vg)
{
	for (size_t i = 0; v->has_list && i < vg->pv_count; i++) {
		if (!lvm_devices_has(&v->listed, vg->pvs[i].uuid))
			return false;
	}
	return true;
}

/* ---- physical volumes ---- */
int volumes_insert(struct volumes *v, const struct physical_volume *pv)
{
	int r = vector_grow(&v->pvs, &v->capacity, v->count, sizeof(*v->pvs));
	size_t at = v->count;

	if (r < 0)
		return r;
	v->count++;

	while (at > 0 && volumes_lists(v, &pv->vg) && !volumes_lists(v, &v->pvs[at - 1].vg)) {
		v->pvs[at] = v->pvs[at - 1];
		at--;
	}
	v->pvs[at] = *pv;
	return 0;
}

static int read_pv(struct volumes *v, const struct device *d)
{
	struct physical_volume pv;
	struct fault why = {0};
	int r = strings_add(&v->seen, d->path);

	if (r < 0)
		return r;
	r = physical_volume_read(&pv, d->path, 0, d->size, &why);
	if (r < 0)
		return r == -ENOMEM ? r : say_fault_once(v, d->path, &why);
	r = volumes_insert(v, &pv);
	if (r < 0)
		physical_volume_done(&pv);
	return r < 0 ? r : 1;
}

/* 1: there are new ones. */
static int read_pvs(struct volumes *v, const struct disks *d)
{
	int found = 0;

	for (size_t i = 0; i < d->count; i++) {
		const struct device *device = &d->items[i].device;
		int r;

		if (!(device->roles & ROLE_LVM_PV) || strings_has(&v->seen, device->path))
			continue;
		r = read_pv(v, device);
		if (r < 0)
			return r;
		found |= r;
	}
	return found;
}

/* ---- names ---- */
static void make_link(const char *directory, const char *name, const char *device)
{
	_cleanup_free_ char *path = text_printf("%s/%s", directory, name);
	_cleanup_free_ char *to = text_printf("../%s", device);

	mkdir(directory, 0755);
	if (path && to && symlink(to, path) < 0 && errno != EEXIST)
		say("cannot make %s: %s", path, strerror(errno));
}

/*
 * What udev would have noted had it been here: its rules take a device of device mapper
 * for unfinished otherwise, and the system would wait for it (10-dm.rules).
 */
static void tell_udev(dev_t number)
{
	static const char text[] = "I:1\nE:DM_UDEV_PRIMARY_SOURCE_FLAG=1\n"
				   "E:DM_UDEV_RULES=1\nE:DM_UDEV_RULES_VSN=2\n";
	_cleanup_free_ char *path =
		text_printf(UDEV_DATABASE "/b%u:%u", major(number), minor(number));
	_cleanup_close_ int fd = -1;

	mkdir("/run/udev", 0755);
	mkdir(UDEV_DATABASE, 0755);
	if (path)
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd >= 0 && fd_write_all(fd, text, sizeof(text) - 1) < 0)
		unlink(path);
}

static void publish(const char *vg, const char *lv, const char *name, dev_t number)
{
	_cleanup_free_ char *directory = text_printf("/dev/%s", vg);
	_cleanup_free_ char *device = text_printf("dm-%u", minor(number));

	if (!directory || !device)
		return;
	make_link("/dev/mapper", name, device);
	make_link(directory, lv, device);
	tell_udev(number);
}

/* ---- activating ---- */
static int find_bases(const struct volumes *v, const struct volume_group *g,
	struct mapper_base *ret)
{
	for (size_t i = 0; i < g->vg->pv_count; i++) {
		struct stat st;

		if (g->members[i] == VOLUME_PV_MISSING)
			continue;
		if (stat(v->pvs[g->members[i]].backing, &st) < 0)
			return -errno;
		ret[i] = (struct mapper_base){st.st_rdev, 0};
	}
	return 0;
}

static int create(const struct volumes *v, const struct volume_group *g,
	const struct lvm_lv *lv, const char *name, struct fault *f)
{
	_cleanup_free_ struct mapper_base *bases = calloc(g->vg->pv_count, sizeof(*bases));
	_cleanup_free_ char *uuid = volume_mapper_uuid(g->vg, lv);
	_cleanup_(mapper_table_done) struct mapper_table table = {0};
	const struct mapper_request q = {name, uuid, &table, !lv->is_writable, false};
	dev_t number;
	int r;

	if (!bases || !uuid)
		return fault_no_memory(f);
	r = find_bases(v, g, bases);
	if (r < 0)
		return fault_errno(f, -r, NULL, "find the physical volumes");
	if (volume_table(&table, g, lv, bases) < 0)
		return fault_no_memory(f);
	r = mapper_create(NODES, &q, &number, f);
	if (r == 0)
		publish(g->vg->name, lv->name, name, number);
	return r;
}

/* Why it cannot be opened here, in words; NULL: it can. */
static const char *refusal(const struct volume_group *g, const struct lvm_lv *lv)
{
	if (lv->kind > LVM_STRIPED)
		return lvm_kind_name(lv->kind);
	if (lv->has_snapshots)
		return "it has snapshots";
	return volume_is_whole(g, lv) ? NULL : "a physical volume is missing";
}

/* 1: it is active now. */
static int activate(struct volumes *v, const struct volume_group *g,
	const struct lvm_lv *lv, const char *name, struct drivers *drivers)
{
	const char *why_not = refusal(g, lv);
	struct fault why = {0};
	int r;

	if (strings_add(&v->active, name) < 0)
		return -ENOMEM;
	if (why_not)
		return say_once(v, name, why_not);
	if (drivers_load(drivers, "dm_mod") < 0)
		return -ENOMEM;
	r = mapper_check(NODES, &why);
	if (r == 0)
		r = create(v, g, lv, name, &why);
	if (r == -ENOMEM)
		return r;
	return r < 0 ? say_fault_once(v, name, &why) : 1;
}

/* ---- which of them ---- */
static bool is_named(const struct wanted *w, const char *name)
{
	static const char mapper[] = "/dev/mapper/";

	return w->by == WANTED_BY_PATH && text_starts(w->value, mapper) &&
	       strcmp(w->value + sizeof(mapper) - 1, name) == 0;
}

/* By UUID or label it may be any; those of the command line come first. */
static bool is_asked_for(const struct boot_options *o, const struct wanted *w,
	const struct lvm_vg *vg, const struct lvm_lv *lv, bool is_listed, bool settled)
{
	_cleanup_free_ char *both = text_printf("%s/%s", vg->name, lv->name);

	if (both && strings_has(&o->volumes, both))
		return true;
	if (strings_has(&o->groups, vg->name))
		return true;
	/* What is not on the list is left alone where nobody names it. */
	return w->by != WANTED_BY_PATH && is_listed &&
	       (settled || (o->volumes.count == 0 && o->groups.count == 0));
}

static int serve_group(struct volumes *v, const struct volume_group *g,
	struct drivers *drivers, const struct wanted *w, bool settled)
{
	int found = 0;

	for (size_t i = 0; i < g->vg->lv_count; i++) {
		const struct lvm_lv *lv = &g->vg->lvs[i];
		_cleanup_free_ char *name = volume_mapper_name(g->vg->name, lv->name);
		int r;

		if (!name)
			return -ENOMEM;
		if (!lv->is_visible || strings_has(&v->active, name))
			continue;
		if (!is_named(w, name) &&
			!is_asked_for(drivers->options, w, g->vg, lv,
				volumes_lists(v, g->vg), settled))
			continue;
		r = activate(v, g, lv, name, drivers);
		if (r < 0)
			return r;
		found |= r;
	}
	return found;
}

int volumes_serve(struct volumes *v, const struct disks *d, struct drivers *drivers,
	const struct wanted *w, bool settled)
{
	_cleanup_(volume_groups_done) struct volume_groups groups = {0};
	int found = 0;

	if (read_list(v) < 0 || read_pvs(v, d) < 0 || volume_groups_assemble(&groups, v->pvs, v->count) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < groups.count; i++) {
		const struct volume_group *g = &groups.items[i];
		int r = 0;

		if (g->is_copy || g->is_ambiguous)
			r = say_once(v, g->vg->name,
				"there are several copies of this volume group");
		else if (!g->vg->is_exported && (g->missing == 0 || settled))
			r = serve_group(v, g, drivers, w, settled);
		if (r < 0)
			return r;
		found |= r;
	}
	return found;
}

int volumes_describe(const struct volumes *v, struct buffer *ret)
{
	_cleanup_(volume_groups_done) struct volume_groups groups = {0};

	if (volume_groups_assemble(&groups, v->pvs, v->count) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < groups.count; i++) {
		const struct volume_group *g = &groups.items[i];

		if (buffer_printf(ret, "  volume group %s, %zu of %zu disks missing:",
			    g->vg->name, g->missing, g->vg->pv_count) < 0)
			return -ENOMEM;
		for (size_t n = 0; n < g->vg->lv_count; n++)
			if (g->vg->lvs[n].is_visible &&
				buffer_printf(ret, " %s", g->vg->lvs[n].name) < 0)
				return -ENOMEM;
		if (buffer_puts(ret, "\n") < 0)
			return -ENOMEM;
	}
	return 0;
}
