/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding a system by what the user calls it, and files by what its boot loader does. */
#include "local.h"
#include "volumes.h"

#include <errno.h>
#include <strings.h>

static bool is_root_device(const struct system *s, const char *name)
{
	_cleanup_free_ char *a = NULL, *b = NULL;
	struct stat asked, root;

	if (!s->root.device_path)
		return false;
	a = volume_mapper_path(s->root.device_path);
	b = volume_mapper_path(name);
	if (a && b && strcmp(a, b) == 0)
		return true;
	return text_starts(name, "/dev/") && stat(name, &asked) == 0 &&
	       S_ISBLK(asked.st_mode) && stat(s->root.device_path, &root) == 0 &&
	       S_ISBLK(root.st_mode) && asked.st_rdev == root.st_rdev;
}

static bool is_called(const struct landscape *l, const struct system *s, const char *name)
{
	if (strcmp(s->id, name) == 0 || is_root_device(s, name))
		return true;
	if (s->root.uuid && strcasecmp(s->root.uuid, name) == 0)
		return true;
	return s->root.device >= 0 && text_equal(l->devices[s->root.device].label, name);
}

/* How many are called so; *ret: the first. */
static size_t find_called(
	const struct landscape *l, const char *name, struct system **ret)
{
	size_t count = 0;

	*ret = NULL;
	for (size_t i = 0; i < l->system_count; i++) {
		if (!is_called(l, &l->systems[i], name))
			continue;
		if (count++ == 0)
			*ret = &l->systems[i];
	}
	return count;
}

/* Without a name: what is on sticks and cards counts only where there is nothing else. */
static size_t find_unnamed(const struct landscape *l, struct system **ret)
{
	struct system *fixed = NULL;
	size_t count = 0;

	for (size_t i = l->system_count; i-- > 0;) {
		if (l->systems[i].on_removable)
			continue;
		fixed = &l->systems[i];
		count++;
	}
	if (l->is_named || count == 0) {
		*ret = l->systems;
		return l->system_count;
	}
	*ret = fixed;
	return count;
}

struct system *landscape_find(const struct landscape *l, const char *name)
{
	struct system *found;

	find_called(l, name, &found);
	return found;
}

static void list_systems(const struct landscape *l, struct fault *f)
{
	_cleanup_(buffer_done) struct buffer list = {0};

	for (size_t i = 0; i < l->system_count; i++) {
		const struct system *s = &l->systems[i];

		if (buffer_printf(&list, "%s%s (%s)", i > 0 ? ", " : "", s->id,
			    s->root.device_path ? s->root.device_path : "directory") < 0)
			return;
	}
	fault_hint(f, "name one of these with --system: %s", list.data ? list.data : "");
}

/* Something that can be opened may hide it: then that is the next step. */
static int no_system(const struct landscape *l, struct fault *f)
{
	int r = fault_named(f, FAULT_NO_SYSTEM, NULL, "find an installed system",
		"none of the devices looked at holds one");

	for (size_t i = 0; i < l->findings.count; i++) {
		const struct finding *found = &l->findings.items[i];

		if (!found->remedy)
			continue;
		fault_hint(f, "%s; run: %s", found->message, found->remedy);
		return r;
	}
	fault_hint(f, "rescue locate shows what was looked at");
	return r;
}

int landscape_choose(
	const struct landscape *l, const char *name, struct system **ret, struct fault *f)
{
	struct system *found;
	size_t count = name ? find_called(l, name, &found) : find_unnamed(l, &found);
	int r;

	if (count == 1) {
		*ret = found;
		return 0;
	}
	if (l->system_count == 0)
		return no_system(l, f);
	if (count == 0)
		r = fault_named(f, FAULT_NO_SYSTEM, NULL, "find the system",
			"none is called %s", name);
	else if (name)
		r = fault_named(f, FAULT_AMBIGUOUS_SYSTEM, NULL, "choose a system",
			"%zu are called %s", count, name);
	else
		r = fault_named(f, FAULT_AMBIGUOUS_SYSTEM, NULL, "choose a system",
			"there are %zu", count);
	list_systems(l, f);
	return r;
}

/* The boot loader sees one file system, not where the system mounts it. */
char *system_loader_path(const struct system *s, const char *path)
{
	const struct fstab_line *line = fstab_find(&s->fstab, "/boot");
	_cleanup_free_ char *subvolume = NULL;

	if (!s->boot.separate || !text_starts(path, "/boot/"))
		return s->subvolume ? text_printf("/%s%s", s->subvolume, path)
				    : strdup(path);
	path += strlen("/boot");
	if (line)
		subvolume = mount_option(line->options, "subvol");
	if (!subvolume)
		return strdup(path);
	return text_printf("/%s%s", subvolume + strspn(subvolume, "/"), path);
}
