/* SPDX-License-Identifier: GPL-2.0-or-later */
/* File descriptors: closing, and whole reads and writes. */
#include "base.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_STEP 65536 /* bytes a read(2) */

int safe_close(int fd)
{
	int kept = errno;

	if (fd >= 0)
		close(fd);
	errno = kept;
	return -1;
}

void close_p(int *fd)
{
	*fd = safe_close(*fd);
}

int fd_write_all(int fd, const void *data, size_t size)
{
	const char *next = data;

	while (size > 0) {
		ssize_t written = write(fd, next, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -errno;
		if (written == 0)
			return -EIO;
		next += written;
		size -= (size_t)written;
	}
	return 0;
}

/* Room for a file of the size that it says it has, and for seeing its end. */
static size_t first_step(int fd, size_t limit)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size <= 0)
		return READ_STEP;
	return (uint64_t)st.st_size <= limit ? (size_t)st.st_size + 2 : READ_STEP;
}

int fd_read_all(int fd, size_t limit, struct buffer *ret)
{
	_cleanup_(buffer_done) struct buffer b = {0};
	size_t step = first_step(fd, limit);

	for (;;) {
		int r = b.capacity - b.size > 1 ? 0 : buffer_reserve(&b, step);
		ssize_t got;

		step = READ_STEP;

		if (r < 0)
			return r;
		got = read(fd, b.data + b.size, b.capacity - b.size - 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		b.size += (size_t)got;
		b.data[b.size] = '\0';
		if (b.size > limit)
			return -EFBIG;
	}
	*ret = TAKE_STRUCT(b);
	return 0;
}

void progress_report(const struct progress *p, const char *what, uint64_t done,
	uint64_t total)
{
	if (p && p->report)
		p->report(p->data, what, done, total);
}
