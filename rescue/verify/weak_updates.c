/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A distribution that looks into weak-updates/ (depmod.d) lets a kernel use third-party
 * modules of another release, where their symbol versions fit: /lib/modules/V/weak-updates
 * holds links to them (EL: weak-modules of kmod; SUSE: weak-modules2).
 */
#include "weak_updates.h"

#include <errno.h>

static const char *const places[] = {"extra/", "updates/"};

/* Behind extra/ or updates/; NULL: it lies elsewhere. */
static const char *below_place(const char *relative)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (text_starts(relative, places[i]))
			return relative + strlen(places[i]);
	return NULL;
}

/* A module of its own tree that loads has that name. */
static bool has_own(const struct judge *judge, const char *name)
{
	for (size_t i = 0; i < judge->count; i++) {
		const struct judged *m = &judge->items[i];

		if (!m->named && m->j.verdict == MODULE_LOADS && text_equal(m->j.name, name))
			return true;
	}
	return false;
}

static int judge_candidate(struct judge *judge, const struct target *t, const char *path)
{
	_cleanup_(buffer_done) struct buffer raw = {0};
	struct stat st;
	int r;

	if (target_lstat(t, path, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	r = target_read(t, path, ELF_MODULE_MAX_SIZE, &raw, NULL);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	judge->adds_candidates = true;
	r = judge_bytes(judge, path, true, &raw);
	judge->adds_candidates = false;
	return r;
}

static int judge_other(struct judge *judge, const struct target *t, const struct kernel *other)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < other->modules.files.count; i++) {
		const char *relative = other->modules.files.items[i];
		_cleanup_free_ char *path = text_printf("%s/%s", other->modules.path, relative);
		_cleanup_free_ char *name = module_name_of(relative);

		if (!path || !name)
			return -ENOMEM;
		if (below_place(relative) && !has_own(judge, name))
			r = judge_candidate(judge, t, path);
	}
	return r;
}

int weak_updates_judge(struct judge *judge, const struct rules *r, const struct kernel *k)
{
	int rc = 0;

	if (!strings_has(&judge->search.search, "weak-updates"))
		return 0;
	for (size_t i = 0; rc >= 0 && i < r->inv->kernel_count; i++)
		if (&r->inv->kernels[i] != k && r->inv->kernels[i].modules.third_party)
			rc = judge_other(judge, r->present.target, &r->inv->kernels[i]);
	return rc;
}

/* ---- what came of them ------------------------------------------------------------------ */

static bool is_linked(const struct weak_links *list, const char *release, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i].release, release) == 0 &&
			strcmp(list->items[i].name, name) == 0)
			return true;
	return false;
}

/* /lib/modules/OTHER/extra/a/b.ko: the link is weak-updates/a/b.ko. */
static int add_link(struct rules *r, const struct kernel *k, const struct judged *m)
{
	struct weak_links *list = &r->v->weak_links;
	const char *below = NULL;
	struct weak_link *link;
	int rc;

	for (size_t i = 0; i < ARRAY_SIZE(places) && !below; i++) {
		below = strstr(m->j.path, places[i]);
		below = below && below[-1] == '/' ? below + strlen(places[i]) : NULL;
	}
	if (!below || is_linked(list, k->release, m->j.name))
		return 0;
	rc = VECTOR_GROW(list);
	if (rc < 0)
		return rc;
	link = &list->items[list->count++];
	*link = (struct weak_link){.release = strdup(k->release), .name = strdup(m->j.name),
		.path = text_printf("%s/weak-updates/%s", k->modules.path, below),
		.target = strdup(m->j.path)};
	if (!link->release || !link->name || !link->path || !link->target)
		return -ENOMEM;
	return snapshot_take(&link->now, r->present.target, link->path) == -ENOMEM ? -ENOMEM : 0;
}

static int add_lost(struct rules *r, const struct kernel *k, const struct judge *judge)
{
	struct strings *lost = &r->v->lost_modules;

	for (size_t i = 0; i < r->inv->kernel_count; i++) {
		const struct module_tree *tree = &r->inv->kernels[i].modules;

		for (size_t n = 0; n < tree->files.count; n++) {
			_cleanup_free_ char *name = NULL;

			if (text_starts(tree->files.items[n], "kernel/"))
				continue;
			name = module_name_of(tree->files.items[n]);
			if (!name)
				return -ENOMEM;
			if (!has_own(judge, name) &&
				!is_linked(&r->v->weak_links, k->release, name) &&
				strings_add_new(lost, name) < 0)
				return -ENOMEM;
		}
	}
	return 0;
}

int weak_updates_take(struct rules *r, const struct kernel *k, const struct judge *judge)
{
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < judge->count; i++)
		if (judge->items[i].candidate && judge->items[i].j.verdict == MODULE_LOADS)
			rc = add_link(r, k, &judge->items[i]);
	return rc >= 0 && rules_is_offered(r, k) ? add_lost(r, k, judge) : rc;
}
