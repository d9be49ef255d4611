/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Physical volumes are read and put together to volume groups; copies are kept apart. */
#include "volumes.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

void physical_volume_done(struct physical_volume *pv)
{
	lvm_vg_done(&pv->vg);
	free(pv->backing);
	*pv = (struct physical_volume){0};
}

/* ---- reading one ---- */
struct source {
	int fd;
	uint64_t offset, size;
};

static int read_span(const struct source *s, const struct lvm_span *span, uint8_t *ret)
{
	uint64_t end;

	if (__builtin_add_overflow(span->offset, span->size, &end) || end > s->size)
		return -ENODATA; /* the device ends before */
	for (size_t done = 0; done < span->size;) {
		ssize_t n = pread(s->fd, ret + done, span->size - done,
			(off_t)(s->offset + span->offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -ENODATA;
		done += (size_t)n;
	}
	return 0;
}

static int read_label(const struct source *s, struct lvm_label *ret, struct fault *f)
{
	const struct lvm_span start = {0, MIN_OF(s->size, (uint64_t)LVM_LABEL_SIZE)};
	uint8_t in[LVM_LABEL_SIZE];
	int r = read_span(s, &start, in);

	if (r < 0)
		return fault_errno(f, -r, NULL, "read the LVM label");
	return lvm_label_parse(ret, (struct bytes){in, start.size}, f);
}

static int read_text(const struct source *s, const struct lvm_text *t, struct buffer *ret,
	struct fault *f)
{
	int r = buffer_reserve(ret, (size_t)t->size);

	for (size_t i = 0; r == 0 && i < t->piece_count; i++) {
		r = read_span(s, &t->pieces[i], (uint8_t *)ret->data + ret->size);
		ret->size += (size_t)t->pieces[i].size;
	}
	if (r == 0 && !lvm_text_is_whole(t, buffer_bytes(ret)))
		r = -EBADMSG;
	if (r < 0) {
		fault_errno(f, -r, NULL, "read the LVM metadata");
		if (r == -EBADMSG)
			fault_reason(f, "the checksum of the text is wrong");
	}
	return r;
}

/* 1: the area holds a text, now in *ret. */
static int read_area(const struct source *s, const struct lvm_span *area,
	struct lvm_vg *ret, struct fault *f)
{
	const struct lvm_span head = {area->offset, LVM_AREA_HEADER_SIZE};
	_cleanup_(buffer_done) struct buffer text = {0};
	uint8_t in[LVM_AREA_HEADER_SIZE];
	struct lvm_text t;
	int r = read_span(s, &head, in);

	if (r < 0)
		return fault_errno(f, -r, NULL, "read the LVM metadata area");
	r = lvm_area_parse(&t, (struct bytes){in, sizeof(in)}, area, f);
	if (r < 0 || t.piece_count == 0)
		return r;
	r = read_text(s, &t, &text, f);
	if (r == 0)
		r = lvm_vg_parse(ret, buffer_bytes(&text), f);
	return r < 0 ? r : 1;
}

/* The newest of all areas; one that is whole is enough. */
static int read_areas(const struct source *s, const struct lvm_label *l,
	struct lvm_vg *ret, struct fault *f)
{
	int first = 0;

	for (size_t i = 0; i < l->area_count; i++) {
		struct lvm_vg vg = {0};
		struct fault why = {0};
		int r = read_area(s, &l->areas[i], &vg, &why);

		if (r < 0 && first == 0) {
			first = r;
			if (f)
				*f = why;
		}
		if (r > 0 && (!ret->name || vg.seqno > ret->seqno)) {
			lvm_vg_done(ret);
			*ret = vg;
		} else {
			lvm_vg_done(&vg);
		}
	}
	return ret->name ? 0 : first;
}

int physical_volume_read(struct physical_volume *ret, const char *backing,
	uint64_t offset, uint64_t size, struct fault *f)
{
	_cleanup_(physical_volume_done) struct physical_volume pv = {
		.offset = offset, .size = size, .device = -1, .disk = -1};
	_cleanup_close_ int fd = open(backing, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	const struct source s = {fd, offset, size};
	int r;

	if (fd < 0)
		return fault_errno(f, errno, backing, "open %s", backing);
	pv.backing = strdup(backing);
	if (!pv.backing)
		return fault_no_memory(f);
	r = read_label(&s, &pv.label, f);
	if (r == 0)
		r = read_areas(&s, &pv.label, &pv.vg, f);
	if (r < 0)
		return r;
	*ret = TAKE_STRUCT(pv);
	return 0;
}

/* ---- putting groups together ---- */
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

/* ---- one volume ---- */
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
