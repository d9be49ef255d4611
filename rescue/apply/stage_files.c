/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What comes from no package: copies, links, the initramfs, entries, the default entry.
 */
#include "work.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define MAX_CONFIG_SIZE (4u * 1024 * 1024)

/* The owner and xattrs of the file that is replaced, then what the plan says. */
static int finish(struct work *w, const struct journal_step *s, int fd,
	struct stage_attributes *a, struct fault *f)
{
	_cleanup_close_ int old = -1;
	struct stat st;
	int r = 0;

	if (S_ISREG(s->before.mode)) {
		old = target_open(
			w->target, s->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, f);
		if (old < 0)
			return old;
		r = stage_inherit(old, fd, &w->shortfall);
		if (r == 0 && fstat(old, &st) < 0)
			r = -errno;
		if (r == 0) {
			a->uid = st.st_uid;
			a->gid = st.st_gid;
		}
	}
	if (r == 0)
		r = stage_finish(fd, a, &w->shortfall);
	return r < 0 ? fault_errno(f, -r, s->path, "stage %s", s->path) : 0;
}

static int stage_text(struct work *w, const struct operation *op,
	const struct journal_step *s, struct fault *f)
{
	_cleanup_close_ int fd = stage_open(w, s, f);
	struct stage_attributes a;
	int r;

	if (fd < 0)
		return fd;
	r = fd_write_all(fd, op->content.data, op->content.size);
	if (r == 0)
		r = FAULT_POINT("write content");
	if (r < 0)
		return fault_errno(f, -r, s->path, "write %s", s->path);
	attributes_default(w, s->path, S_IFREG | op->mode, &a);
	return finish(w, s, fd, &a, f);
}

/* As cp -a would, but for the mode: the plan knows the distribution's. */
static int stage_copy(struct work *w, const struct operation *op,
	const struct journal_step *s, struct fault *f)
{
	_cleanup_close_ int from = stage_open_source(w, op->from, f), to = -1;
	struct stage_attributes a;
	struct stat st;
	int r;

	if (from < 0)
		return from;
	if (fstat(from, &st) < 0)
		return fault_errno(f, errno, op->from, "read %s", op->from);
	if (!S_ISREG(st.st_mode))
		return fault_errno(f, EINVAL, op->from, "copy %s", op->from);
	to = stage_open(w, s, f);
	if (to < 0)
		return to;
	r = stage_content(from, to);
	if (r < 0)
		return fault_errno(f, -r, s->path, "copy %s to %s", op->from, s->path);
	attributes_default(w, s->path, S_IFREG | op->mode, &a);
	a.uid = st.st_uid;
	a.gid = st.st_gid;
	a.mtime = st.st_mtim;
	r = stage_finish(to, &a, &w->shortfall);
	return r < 0 ? fault_errno(f, -r, s->path, "stage %s", s->path) : 0;
}

static int stage_link(struct work *w, const struct operation *op,
	const struct journal_step *s, struct fault *f)
{
	_cleanup_free_ char *name = NULL;
	_cleanup_close_ int dirfd = target_parent(w->target, s->staged, &name, f);
	struct stage_attributes a;
	int r;

	if (dirfd < 0)
		return dirfd;
	attributes_default(w, s->path, S_IFLNK | 0777, &a);
	r = stage_symlink(
		dirfd, name, op->content.data ? op->content.data : "", &a, &w->shortfall);
	return r < 0 ? fault_errno(f, -r, s->path, "stage link %s", s->path) : 0;
}

/* ---- initramfs ---- */

static int read_config_at(
	struct buffer *ret, const struct work *w, const char *path, struct fault *f)
{
	_cleanup_close_ int fd = stage_open_source(w, path, NULL);
	struct stat st;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	r = fd_read_all(fd, MAX_CONFIG_SIZE, ret);
	return r < 0 ? fault_errno(f, -r, path, "read %s", path) : 0;
}

static int read_config(struct buffer *ret, const struct work *w, struct fault *f)
{
	const char *release = w->plan->release;
	_cleanup_free_ char *beside = text_printf("/lib/modules/%s/config", release);
	_cleanup_free_ char *in_boot = text_printf("/boot/config-%s", release);
	int r;

	if (!beside || !in_boot)
		return fault_no_memory(f);
	r = read_config_at(ret, w, beside, f);
	return r < 0 || ret->size > 0 ? r : read_config_at(ret, w, in_boot, f);
}

