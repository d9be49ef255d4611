/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One volume group as LVM2's text tells it (lvm2: lib/format_text/import_vsn1.c,
 * lib/striped/striped.c). Only linear and striped segments are understood; a volume that
 * has another one is named by its kind.
 */
#include "formats/lvm.h"

#include "lvm_config.h"
#include "text_lines.h"

#include <errno.h>

struct parser {
	const struct lvm_config *config;
	struct lvm_vg vg;
	size_t segments, stripes; /* in all volumes */
	struct fault *f;
};

static int refuse(const struct parser *p, size_t node, const char *reason)
{
	const struct lvm_node *n = node == LVM_CONFIG_TOP ? NULL : &p->config->nodes.items[node];

	fault_errno(p->f, EBADMSG, NULL, "read the LVM metadata");
	if (n)
		fault_reason(p->f, "line %u, %.*s: %s", n->line,
			(int)MIN_OF(n->name.size, (size_t)LVM_MAX_NAME),
			(const char *)n->name.data, reason);
	else
		fault_reason(p->f, "%s", reason);
	return -EBADMSG;
}

static int refuse_count(const struct parser *p, const char *what)
{
	fault_errno(p->f, E2BIG, NULL, "read the LVM metadata");
	fault_reason(p->f, "it has more %s than any volume group", what);
	return -E2BIG;
}

static void lv_done(struct lvm_lv *lv)
{
	for (size_t i = 0; i < lv->segment_count; i++)
		free(lv->segments[i].stripes);
	free(lv->segments);
	free(lv->name);
	*lv = (struct lvm_lv){0};
}

static void pv_done(struct lvm_pv *pv)
{
	free(pv->name);
	free(pv->device);
	*pv = (struct lvm_pv){0};
}

void lvm_vg_done(struct lvm_vg *vg)
{
	for (size_t i = 0; i < vg->pv_count; i++)
		pv_done(&vg->pvs[i]);
	for (size_t i = 0; i < vg->lv_count; i++)
		lv_done(&vg->lvs[i]);
	free(vg->pvs);
	free(vg->lvs);
	free(vg->name);
	*vg = (struct lvm_vg){0};
}

const struct lvm_lv *lvm_vg_find(const struct lvm_vg *vg, const char *lv)
{
	for (size_t i = 0; i < vg->lv_count; i++) {
		if (strcmp(vg->lvs[i].name, lv) == 0)
			return &vg->lvs[i];
	}
	return NULL;
}

const char *lvm_kind_name(enum lvm_kind k)
{
	static const char *const names[] = {
		[LVM_LINEAR] = "a linear volume",
		[LVM_STRIPED] = "a striped volume",
		[LVM_SNAPSHOT] = "a snapshot",
		[LVM_THIN] = "a thin volume",
		[LVM_RAID] = "a RAID volume",
		[LVM_MIRROR] = "a mirrored volume",
		[LVM_CACHE] = "a cached volume",
		[LVM_VDO] = "a VDO volume",
		[LVM_POOL] = "a pool",
		[LVM_MOVING] = "a volume that is being moved (pvmove)",
		[LVM_OTHER] = "a volume of an unknown kind",
	};

	return (size_t)k < ARRAY_SIZE(names) ? names[k] : names[LVM_OTHER];
}

/* ---- what sections have in common ---- */
/* Names become parts of paths and of device-mapper names. */
static int take_name(const struct parser *p, size_t node, char **ret)
{
	struct bytes name = p->config->nodes.items[node].name;

	if (name.size > LVM_MAX_NAME || text_is(name, ".") || text_is(name, "..") ||
		name.data[0] == '-')
		return refuse(p, node, "no volume can have that name");
	*ret = text_of(name);
	return *ret ? 0 : -ENOMEM;
}

static int take_uuid(const struct parser *p, size_t section, char ret[LVM_UUID_SIZE])
{
	_cleanup_free_ char *id = NULL;
	int r = lvm_config_text(p->config, section, "id", &id);

	if (r == -ENOMEM)
		return r;
	if (r < 0 || strlen(id) != LVM_UUID_SIZE - 1)
		return refuse(p, section, "its id is missing, or no UUID");
	for (const char *c = id; *c; c++) {
		if (*c <= ' ' || *c > '~' || *c == '/')
			return refuse(p, section, "its id holds what no UUID can");
	}
	memcpy(ret, id, LVM_UUID_SIZE);
	return 0;
}

