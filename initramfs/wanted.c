/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of block devices: tags (UUID=…), udev's links below /dev/disk, plain names,
 * numbers (kernel: init/do_mounts.c, block/early-lookup.c).
 */
#include "pid1.h"

#include <ctype.h>
#include <errno.h>
#include <strings.h>
#include <sys/sysmacros.h>

void wanted_done(struct wanted *w)
{
	free(w->value);
	*w = (struct wanted){0};
}

/* udev writes bytes that no file name should hold as \xNN. */
static void unescape(char *text)
{
	char *out = text;

	while (*text) {
		unsigned byte;

		if (sscanf(text, "\\x%2x", &byte) == 1 && strlen(text) >= 4 &&
			isxdigit((unsigned char)text[3])) {
			*out++ = (char)byte;
			text += 4;
		} else {
			*out++ = *text++;
		}
	}
	*out = '\0';
}

static void strip_quotes(char *text)
{
	size_t length = strlen(text);

	if (length >= 2 && (*text == '"' || *text == '\'') && text[length - 1] == *text) {
		memmove(text, text + 1, length - 2);
		text[length - 2] = '\0';
	}
}

static int take_tag(struct wanted *w, const char *source)
{
	static const struct {
		const char *prefix;
		enum wanted_by by;
		bool escaped;
	} tags[] = {
		{"UUID=", WANTED_BY_UUID, false},
		{"LABEL=", WANTED_BY_LABEL, false},
		{"PARTUUID=", WANTED_BY_PARTUUID, false},
		{"PARTLABEL=", WANTED_BY_PARTLABEL, false},
		{"block:LABEL=", WANTED_BY_LABEL, false},
		{"block:UUID=", WANTED_BY_UUID, false},
		{"block:", WANTED_BY_PATH, false},
		{"/dev/disk/by-uuid/", WANTED_BY_UUID, true},
		{"/dev/disk/by-label/", WANTED_BY_LABEL, true},
		{"/dev/disk/by-partuuid/", WANTED_BY_PARTUUID, true},
		{"/dev/disk/by-partlabel/", WANTED_BY_PARTLABEL, true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(tags); i++) {
		if (!text_starts(source, tags[i].prefix))
			continue;
		w->by = tags[i].by;
		w->value = strdup(source + strlen(tags[i].prefix));
		if (!w->value)
			return -ENOMEM;
		strip_quotes(w->value);
		if (tags[i].escaped)
			unescape(w->value);
		return 1;
	}
	return 0;
}

/* What this program cannot open yet, in words for the message. */
static const char *unsupported(const char *source)
{
	static const struct {
		const char *prefix, *what;
	} kinds[] = {
		{"/dev/nfs", "on the network (NFS)"},
		{"nfs", "on the network (NFS)"},
		{"iscsi", "on the network (iSCSI)"},
		{"nbd", "on the network (NBD)"},
		{"live:", "a live system's image"},
		{"/dev/dm-", "a device-mapper volume (LVM, LUKS or multipath)"},
		{"/dev/md", "an md array"},
		{"/dev/disk/", "a name of udev's that this initramfs does not make"},
		{"zfs", "a ZFS data set"},
		{"ZFS=", "a ZFS data set"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (text_starts(source, kinds[i].prefix))
			return kinds[i].what;
	return text_starts(source, "/") ? NULL : "not a name of a device";
}

/* 8:1, or four hexadecimal digits: major and minor of one byte each. */
static bool take_number(struct wanted *w, const char *source)
{
	unsigned major, minor;
	int end = 0;

	if (sscanf(source, "%u:%u%n", &major, &minor, &end) == 2 && source[end] == '\0') {
		w->number = makedev(major, minor);
		return true;
	}
	if (strlen(source) < 3 || strlen(source) > 4 ||
		strspn(source, "0123456789abcdefABCDEF") != strlen(source))
		return false;
	major = (unsigned)strtoul(source, NULL, 16);
	w->number = makedev(major >> 8, major & 0xff);
	return true;
}

int wanted_parse(struct wanted *ret, const char *source)
{
	_cleanup_(wanted_done) struct wanted w = {0};
	const char *what;
	int r;

	r = take_tag(&w, source);
	if (r < 0)
		return r;
	if (r == 0 && take_number(&w, source)) {
		w.by = WANTED_BY_NUMBER;
		w.value = strdup(source);
	} else if (r == 0) {
		what = unsupported(source);
		w.by = what ? WANTED_UNSUPPORTED : WANTED_BY_PATH;
		w.value = what ? strdup(what) : volume_mapper_path(source);
	}
	if (!w.value)
		return -ENOMEM;
	*ret = TAKE_STRUCT(w);
	return 0;
}

/* Not every program writes UUIDs in the same case. */
static bool same_id(const char *a, const char *b)
{
	return a && strcasecmp(a, b) == 0;
}

bool wanted_is(const struct wanted *w, const struct device *d, dev_t number)
{
	/* A member of an array may show the file system that the array holds. */
	if (w->by != WANTED_BY_PATH && d->roles & (ROLE_RAID_MEMBER | ROLE_LVM_PV))
		return false;
	switch (w->by) {
	case WANTED_BY_PATH:
		return text_equal(d->path, w->value);
	case WANTED_BY_NUMBER:
		return number == w->number;
	case WANTED_BY_UUID:
		return same_id(d->uuid, w->value);
	case WANTED_BY_LABEL:
		return text_equal(d->label, w->value) && d->label;
	case WANTED_BY_PARTUUID:
		return same_id(d->partuuid, w->value);
	case WANTED_BY_PARTLABEL:
		return text_equal(d->partlabel, w->value) && d->partlabel;
	case WANTED_UNSUPPORTED:
		break;
	}
	return false;
}
