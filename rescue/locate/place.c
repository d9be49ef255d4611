/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One place of a system: what lies there, how full it is, what it means that it is shut. */
#include "places.h"

#include "features.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

int place_begin(struct place *p, const char *mountpoint)
{
	*p = (struct place){.device = -1, .mountpoint = strdup(mountpoint)};
	return p->mountpoint ? 0 : -ENOMEM;
}

void place_forget(struct place *p)
{
	free(p->source);
	free(p->device_path);
	free(p->fstype);
	free(p->uuid);
	free(p->label);
	free(p->partuuid);
	free(p->mountpoint);
	*p = (struct place){.device = -1};
}

static int copy_text(char **ret, const char *text)
{
	char *copy = text ? strdup(text) : NULL;

	if (text && !copy)
		return -ENOMEM;
	free(*ret);
	*ret = copy;
	return 0;
}

int place_set_source(struct place *p, const char *source)
{
	return copy_text(&p->source, source);
}

int place_set_device(struct place *p, const struct landscape *l, int device)
{
	const struct device *d = &l->devices[device];
	int r = copy_text(&p->device_path, d->path);

	p->device = device;
	p->features = device_features(d);
	if (r == 0)
		r = copy_text(&p->fstype, d->fstype);
	if (r == 0)
		r = copy_text(&p->uuid, d->uuid);
	if (r == 0)
		r = copy_text(&p->label, d->label);
	if (r == 0)
		r = copy_text(&p->partuuid, d->partuuid);
	return r;
}

int place_measure(struct place *p, const struct target *t)
{
	_cleanup_close_ int fd =
		target_open(t, p->mountpoint, O_RDONLY | O_DIRECTORY | O_NONBLOCK, NULL);
	struct statvfs st;

	if (fd < 0 || fstatvfs(fd, &st) < 0)
		return 0; /* unknown: zero */
	p->free_bytes = (uint64_t)st.f_bavail * st.f_frsize;
	p->size_bytes = (uint64_t)st.f_blocks * st.f_frsize;
	/* btrfs and vfat make them as they are needed. */
	p->free_inodes = st.f_files > 0 ? st.f_favail : UINT64_MAX;
	return 0;
}

int place_share(struct place *p, const struct place *root, const struct target *t)
{
	int r = copy_text(&p->device_path, root->device_path);

	p->device = root->device;
	p->features = root->features;
	p->present = target_exists(t, p->mountpoint);
	p->mounted = p->present;
	if (r == 0)
		r = copy_text(&p->fstype, root->fstype);
	if (r == 0)
		r = copy_text(&p->uuid, root->uuid);
	return r < 0 ? r : place_measure(p, t);
}

/* A boot loader's configuration is in /boot: repairing needs nothing of the ESP. */
static bool has_configuration(const struct system *s)
{
	static const char *const paths[] = {"/boot/grub2/grub.cfg", "/boot/grub/grub.cfg",
		"/boot/grub/grub.conf", "/boot/grub/menu.lst",
		"/boot/extlinux/extlinux.conf", "/boot/extlinux.conf"};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		if (target_exists(&s->target, paths[i]))
			return true;
	return false;
}

bool place_is_dispensable(const struct system *s, const char *path)
{
	return strcmp(path, "/boot") != 0 && has_configuration(s);
}

int report_unmountable_place(struct system *s, const char *path, const struct fault *why)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	bool minor = place_is_dispensable(s, path);
	int r = fault_describe(why, &text);

	if (r < 0)
		return r;
	s->complete = s->complete && minor;
	return findings_add(&s->findings, "device-unreadable",
		minor ? SEVERITY_WARNING : SEVERITY_ERROR, NULL, path,
		minor ? "%s: what UEFI starts there is not judged"
		      : "%s: the boot loader and its entries there are not judged",
		text.data);
}