static int take_number(
	const struct parser *p, size_t section, const char *name, uint64_t *ret)
{
	_cleanup_free_ char *reason = NULL;

	if (lvm_config_number(p->config, section, name, ret))
		return 0;
	reason = text_printf("%s is missing, or no number", name);
	return reason ? refuse(p, section, reason) : -ENOMEM;
}

/* Given in sectors. */
static int take_bytes(
	const struct parser *p, size_t section, const char *name, uint64_t *ret)
{
	int r = take_number(p, section, name, ret);

	if (r == 0 && __builtin_mul_overflow(*ret, LVM_SECTOR, ret))
		return refuse(p, section, "it is larger than any device");
	return r;
}

typedef int parse_section(struct parser *p, size_t section);

/* Every section in the one of that name; values among them have no meaning to us. */
static int parse_sections(
	struct parser *p, size_t parent, const char *name, parse_section *parse)
{
	size_t list = lvm_config_find(p->config, parent, name);
	int r = 0;

	if (list == SIZE_MAX)
		return 0; /* a group without volumes has no such section */
	if (!p->config->nodes.items[list].is_section)
		return refuse(p, list, "it is no section");
	for (size_t i = lvm_config_first(p->config, list);
		r == 0 && i < lvm_config_end(p->config, list);
		i = p->config->nodes.items[i].end) {
		if (p->config->nodes.items[i].is_section)
			r = parse(p, i);
	}
	return r;
}

/* ---- physical volumes ---- */
static int fill_pv(struct parser *p, size_t section, struct lvm_pv *pv)
{
	uint64_t size, end;
	int r = take_name(p, section, &pv->name);

	if (r == 0)
		r = take_uuid(p, section, pv->uuid);
	if (r == 0)
		r = take_bytes(p, section, "pe_start", &pv->start);
	if (r == 0)
		r = take_number(p, section, "pe_count", &pv->extents);
	if (r < 0)
		return r;
	if (__builtin_mul_overflow(pv->extents, p->vg.extent_size, &size) ||
		__builtin_add_overflow(pv->start, size, &end))
		return refuse(p, section, "it is larger than any device");
	pv->is_missing = lvm_config_lists(p->config, section, "flags", "MISSING");
	r = lvm_config_text(p->config, section, "device", &pv->device);
	return r == -ENOMEM ? r : 0;
}

static int parse_pv(struct parser *p, size_t section)
{
	struct lvm_vg *vg = &p->vg;
	struct lvm_pv pv = {0};
	int r;

	if (vg->pv_count == LVM_MAX_PVS)
		return refuse_count(p, "physical volumes");
	r = vector_grow(&vg->pvs, &vg->pv_capacity, vg->pv_count, sizeof(*vg->pvs));
	if (r == 0)
		r = fill_pv(p, section, &pv);
	for (size_t i = 0; r == 0 && i < vg->pv_count; i++) {
		if (strcmp(vg->pvs[i].name, pv.name) == 0 ||
			strcmp(vg->pvs[i].uuid, pv.uuid) == 0)
			r = refuse(p, section, "it is there twice");
	}
	if (r < 0) {
		pv_done(&pv);
		return r;
	}
	vg->pvs[vg->pv_count++] = pv;
	return 0;
}

/* ---- segments ---- */
static enum lvm_kind kind_of_type(struct bytes type)
{
	static const struct {
		const char *start;
		enum lvm_kind kind;
	} kinds[] = {{"thin-pool", LVM_POOL}, {"cache-pool", LVM_POOL},
		{"vdo-pool", LVM_POOL}, {"thin", LVM_THIN}, {"raid", LVM_RAID},
		{"mirror", LVM_MIRROR}, {"cache", LVM_CACHE}, {"writecache", LVM_CACHE},
		{"vdo", LVM_VDO}, {"snapshot", LVM_SNAPSHOT}};

