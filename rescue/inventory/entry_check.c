/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Does an entry work, and does it start this system? */
#include "reader.h"

#include "formats/cmdline.h"

#include <errno.h>
#include <strings.h>

/* ---- whose root ------------------------------------------------------------------- */

/* /dev/VG/LV is /dev/mapper/VG-LV, where dashes of the names are doubled. */
static char *mapper_name(const char *vg, size_t vg_size, const char *lv)
{
	_cleanup_(buffer_done) struct buffer name = {0};

	if (buffer_puts(&name, "/dev/mapper/") < 0)
		return NULL;
	for (size_t i = 0; i < vg_size; i++)
		if (buffer_puts(&name, vg[i] == '-' ? "-" : "") < 0 ||
			buffer_append(&name, &vg[i], 1) < 0)
			return NULL;
	if (buffer_puts(&name, "-") < 0)
		return NULL;
	for (; *lv; lv++)
		if (buffer_puts(&name, *lv == '-' ? "-" : "") < 0 ||
			buffer_append(&name, lv, 1) < 0)
			return NULL;
	return buffer_steal(&name);
}

/* One spelling for the several names of a device; NULL: no memory. */
static char *device_name(const char *text)
{
	static const struct {
		const char *prefix, *tag;
	} links[] = {{"/dev/disk/by-uuid/", "UUID="}, {"/dev/disk/by-label/", "LABEL="},
		{"/dev/disk/by-partuuid/", "PARTUUID="}};
	const char *name, *slash;

	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		if (text_starts(text, links[i].prefix))
			return text_printf(
				"%s%s", links[i].tag, text + strlen(links[i].prefix));
	name = text_starts(text, "/dev/") ? text + strlen("/dev/") : "";
	slash = strchr(name, '/');
	if (slash && !strchr(slash + 1, '/') && !text_starts(name, "mapper/") &&
		!text_starts(name, "disk/"))
		return mapper_name(name, (size_t)(slash - name), slash + 1);
	return strdup(text);
}

/* Without case: UUIDs are written in both. 1: equal, 0, -ENOMEM. */
static int is_same_device(const char *a, const char *b)
{
	_cleanup_free_ char *a_name = device_name(a), *b_name = device_name(b);

	if (!a_name || !b_name)
		return -ENOMEM;
	return strcasecmp(a_name, b_name) == 0;
}

/* tag is UUID, LABEL, …; NULL values are equal to nothing. 1, 0, or -ENOMEM. */
static int is_tagged(const char *root, const char *tag, const char *value)
{
	_cleanup_free_ char *name = value ? text_printf("%s=%s", tag, value) : NULL;

	if (!value)
		return 0;
	return name ? is_same_device(root, name) : -ENOMEM;
}

/* A name of that kind which the device has, and fstab cannot know better. -ENOMEM: no memory. */
static int is_told_by_device(const struct place *p, const char *root)
{
	const struct {
		const char *prefix, *value;
	} told[] = {{"UUID=", p->uuid}, {"LABEL=", p->label}, {"PARTUUID=", p->partuuid}};
	_cleanup_free_ char *name = device_name(root);

	for (size_t i = 0; name && i < ARRAY_SIZE(told); i++)
		if (told[i].value && text_starts(name, told[i].prefix))
			return 1;
	return name ? 0 : -ENOMEM;
}

/*
 * 1, 0, or -ENOMEM. A copied file system has a UUID of its own, and an fstab in it that may
 * still name the old one: that counts only where the device does not tell.
 */
static int names_root_device(const struct system *sys, const char *root)
{
	const struct fstab_line *line = fstab_find(&sys->fstab, "/");
	const struct place *p = &sys->root;
	int same, told;

	if (!line && !p->source && !p->uuid && !p->device_path)
		return 1; /* nothing to compare with: an unpacked tree without fstab */
	same = is_tagged(root, "UUID", p->uuid);
	if (same == 0)
		same = is_tagged(root, "LABEL", p->label);
	if (same == 0)
		same = is_tagged(root, "PARTUUID", p->partuuid);
	told = same == 0 ? is_told_by_device(p, root) : 0;
	if (same != 0 || told != 0)
		return told < 0 ? told : same;
	if (p->source)
		same = is_same_device(root, p->source);
	if (same == 0 && line)
		same = is_same_device(root, line->source);
	if (same == 0 && p->device_path)
		same = is_same_device(root, p->device_path);
	return same;
}

static int is_subvolume(const struct system *sys, const char *name)
{
	const char *ours = sys->subvolume ? sys->subvolume : "";

	/* Of a tree in a directory only its fstab tells, which need not. */
	if (sys->by_directory && !sys->subvolume)
		return 1;
	return strcmp(name + strspn(name, "/"), ours + strspn(ours, "/")) == 0;
}

/* subvolid=0 is the top level, whose own number is 5. */
static int is_subvolume_id(const struct system *sys, const char *number)
{
	uint64_t id;

	if (sys->subvolume_id == 0)
		return 1;
	if (!text_to_u64(number, UINT64_MAX, &id))
		return 0;
	return (id == 0 ? 5 : id) == sys->subvolume_id;
}

/*
 * What the kernel would mount as root is this subvolume: the one that rootflags= names,
 * without that the default one. 1, 0, or -ENOMEM.
 */
