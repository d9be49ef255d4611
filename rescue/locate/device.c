/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices as values, and reading bytes of them. */
#include "local.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define PROBED_START (256 * 1024) /* superblocks, tables, the first metadata of LVM */
#define PROBED_END (512 * 1024)   /* md, LVM's copies, what RAID controllers write */

void device_done(struct device *d)
{
	free(d->path);
	free(d->backing);
	free(d->fstype);
	free(d->uuid);
	free(d->label);
	free(d->partuuid);
	free(d->parttype);
	free(d->partlabel);
	free(d->mapper_uuid);
	free(d->idle_array);
	free(d->wwid);
	*d = (struct device){0};
}

int landscape_add_device(struct landscape *l, struct device *take)
{
	int r = -E2BIG;

	if (l->device_count < MAX_DEVICES)
		r = vector_grow(&l->devices, &l->device_capacity, l->device_count,
			sizeof(*l->devices));
	if (r < 0) {
		device_done(take);
		return r;
	}
	l->devices[l->device_count] = TAKE_STRUCT(*take);
	return (int)l->device_count++;
}

/* What all paths to a disk lead to is the disk; the paths are in use. */
static bool is_multipath_map(const struct device *d)
{
	return d->type == DEVICE_DISK && d->mapper_uuid && (d->pieces & PIECE_MULTIPATH);
}

int device_disk(const struct landscape *l, int device)
{
	/* A circle cannot be made of parents, but sysfs is not trusted to that extent. */
	for (size_t i = 0; i < l->device_count && l->devices[device].parent >= 0 &&
			   !is_multipath_map(&l->devices[device]);
		i++)
		device = l->devices[device].parent;
	return device;
}

bool device_is_removable(const struct landscape *l, int device)
{
	return device >= 0 &&
	       (l->devices[device_disk(l, device)].roles & (ROLE_REMOVABLE | ROLE_OPTICAL));
}

bool device_is_node(const struct device *d)
{
	return d->type != DEVICE_IMAGE && d->offset == 0;
}

int device_open(const struct device *d, int flags, struct fault *f)
{
	int fd = open(d->backing, flags | O_CLOEXEC | O_NONBLOCK);

	return fd < 0 ? fault_errno(f, errno, d->backing, "open %s", d->path) : fd;
}

void device_read_ahead(const struct device *d, int fd)
{
	uint64_t start = MIN_OF(d->size, (uint64_t)PROBED_START);
	uint64_t end = MIN_OF(d->size, (uint64_t)PROBED_END);

	posix_fadvise(fd, (off_t)d->offset, (off_t)start, POSIX_FADV_WILLNEED);
	posix_fadvise(fd, (off_t)(d->offset + d->size - end), (off_t)end,
		POSIX_FADV_WILLNEED);
}

ssize_t device_read(
	const struct device *d, int fd, uint64_t offset, void *data, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t got = pread(fd, (char *)data + done, size - done,
			(off_t)(d->offset + offset + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

ssize_t device_peek(const struct device *d, uint64_t offset, void *data, size_t size)
{
	_cleanup_close_ int fd = device_open(d, O_RDONLY, NULL);

	return fd < 0 ? fd : device_read(d, fd, offset, data, size);
}

void devices_hold(struct held *h, const char *path)
{
	int fd = h && h->count < MAX_HELD ? open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
					  : -1;

	if (fd >= 0)
		h->fds[h->count++] = fd;
}

void held_done(struct held *h)
{
	while (h->count > 0)
		close(h->fds[--h->count]);
}
