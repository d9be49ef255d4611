/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Room on each file system of the system. */
#include "reader.h"

#include "stage.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/statvfs.h>

static bool is_known(const struct inventory *inv, uint64_t device)
{
	for (size_t i = 0; i < inv->space_count; i++)
		if (inv->spaces[i].device == device)
			return true;
	return false;
}

static int add_space(struct inventory *inv, const char *path, int fd)
{
	struct statvfs v;
	struct stat st;
	int r;

	if (fstat(fd, &st) < 0 || is_known(inv, st.st_dev) || fstatvfs(fd, &v) < 0)
		return 0;
	r = vector_grow(&inv->spaces, &inv->space_capacity, inv->space_count,
		sizeof(*inv->spaces));
	if (r < 0)
		return r;

	uint64_t unit = v.f_frsize ? v.f_frsize : v.f_bsize;
	struct filesystem_space space = {
		.mountpoint = strdup(path),
		.device = st.st_dev,
		.free_bytes = (uint64_t)v.f_bavail * unit,
		.free_inodes = v.f_favail,
		.block_size = unit,
		.read_only = (v.f_flag & ST_RDONLY) != 0,
		.has_no_links = stage_is_fat(fd),
	};

	if (!space.mountpoint)
		return -ENOMEM;
	inv->spaces[inv->space_count++] = space;
	return 0;
}

static int look_at(struct reader *r, const char *path)
{
	_cleanup_close_ int fd = -1;

	if (!path || path[0] != '/')
		return 0;
	fd = target_open(r->t, path, O_RDONLY | O_DIRECTORY | O_NONBLOCK, NULL);
	if (fd < 0)
		return fd == -ENOMEM ? fd : 0;
	return add_space(&r->inv, path, fd);
}

/* File systems are told apart by st_dev, so outer mount points come first. */
int read_spaces(struct reader *r)
{
	static const char *const usual[] = {
		"/", "/boot", "/usr", "/var", "/boot/efi", "/efi"};
	const struct fstab *fstab = &r->sys->fstab;
	int error = 0;

	for (size_t i = 0; error >= 0 && i < ARRAY_SIZE(usual); i++)
		error = look_at(r, usual[i]);
	if (error >= 0 && r->sys->esp.present)
		error = look_at(r, r->sys->esp.mountpoint);
	for (size_t i = 0; error >= 0 && i < fstab->count; i++)
		error = look_at(r, fstab->items[i].target);
	return error;
}

static bool holds(const char *mountpoint, const char *path)
{
	size_t size = strlen(mountpoint);

	if (strcmp(mountpoint, "/") == 0)
		return true;
	return strncmp(path, mountpoint, size) == 0 &&
	       (path[size] == '/' || path[size] == '\0');
}

const struct filesystem_space *inventory_space_of(
	const struct inventory *inv, const char *path)
{
	static char root[] = "/";
	static const struct filesystem_space unknown = {.mountpoint = root};
	const struct filesystem_space *best = &unknown;

	for (size_t i = 0; i < inv->space_count; i++) {
		const struct filesystem_space *s = &inv->spaces[i];

		if (holds(s->mountpoint, path) &&
			(best == &unknown ||
				strlen(s->mountpoint) > strlen(best->mountpoint)))
			best = s;
	}
	return best;
}
