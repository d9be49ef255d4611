// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One pass over each package of the plan: every file goes into the staged module
 * directory, under the staged name of its own operation, or nowhere (ghosts,
 * documentation, what the plan leaves out).
 */
#include "work.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* A name of a file that has several; the data come with only one of them. */
struct twin {
	const struct package_file *file;
	size_t operation; /* NO_STEP: it lies in the module directory */
	bool has_data;
};

struct stream {
	struct work *w;
	size_t package;
	size_t operation; /* of the file at hand, or NO_STEP */
	int fd;           /* where its data go, or -1 */
	bool has_data;
	struct twin *twins;
	size_t twin_count, twin_capacity;
};

static void stream_done(struct stream *s)
{
	s->fd = safe_close(s->fd);
	free(s->twins);
}

static bool is_for_modules(const struct work *w, const struct package_file *file)
{
	return w->modules.from_packages && !(file->flags & PACKAGE_FILE_GHOST) &&
	       modules_below(w, file->path);
}

static size_t find_operation(const struct stream *s, const struct package_file *file)
{
	const struct plan *p = s->w->plan;

	for (size_t i = 0; i < p->count; i++)
		if (p->operations[i].op == OP_FILE && s->w->steps[i] != NO_STEP &&
			p->operations[i].package == (int)s->package &&
			strcmp(p->operations[i].from, file->path) == 0)
			return i;
	return NO_STEP;
}

static const struct journal_step *step_of(const struct stream *s, size_t operation)
{
	return &s->w->journal.steps[s->w->steps[operation]];
}

static int stage_single_link(
	struct stream *s, const struct package_file *file, struct fault *f)
{
	const struct journal_step *step = step_of(s, s->operation);
	_cleanup_free_ char *name = NULL;
	_cleanup_close_ int dirfd = target_parent(s->w->target, step->staged, &name, f);
	struct stage_attributes a;
	int r;

	if (dirfd < 0)
		return dirfd;
	attributes_of_package(s->w, file, step->path, &a);
	r = stage_symlink(dirfd, name, file->link, &a, &s->w->shortfall);
	return r < 0 ? fault_errno(f, -r, step->path, "stage link %s", step->path) : 0;
}

static int stage_single_directory(
	struct stream *s, const struct package_file *file, struct fault *f)
{
	const struct journal_step *step = step_of(s, s->operation);
	_cleanup_free_ char *name = NULL;
	_cleanup_close_ int dirfd = target_parent(s->w->target, step->staged, &name, f);
	_cleanup_close_ int fd = -1;
	struct stage_attributes a;
	int r;

	if (dirfd < 0)
		return dirfd;
	fd = stage_directory(dirfd, name);
	attributes_of_package(s->w, file, step->path, &a);
	r = fd < 0 ? fd : stage_finish(fd, &a, &s->w->shortfall);
	return r < 0 ? fault_errno(f, -r, step->path, "stage directory %s", step->path)
		     : 0;
}

static int begin_single(
	struct stream *s, const struct package_file *file, struct fault *f)
{
	s->w->is_staged[s->operation] = true;
	if (S_ISLNK(file->mode))
		return stage_single_link(s, file, f);
	if (S_ISDIR(file->mode))
		return stage_single_directory(s, file, f);
	s->fd = stage_open(s->w, step_of(s, s->operation), f);
	return MIN_OF(s->fd, 0);
}

static int begin(void *data, const struct package_file *file, struct fault *f)
{
	struct stream *s = data;
	int r = interrupt_check(f);

	s->fd = safe_close(s->fd);
	s->has_data = false;
	s->operation = NO_STEP;
	if (r < 0)
		return r;
	if (is_for_modules(s->w, file)) {
		r = modules_stage(s->w, file, &s->fd, f);
	} else {
		s->operation = find_operation(s, file);
		if (s->operation != NO_STEP)
			r = begin_single(s, file, f);
	}
	return r < 0 ? r : s->fd < 0;
}

static int add_data(void *data, const void *bytes, size_t size, struct fault *f)
{
	struct stream *s = data;
	int r = fd_write_all(s->fd, bytes, size);

	s->has_data = true;
	return r < 0 ? fault_errno(f, -r, NULL, "write a file of the package") : 0;
}

