/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file systems that a system's fstab names are put into its tree, where booting and
 * repairing need them. What cannot be put there becomes a finding.
 */
#include "places.h"

#include "btrfs.h"

#include <errno.h>

/* In the order of mounting. */
struct wanted_place {
	const char *path;
	enum device_role role;
	size_t place;       /* offset in struct system, 0: it is not told apart */
	enum severity lack; /* how bad it is when it is not there */
	const char *holds;  /* what is not judged then */
};

static const struct wanted_place wanted_places[] = {
	{"/usr", ROLE_USR, offsetof(struct system, usr), SEVERITY_ERROR,
		"modules and programs"},
	{"/boot", ROLE_BOOT, offsetof(struct system, boot), SEVERITY_ERROR,
		"kernels and boot entries"},
	{"/boot/efi", ROLE_ESP, offsetof(struct system, esp), SEVERITY_ERROR,
		"the boot loader and its entries"},
	{"/efi", ROLE_ESP, offsetof(struct system, esp), SEVERITY_ERROR,
		"the boot loader and its entries"},
	{"/var", ROLE_OTHER_MOUNT, 0, SEVERITY_WARNING, "logs and cached packages"},
	{"/var/log", ROLE_OTHER_MOUNT, 0, SEVERITY_WARNING, "logs"},
	{"/var/cache", ROLE_OTHER_MOUNT, 0, SEVERITY_WARNING, "cached packages"},
};

int fstab_read(struct system *s)
{
	_cleanup_(buffer_done) struct buffer b = {0};
	struct fault why = {0};
	int r = target_read(&s->target, "/etc/fstab", FSTAB_MAX_SIZE, &b, &why);

	if (r == 0)
		r = fstab_parse(&s->fstab, buffer_bytes(&b), &why);
	if (r == 0 || r == -ENOMEM)
		return r;
	if (s->by_directory && r == -ENOENT)
		return 0;
	s->complete = false;
	return findings_add(&s->findings, "device-unreadable", SEVERITY_ERROR, NULL,
		"/etc/fstab", "/etc/fstab cannot be read: %s",
		why.reason[0] ? why.reason : strerror(-r));
}

bool fstab_line_is_local(const struct fstab_line *line)
{
	_cleanup_free_ char *bind = mount_option(line->options, "bind");
	_cleanup_free_ char *rbind = mount_option(line->options, "rbind");
	static const char *const pseudo[] = {
		"none", "swap", "tmpfs", "proc", "sysfs", "devpts", "overlay", "ignore"};

	if (bind || rbind)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(pseudo); i++) {
		if (strcmp(line->type, pseudo[i]) == 0)
			return false;
	}
	return true;
}

char *subvolume_option(const struct fstab_line *line)
{
	_cleanup_free_ char *name = mount_option(line->options, "subvol");
	_cleanup_free_ char *number = mount_option(line->options, "subvolid");

	if (name)
		return text_printf("subvol=%s", name);
	return number ? text_printf("subvolid=%s", number) : NULL;
}

/* ---- findings ---- */
static bool has_inactive_stack(const struct landscape *l)
{
	for (size_t i = 0; i < l->device_count; i++) {
		if (l->devices[i].is_inactive)
			return true;
		if (!l->devices[i].held &&
			(l->devices[i].roles & (ROLE_LVM_PV | ROLES_OF_MEMBERS)))
			return true;
	}
	return false;
}

static enum severity lack_of(const struct wanted_place *w, const struct fstab_line *line)
{
	return w->role == ROLE_ESP && fstab_may_lack(line) ? SEVERITY_WARNING : w->lack;
}

static int report_lack(struct system *s, const struct wanted_place *w,
	const struct fstab_line *line, const char *code, const char *message)
{
	enum severity severity = lack_of(w, line);

	if (severity == SEVERITY_ERROR)
		s->complete = false;
	return findings_add(&s->findings, code, severity, NULL, w->path, "%s", message);
}