	if (text_is(type, "striped") || text_is(type, "linear"))
		return LVM_LINEAR;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		size_t size = strlen(kinds[i].start);

		if (type.size >= size && memcmp(type.data, kinds[i].start, size) == 0)
			return kinds[i].kind;
	}
	return LVM_OTHER;
}

static size_t find_pv(const struct lvm_vg *vg, struct bytes name)
{
	size_t i = 0;

	while (i < vg->pv_count && !text_is(name, vg->pvs[i].name))
		i++;
	return i;
}

/* Another volume in a physical one's place: pvmove's, or a stack of old. */
static enum lvm_kind kind_of_part(struct bytes name)
{
	return name.size > 6 && memcmp(name.data, "pvmove", 6) == 0 ? LVM_MOVING : LVM_OTHER;
}

static int take_stripe(struct parser *p, size_t section, const struct lvm_value *v,
	uint64_t count, struct lvm_stripe *ret)
{
	uint64_t end;

	ret->pv = find_pv(&p->vg, v[0].text);
	if (!lvm_value_number(&v[1], &ret->first))
		return refuse(p, section, "a stripe has no place");
	if (__builtin_add_overflow(ret->first, count, &end) ||
		end > p->vg.pvs[ret->pv].extents)
		return refuse(p, section, "it lies beyond the end of its physical volume");
	return 0;
}

static int take_stripes(struct parser *p, size_t section, struct lvm_segment *s,
	enum lvm_kind *kind)
{
	size_t list = lvm_config_find(p->config, section, "stripes");
	const struct lvm_node *n = list == SIZE_MAX ? NULL : &p->config->nodes.items[list];
	const struct lvm_value *v;
	size_t count = n ? n->count / 2 : 0;
	int r = 0;

	if (count == 0 || n->count % 2 != 0 || s->count % count != 0)
		return refuse(p, section, "its stripes make no sense");
	p->stripes += count;
	if (p->stripes > LVM_MAX_STRIPES)
		return refuse_count(p, "stripes");
	v = &p->config->values.items[n->first];
	for (size_t i = 0; i < count; i++) {
		if (find_pv(&p->vg, v[2 * i].text) == p->vg.pv_count) {
			*kind = kind_of_part(v[2 * i].text);
			return 0;
		}
	}
	s->stripes = calloc(count, sizeof(*s->stripes));
	if (!s->stripes)
		return -ENOMEM;
	s->stripe_count = count;
	for (size_t i = 0; r == 0 && i < count; i++)
		r = take_stripe(p, section, v + 2 * i, s->count / count, &s->stripes[i]);
	if (r < 0 || count == 1)
		return r;
	*kind = LVM_STRIPED;
	r = take_bytes(p, section, "stripe_size", &s->stripe_size);
	if (r == 0 && (s->stripe_size == 0 || p->vg.extent_size % s->stripe_size != 0))
		r = refuse(p, section, "its stripe size does not divide an extent");
	return r;
}

static int fill_segment(struct parser *p, size_t section, struct lvm_segment *s,
	enum lvm_kind *kind)
{
	size_t type = lvm_config_find(p->config, section, "type");
	int r = take_number(p, section, "start_extent", &s->start);

	if (r == 0)
		r = take_number(p, section, "extent_count", &s->count);
	if (r < 0)
		return r;
	if (type == SIZE_MAX || p->config->nodes.items[type].count != 1)
		return refuse(p, section, "its type is missing");
	*kind = kind_of_type(
		p->config->values.items[p->config->nodes.items[type].first].text);
	return *kind == LVM_LINEAR ? take_stripes(p, section, s, kind) : 0;
}

/* What is not understood outweighs striped, and that linear. */
static void join_kind(struct lvm_lv *lv, enum lvm_kind kind)
{
	if (lv->kind <= LVM_STRIPED && kind > lv->kind)
		lv->kind = kind;
}