/* Where a file will be in the end. Caller frees; NULL: no memory. */
static char *final_path(
	const struct stream *s, size_t operation, const struct package_file *file)
{
	if (operation != NO_STEP)
		return strdup(step_of(s, operation)->path);
	return text_printf("%s/%s", s->w->modules.path, modules_below(s->w, file->path));
}

static int finish_file(struct stream *s, int fd, size_t operation,
	const struct package_file *file, struct fault *f)
{
	_cleanup_free_ char *path = final_path(s, operation, file);
	struct stage_attributes a;
	int r;

	if (!path)
		return fault_no_memory(f);
	attributes_of_package(s->w, file, path, &a);
	r = stage_finish(fd, &a, &s->w->shortfall);
	return r < 0 ? fault_errno(f, -r, path, "stage %s", path) : 0;
}

static int end(void *data, const struct package_file *file, struct fault *f)
{
	struct stream *s = data;
	int r;

	if (s->fd < 0)
		return 0;
	r = FAULT_POINT("write content");
	if (r < 0)
		return fault_errno(f, -r, file->path, "write %s", file->path);
	if (file->links > 1 && S_ISREG(file->mode)) {
		if (vector_grow(&s->twins, &s->twin_capacity, s->twin_count,
			    sizeof(*s->twins)) < 0)
			return fault_no_memory(f);
		s->twins[s->twin_count++] =
			(struct twin){file, s->operation, s->has_data};
	}
	return finish_file(s, s->fd, s->operation, file, f);
}

/* ---- files with several names ---- */

static int open_twin(
	const struct stream *s, const struct twin *t, int flags, struct fault *f)
{
	if (t->operation == NO_STEP)
		return target_open(&s->w->modules.target,
			modules_below(s->w, t->file->path), flags, f);
	return target_open(s->w->target, step_of(s, t->operation)->staged, flags, f);
}

/* Its names may lie on two file systems: each gets the content. */
static int fill_twin(struct stream *s, const struct twin *t, struct fault *f)
{
	_cleanup_close_ int from = -1, to = -1;
	const struct twin *full = NULL;
	int r;

	for (size_t i = 0; i < s->twin_count && !full; i++)
		if (s->twins[i].has_data && s->twins[i].file->inode == t->file->inode)
			full = &s->twins[i];
	if (!full) /* the name with the data is not part of the plan */
		return fault_named(f, FAULT_NOT_A_PACKAGE, t->file->path,
			"restore a file",
			"its data come with another name of it in the package");
	from = open_twin(s, full, O_RDONLY, f);
	if (from < 0)
		return from;
	to = open_twin(s, t, O_WRONLY, f);
	if (to < 0)
		return to;
	r = stage_content(from, to);
	if (r < 0)
		return fault_errno(f, -r, t->file->path, "write %s", t->file->path);
	return finish_file(s, to, t->operation, t->file, f);
}

static int fill_twins(struct stream *s, struct fault *f)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < s->twin_count; i++)
		if (!s->twins[i].has_data && s->twins[i].file->size > 0)
			r = fill_twin(s, &s->twins[i], f);
	return r;
}

static int stage_package(struct work *w, size_t package, struct fault *f)
{
	_cleanup_(stream_done) struct stream s = {.w = w, .package = package, .fd = -1};
	const struct package_sink sink = {begin, add_data, end, &s};
	const struct package *p = &w->sets->packages[package];
	int r;

	log_line("staging %s", p->nevra);
	r = package_stream(p, &sink, w->progress, f);
	return r < 0 ? r : fill_twins(&s, f);
}

/* A plan for other packages than these. */
static int check_all_came(const struct work *w, struct fault *f)
{
	for (size_t i = 0; i < w->plan->count; i++) {
		const struct operation *op = &w->plan->operations[i];

		if (op->op == OP_FILE && w->steps[i] != NO_STEP && !w->is_staged[i])
			return fault_named(f, FAULT_BAD_DIGEST, op->path,
				"restore a file of a package",
				"the package does not hold %s", op->from);
	}
	return 0;
}

int stage_packages(struct work *w, struct fault *f)
{
	int r = 0;

	for (size_t i = 0; r == 0 && w->sets && i < w->plan->package_count; i++)
		r = stage_package(w, w->plan->packages[i], f);
	return r < 0 ? r : check_all_came(w, f);
}
