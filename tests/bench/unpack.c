/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unpack RPM DIRECTORY: every byte checked and every file written, nothing else. What
 * tests/bench/packages holds against rpm, cpio and bsdtar. unpack RPM: checked alone.
 */
#include "package.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int root = -1, fd = -1;

static int begin(void *data, const struct package_file *file, struct fault *f)
{
	const char *path = file->path + 1;
	int r = 0;

	(void)data;
	if (S_ISDIR(file->mode))
		r = mkdirat(root, path, file->mode & 07777) < 0 && errno != EEXIST ? -1 : 0;
	else if (S_ISLNK(file->mode))
		r = symlinkat(file->link, root, path);
	else
		r = fd = openat(root, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
				file->mode & 07777);
	return r < 0 ? fault_errno(f, errno, path, "make %s", path) : 0;
}

static int take(void *data, const void *bytes, size_t size, struct fault *f)
{
	(void)data;
	return fd_write_all(fd, bytes, size) < 0 ? fault_errno(f, errno, NULL, "write") : 0;
}

static int end(void *data, const struct package_file *file, struct fault *f)
{
	const struct timespec times[2] = {{file->mtime, 0}, {file->mtime, 0}};

	(void)data;
	(void)f;
	if (fd >= 0)
		futimens(fd, times);
	fd = safe_close(fd);
	return 0;
}

static int skip(void *data, const struct package_file *file, struct fault *f)
{
	(void)data;
	(void)file;
	(void)f;
	return 1;
}

static int done(void *data, const struct package_file *file, struct fault *f)
{
	return skip(data, file, f) - 1;
}

int main(int argc, char **argv)
{
	const struct package_sink writes = {begin, take, end, NULL};
	const struct package_sink reads = {skip, take, done, NULL};
	_cleanup_(package_done) struct package p = {0};
	struct fault f = {0};
	int r = argc > 1 ? package_read(&p, NULL, argv[1], &f) : -EINVAL;

	root = argc > 2 ? open(argv[2], O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
	if (r >= 0 && argc > 2 && (root < 0 || mkdirat(root, "lib", 0755) < 0))
		r = fault_errno(&f, errno, argv[2], "use directory %s", argv[2]);
	if (r >= 0)
		r = package_stream(&p, argc > 2 ? &writes : &reads, NULL, &f);
	if (r < 0)
		fprintf(stderr, "unpack: %s: %s\n", f.doing, f.reason);
	return r < 0;
}
