/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Drafts of entries, and what the names in them mean: what all kinds share. */
#include "reader.h"

#include <ctype.h>
#include <errno.h>

struct draft *reader_add_draft(struct reader *r)
{
	if (vector_grow(&r->drafts, &r->draft_capacity, r->draft_count,
		    sizeof(*r->drafts)) < 0)
		return NULL;
	r->drafts[r->draft_count] = (struct draft){
		.entry = {.kernel = -1, .tries_left = -1, .tries_done = -1}};
	return &r->drafts[r->draft_count++];
}

struct draft *reader_add_bls_draft(struct reader *r, const char *path, const char *name)
{
	struct draft *d = reader_add_draft(r);

	if (!d)
		return NULL;
	d->entry.kind = ENTRY_BLS;
	d->entry.source = strdup(path);
	d->entry.id = strndup(name, strlen(name) - strlen(".conf"));
	return d->entry.source && d->entry.id ? d : NULL;
}

int copy_text(char **ret, const char *text)
{
	*ret = text ? strdup(text) : NULL;
	return text && !*ret ? -ENOMEM : 0;
}

/* systemd-boot: an id is the file name in lower case. */
char *lower_case(const char *text)
{
	char *copy = strdup(text);

	for (char *c = copy; c && *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return copy;
}

/* ---- names ------------------------------------------------------------------------ */

bool is_rescue_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return strstr(slash ? slash : path, "-0-rescue") != NULL ||
	       text_ends(path, "kdump.img") || text_ends(path, "kdump");
}

bool is_release(const char *text)
{
	size_t size = strlen(text);

	return isdigit((unsigned char)text[0]) && size < 65 && strchr(text, '.') &&
	       !strchr(text, '/') && path_is_clean(text, size);
}

char *release_of_image_path(const char *path)
{
	static const char *const prefixes[] = {"vmlinuz-", "vmlinux-", "Image-"};
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	if (is_rescue_name(path))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (text_starts(name, prefixes[i]) &&
			is_release(name + strlen(prefixes[i])))
			return strdup(name + strlen(prefixes[i]));
	if (slash && (strcmp(name, "linux") == 0 || strcmp(name, "vmlinuz") == 0)) {
		_cleanup_free_ char *folder = strndup(path, (size_t)(slash - path));
		const char *last = folder ? strrchr(folder, '/') : NULL;

		if (last && is_release(last + 1))
			return strdup(last + 1);
	}
	return NULL;
}

/* "($root)/vmlinuz", "(hd0,1)/vmlinuz" → "/vmlinuz". */
static const char *without_device(const char *path)
{
	const char *end = path[0] == '(' ? strchr(path, ')') : NULL;

	return end ? end + 1 : path;
}

/* On btrfs GRUB sees all subvolumes: "/SUBVOL/boot/vmlinuz" is our /boot/vmlinuz. */
static const char *without_subvolume(const struct system *sys, const char *path)
{
	size_t size = sys->subvolume && !sys->boot.separate ? strlen(sys->subvolume) : 0;

	while (path[0] == '/' && path[1] == '/')
		path++;
	if (size > 0 && path[0] == '/' && strncmp(path + 1, sys->subvolume, size) == 0 &&
		path[size + 1] == '/')
		path += size + 1;
	return path;
}

char *system_path_of(const struct system *sys, const char *loader_path)
{
	_cleanup_(buffer_done) struct buffer path = {0};
	const char *rest = without_subvolume(sys, without_device(loader_path));

	if (buffer_puts(&path, sys->boot.separate ? "/boot/" : "/") < 0)
		return NULL;
	for (; *rest; rest++)
		if (*rest != '/' || path.data[path.size - 1] != '/')
			if (buffer_append(&path, rest, 1) < 0)
				return NULL;
	return buffer_steal(&path);
}

int draft_add_initrd(struct reader *r, struct draft *d, const struct strings *words)
{
	for (size_t i = 0; i < words->count; i++)
		if (strings_take(&d->entry.initrd,
			    system_path_of(r->sys, words->items[i])) < 0)
			return -ENOMEM;
	return 0;
}

int draft_set_paths(struct reader *r, struct draft *d, const char *linux_path,
	const struct strings *initrd)
{
	if (linux_path) {
		d->entry.linux_path = system_path_of(r->sys, linux_path);
		if (!d->entry.linux_path)
			return -ENOMEM;
		d->release = release_of_image_path(d->entry.linux_path);
	}
	return draft_add_initrd(r, d, initrd);
}