static int report_unfound(const struct landscape *l, struct system *s,
	const struct wanted_place *w, const struct fstab_line *line, enum source_match m)
{
	_cleanup_free_ char *message = NULL;
	const char *code = "device-missing";

	if (m == SOURCE_ELSEWHERE)
		message = text_printf("%s is on %s, which is not on a local disk",
			w->path, line->source);
	else if (m == SOURCE_AMBIGUOUS)
		message = text_printf("%s is %s in fstab, and several devices are that",
			w->path, line->source);
	else if (m == SOURCE_UNTOLD)
		message = text_printf(
			"%s is %s in fstab, and it cannot be told which device "
			"that was on its own machine",
			w->path, line->source);
	else if (has_inactive_stack(l)) {
		code = "device-inactive";
		message = text_printf(
			"%s is %s in fstab, and no active device is that; it may "
			"lie in a volume that is not active",
			w->path, line->source);
	} else
		message = text_printf("%s is %s in fstab, and no device is that", w->path,
			line->source);
	return message ? report_lack(s, w, line, code, message) : -ENOMEM;
}

static int report_unmounted(struct system *s, const struct wanted_place *w,
	const struct fstab_line *line, const struct fault *why)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	int r = fault_describe(why, &text);

	if (r >= 0)
		r = buffer_printf(&text, ": %s there are not judged", w->holds);
	return r < 0 ? r : report_lack(s, w, line, "device-unreadable", text.data);
}

static int report_no_directory(
	struct system *s, const struct wanted_place *w, const struct fstab_line *line)
{
	_cleanup_free_ char *message = text_printf(
		"%s is a mount point in fstab, and there is no such directory", w->path);

	return message ? report_lack(s, w, line, "mountpoint-missing", message) : -ENOMEM;
}

static int report_dirty(struct system *s, const struct device *d, const char *path)
{
	return findings_add(&s->findings, "filesystem-dirty", SEVERITY_WARNING, NULL,
		path,
		"%s (%s) was not unmounted cleanly and its journal is not replayed: "
		"what follows may be minutes old",
		path, d->path);
}

/* ---- mounting ---- */
static int attach_device(struct landscape *l, struct system *s,
	const struct wanted_place *w, const struct fstab_line *line, struct place *p,
	enum access access, struct fault *f)
{
	const struct device *d = &l->devices[p->device];
	_cleanup_free_ char *options = subvolume_option(line);
	const struct mount_request q = {d, options, access};
	struct fault why = {0};
	struct stat st;
	int r;

	if (target_stat(&s->target, w->path, &st) < 0 || !S_ISDIR(st.st_mode))
		return report_no_directory(s, w, line);
	r = mount_tree_add(l->mounts, s->tree, &s->target, w->path, &q, &why);
	if (r == -ENODEV && w->role == ROLE_ESP && place_is_dispensable(s, w->path))
		return report_unmountable_place(s, w->path, &why);
	/* To look on is worth while without it, to repair is not. */
	if (r == -ENOMEM || (r < 0 && access == ACCESS_REPAIR &&
				    lack_of(w, line) == SEVERITY_ERROR)) {
		if (f)
			*f = why;
		return r;
	}
	if (r < 0)
		return report_unmounted(s, w, line, &why);
	p->mounted = true;
	place_measure(p, &s->target);
	return d->unclean && access == ACCESS_LOOK ? report_dirty(s, d, w->path) : 0;
}

static int attach_line(struct landscape *l, struct system *s,
	const struct wanted_place *w, const struct fstab_line *line, struct place *p,
	enum access access, struct fault *f)
{
	int device = -1, r;
	enum source_match m = source_find(l, s, line, &device);