static int leads_to_subvolume(const struct system *sys, const struct cmdline *c)
{
	_cleanup_free_ char *flags = cmdline_get(c, "rootflags");
	_cleanup_free_ char *name = flags ? mount_option(flags, "subvol") : NULL;
	_cleanup_free_ char *number = flags ? mount_option(flags, "subvolid") : NULL;

	if (sys->root.fstype && strcmp(sys->root.fstype, "btrfs") != 0)
		return 1;
	if (name)
		return is_subvolume(sys, name);
	if (number)
		return is_subvolume_id(sys, number);
	return sys->is_default_subvolume || !sys->subvolume;
}

/* ---- does it work ----------------------------------------------------------------- */

static bool is_file(const struct reader *r, const char *path)
{
	struct stat st;

	return target_stat(r->t, path, &st) == 0 && S_ISREG(st.st_mode);
}

static int set_broken(struct draft *d, char *take_reason)
{
	if (!take_reason)
		return -ENOMEM;
	d->entry.broken = true;
	free(d->entry.reason);
	d->entry.reason = take_reason;
	return 0;
}

static int check_files(struct reader *r, struct draft *d)
{
	const struct strings *initrd = &d->entry.initrd;

	if (!is_file(r, d->entry.linux_path)) {
		d->has_no_kernel = true;
		return set_broken(d,
			text_printf("its kernel %s is not there", d->entry.linux_path));
	}
	for (size_t i = 0; i < initrd->count; i++)
		if (!is_file(r, initrd->items[i]))
			return set_broken(d, text_printf("its initramfs %s is not there",
						     initrd->items[i]));
	return 0;
}

/* GRUB stops at a blank or value-less line: what is missing may stand behind it. */
static char *no_key_reason(const struct draft *d, const char *what)
{
	if (d->stopped_line)
		return text_printf(
			"%s; GRUB reads no further than line %u", what, d->stopped_line);
	return strdup(what);
}

/*
 * The kernel itself knows numbers, /dev/sda1 and PARTUUID= (init/do_mounts.c); a program in
 * the initramfs looks for all others. That may stand on the command line, for EFI's stub.
 */
static bool finds_root(const struct draft *d, const struct cmdline *c, const char *root)
{
	static const char *const looked_for[] = {
		"UUID=", "LABEL=", "/dev/disk/", "/dev/mapper/"};

	for (size_t i = 0; i < ARRAY_SIZE(looked_for); i++)
		if (text_starts(root, looked_for[i]))
			return d->entry.initrd.count > 0 || cmdline_has(c, "initrd");
	return true;
}

static int check_root(struct reader *r, struct draft *d)
{
	_cleanup_(cmdline_done) struct cmdline c = {0};
	_cleanup_free_ char *root = NULL;
	int error = cmdline_parse(&c, d->entry.options ? d->entry.options : "");

	if (error == -E2BIG)
		return set_broken(
			d, text_printf("its command line is longer than %d bytes",
				   CMDLINE_MAX_SIZE));
	if (error < 0)
		return error;
	if (!cmdline_has(&c, "root"))
		return d->entry.broken
			       ? 0
			       : set_broken(d, no_key_reason(d,
						       "its command line has no root="));
	root = cmdline_get(&c, "root");
	if (root && !d->entry.broken && !finds_root(d, &c, root) &&
		set_broken(d, text_printf("it has no initramfs, and the kernel alone finds no "
					  "root=%s", root)) < 0)
		return -ENOMEM;
	error = root ? names_root_device(r->sys, root) : -ENOMEM;
	if (error == 1)
		error = leads_to_subvolume(r->sys, &c);
	if (error >= 0)
		d->entry.is_of_this_root = error == 1;
	return error < 0 ? error : 0;
}

/* What the loader does not take at all. 1: it was such a thing. */
static int check_text(struct draft *d)
{
	char *reason = NULL;

	if (d->fatal_line > 0) {
		reason = text_printf("line %u begins with a blank, at which this "
				     "system's GRUB gives up altogether", d->fatal_line);
		d->entry.stops_loader = true;
	} else if (d->is_refused) {
		reason = strdup("its words are no command that GRUB takes (an open quote, "
				"or one of & | < > { })");
	} else {
		return 0;
	}
	return set_broken(d, reason) < 0 ? -ENOMEM : 1;
}

static int check(struct reader *r, struct draft *d)
{
	int error = check_text(d);

	if (error != 0)
		return MIN_OF(error, 0);
	if (!d->entry.linux_path) {
		if (d->entry.kind != ENTRY_BLS || d->starts_other)
			return 0; /* a menuentry that starts something else */
		return set_broken(
			d, no_key_reason(d, "it names no kernel (no linux line)"));
	}
	error = check_files(r, d);
	if (error >= 0)
		error = check_root(r, d);
	if (error >= 0 && d->unseen && !d->entry.broken)
		error = set_broken(d,
			strdup(d->why_unseen ? d->why_unseen
					     : "the boot loader does not read it: its "
					       "configuration does not run blscfg"));
	return error;
}

int check_entries(struct reader *r)
{
	for (size_t i = 0; i < r->draft_count; i++) {
		int error = check(r, &r->drafts[i]);

		if (error < 0)
			return error;
	}
	return 0;
}
