/* SPDX-License-Identifier: GPL-2.0-or-later */
/* This machine's CPU, firmware and devices, from /proc and /sys. */
#include "local.h"

#include <errno.h>
#include <sys/utsname.h>

enum { CPUINFO_MAX_SIZE = 8 * 1024 * 1024 };

static const char secure_boot_variable[] =
	"/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";

/* One line of a sysfs file; NULL: there is none. */
static char *read_line(const struct target *t, const char *directory, const char *name)
{
	_cleanup_(buffer_done) struct buffer b = {0};
	_cleanup_free_ char *path = text_printf("%s/%s", directory, name);

	if (!path || target_read(t, path, MAX_SYSFS_VALUE, &b, NULL) < 0 || !b.data)
		return NULL;
	b.data[strcspn(b.data, "\n")] = '\0';
	return strdup(b.data);
}

static bool has(const struct target *t, const char *directory, const char *name)
{
	_cleanup_free_ char *path = text_printf("%s/%s", directory, name);

	return path && target_exists(t, path);
}

/* The name of the driver that is bound: where the link leads. */
static char *bound_driver(const struct target *t, const char *directory)
{
	_cleanup_free_ char *path = text_printf("%s/driver", directory), *text = NULL;
	const char *slash;

	if (!path || target_readlink(t, path, &text) < 0)
		return NULL;
	slash = strrchr(text, '/');
	return strdup(slash ? slash + 1 : text);
}

static int take_device(struct platform *p, const struct target *t, const char *bus,
		       const char *name)
{
	_cleanup_free_ char *directory = text_printf("/sys/bus/%s/devices/%s", bus, name);
	_cleanup_free_ char *modalias = directory ? read_line(t, directory, "modalias") : NULL;
	struct platform_device *d;

	if (!directory)
		return -ENOMEM;
	if (!modalias || !*modalias || strpbrk(modalias, " \t"))
		return 0;
	d = platform_add(p, modalias);
	if (!d)
		return p->count >= PLATFORM_MAX_DEVICES ? 0 : -ENOMEM;
	d->name = strdup(name);
	d->driver = bound_driver(t, directory);
	if (has(t, directory, "net"))
		d->class = CLASS_NETWORK;
	if (target_canonical(t, directory, &d->path) == -ENOMEM || !d->name)
		return -ENOMEM;
	return 0;
}

static int take_bus(struct platform *p, const struct target *t, const char *bus)
{
	_cleanup_free_ char *directory = text_printf("/sys/bus/%s/devices", bus);
	_cleanup_(strings_done) struct strings names = {0};
	int r = directory ? target_list(t, directory, &names, NULL) : -ENOMEM;

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	for (size_t i = 0; r >= 0 && i < names.count; i++)
		r = take_device(p, t, bus, names.items[i]);
	return r;
}

static int take_cpu(struct platform *p, const struct target *t)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	struct utsname name;
	int r = target_read(t, "/proc/cpuinfo", CPUINFO_MAX_SIZE, &text, NULL);

	if (r >= 0)
		r = platform_take_cpuinfo(p, buffer_bytes(&text));
	if (r == -ENOMEM)
		return r;
	p->arch = uname(&name) == 0 ? strdup(name.machine) : NULL;
	return p->arch ? 0 : -ENOMEM;
}

/* efivarfs: four bytes of attributes, then the value. */
static int take_firmware(struct platform *p, const struct target *t)
{
	_cleanup_(buffer_done) struct buffer value = {0};
	bool uefi = target_exists(t, "/sys/firmware/efi");

	p->firmware = strdup(uefi ? "uefi" : "bios");
	if (!uefi)
		p->secure_boot = SECURE_BOOT_OFF;
	else if (target_read(t, secure_boot_variable, 64, &value, NULL) >= 0 && value.size == 5)
		p->secure_boot = value.data[4] ? SECURE_BOOT_ON : SECURE_BOOT_OFF;
	return p->firmware ? firmware_trust_read(&p->trust, t) : -ENOMEM;
}

int platform_read(struct platform *ret, const struct target *machine, struct fault *f)
{
	_cleanup_(platform_done) struct platform p = {0};
	_cleanup_(strings_done) struct strings buses = {0};
	int r = target_list(machine, "/sys/bus", &buses, f);

	if (r < 0)
		return r;
	for (size_t i = 0; r >= 0 && i < buses.count; i++)
		r = take_bus(&p, machine, buses.items[i]);
	if (r >= 0)
		r = take_cpu(&p, machine);
	if (r >= 0)
		r = take_firmware(&p, machine);
	if (r < 0)
		return fault_no_memory(f);
	*ret = TAKE_STRUCT(p);
	return 0;
}

/* ---- which of them the root hangs on -------------------------------------------------- */

/* What works only with a driver; bridges and what ACPI describes need none. */
static bool wants_driver(const struct platform_device *d)
{
	static const char *const buses[] = {"virtio:", "usb:", "scsi:", "vmbus:", "xen:",
		"mmc:", "of:"};

	if (text_starts(d->modalias, "pci:"))
		return !strstr(d->modalias, "bc06");
	for (size_t i = 0; i < ARRAY_SIZE(buses); i++)
		if (text_starts(d->modalias, buses[i]))
			return true;
	return false;
}

/* Everything that a disk's directory in sysfs lies below carries it. */
static int mark_disk(struct platform *p, const struct target *machine, const char *path)
{
	const char *slash = strrchr(path, '/');
	_cleanup_free_ char *link = text_printf("/sys/class/block/%s", slash ? slash + 1 : path);
	_cleanup_free_ char *directory = NULL;
	int r = link ? target_canonical(machine, link, &directory) : -ENOMEM;

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	for (size_t i = 0; i < p->count; i++) {
		struct platform_device *d = &p->items[i];
		size_t n = d->path ? strlen(d->path) : 0;

		if (n && strncmp(d->path, directory, n) == 0 && directory[n] == '/' &&
			wants_driver(d)) {
			d->carries_root = true;
			d->class = CLASS_STORAGE;
		}
	}
	return 0;
}

/* Its root's own device, or what its volume group and arrays are made of. */
static bool is_below_root(const struct landscape *l, const struct system *s, size_t device)
{
	const struct device *d = &l->devices[device];
	int up = s->root.device;

	while (up >= 0 && (size_t)up != device)
		up = l->devices[up].parent;
	return up >= 0 || ((d->roles & (ROLE_LVM_PV | ROLE_RAID_MEMBER | ROLE_LUKS)) &&
				  d->system == (int)(s - l->systems));
}

int platform_mark_root(struct platform *p, const struct target *machine,
		       const struct landscape *l, const struct system *s)
{
	int r = 0;

	for (size_t i = 0; i < p->count; i++)
		p->items[i].carries_root = false;
	for (size_t i = 0; r >= 0 && s->root.device >= 0 && i < l->device_count; i++)
		if (is_below_root(l, s, i))
			r = mark_disk(p, machine, l->devices[i].path);
	return r;
}
