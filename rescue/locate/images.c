/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --image: raw disk images as devices. */
#include "local.h"

#include <errno.h>
#include <fcntl.h>

struct seen {
	dev_t device;
	ino_t inode;
};

static int open_image(const char *path, struct stat *ret, struct fault *f)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0 || fstat(fd, ret) < 0)
		return fault_errno(f, errno, path, "open the image %s", path);
	if (S_ISDIR(ret->st_mode)) {
		int r = fault_errno(f, EISDIR, path, "read the image %s", path);

		fault_hint(f, "for a directory tree there is --root %s", path);
		return r;
	}
	if (S_ISREG(ret->st_mode))
		return 0;
	fault_errno(f, EINVAL, path, "read the image %s", path);
	fault_reason(f, "it is no regular file");
	if (S_ISBLK(ret->st_mode))
		fault_hint(f, "for a block device there is --device %s", path);
	return -EINVAL;
}

static int add_image(struct landscape *l, const char *path, uint64_t size)
{
	struct device d = {
		.parent = -1, .type = DEVICE_IMAGE, .system = -1, .size = size};

	d.path = strdup(path);
	d.backing = strdup(path);
	if (!d.path || !d.backing) {
		device_done(&d);
		return -ENOMEM;
	}
	return landscape_add_device(l, &d);
}

/* Formats that hold a disk but are not one byte for byte. */
static int report_foreign(struct landscape *l, const struct device *d)
{
	static const struct {
		const char *magic, *name;
	} formats[] = {
		{"QFI\xfb", "qcow2"},
		{"KDMV", "vmdk"},
		{"# Disk DescriptorFile", "vmdk"},
		{"conectix", "vpc"},
		{"vhdxfile", "vhdx"},
		{"<<< ", "vdi"},
	};
	char head[32] = "";

	if (device_peek(d, 0, head, sizeof(head) - 1) < 0)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		int r;

		if (!text_starts(head, formats[i].magic))
			continue;
		r = findings_add(&l->findings, "device-unreadable", SEVERITY_WARNING,
			NULL, d->path, "%s is a %s image, not a raw one", d->path,
			formats[i].name);
		return r < 0 ? r
			     : findings_remedy(&l->findings,
				       "qemu-img convert -f %s -O raw %s %s.raw",
				       formats[i].name, d->path, d->path);
	}
	return 0;
}

static int scan_image(struct landscape *l, const char *path, uint64_t size)
{
	int disk = add_image(l, path, size);

	if (disk < 0)
		return disk;
	if (size == 0)
		return findings_add(&l->findings, "device-unreadable", SEVERITY_WARNING,
			NULL, path, "%s is empty", path);
	return partitions_scan(l, &disk, 1);
}

static int report_unknown(struct landscape *l)
{
	for (size_t i = 0; i < l->device_count; i++) {
		const struct device *d = &l->devices[i];

		if (d->type == DEVICE_IMAGE && !d->is_divided && !d->fstype &&
			report_foreign(l, d) < 0)
			return -ENOMEM;
	}
	return 0;
}

static bool is_seen(const struct seen *seen, size_t count, const struct stat *st)
{
	for (size_t i = 0; i < count; i++) {
		if (seen[i].device == st->st_dev && seen[i].inode == st->st_ino)
			return true;
	}
	return false;
}

int images_scan(struct landscape *l, const struct strings *images, struct fault *f)
{
	_cleanup_free_ struct seen *seen = calloc(images->count + 1, sizeof(*seen));
	size_t count = 0;
	int r = seen ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < images->count; i++) {
		struct stat st;

		r = open_image(images->items[i], &st, f);
		if (r < 0)
			return r;
		if (is_seen(seen, count, &st)) /* named twice */
			continue;
		seen[count++] = (struct seen){st.st_dev, st.st_ino};
		r = scan_image(l, images->items[i], (uint64_t)st.st_size);
	}
	if (r == 0)
		r = contents_scan(l);
	if (r == 0)
		r = report_unknown(l);
	return r < 0 ? fault_errno(f, -r, NULL, "look at the images") : 0;
}
