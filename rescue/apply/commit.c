/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Forward: what was staged is renamed into place, one step after the other, each on disk
 * before the next. Every old object already has its second name (displaced), but for
 * directories, which change places with their successors.
 */
#include "names.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int stale(const char *path, struct fault *f)
{
	char doing[192];

	snprintf(doing, sizeof(doing), "replace %s", path);
	fault_named(f, FAULT_STALE, path, doing, "it changed since the plan was made");
	return -ESTALE;
}

/* The target is still what it was when it was compared with the plan. */
static int check_old(
	const struct target *t, const struct journal_step *s, struct fault *f)
{
	struct journal_object now;
	int r = object_take(&now, t, s->path);

	if (r < 0)
		return fault_errno(f, -r, s->path, "look at %s", s->path);
	if (now.mode == 0 && s->before.mode == 0)
		return 0;
	return object_is_unchanged(&now, &s->before) ? 0 : stale(s->path, f);
}

/* Old and new directory change places; the old one ends under its displaced name. */
static int exchange_directories(const struct step_names *n)
{
	int r = names_exchange(&n->staged, &n->path);

	if (r == 0)
		return names_rename(&n->staged, &n->displaced);
	if (r != -ENOSYS)
		return r;
	r = names_rename(&n->path, &n->displaced);
	return r < 0 ? r : names_rename(&n->staged, &n->path);
}

static int put_new(const struct journal_step *s, const struct step_names *n)
{
	if (s->before.mode == 0)
		return names_rename_new(&n->staged, &n->path);
	if (S_ISDIR(s->before.mode))
		return s->staged ? exchange_directories(n)
				 : names_rename(&n->path, &n->displaced);
	if (s->staged)
		return names_rename(&n->staged, &n->path);
	return durable(unlinkat(n->path.dirfd, n->path.name, 0), "remove target");
}

static int commit_step(
	const struct target *t, const struct journal_step *s, struct fault *f)
{
	_cleanup_(step_names_done) struct step_names names = STEP_NAMES_NONE;
	int r = check_old(t, s, f);

	if (r == 0)
		r = step_names_open(&names, t, s, f);
	if (r < 0)
		return r;
	r = put_new(s, &names);
	if (r == -EEXIST)
		return stale(s->path, f);
	if (r == 0)
		r = step_names_sync(&names);
	if (r < 0)
		return fault_errno(f, -r, s->path, "replace %s", s->path);
	log_line("%s %s", s->staged ? "put in place" : "removed", s->path);
	return 0;
}

int commit_steps(const struct target *t, const struct journal *j, struct fault *f)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < j->step_count; i++) {
		r = interrupt_check(f);
		if (r == 0)
			r = commit_step(t, &j->steps[i], f);
	}
	return r;
}

/*
 * syncfs leaves metadata in an ext4 or XFS journal, which GRUB does not replay; freezing
 * writes it home. Never the running root, nor a tree that is only a directory to us.
 */
static void freeze_and_thaw(int fd)
{
	struct stat here, root;

	if (fstat(fd, &here) < 0 || stat("/", &root) < 0 || here.st_dev == root.st_dev)
		return;
	if (ioctl(fd, FIFREEZE, 0) == 0)
		ioctl(fd, FITHAW, 0);
}

void commit_flush(const struct system *sys)
{
	const char *const places[] = {
		"/", "/boot", sys->esp.mountpoint ? sys->esp.mountpoint : "/boot/efi"};

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		_cleanup_close_ int fd = target_open(
			&sys->target, places[i], O_RDONLY | O_DIRECTORY, NULL);

		if (fd < 0)
			continue;
		stage_sync(fd);
		if (!sys->by_directory)
			freeze_and_thaw(fd);
	}
}