static int open_modules(const struct work *w, struct fault *f)
{
	_cleanup_free_ char *path = text_printf("/lib/modules/%s", w->plan->release);

	if (!path)
		return fault_no_memory(f);
	if (w->modules.target.fd >= 0)
		return target_open(&w->modules.target, "/", O_RDONLY | O_DIRECTORY, f);
	return target_open(w->target, path, O_RDONLY | O_DIRECTORY, f);
}

static int stage_built(struct work *w, const struct operation *op,
	const struct journal_step *s, int modules, struct fault *f)
{
	_cleanup_(buffer_done) struct buffer config = {0};
	_cleanup_close_ int out = -1;
	struct initramfs_request request = {.release = w->plan->release};
	struct initramfs_summary summary = {0};
	struct stage_attributes a;
	struct stat st;
	int r;

	r = read_config(&config, w, f);
	if (r < 0)
		return r;
	out = stage_open(w, s, f);
	if (out < 0)
		return out;
	if (fstatat(modules, "modules.order", &st, 0) == 0)
		request.mtime = st.st_mtim.tv_sec;
	request.modules_fd = modules;
	request.patient = w->target;
	request.config = config.data;
	request.root_fstype = stage_root_fstype(w);
	stage_tell(w, "building initramfs");
	r = generate_initramfs(out, &request, &summary, f);
	if (r == 0 && (r = FAULT_POINT("write initramfs")) < 0)
		fault_errno(f, -r, s->path, "write %s", s->path);
	if (r < 0)
		return r;
	attributes_default(w, s->path, S_IFREG | op->mode, &a);
	r = stage_finish(out, &a, &w->shortfall);
	return r < 0 ? fault_errno(f, -r, s->path, "stage %s", s->path) : 0;
}

static int stage_initramfs(struct work *w, const struct operation *op,
	const struct journal_step *s, struct fault *f)
{
	_cleanup_close_ int modules = open_modules(w, f);

	if (modules < 0)
		return modules;
	return op->from ? stage_generated(w, op, s, modules, f)
			: stage_built(w, op, s, modules, f);
}

int stage_operation(struct work *w, size_t operation, struct fault *f)
{
	const struct operation *op = &w->plan->operations[operation];
	const struct journal_step *s;

	if (w->steps[operation] == NO_STEP)
		return 0;
	s = &w->journal.steps[w->steps[operation]];
	switch (op->op) {
	case OP_COPY:
		return stage_copy(w, op, s, f);
	case OP_LINK:
		return stage_link(w, op, s, f);
	case OP_INITRAMFS:
		return stage_initramfs(w, op, s, f);
	case OP_ENTRY:
	case OP_DEFAULT:
		return stage_text(w, op, s, f);
	case OP_MODULES:
	case OP_INDEX:
	case OP_FILE:
		break; /* staged before */
	}
	return 0;
}

/* ---- what the plan needs without saying so ---- */

/* Directories that have to be there for the names below them. */
static int stage_made_directory(
	struct work *w, const struct journal_step *s, struct fault *f)
{
	_cleanup_free_ char *name = NULL;
	_cleanup_close_ int dirfd = target_parent(w->target, s->staged, &name, f),
			    fd = -1;
	/* Boot entries may hold secrets: grub2 and kernel-install make their place so. */
	mode_t mode = text_ends(s->path, "/loader/entries") ? 0700 : 0755;
	struct stage_attributes a;
	int r;

	if (dirfd < 0)
		return dirfd;
	fd = stage_directory(dirfd, name);
	if (fd == -EEXIST)
		return 0; /* a package brought it */
	attributes_default(w, s->path, S_IFDIR | mode, &a);
	r = fd < 0 ? fd : stage_finish(fd, &a, &w->shortfall);
	return r < 0 ? fault_errno(f, -r, s->path, "stage directory %s", s->path) : 0;
}

int stage_made_directories(struct work *w, struct fault *f)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < w->journal.step_count; i++)
		if (w->journal.steps[i].created_dir)
			r = stage_made_directory(w, &w->journal.steps[i], f);
	return r;
}

int stage_empty(struct work *w, const struct journal_step *s, struct fault *f)
{
	_cleanup_close_ int fd = stage_open(w, s, f);
	struct stage_attributes a;
	int r;

	if (fd < 0)
		return fd;
	attributes_default(w, s->path, S_IFREG | 0644, &a);
	r = stage_finish(fd, &a, &w->shortfall);
	return r < 0 ? fault_errno(f, -r, s->path, "stage %s", s->path) : 0;
}