	p->present = true;
	p->separate = true;
	if (place_set_source(p, line->source) < 0)
		return -ENOMEM;
	if (m != SOURCE_FOUND && m != SOURCE_BY_POSITION)
		return report_unfound(l, s, w, line, m);
	r = place_set_device(p, l, device);
	if (r == 0 && m == SOURCE_BY_POSITION)
		r = findings_add(&s->findings, "device-by-position", SEVERITY_INFO, NULL,
			w->path,
			"%s is %s in fstab: taken to be partition %u of the same disk",
			w->path, line->source, l->devices[device].number);
	return r < 0 ? r : attach_device(l, s, w, line, p, access, f);
}

static int read_place(struct landscape *l, struct system *s, const struct wanted_place *w,
	enum access access, struct fault *f)
{
	const struct fstab_line *line = fstab_find(&s->fstab, w->path);
	_cleanup_(place_forget) struct place other = {.device = -1};
	struct place *p = w->place ? (struct place *)((char *)s + w->place) : &other;
	int r;

	if (p->present && p->separate) /* the ESP has two usual names */
		return 0;
	if (!line || !fstab_line_is_local(line))
		return 0;
	place_forget(p);
	r = place_begin(p, w->path);
	return r < 0 ? r : attach_line(l, s, w, line, p, access, f);
}

/* ---- what is not put into the tree ---- */
static bool is_wanted(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(wanted_places); i++)
		if (strcmp(wanted_places[i].path, path) == 0)
			return true;
	return false;
}

/* The boot waits for them as well: systemd gives up behind 90 seconds, fsck of EL6 at once. */
static int report_absent(const struct landscape *l, struct system *s)
{
	const char *where = has_inactive_stack(l) ? "no active device" : "no device";
	int r = 0;

	for (size_t i = 0; r >= 0 && i < s->fstab.count; i++) {
		const struct fstab_line *line = &s->fstab.items[i];
		bool is_root = strcmp(line->target, "/") == 0;
		int device;

		if (is_wanted(line->target) || !fstab_line_is_local(line) ||
			fstab_may_lack(line) || fstab_find(&s->fstab, line->target) != line ||
			source_find(l, s, line, &device) != SOURCE_ABSENT)
			continue;
		r = findings_add(&s->findings, "device-missing", SEVERITY_WARNING, NULL,
			line->target, "%s is %s in fstab, and %s is that: %s", line->target,
			line->source, where, is_root ? "the root may stay read-only"
			: "the boot may stop there; with nofail in that line it goes on");
	}
	return r;
}

static int read_root_line(struct system *s)
{
	const struct fstab_line *line = fstab_find(&s->fstab, "/");

	place_measure(&s->root, &s->target);
	return place_set_source(&s->root, line ? line->source : NULL);
}

int places_read(
	struct landscape *l, struct system *s, enum access access, struct fault *f)
{
	int r = place_begin(&s->usr, "/usr");

	if (r == 0)
		r = place_begin(&s->boot, "/boot");
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(wanted_places); i++)
		r = read_place(l, s, &wanted_places[i], access, f);
	if (r == 0)
		r = boot_read_by_type(l, s, access);
	if (r == 0 && !s->usr.separate)
		r = place_share(&s->usr, &s->root, &s->target);
	if (r == 0)
		r = esp_read_by_type(l, s, access);
	if (r == 0 && !s->boot.separate)
		r = place_share(&s->boot, &s->root, &s->target);
	if (r == 0 && s->boot.device >= 0)
		r = btrfs_grub_block(&l->devices[s->boot.device], &s->grub_block);
	if (r == -ENOMEM)
		return fault_no_memory(f);
	if (r < 0)
		return r;
	if (read_root_line(s) < 0 || report_absent(l, s) < 0)
		return fault_no_memory(f);
	r = s->root.device >= 0 && l->devices[s->root.device].unclean &&
			    access == ACCESS_LOOK
		    ? report_dirty(s, &l->devices[s->root.device], "/")
		    : 0;
	return r < 0 ? fault_no_memory(f) : 0;
}
