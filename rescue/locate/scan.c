/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where to look: a directory, images, named devices, or the whole machine. */
#include "local.h"

#include <errno.h>
#include <fcntl.h>

#define MAX_KERNEL_CMDLINE 65536 /* bytes; kernels take 4096 or less */

/* Where there is none, nothing is lost but the mark of a medium. */
static char *read_cmdline(void)
{
	_cleanup_(buffer_done) struct buffer b = {0};
	_cleanup_close_ int fd = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fd_read_all(fd, MAX_KERNEL_CMDLINE, &b) < 0)
		return NULL;
	return buffer_steal(&b);
}

static int scan_machine(struct landscape *l, const struct strings *only,
	struct held *held, struct fault *f)
{
	_cleanup_free_ char *cmdline = read_cmdline();
	_cleanup_(target_done) struct target sys = TARGET_NONE;
	struct machine m = {
		.mounts = mounts_table(l->mounts), .cmdline = cmdline, .held = held};

	sys.fd = open("/sys", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (sys.fd < 0)
		return fault_errno(f, errno, "/sys", "find the block devices in /sys");
	m.sys = sys;
	if (firmware_entries_read(&l->firmware_entries, &sys) < 0 ||
		loader_variables_read(&l->loader_variables, &sys) < 0)
		return fault_no_memory(f);
	return machine_scan(l, &m, only, f);
}

static int scan_devices(struct landscape *l, const struct scope *where, struct fault *f)
{
	_cleanup_(held_done) struct held held = {.count = 0};
	int r = mounts_new(&l->mounts, f);

	if (r < 0)
		return r;
	if (where->images.count > 0)
		r = images_scan(l, &where->images, f);
	if (r == 0 && (where->images.count == 0 || where->devices.count > 0))
		r = scan_machine(l, &where->devices, &held, f);
	if (r < 0)
		return r;
	if (lvm_scan(l) < 0 || members_report(l) < 0)
		return fault_no_memory(f);
	r = systems_scan(l, f);
	findings_sort(&l->findings);
	return r;
}

int locate_scan(struct landscape *ret, const struct scope *where, struct fault *f)
{
	struct landscape l = {
		.is_named = where->root || where->images.count || where->devices.count};
	int r = where->root ? directory_scan(&l, where->root, f)
			    : scan_devices(&l, where, f);

	/* Of devices that were named alone nobody knows what else there is. */
	if (r >= 0 && where->devices.count == 0 && name_devices(&l) < 0)
		r = fault_no_memory(f);
	if (r < 0) {
		landscape_done(&l);
		return r;
	}
	*ret = l;
	return 0;
}

int landscape_unmount(struct landscape *l, struct fault *f)
{
	int r;

	for (size_t i = 0; i < l->system_count; i++)
		target_done(&l->systems[i].target);
	r = l->mounts ? mounts_close(l->mounts, f) : 0;
	if (l->volumes)
		volumes_close(l->volumes);
	return r;
}

void landscape_done(struct landscape *l)
{
	for (size_t i = 0; i < l->system_count; i++)
		system_done(&l->systems[i]);
	for (size_t i = 0; i < l->device_count; i++)
		device_done(&l->devices[i]);
	/* Volumes lie below what is mounted, their nodes in the mounts' own directory. */
	if (l->mounts)
		mounts_close(l->mounts, NULL);
	volumes_free(l->volumes);
	mounts_free(l->mounts);
	findings_done(&l->findings);
	firmware_entries_done(&l->firmware_entries);
	loader_variables_done(&l->loader_variables);
	free(l->systems);
	free(l->devices);
	*l = (struct landscape){0};
}
