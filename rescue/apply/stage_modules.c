/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /lib/modules/V, made whole beside the present one: the packages' files, hard links to
 * what the present one holds and no package brings (extra/, updates/, weak-updates/,
 * other packages' modules), and a fresh index. Present files keep their inodes and are
 * never written through.
 */
#include "module_folders.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* depmod writes these: old ones are left behind, new ones get owner and label. */
static const char *const index_names[] = {"modules.dep", "modules.dep.bin",
	"modules.alias", "modules.alias.bin", "modules.symbols", "modules.symbols.bin",
	"modules.softdep", "modules.weakdep", "modules.devname", "modules.builtin.bin",
	"modules.builtin.alias.bin"};

static bool is_index(const char *relative)
{
	for (size_t i = 0; i < ARRAY_SIZE(index_names); i++)
		if (strcmp(relative, index_names[i]) == 0)
			return true;
	return false;
}

void modules_done(struct staged_modules *m)
{
	for (size_t i = 0; i < m->directory_count; i++)
		free(m->directories[i].relative);
	free(m->directories);
	free(m->path);
	free(m->folder);
	safe_close(m->folder_fd);
	target_done(&m->target);
	*m = (struct staged_modules){
		.step = NO_STEP, .target = TARGET_NONE, .folder_fd = -1};
}

/* ---- a package's files ---- */

int modules_begin(struct work *w, struct fault *f)
{
	const struct journal_step *s = &w->journal.steps[w->modules.step];
	_cleanup_free_ char *name = NULL;
	_cleanup_close_ int dirfd = target_parent(w->target, s->staged, &name, f);
	int fd;

	if (dirfd < 0)
		return dirfd;
	fd = stage_directory(dirfd, name);
	if (fd < 0)
		return fault_errno(f, -fd, s->path, "stage %s", s->path);
	w->modules.target.fd = fd;
	return folders_note_default(w, "", f);
}

static int stage_module_directory(struct work *w, const char *relative,
	const struct stage_attributes *a, struct fault *f)
{
	int r = folders_make_parents(w, relative, f);

	if (r == 0 && *relative)
		r = folders_make(w, relative, f);
	return r < 0 ? r : folders_note(w, relative, a, f);
}

int modules_stage(
	struct work *w, const struct package_file *file, int *ret_fd, struct fault *f)
{
	const char *relative = modules_below(w, file->path);
	_cleanup_free_ char *path = text_printf("%s/%s", w->modules.path, relative);
	struct stage_attributes a;
	const char *name;
	int r;

	if (!path)
		return fault_no_memory(f);
	attributes_of_package(w, file, path, &a);
	if (S_ISDIR(file->mode))
		return stage_module_directory(w, relative, &a, f);
	r = folders_enter(w, relative, &name, f);
	if (r < 0)
		return r;
	r = S_ISLNK(file->mode) ? stage_symlink(w->modules.folder_fd, name, file->link,
					  &a, &w->shortfall)
				: stage_file(w->modules.folder_fd, name);
	if (r == -EEXIST)
		return 0; /* another package brought it */
	if (r < 0)
		return modules_fault(w, r, relative, f);
	if (S_ISREG(file->mode))
		*ret_fd = r;
	return 0;
}

/* ---- links of the plan ---- */

static int stage_weak_link(struct work *w, const struct operation *op, struct fault *f)
{
	const char *relative = modules_below(w, op->path);
	_cleanup_free_ char *name = NULL;
	_cleanup_close_ int dirfd = -1;
	struct stage_attributes a;
	int r = folders_make_parents(w, relative, f);

	if (r < 0)
		return r;
	dirfd = folders_parent(w, relative, &name, f);
	if (dirfd < 0)
		return dirfd;
	attributes_default(w, op->path, S_IFLNK | op->mode, &a);
	r = stage_symlink(dirfd, name, op->content.data, &a, &w->shortfall);
	return r < 0 ? modules_fault(w, r, relative, f) : 0;
}

static int stage_weak_links(struct work *w, struct fault *f)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < w->plan->count; i++) {
		const struct operation *op = &w->plan->operations[i];

		if (op->op == OP_LINK && w->steps[i] == NO_STEP && modules_below(w, op->path))
			r = stage_weak_link(w, op, f);
	}
	return r;
}

/* ---- what the present directory holds ---- */

struct keeping {
	struct work *w;
	bool index;
	struct fault *f;
};