static int add_segment(struct parser *p, size_t section, struct lvm_lv *lv, size_t *capacity)
{
	struct lvm_segment s = {0};
	enum lvm_kind kind = LVM_OTHER;
	uint64_t bytes;
	int r;

	if (++p->segments > LVM_MAX_SEGMENTS)
		return refuse_count(p, "segments");
	r = vector_grow(&lv->segments, capacity, lv->segment_count, sizeof(s));
	if (r == 0)
		r = fill_segment(p, section, &s, &kind);
	if (r == 0 && (s.count == 0 || s.start != lv->extents))
		r = refuse(p, section, "it does not go on where the one before ends");
	if (r == 0 && (__builtin_add_overflow(lv->extents, s.count, &lv->extents) ||
			      __builtin_mul_overflow(
				      lv->extents, p->vg.extent_size, &bytes)))
		r = refuse(p, section, "it is larger than any device");
	if (r < 0) {
		free(s.stripes);
		return r;
	}
	lv->segments[lv->segment_count++] = s;
	join_kind(lv, kind);
	return 0;
}

/* ---- logical volumes ---- */
static int fill_segments(struct parser *p, size_t section, struct lvm_lv *lv)
{
	size_t capacity = 0;
	uint64_t count;
	int r = take_number(p, section, "segment_count", &count);

	for (size_t i = lvm_config_first(p->config, section);
		r == 0 && i < lvm_config_end(p->config, section);
		i = p->config->nodes.items[i].end) {
		if (p->config->nodes.items[i].is_section)
			r = add_segment(p, i, lv, &capacity);
	}
	if (r == 0 && count != lv->segment_count)
		r = refuse(p, section, "it has another number of segments than it says");
	return r;
}

static int parse_lv(struct parser *p, size_t section)
{
	struct lvm_vg *vg = &p->vg;
	struct lvm_lv lv = {
		.is_visible = lvm_config_lists(p->config, section, "status", "VISIBLE"),
		.is_writable = lvm_config_lists(p->config, section, "status", "WRITE"),
	};
	int r;

	if (vg->lv_count == LVM_MAX_LVS)
		return refuse_count(p, "logical volumes");
	r = vector_grow(&vg->lvs, &vg->lv_capacity, vg->lv_count, sizeof(*vg->lvs));
	if (r == 0)
		r = take_name(p, section, &lv.name);
	if (r == 0)
		r = take_uuid(p, section, lv.uuid);
	if (r == 0)
		r = fill_segments(p, section, &lv);
	if (r < 0) {
		lv_done(&lv);
		return r;
	}
	vg->lvs[vg->lv_count++] = lv;
	return 0;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp((*(const struct lvm_lv *const *)a)->name,
		(*(const struct lvm_lv *const *)b)->name);
}

static int check_names(const struct parser *p)
{
	_cleanup_free_ const struct lvm_lv **sorted =
		calloc(p->vg.lv_count + 1, sizeof(*sorted));

	if (!sorted)
		return -ENOMEM;
	for (size_t i = 0; i < p->vg.lv_count; i++)
		sorted[i] = &p->vg.lvs[i];
	qsort(sorted, p->vg.lv_count, sizeof(*sorted), compare_names);
	for (size_t i = 1; i < p->vg.lv_count; i++) {
		if (compare_names(&sorted[i - 1], &sorted[i]) == 0)
			return refuse(p, LVM_CONFIG_TOP,
				"two logical volumes have the same name");
	}
	return 0;
}

/* ---- snapshots ---- */
static struct lvm_lv *find_part(struct parser *p, size_t segment, const char *role)
{
	_cleanup_free_ char *name = NULL;

	if (lvm_config_text(p->config, segment, role, &name) < 0)
		return NULL;
	return (struct lvm_lv *)lvm_vg_find(&p->vg, name);
}

/* A hidden volume ties together the origin and where its old content is kept. */
static void mark_snapshot(struct parser *p, size_t segment)
{
	struct lvm_lv *origin = find_part(p, segment, "origin");
	struct lvm_lv *store = find_part(p, segment, "cow_store");

	if (!store)
		store = find_part(p, segment, "merging_store");
	if (origin)
		origin->has_snapshots = true;
	if (store)
		join_kind(store, LVM_SNAPSHOT);
}

