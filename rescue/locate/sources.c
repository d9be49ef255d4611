/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which device a line of fstab means: tags, mapper names, and positions like /dev/sda1.
 */
#include "local.h"
#include "volumes.h"

#include <ctype.h>
#include <strings.h>

#define MAX_NAME 256 /* of a mapper device; the kernel's limit is 128 */

enum tag { TAG_UUID, TAG_LABEL, TAG_PARTUUID, TAG_PARTLABEL };

static const struct {
	const char *prefix;
	enum tag tag;
} tags[] = {
	{"UUID=", TAG_UUID},
	{"LABEL=", TAG_LABEL},
	{"PARTUUID=", TAG_PARTUUID},
	{"PARTLABEL=", TAG_PARTLABEL},
	{"/dev/disk/by-uuid/", TAG_UUID},
	{"/dev/disk/by-label/", TAG_LABEL},
	{"/dev/disk/by-partuuid/", TAG_PARTUUID},
	{"/dev/disk/by-partlabel/", TAG_PARTLABEL},
};

/* What is looked for: value of a tag, or a device path. */
struct wanted {
	bool is_tag;
	enum tag tag;
	char value[MAX_NAME];
};

static int hex_digit(char c)
{
	const char *digits = "0123456789abcdef";
	const char *at = strchr(digits, tolower((unsigned char)c));

	return c && at ? (int)(at - digits) : -1;
}

/* udev writes what is no plain letter as \x20; fstab may put quotes around a tag. */
static void copy_value(char ret[MAX_NAME], const char *text)
{
	size_t n = 0, size;

	if (*text == '"')
		text++;
	for (size = strlen(text); size > 0 && text[size - 1] == '"'; size--)
		;
	for (size_t i = 0; i < size && n < MAX_NAME - 1; i++) {
		bool is_escape = size - i >= 4 && text[i] == '\\' && text[i + 1] == 'x' &&
				 hex_digit(text[i + 2]) >= 0 &&
				 hex_digit(text[i + 3]) >= 0;

		ret[n++] = is_escape ? (char)(hex_digit(text[i + 2]) * 16 +
					       hex_digit(text[i + 3]))
				     : text[i];
		if (is_escape)
			i += 3;
	}
	ret[n] = '\0';
}

static void parse_source(struct wanted *ret, const char *source)
{
	ret->is_tag = false;
	for (size_t i = 0; i < ARRAY_SIZE(tags); i++) {
		if (!text_starts(source, tags[i].prefix))
			continue;
		ret->is_tag = true;
		ret->tag = tags[i].tag;
		copy_value(ret->value, source + strlen(tags[i].prefix));
		return;
	}
	copy_value(ret->value, source);
}

/* /dev/VG/LV and /dev/mapper/VG-LV are one. */
static bool same_volume(const char *a, const char *b)
{
	_cleanup_free_ char *x = a ? volume_mapper_path(a) : NULL;
	_cleanup_free_ char *y = volume_mapper_path(b);

	return x && y && strcmp(x, y) == 0;
}

static bool is_volume_path(const char *source)
{
	_cleanup_free_ char *path = volume_mapper_path(source);

	return path && strcmp(path, source) != 0;
}

static bool same_text(const char *a, const char *b)
{
	return a && strcmp(a, b) == 0;
}

static bool same_digits(const char *a, const char *b)
{
	return a && strcasecmp(a, b) == 0;
}

static bool matches(const struct device *d, const struct wanted *w)
{
	if (w->is_tag) {
		switch (w->tag) {
		case TAG_UUID:
			return same_digits(d->uuid, w->value);
		case TAG_LABEL:
			return same_text(d->label, w->value);
		case TAG_PARTUUID:
			return same_digits(d->partuuid, w->value);
		case TAG_PARTLABEL:
			return same_text(d->partlabel, w->value);
		}
	}
	if (d->type == DEVICE_DISK || d->type == DEVICE_PART || d->type == DEVICE_IMAGE)
		return false; /* such names say where, not which */
	return same_volume(d->path, w->value);
}

