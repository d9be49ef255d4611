/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --root DIR: a tree that somebody else mounted or unpacked. No device is touched. */
#include "local.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#define MAX_LINK PATH_MAX

/* The path without links, as the kernel knows it; the name given where /proc is not. */
static char *real_path(int fd, const char *given)
{
	char link[64], path[MAX_LINK];
	ssize_t size;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	size = readlink(link, path, sizeof(path) - 1);
	if (size <= 0)
		return strdup(given);
	path[size] = '\0';
	return strdup(path);
}

static bool is_empty_directory(int take_fd)
{
	DIR *d = fdopendir(take_fd);
	const struct dirent *e = NULL;
	bool empty = true;

	if (!d) {
		close(take_fd);
		return false;
	}
	while (empty && (e = readdir(d)))
		empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
	closedir(d);
	return empty;
}

enum place_state { PLACE_MOUNTED, PLACE_FILLED, PLACE_EMPTY };

/* Filled: its files are there although it lies on the same device as the root. */
static enum place_state look_at(const struct system *s, const char *path)
{
	struct stat root, st;
	int fd;

	if (fstat(s->target.fd, &root) < 0 || target_stat(&s->target, path, &st) < 0)
		return PLACE_EMPTY;
	if (st.st_dev != root.st_dev)
		return PLACE_MOUNTED;
	fd = target_open(&s->target, path, O_RDONLY | O_DIRECTORY | O_NONBLOCK, NULL);
	if (fd < 0)
		return PLACE_FILLED; /* not ours to read: inventory will say so */
	return is_empty_directory(fd) ? PLACE_EMPTY : PLACE_FILLED;
}

static int fault_not_mounted(
	struct fault *f, const char *path, const char *directory, const char *source)
{
	int r = fault_named(f, FAULT_BOOT_NOT_MOUNTED, path,
		"use the system in DIRECTORY",
		"its fstab names %s a file system of its own, and that is not mounted",
		path);

	snprintf(f->doing, sizeof(f->doing), "use the system in %s", directory);
	if (text_starts(source, "/") || strchr(source, '='))
		fault_hint(f, "mount it first: mount %s %s%s", source, directory, path);
	return r;
}

/* What fstab says of a place; the file system itself is not asked. */
static int describe(struct place *p, const struct fstab_line *line)
{
	p->source = strdup(line->source);
	if (!p->source)
		return -ENOMEM;
	if (strcmp(line->type, "auto") != 0) {
		p->fstype = strdup(line->type);
		if (!p->fstype)
			return -ENOMEM;
	}
	if (text_starts(line->source, "UUID=")) {
		const char *uuid = line->source + strlen("UUID=");
		bool quoted = *uuid == '"';

		p->uuid = strndup(uuid + quoted, strcspn(uuid + quoted, "\""));
		if (!p->uuid)
			return -ENOMEM;
	}
	return 0;
}

static int read_place(struct system *s, struct place *p, const char *path,
	const char *directory, struct fault *f)
{
	const struct fstab_line *line = fstab_find(&s->fstab, path);

	place_forget(p);
	p->mountpoint = strdup(path);
	if (!p->mountpoint)
		return fault_no_memory(f);
	if (line && fstab_line_is_local(line)) {
		if (look_at(s, path) == PLACE_EMPTY)
			return fault_not_mounted(f, path, directory, line->source);
		p->separate = true;
		if (describe(p, line) < 0)
			return fault_no_memory(f);
	}
	p->present = p->mounted = target_exists(&s->target, path);
	return place_measure(p, &s->target);
}

static int read_root(struct system *s, struct fault *f)
{
	const struct fstab_line *line = fstab_find(&s->fstab, "/");

	s->root.mountpoint = strdup("/");
	if (!s->root.mountpoint || (line && describe(&s->root, line) < 0))
		return fault_no_memory(f);
	if (line) {
		_cleanup_free_ char *subvolume = mount_option(line->options, "subvol");

		if (subvolume)
			s->subvolume = strdup(subvolume + strspn(subvolume, "/"));
		if (subvolume && !s->subvolume)
			return fault_no_memory(f);
	}
	s->root.present = s->root.separate = s->root.mounted = true;
	return place_measure(&s->root, &s->target);
}

static int read_places(struct system *s, const char *directory, struct fault *f)
{
	const char *esp = fstab_find(&s->fstab, "/boot/efi") ? "/boot/efi" : "/efi";
	int r = read_root(s, f);

	if (r == 0)
		r = read_place(s, &s->boot, "/boot", directory, f);
	if (r == 0)
		r = read_place(s, &s->usr, "/usr", directory, f);
	if (r == 0 && fstab_find(&s->fstab, esp))
		r = read_place(s, &s->esp, esp, directory, f);
	return r;
}

static int read_system(const struct landscape *l, struct system *s, const char *directory,
	struct fault *f)
{
	_cleanup_free_ char *path = NULL;
	int r = fstab_read(s);

	if (r < 0)
		return fault_no_memory(f);
	r = read_places(s, directory, f);
	if (r < 0)
		return r;
	r = identity_read(s);
	if (r == 0)
		r = firmware_read(l, s);
	if (r == 0)
		r = stack_read(l, s);
	if (r < 0)
		return fault_no_memory(f);
	path = real_path(s->target.fd, directory);
	s->id = path ? identity_id(s, s->machine_id ? s->machine_id : path) : NULL;
	return s->id ? 0 : fault_no_memory(f);
}

int directory_scan(struct landscape *l, const char *directory, struct fault *f)
{
	struct system s;
	int r;

	system_init(&s);
	s.by_directory = s.complete = true;
	s.target.fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s.target.fd < 0)
		return fault_errno(
			f, errno, directory, "open the system in %s", directory);
	r = read_system(l, &s, directory, f);
	if (r == 0 &&
		vector_grow(&l->systems, &l->system_capacity, 0, sizeof(*l->systems)) < 0)
		r = fault_no_memory(f);
	if (r < 0) {
		system_done(&s);
		return r;
	}
	findings_sort(&s.findings);
	l->systems[l->system_count++] = s;
	return 0;
}
