/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The block devices that have appeared so far. */
#include "pid1.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define MAX_DISKS 16384
#define MAX_ATTRIBUTE 4096 /* bytes: sysfs calls every file a page long */

/* Never a root by UUID or label, and slow or noisy to read. */
static const char *const passed_over[] = {"ram", "loop", "fd", "zram"};

void disks_done(struct disks *d)
{
	for (size_t i = 0; i < d->count; i++) {
		device_done(&d->items[i].device);
		free(d->items[i].name);
	}
	free(d->items);
	*d = (struct disks){0};
}

static struct disk *find_path(struct disks *d, const char *path)
{
	for (size_t i = 0; i < d->count; i++)
		if (strcmp(d->items[i].device.path, path) == 0)
			return &d->items[i];
	return NULL;
}

static bool read_number(const struct target *sys, const char *name, dev_t *ret)
{
	_cleanup_free_ char *path = text_printf("/class/block/%s/dev", name);
	_cleanup_(buffer_done) struct buffer text = {0};
	unsigned major, minor;

	if (!path || target_read(sys, path, MAX_ATTRIBUTE, &text, NULL) < 0 ||
		sscanf(text.data, "%u:%u", &major, &minor) != 2)
		return false;
	*ret = makedev(major, minor);
	return true;
}

/* What device mapper calls it. 0 also where it is none of its devices. */
static int read_name(const struct target *sys, const char *name, char **ret)
{
	_cleanup_free_ char *path = text_printf("/class/block/%s/dm/name", name);
	_cleanup_(buffer_done) struct buffer text = {0};

	if (!path)
		return -ENOMEM;
	if (target_read(sys, path, MAX_ATTRIBUTE, &text, NULL) < 0)
		return 0;
	*ret = text_printf("/dev/mapper/%s", text_strip(text.data));
	return *ret ? 0 : -ENOMEM;
}

/* Where devtmpfs is missing (before 2.6.32), nobody else makes the node. */
static void make_node(const char *path, dev_t number)
{
	_cleanup_free_ char *parent = strdup(path);
	char *slash = parent ? strrchr(parent, '/') : NULL;

	if (access(path, F_OK) == 0 || !slash)
		return;
	*slash = '\0';
	mkdir(parent, 0755);
	if (mknod(path, S_IFBLK | 0600, number) < 0 && errno != EEXIST)
		say("cannot make %s: %s", path, strerror(errno));
}

static bool is_passed_over(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(passed_over); i++)
		if (text_starts(name, passed_over[i]))
			return true;
	return false;
}

/* cciss!c0d0p1 is /dev/cciss/c0d0p1 */
static char *path_of(const char *name)
{
	char *path = text_printf("/dev/%s", name);

	for (char *c = path; c && *c; c++)
		if (*c == '!')
			*c = '/';
	return path;
}

static int add_disk(struct disks *d, const char *path, dev_t number, struct disk **ret)
{
	struct disk disk = {.number = number};

	if (d->count >= MAX_DISKS || VECTOR_GROW(d) < 0)
		return -ENOMEM;
	disk.device.path = strdup(path);
	if (!disk.device.path)
		return -ENOMEM;
	make_node(path, number);
	d->items[d->count] = disk;
	*ret = &d->items[d->count++];
	return 0;
}

static int look_at(struct disks *d, const struct target *sys, const char *name)
{
	_cleanup_free_ char *path = path_of(name);
	struct device probed;
	struct disk *disk;
	dev_t number;
	int r;

	if (!path)
		return -ENOMEM;
	if (!read_number(sys, name, &number))
		return 0;
	disk = find_path(d, path);
	if (!disk) {
		r = add_disk(d, path, number, &disk);
		if (r == 0)
			r = read_name(sys, name, &disk->name);
		if (r < 0)
			return r;
	}
	if (disk->device.fstype || is_passed_over(name))
		return 0;
	r = device_probe(&probed, path, NULL);
	if (r < 0)
		return r == -ENOMEM ? r : 0; /* a drive without a medium, say */
	device_done(&disk->device);
	disk->device = probed;
	return 0;
}

int disks_scan(struct disks *d)
{
	_cleanup_(target_done) struct target sys = TARGET_NONE;
	_cleanup_(strings_done) struct strings names = {0};
	int r = 0;

	sys.fd = open("/sys", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (sys.fd < 0)
		return 0;
	if (target_list(&sys, "/class/block", &names, NULL) == -ENOMEM)
		return -ENOMEM;
	for (size_t i = 0; r >= 0 && i < names.count; i++)
		r = look_at(d, &sys, names.items[i]);
	return r;
}

const struct disk *disks_find(const struct disks *d, const struct wanted *w)
{
	for (size_t i = 0; i < d->count; i++) {
		const struct disk *disk = &d->items[i];

		if (wanted_is(w, &disk->device, disk->number))
			return disk;
		if (w->by == WANTED_BY_PATH && disk->name &&
			strcmp(disk->name, w->value) == 0)
			return disk;
	}
	return NULL;
}

static int describe(const struct disk *disk, struct buffer *ret)
{
	const struct device *d = &disk->device;
	char size[16];

	if (buffer_printf(ret, "  %-16s %10s  %s", disk->name ? disk->name : d->path, size_text(d->size, size),
		    d->fstype ? d->fstype : "(no file system known)") < 0)
		return -ENOMEM;
	if (d->uuid && buffer_printf(ret, "  UUID=%s", d->uuid) < 0)
		return -ENOMEM;
	if (d->label && (buffer_puts(ret, "  LABEL=") < 0 ||
				buffer_puts_escaped(ret, d->label) < 0))
		return -ENOMEM;
	return buffer_puts(ret, "\n");
}

int disks_describe(const struct disks *d, struct buffer *ret)
{
	for (size_t i = 0; i < d->count; i++) {
		const struct device *device = &d->items[i].device;

		if (device->size == 0 && !device->fstype)
			continue;
		if (describe(&d->items[i], ret) < 0)
			return -ENOMEM;
	}
	return 0;
}
