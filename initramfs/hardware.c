/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every device of /sys/devices asks for its driver with a modalias. A driver may bring
 * forth new devices, so the walk is repeated until the root is there.
 */
#include "pid1.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define MAX_DEPTH 64       /* of nested devices */
#define PCI_STORAGE "0x01" /* base class of /sys/bus/pci/devices/…/class */

/* One line of a sysfs file; false: absent or empty. */
static bool read_attribute(int directory, const char *name, char text[256])
{
	_cleanup_close_ int fd = openat(directory, name, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, 255);

	if (n <= 0)
		return false;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return *text != '\0';
}

static DIR *open_directory(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);

	if (!directory)
		safe_close(fd);
	return directory;
}

static void directory_done(DIR **directory)
{
	if (*directory)
		closedir(*directory);
}

static int serve_below(struct drivers *d, int at, const char *name, unsigned depth)
{
	_cleanup_(directory_done) DIR *directory = open_directory(at, name);
	struct dirent *entry;
	char modalias[256];
	int r, found = 0;

	if (!directory || depth > MAX_DEPTH)
		return 0; /* devices may vanish while we look */
	if (read_attribute(dirfd(directory), "modalias", modalias)) {
		found = drivers_serve(d, modalias);
		if (found < 0)
			return found;
	}
	while ((entry = readdir(directory))) {
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		r = serve_below(d, dirfd(directory), entry->d_name, depth + 1);
		if (r < 0)
			return r;
		found |= r;
	}
	return found;
}

int hardware_serve(struct drivers *d)
{
	return serve_below(d, AT_FDCWD, "/sys/devices", 0);
}

/* "1000:0054" */
static void read_pci_id(int device, char id[64])
{
	char vendor[256] = "", product[256] = "";

	read_attribute(device, "vendor", vendor);
	read_attribute(device, "device", product);
	snprintf(id, 64, "%.8s:%.8s", text_starts(vendor, "0x") ? vendor + 2 : vendor,
		text_starts(product, "0x") ? product + 2 : product);
}

int hardware_describe_undriven(struct buffer *ret)
{
	_cleanup_(directory_done) DIR *devices = opendir("/sys/bus/pci/devices");
	struct dirent *entry;

	while (devices && (entry = readdir(devices))) {
		_cleanup_close_ int device = -1;
		char class[256], id[64];

		if (entry->d_name[0] == '.')
			continue;
		device = openat(dirfd(devices), entry->d_name,
			O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (device < 0 || !read_attribute(device, "class", class) ||
			!text_starts(class, PCI_STORAGE) ||
			faccessat(device, "driver", F_OK, 0) == 0)
			continue;
		read_pci_id(device, id);
		if (buffer_printf(ret,
			    "  PCI %s, vendor:device %s: storage controller "
			    "without a driver\n",
			    entry->d_name, id) < 0)
			return -ENOMEM;
	}
	return 0;
}
