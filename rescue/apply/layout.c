/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a plan to steps: which names will change, what holds them today, and under which
 * names their new and old content will lie. Nothing is written here.
 */
#include "work.h"

#include <errno.h>

static size_t find_step(const struct journal *j, const char *path)
{
	for (size_t i = 0; i < j->step_count; i++)
		if (strcmp(j->steps[i].path, path) == 0)
			return i;
	return NO_STEP;
}

static int add_parent(struct work *w, const char *path, struct fault *f)
{
	struct journal_parent *p;
	struct stat st;
	int r;

	for (size_t i = 0; i < w->journal.parent_count; i++)
		if (strcmp(w->journal.parents[i].path, path) == 0)
			return 0;
	r = target_stat(w->target, path, &st);
	if (r < 0)
		return fault_errno(f, -r, path, "look at %s", path);
	p = journal_add_parent(&w->journal);
	if (!p || !(p->path = strdup(path)))
		return fault_no_memory(f);
	p->atime_s = st.st_atim.tv_sec;
	p->atime_ns = (uint32_t)st.st_atim.tv_nsec;
	p->mtime_s = st.st_mtim.tv_sec;
	p->mtime_ns = (uint32_t)st.st_mtim.tv_nsec;
	return 0;
}

static char *new_name(struct work *w, const char *beside)
{
	char name[64];

	snprintf(name, sizeof(name), ".rescue-%s-%u", w->journal.transaction, w->names++);
	return site_below(beside, name);
}

static struct journal_step *add_step(
	struct work *w, const char *path, const char *beside, struct fault *f)
{
	struct journal_step *s = journal_add_step(&w->journal);
	int r;

	if (!s || !(s->path = strdup(path)) || !(s->staged = new_name(w, beside))) {
		fault_no_memory(f);
		return NULL;
	}
	r = object_take(&s->before, w->target, path);
	if (r < 0) {
		fault_errno(f, -r, path, "look at %s", path);
		return NULL;
	}
	if (s->before.mode != 0 && !(s->displaced = new_name(w, beside))) {
		fault_no_memory(f);
		return NULL;
	}
	return s;
}

/* Also the directories above it that neither the system nor an earlier step has. */
static struct journal_step *add_site(
	struct work *w, const struct site *site, struct fault *f)
{
	if (add_parent(w, site->beside, f) < 0)
		return NULL;
	for (size_t i = 0; i < site->missing.count; i++) {
		struct journal_step *s;

		if (find_step(&w->journal, site->missing.items[i]) != NO_STEP)
			continue;
		s = add_step(w, site->missing.items[i], site->beside, f);
		if (!s)
			return NULL;
		s->created_dir = true;
	}
	return add_step(w, site->path, site->beside, f);
}

struct journal_step *layout_add(struct work *w, const char *path, struct fault *f)
{
	_cleanup_(site_done) struct site site = {0};

	return site_find(&site, w->target, path, f) < 0 ? NULL : add_site(w, &site, f);
}

static bool makes_directory(const struct operation *op, const struct package_sets *sets)
{
	if (op->op == OP_MODULES || op->op == OP_INDEX)
		return true;
	if (op->op != OP_FILE || !sets)
		return false;

	const struct package *p = &sets->packages[op->package];

	for (size_t i = 0; i < p->file_count; i++)
		if (strcmp(p->files[i].path, op->from) == 0)
			return S_ISDIR(p->files[i].mode);
	return false;
}

int layout_find(struct site *ret, const struct operation *op, const struct target *t,
	const struct package_sets *sets, struct fault *f)
{
	bool makes = makes_directory(op, sets), is;
	struct stat st;
	int r = site_find(ret, t, op->path, f);

	if (r < 0 || target_lstat(t, ret->path, &st) < 0)
		return MIN_OF(r, 0);
	is = S_ISDIR(st.st_mode);
	if (makes != is) {
		fault_errno(f, is ? EISDIR : ENOTDIR, ret->path, "replace %s", ret->path);
		fault_hint(f, "move it out of the way first");
		return is ? -EISDIR : -ENOTDIR;
	}
	return makes && op->op == OP_FILE;
}

static int layout_operation(struct work *w, size_t index, struct fault *f)
{
	const struct operation *op = &w->plan->operations[index];
	_cleanup_(site_done) struct site site = {0};
	struct journal_step *s;
	int r;

	w->steps[index] = NO_STEP;
	if (op->op == OP_LINK && w->modules.step != NO_STEP && modules_below(w, op->path))
		return 0; /* part of the directory that is staged as one */
	r = layout_find(&site, op, w->target, w->sets, f);
	if (r != 0)
		return MIN_OF(r, 0);
	if (find_step(&w->journal, site.path) != NO_STEP)
		return 0; /* the index of a new directory; a file of two packages */
	s = add_site(w, &site, f);
	if (!s)
		return -EINVAL;
	w->steps[index] = w->journal.step_count - 1;
	s->created_dir = op->op == OP_FILE && makes_directory(op, w->sets);
	if (op->op != OP_MODULES && op->op != OP_INDEX)
		return 0;
	w->modules.step = w->steps[index];
	w->modules.from_packages = op->op == OP_MODULES;
	w->modules.path = strdup(s->path);
	return w->modules.path ? 0 : fault_no_memory(f);
}

int layout_plan(struct work *w, struct fault *f)
{
	int r = 0;

	w->modules.step = NO_STEP;
	for (size_t i = 0; r == 0 && i < w->plan->count; i++)
		r = layout_operation(w, i, f);
	if (r == 0 && w->inv->selinux) /* for /.autorelabel, should it be needed */
		r = add_parent(w, "/", f);
	return r;
}
