/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Logical volumes of several pieces, as devices of device mapper that live no longer than
 * this process: each is held open, and its removal is asked for at once. They have names
 * and UUIDs of their own, so nobody takes them for the volumes that LVM itself activates.
 */
#include "lvm.h"

#include "node.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

void mapped_done(const struct volumes *v, struct mapped *m)
{
	m->fd = safe_close(m->fd);
	/* Where removal could not be deferred; else it is gone by now. */
	if (m->name)
		mapper_remove(v->nodes, m->name, NULL);
	for (size_t i = 0; i < m->loop_count; i++)
		loop_done(&m->loops[i]);
	free(m->loops);
	free(m->name);
	*m = MAPPED_NONE;
}

void volumes_close(struct volumes *v)
{
	for (size_t i = v->count; i-- > 0;)
		mapped_done(v, &v->items[i].mapped);
}

static bool uses_member(const struct lvm_lv *lv, size_t member)
{
	for (size_t i = 0; i < lv->segment_count; i++) {
		for (size_t n = 0; n < lv->segments[i].stripe_count; n++) {
			if (lv->segments[i].stripes[n].pv == member)
				return true;
		}
	}
	return false;
}

/* A physical volume that is no device by itself becomes one. */
static int lay_loop(const struct volumes *v, const struct physical_volume *pv,
	enum access access, struct loop *loop, struct mapper_base *ret, struct fault *f)
{
	_cleanup_close_ int backing = open(pv->backing,
		(access == ACCESS_LOOK ? O_RDONLY : O_RDWR) | O_CLOEXEC);
	struct stat st;
	int r;

	if (backing < 0 || fstat(backing, &st) < 0)
		return fault_errno(f, errno, pv->backing, "open %s", pv->backing);
	if (S_ISBLK(st.st_mode)) {
		*ret = (struct mapper_base){st.st_rdev, pv->offset};
		return 0;
	}
	r = loop_attach(loop, backing, pv->offset, pv->size, v->nodes, f);
	if (r < 0)
		return r;
	if (fstat(loop->fd, &st) < 0)
		return fault_errno(f, errno, NULL, "use a loop device");
	*ret = (struct mapper_base){st.st_rdev, 0};
	return 0;
}

static int lay_bases(struct volumes *v, const struct volume *one, struct mapped *m,
	struct mapper_base *bases, struct fault *f)
{
	const struct volume_group *g = one->group;

	m->loops = calloc(g->vg->pv_count, sizeof(*m->loops));
	if (!m->loops)
		return fault_no_memory(f);
	m->loop_count = g->vg->pv_count;
	for (size_t i = 0; i < m->loop_count; i++)
		m->loops[i].fd = -1;
	for (size_t i = 0; i < m->loop_count; i++) {
		int r = 0;

		if (uses_member(one->lv, i))
			r = lay_loop(v, &v->pvs[g->members[i]], m->access, &m->loops[i],
				&bases[i], f);
		if (r < 0)
			return r;
	}
	return 0;
}

static int make(struct volumes *v, const struct volume *one, struct mapped *m,
	const struct mapper_base *bases, dev_t *ret, struct fault *f)
{
	_cleanup_(mapper_table_done) struct mapper_table table = {0};
	_cleanup_free_ char *name = text_printf("rescue-%d-%u", (int)getpid(), v->next++);
	_cleanup_free_ char *uuid = name ? text_printf("RESCUE-%s", name) : NULL;
	const struct mapper_request q = {name, uuid, &table, m->access == ACCESS_LOOK, true};
	int r;

	if (!uuid || volume_table(&table, one->group, one->lv, bases) < 0)
		return fault_no_memory(f);
	r = mapper_create(v->nodes, &q, ret, f);
	if (r == 0)
		m->name = TAKE_PTR(name);
	return r;
}

/* Opens the node; from now on the device goes away with us. */
static int hold(struct volumes *v, struct mapped *m, dev_t number, char **ret_path,
	struct fault *f)
{
	char name[32], path[PATH_MAX];
	const struct node n = {name, S_IFBLK, number};
	int flags = m->access == ACCESS_LOOK ? O_RDONLY : O_RDWR;

	snprintf(name, sizeof(name), "dm-%u", minor(number));
	m->fd = node_open(&n, v->nodes, flags, path);
	if (m->fd < 0)
		return fault_errno(f, -m->fd, NULL, "open the device %s", m->name);
	mapper_remove(v->nodes, m->name, NULL);
	*ret_path = strdup(path);
	return *ret_path ? 0 : fault_no_memory(f);
}

int volume_open(struct volumes *v, struct volume *one, enum access access,
	char **ret_path, struct fault *f)
{
	_cleanup_free_ struct mapper_base *bases =
		calloc(one->group->vg->pv_count, sizeof(*bases));
	struct mapped m = MAPPED_NONE;
	dev_t number;
	int r;

	m.access = access;
	if (!bases)
		return fault_no_memory(f);
	r = mapper_check(v->nodes, f);
	if (r == 0)
		r = lay_bases(v, one, &m, bases, f);
	if (r == 0)
		r = make(v, one, &m, bases, &number, f);
	if (r == 0)
		r = hold(v, &m, number, ret_path, f);
	if (r < 0) {
		mapped_done(v, &m);
		return r;
	}
	one->mapped = m;
	return 0;
}

/* ---- for repair ---- */
static struct volume *find_mapped(const struct landscape *l, const struct device *d)
{
	for (size_t i = 0; l->volumes && i < l->volumes->count; i++) {
		struct volume *one = &l->volumes->items[i];

		if (one->is_mapped && &l->devices[one->device] == d)
			return one;
	}
	return NULL;
}

static int refuse_backing(const struct physical_volume *pv, struct fault *f)
{
	_cleanup_close_ int fd = open(pv->backing, O_RDWR | O_CLOEXEC);
	int error = fd < 0 ? errno : 0, read_only = 0;

	if (fd >= 0 && ioctl(fd, BLKROGET, &read_only) == 0 && read_only)
		error = EROFS;
	return error ? fault_errno(f, error, pv->backing, "write to %s", pv->backing) : 0;
}

int lvm_refuse(const struct landscape *l, const struct device *d, struct fault *f)
{
	const struct volume *one = find_mapped(l, d);

	if (!one)
		return 1;
	for (size_t i = 0; i < one->group->vg->pv_count; i++) {
		int r = 0;

		if (uses_member(one->lv, i))
			r = refuse_backing(&l->volumes->pvs[one->group->members[i]], f);
		if (r < 0)
			return r;
	}
	return 0;
}

static int reopen(struct landscape *l, int device, struct fault *f)
{
	struct device *d = device < 0 ? NULL : &l->devices[device];
	struct volume *one = d ? find_mapped(l, d) : NULL;
	char *path = NULL;
	int r;

	if (!one || one->mapped.access == ACCESS_REPAIR)
		return 0;
	mapped_done(l->volumes, &one->mapped);
	r = volume_open(l->volumes, one, ACCESS_REPAIR, &path, f);
	if (r < 0) {
		fault_device(f, d->path);
		return r;
	}
	free(d->backing);
	d->backing = path;
	return 0;
}

int lvm_make_writable(struct landscape *l, struct system *s, struct fault *f)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < l->device_count; i++) {
		/* Also what fstab names besides: /var, /var/log. */
		if (l->devices[i].system == s - l->systems || (int)i == s->root.device ||
			(int)i == s->boot.device || (int)i == s->usr.device)
			r = reopen(l, (int)i, f);
	}
	return r;
}
