/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a command line names besides root= (dracut.cmdline(7), kernel-parameters.txt): swap
 * to resume from, logical volumes, LUKS containers, arrays, /boot for the FIPS check. Are
 * they on the disks that were looked at?
 */
#include "verify_rules.h"

#include "formats/cmdline.h"

#include <ctype.h>
#include <errno.h>
#include <strings.h>

/* UUIDs are written with dashes, colons or nothing between their digits. */
static bool is_same_uuid(const char *a, const char *b)
{
	for (;; a++, b++) {
		a += strspn(a, "-:");
		b += strspn(b, "-:");
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return false;
		if (!*a)
			return true;
	}
}

static bool has_uuid(const struct strings *names, const char *uuid)
{
	for (size_t i = 0; i < names->count; i++)
		if (text_starts(names->items[i], "UUID=") &&
			is_same_uuid(names->items[i] + strlen("UUID="), uuid))
			return true;
	return false;
}

static bool has_name(const struct strings *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (strcasecmp(names->items[i], name) == 0)
			return true;
	return false;
}

/* VG/LV is /dev/mapper/VG-LV, where dashes of the names are doubled. 1, 0, -ENOMEM. */
static int has_volume(const struct strings *names, const char *volume)
{
	_cleanup_(buffer_done) struct buffer mapper = {0};
	int r = buffer_puts(&mapper, "/dev/mapper/");

	for (; r >= 0 && *volume; volume++)
		r = *volume == '-' ? buffer_puts(&mapper, "--")
				   : buffer_append(&mapper, *volume == '/' ? "-" : volume, 1);
	return r < 0 ? r : has_name(names, mapper.data);
}

/* A name of the kernel's own (/dev/sda2) may be another one when the system runs. */
static int has_device(const struct strings *names, const char *device)
{
	static const char *const links[][2] = {{"/dev/disk/by-uuid/", "UUID="},
		{"/dev/disk/by-label/", "LABEL="}, {"/dev/disk/by-partuuid/", "PARTUUID="}};
	const char *volume = text_starts(device, "/dev/") ? device + strlen("/dev/") : "";

	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		_cleanup_free_ char *name = NULL;

		if (!text_starts(device, links[i][0]))
			continue;
		name = text_printf("%s%s", links[i][1], device + strlen(links[i][0]));
		return name ? has_name(names, name) : -ENOMEM;
	}
	if (text_starts(device, "UUID=") || text_starts(device, "LABEL=") ||
		text_starts(device, "PARTUUID=") || text_starts(device, "/dev/mapper/"))
		return has_name(names, device);
	if (strchr(volume, '/') && !text_starts(volume, "disk/"))
		return has_volume(names, volume);
	return 1;
}

int verify_word_device(const struct system *sys, const char *word)
{
	const struct strings *names = &sys->device_names;
	static const char *const devices[] = {"resume=", "boot="};
	static const char *const uuids[] = {
		"rd.luks.uuid=", "rd_LUKS_UUID=", "rd.md.uuid=", "rd_MD_UUID="};
	static const char *const volumes[] = {"rd.lvm.lv=", "rd_LVM_LV="};
	const char *value = strchr(word, '=');

	if (names->count == 0 || !value || !value[1])
		return 1;
	value++;
	for (size_t i = 0; i < ARRAY_SIZE(devices); i++)
		if (text_starts(word, devices[i]))
			return has_device(names, value);
	for (size_t i = 0; i < ARRAY_SIZE(volumes); i++)
		if (text_starts(word, volumes[i]) && strchr(value, '/'))
			return has_volume(names, value);
	value += text_starts(value, "luks-") ? strlen("luks-") : 0;
	for (size_t i = 0; i < ARRAY_SIZE(uuids); i++)
		if (text_starts(word, uuids[i]) && strlen(value) >= 32)
			return has_uuid(names, value);
	return 1;
}

static int report(struct rules *r, const struct entry *e, const char *word)
{
	return findings_add(&r->v->findings, "entry-device-unknown", SEVERITY_WARNING,
		e->kernel >= 0 ? r->inv->kernels[e->kernel].release : NULL, e->id,
		"boot entry \"%s\" (%s, line %u) has %s, and no disk here holds that",
		e->title ? e->title : e->id, e->source,
		e->options_line ? e->options_line : e->line, word);
}

int rules_cmdline_devices(struct rules *r, const struct entry *e)
{
	_cleanup_(cmdline_done) struct cmdline c = {0};
	int rc = 0;

	if (!e->is_of_this_root || e->broken || !e->options)
		return 0;
	if (cmdline_parse(&c, e->options) == -ENOMEM)
		return -ENOMEM;
	for (size_t i = 0; rc >= 0 && i < c.words.count; i++) {
		rc = verify_word_device(r->inv->system, c.words.items[i]);
		if (rc == 0)
			rc = report(r, e, c.words.items[i]);
	}
	return rc < 0 ? rc : 0;
}