static int mark_snapshots(struct parser *p, size_t section)
{
	for (size_t i = lvm_config_first(p->config, section);
		i < lvm_config_end(p->config, section);
		i = p->config->nodes.items[i].end) {
		if (p->config->nodes.items[i].is_section &&
			lvm_config_lists(p->config, i, "type", "snapshot"))
			mark_snapshot(p, i);
	}
	return 0;
}

/* ---- overlapping segments ---- */
struct used {
	size_t pv;
	uint64_t first, end; /* extents */
};

static int compare_used(const void *a, const void *b)
{
	const struct used *x = a, *y = b;

	if (x->pv != y->pv)
		return x->pv < y->pv ? -1 : 1;
	return x->first < y->first ? -1 : x->first > y->first;
}

static size_t list_used(const struct lvm_vg *vg, struct used *ret)
{
	size_t count = 0;

	for (size_t i = 0; i < vg->lv_count; i++) {
		for (size_t k = 0; k < vg->lvs[i].segment_count; k++) {
			const struct lvm_segment *s = &vg->lvs[i].segments[k];

			for (size_t n = 0; n < s->stripe_count; n++)
				ret[count++] = (struct used){s->stripes[n].pv,
					s->stripes[n].first,
					s->stripes[n].first + s->count / s->stripe_count};
		}
	}
	return count;
}

static int check_overlap(const struct parser *p)
{
	_cleanup_free_ struct used *used = calloc(p->stripes + 1, sizeof(*used));
	size_t count;

	if (!used)
		return -ENOMEM;
	count = list_used(&p->vg, used);
	qsort(used, count, sizeof(*used), compare_used);
	for (size_t i = 1; i < count; i++) {
		if (used[i - 1].pv == used[i].pv && used[i - 1].end > used[i].first)
			return refuse(p, LVM_CONFIG_TOP, "segments overlap each other");
	}
	return 0;
}

/* ---- the volume group ---- */
static bool is_lvm_text(const struct lvm_config *c)
{
	uint64_t version;

	return lvm_config_lists(c, LVM_CONFIG_TOP, "contents", "Text Format Volume Group") &&
	       lvm_config_number(c, LVM_CONFIG_TOP, "version", &version) && version == 1;
}

static size_t find_group(const struct lvm_config *c)
{
	for (size_t i = 0; i < c->nodes.count; i = c->nodes.items[i].end) {
		if (c->nodes.items[i].is_section)
			return i;
	}
	return SIZE_MAX;
}

static int fill_vg(struct parser *p, size_t section)
{
	struct lvm_vg *vg = &p->vg;
	int r = take_name(p, section, &vg->name);

	if (r == 0)
		r = take_uuid(p, section, vg->uuid);
	if (r == 0)
		r = take_number(p, section, "seqno", &vg->seqno);
	if (r == 0)
		r = take_bytes(p, section, "extent_size", &vg->extent_size);
	if (r == 0 && vg->extent_size == 0)
		r = refuse(p, section, "its extents are empty");
	vg->is_exported = lvm_config_lists(p->config, section, "status", "EXPORTED");
	if (r == 0)
		r = parse_sections(p, section, "physical_volumes", parse_pv);
	if (r == 0)
		r = parse_sections(p, section, "logical_volumes", parse_lv);
	if (r == 0)
		r = check_names(p);
	if (r == 0)
		r = parse_sections(p, section, "logical_volumes", mark_snapshots);
	if (r == 0)
		r = check_overlap(p);
	return r;
}

int lvm_vg_parse(struct lvm_vg *ret, struct bytes in, struct fault *f)
{
	_cleanup_(lvm_config_done) struct lvm_config config = {0};
	struct parser p = {.config = &config, .f = f};
	size_t group;
	int r = lvm_config_parse(&config, in, f);

	if (r < 0)
		return r;
	group = find_group(&config);
	if (!is_lvm_text(&config) || group == SIZE_MAX)
		return refuse(&p, LVM_CONFIG_TOP, "it is no text of a volume group");
	r = fill_vg(&p, group);
	if (r < 0) {
		lvm_vg_done(&p.vg);
		return r == -ENOMEM ? fault_no_memory(f) : r;
	}
	*ret = p.vg;
	return 0;
}
