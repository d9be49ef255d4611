/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An initramfs by the system's own generator. It sees the system as it will be: the
 * staged module directory and what is staged for /boot under their later names. It works
 * in a directory of the transaction, which goes away with it.
 */
#include "work.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define SCRATCH "scratch"
#define GENERATOR_SECONDS (30 * 60) /* measured: 46 s; a slow machine emulated: 20 times that */

struct later_names {
	struct confine_bind *items;
	size_t count, capacity;
};

static void later_names_done(struct later_names *n)
{
	for (size_t i = 0; i < n->count; i++) {
		free(n->items[i].from);
		free(n->items[i].path);
	}
	free(n->items);
}

static int add_name(struct later_names *n, const struct journal_step *s)
{
	struct confine_bind b = {strdup(s->staged), strdup(s->path)};
	int r = b.from && b.path ? VECTOR_GROW(n) : -ENOMEM;

	if (r < 0) {
		free(b.from);
		free(b.path);
		return r;
	}
	n->items[n->count++] = b;
	return 0;
}

static bool is_shown(const struct work *w, size_t step)
{
	const struct journal_step *s = &w->journal.steps[step];
	struct stat st;

	if (!s->staged || s->created_dir || target_lstat(w->target, s->staged, &st) < 0)
		return false;
	return step == w->modules.step ||
	       (S_ISREG(st.st_mode) && st.st_size > 0 && text_starts(s->path, "/boot/"));
}

static int read_names(struct later_names *n, const struct work *w)
{
	for (size_t i = 0; i < w->journal.step_count; i++) {
		int r = is_shown(w, i) ? add_name(n, &w->journal.steps[i]) : 0;

		if (r < 0)
			return r;
	}
	return 0;
}

/* ---- its directory ---- */
static int make_scratch(const struct work *w, char **ret, struct fault *f)
{
	const char *id = w->journal.transaction;
	_cleanup_close_ int dirfd = openat(
		w->room.fd, id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	_cleanup_close_ int fd = dirfd < 0 ? -errno : stage_directory(dirfd, SCRATCH);

	if (fd >= 0 && fchmod(fd, 01777) < 0)
		fd = -errno;
	if (fd < 0)
		return fault_errno(f, -fd, ROOM_PATH, "make a directory in " ROOM_PATH);
	*ret = text_printf(ROOM_PATH "/%s/" SCRATCH, id);
	return *ret ? 0 : fault_no_memory(f);
}

static int remove_scratch(const struct work *w, struct fault *f)
{
	_cleanup_close_ int dirfd = openat(w->room.fd, w->journal.transaction,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int r = dirfd < 0 ? -errno : stage_remove(dirfd, SCRATCH);

	return r < 0 ? fault_errno(f, -r, ROOM_PATH, "remove a directory in " ROOM_PATH)
		     : 0;
}

/* ---- running it ---- */
static int tick(void *data, size_t output, struct fault *f)
{
	const struct work *w = data;

	progress_report(w->progress, "running the generator", output, 0);
	return interrupt_check(f);
}

static int generate(struct work *w, int out, int modules, const char *scratch,
	const struct operation *op, struct fault *f)
{
	_cleanup_(later_names_done) struct later_names names = {0};
	struct generator_request q = {
		.release = w->plan->release,
		.generator = &w->inv->generator,
		.patient = w->target,
		.scratch = scratch,
		.modules_fd = modules,
		.root_fstype = stage_root_fstype(w),
		.pieces = op->pieces,
		.seconds = GENERATOR_SECONDS,
		.tick = tick,
		.data = w,
	};

	if (read_names(&names, w) < 0)
		return fault_no_memory(f);
	q.binds = names.items;
	q.bind_count = names.count;
	return generate_by_system(out, &q, &w->generated, f);
}

static void log_output(const struct buffer *output)
{
	_cleanup_free_ char *text = output->data ? strdup(output->data) : NULL;

	for (char *rest = text, *line; (line = strsep(&rest, "\n"));)
		if (*line)
			log_line("generator: %s", line);
}

int stage_generated(struct work *w, const struct operation *op,
	const struct journal_step *s, int modules, struct fault *f)
{
	_cleanup_close_ int out = stage_open(w, s, f);
	_cleanup_free_ char *scratch = NULL;
	struct stage_attributes a;
	int r;

	if (out < 0)
		return out;
	/* confine.h clones past libc: a thread could hold its locks, for ever in the clone. */
	ahead_wait(&w->ahead);
	r = make_scratch(w, &scratch, f);
	if (r == 0)
		r = generate(w, out, modules, scratch, op, f);
	log_output(&w->generated);
	if (r == 0 && (r = FAULT_POINT("run generator")) < 0)
		fault_errno(f, -r, s->path, "write %s", s->path);
	if (r == 0)
		r = remove_scratch(w, f);
	if (r < 0)
		return r;
	attributes_default(w, s->path, S_IFREG | op->mode, &a);
	r = stage_finish(out, &a, &w->shortfall);
	return r < 0 ? fault_errno(f, -r, s->path, "stage %s", s->path) : 0;
}