/* Of several that match (cloned disks) the one on the root's own disk is meant. */
static enum source_match find_matching(const struct landscape *l, const struct system *s,
	const struct wanted *w, int *ret)
{
	int root = s->root.device, found = -1, near = -1;
	size_t all = 0, close_by = 0;

	if (root >= 0 && matches(&l->devices[root], w)) {
		*ret = root;
		return SOURCE_FOUND;
	}
	for (size_t i = 0; i < l->device_count; i++) {
		if (l->devices[i].held || l->devices[i].is_inactive ||
			!matches(&l->devices[i], w))
			continue;
		found = (int)i;
		all++;
		if (root >= 0 && device_disk(l, (int)i) == device_disk(l, root)) {
			near = (int)i;
			close_by++;
		}
	}
	if (all == 0)
		return SOURCE_ABSENT;
	if (all > 1 && close_by != 1)
		return SOURCE_AMBIGUOUS;
	*ret = close_by == 1 ? near : found;
	return SOURCE_FOUND;
}

/*
 * "/dev/sda1" is partition 1 of "/dev/sda", "/dev/nvme0n1p2" partition 2. 0: is neither.
 */
static unsigned split_position(const char *source, size_t *ret_disk)
{
	static const char *const kinds[] = {"/dev/sd", "/dev/hd", "/dev/vd", "/dev/xvd",
		"/dev/nvme", "/dev/mmcblk", "/dev/cciss/"};
	size_t size = strlen(source), kind = 0;
	uint64_t number;

	while (kind < ARRAY_SIZE(kinds) && !text_starts(source, kinds[kind]))
		kind++;
	if (kind == ARRAY_SIZE(kinds))
		return 0;
	while (size > 0 && isdigit((unsigned char)source[size - 1]))
		size--;
	if (!text_to_u64(source + size, MAX_PARTITIONS, &number))
		return 0;
	if (kind >= 4) { /* the disk's name ends in a digit */
		if (source[size - 1] != 'p')
			return 0;
		size--;
	}
	*ret_disk = size;
	return (unsigned)number;
}

static bool is_same_kind(const char *fstype, const char *wanted)
{
	if (!fstype)
		return false;
	return strcmp(wanted, "auto") == 0 || strcmp(fstype, wanted) == 0 ||
	       (text_starts(fstype, "ext") && text_starts(wanted, "ext"));
}

static size_t count_disks(const struct landscape *l)
{
	size_t count = 0;

	for (size_t i = 0; i < l->device_count; i++)
		count += l->devices[i].is_divided;
	return count;
}

/*
 * Another machine's /dev/sda need not be ours. It is the root's disk when fstab names the
 * root by the same disk and its right number, or when there is but one disk.
 */
static bool is_roots_disk(const struct landscape *l, const struct system *s,
	const char *source, size_t disk_size)
{
	const struct fstab_line *root = fstab_find(&s->fstab, "/");
	unsigned number;
	size_t size = 0;

	number = root ? split_position(root->source, &size) : 0;
	if (number > 0)
		return size == disk_size && strncmp(root->source, source, size) == 0 &&
		       number == l->devices[s->root.device].number;
	return count_disks(l) == 1;
}

static enum source_match find_position(const struct landscape *l, const struct system *s,
	const struct fstab_line *line, int *ret)
{
	size_t disk_size = 0;
	unsigned number = split_position(line->source, &disk_size);
	int disk;

	if (number == 0 || s->root.device < 0 ||
		!is_roots_disk(l, s, line->source, disk_size))
		return SOURCE_UNTOLD;
	disk = device_disk(l, s->root.device);
	for (size_t i = 0; i < l->device_count; i++) {
		const struct device *d = &l->devices[i];

		if (d->parent != disk || d->number != number || d->held)
			continue;
		if (!is_same_kind(d->fstype, line->type))
			return SOURCE_UNTOLD;
		*ret = (int)i;
		return SOURCE_BY_POSITION;
	}
	return SOURCE_ABSENT;
}

enum source_match source_find(const struct landscape *l, const struct system *s,
	const struct fstab_line *line, int *ret)
{
	struct wanted w;
	enum source_match found;

	parse_source(&w, line->source);
	if (!w.is_tag && !text_starts(w.value, "/dev/"))
		return SOURCE_ELSEWHERE;
	found = find_matching(l, s, &w, ret);
	if (found != SOURCE_ABSENT || w.is_tag)
		return found;
	if (text_starts(w.value, "/dev/mapper/") || text_starts(w.value, "/dev/md") ||
		(is_volume_path(w.value)))
		return SOURCE_ABSENT;
	return find_position(l, s, line, ret);
}
