/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the stages of one transaction share: the staged file, its source, the root's type. */
#include "work.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

void stage_tell(const struct work *w, const char *what)
{
	log_line("%s", what);
	progress_report(w->progress, what, 0, 0);
}

int stage_open(struct work *w, const struct journal_step *s, struct fault *f)
{
	_cleanup_free_ char *name = NULL;
	_cleanup_close_ int dirfd = target_parent(w->target, s->staged, &name, f);
	int fd;

	if (dirfd < 0)
		return dirfd;
	fd = stage_file(dirfd, name);
	return fd < 0 ? fault_errno(f, -fd, s->path, "stage %s", s->path) : fd;
}

/* Reading what is kept must not show in its access time, where that can be helped. */
static int open_unseen(const struct target *t, const char *path, struct fault *f)
{
	const int flags = O_RDONLY | O_NONBLOCK;
	int fd = target_open(t, path, flags | O_NOATIME, NULL);

	return fd >= 0 ? fd : target_open(t, path, flags, f);
}

int stage_open_source(const struct work *w, const char *path, struct fault *f)
{
	_cleanup_(site_done) struct site site = {0};
	const char *below = modules_below(w, path);
	int r;

	if (w->modules.target.fd >= 0 && below)
		return open_unseen(&w->modules.target, below, f);
	r = site_find(&site, w->target, path, f);
	if (r < 0)
		return r;
	for (size_t i = 0; i < w->journal.step_count; i++)
		if (w->journal.steps[i].staged &&
			strcmp(w->journal.steps[i].path, site.path) == 0)
			return open_unseen(w->target, w->journal.steps[i].staged, f);
	return open_unseen(w->target, site.path, f);
}

/* --root knows no device: then the system's own fstab tells. */
const char *stage_root_fstype(const struct work *w)
{
	const struct system *sys = w->inv->system;
	const struct fstab_line *line;

	if (sys->root.fstype)
		return sys->root.fstype;
	line = fstab_find(&sys->fstab, "/");
	return line && strcmp(line->type, "auto") != 0 ? line->type : NULL;
}

const char *modules_below(const struct work *w, const char *path)
{
	size_t size = strlen(w->plan->release);

	if (text_starts(path, "/usr/"))
		path += strlen("/usr");
	if (!text_starts(path, "/lib/modules/"))
		return NULL;
	path += strlen("/lib/modules/");
	if (strncmp(path, w->plan->release, size) != 0)
		return NULL;
	path += size;
	return *path == '/' ? path + 1 : *path == '\0' ? path : NULL;
}