static int keep_directory(struct keeping *k, const struct target_visit *v)
{
	struct work *w = k->w;
	const struct stage_attributes a = {.mode = v->st.st_mode & 07777,
		.uid = v->st.st_uid,
		.gid = v->st.st_gid,
		.atime = v->st.st_atim,
		.mtime = v->st.st_mtim};
	_cleanup_close_ int from = -1, to = -1;
	int r = stage_module_directory(w, v->relative, &a, k->f);

	if (r < 0)
		return r;
	from = stage_open_unseen(v->dirfd, v->name, O_RDONLY | O_DIRECTORY);
	if (from < 0)
		return modules_fault(w, from, v->relative, k->f);
	to = target_open(&w->modules.target, v->relative, O_RDONLY | O_DIRECTORY, k->f);
	if (to < 0)
		return to;
	r = stage_inherit(from, to, &w->shortfall);
	return r < 0 ? modules_fault(w, r, v->relative, k->f) : 0;
}

static int keep(void *data, const struct target_visit *v)
{
	struct keeping *k = data;
	_cleanup_free_ char *name = NULL;
	_cleanup_close_ int dirfd = -1;
	bool is_directory = S_ISDIR(v->st.st_mode);
	struct stat st;
	int r = interrupt_check(k->f);

	if (r < 0)
		return r;
	if (k->index && !is_directory && is_index(v->relative))
		return 0;
	if (target_lstat(&k->w->modules.target, v->relative, &st) == 0)
		return is_directory && !S_ISDIR(st.st_mode) ? TARGET_SKIP : 0;
	if (is_directory)
		return keep_directory(k, v);
	dirfd = folders_parent(k->w, v->relative, &name, k->f);
	if (dirfd < 0)
		return dirfd;
	r = stage_double(v->dirfd, v->name, dirfd, name, &k->w->shortfall);
	return r < 0 ? modules_fault(k->w, r, v->relative, k->f) : 0;
}

/* ---- completing ---- */

static int finish_index_file(struct work *w, const char *name, struct fault *f)
{
	_cleanup_free_ char *path = text_printf("%s/%s", w->modules.path, name);
	_cleanup_close_ int fd = -1;
	struct stage_attributes a;
	int r;

	if (!path)
		return fault_no_memory(f);
	fd = target_open(&w->modules.target, name, O_RDONLY | O_NOFOLLOW, NULL);
	if (fd == -ENOENT)
		return 0;
	attributes_default(w, path, S_IFREG | 0644, &a);
	r = fd < 0 ? fd : stage_finish(fd, &a, &w->shortfall);
	return r < 0 ? modules_fault(w, r, name, f) : 0;
}

static int make_index(struct work *w, struct fault *f)
{
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(index_names); i++)
		if (unlinkat(w->modules.target.fd, index_names[i], 0) < 0 &&
			errno != ENOENT)
			return modules_fault(w, -errno, index_names[i], f);
	stage_tell(w, "indexing modules");
	r = generate_index(w->modules.target.fd, w->plan->release, w->target, f);
	if (r == 0 && (r = FAULT_POINT("index modules")) < 0)
		modules_fault(w, r, "modules.dep", f);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(index_names); i++)
		r = finish_index_file(w, index_names[i], f);
	return r;
}

/* The present directory's attributes, where no package says otherwise. */
static int inherit_top(struct work *w, struct fault *f)
{
	_cleanup_close_ int fd = -1;
	struct stage_attributes a = w->modules.directories[0].attributes;
	struct stat st;
	int r;

	fd = target_open(w->target, w->modules.path, O_RDONLY | O_DIRECTORY, f);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return modules_fault(w, -errno, "", f);
	a.mode = st.st_mode & 07777;
	a.uid = st.st_uid;
	a.gid = st.st_gid;
	a.label = NULL;
	r = folders_note(w, "", &a, f);
	if (r == 0)
		r = stage_inherit(fd, w->modules.target.fd, &w->shortfall);
	return r < 0 ? modules_fault(w, r, "", f) : 0;
}

static bool plan_has_index(const struct plan *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->operations[i].op == OP_INDEX)
			return true;
	return false;
}

int modules_complete(struct work *w, struct fault *f)
{
	const struct journal_step *s = &w->journal.steps[w->modules.step];
	struct keeping k = {.w = w, .index = plan_has_index(w->plan), .f = f};
	int r = 0;

	if (s->before.mode != 0 && !w->modules.from_packages)
		r = inherit_top(w, f);
	if (r == 0)
		r = stage_weak_links(w, f);
	if (r == 0 && s->before.mode != 0)
		r = target_walk(w->target, s->path, keep, &k, f);
	if (r == 0 && k.index)
		r = make_index(w, f);
	return r < 0 ? r : folders_finish(w, f);
}
