/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GRUB on the ESP: what UEFI starts reads EFI/VENDOR/grub.cfg, which is the whole
 * configuration (EL7, EL8) or a stub that leads to the one in /boot.
 */
#include "reader.h"

#include "formats/grub_stub.h"

#include <errno.h>
#include <strings.h>

#define ESP_VENDORS_MAX 64

const char *esp_mountpoint(const struct reader *r)
{
	const struct place *esp = &r->sys->esp;

	return esp->present && esp->mountpoint ? esp->mountpoint : "/boot/efi";
}

/* Files of that name in /boot/efi/EFI/VENDOR. */
int list_esp_files(struct reader *r, const char *name, struct strings *ret)
{
	_cleanup_(strings_done) struct strings vendors = {0};
	_cleanup_free_ char *folder = text_printf("%s/EFI", esp_mountpoint(r));
	int error = folder ? reader_list(r, folder, &vendors) : -ENOMEM;

	for (size_t i = 0; error >= 0 && i < vendors.count && i < ESP_VENDORS_MAX; i++) {
		_cleanup_free_ char *path =
			text_printf("%s/%s/%s", folder, vendors.items[i], name);

		if (!path)
			return -ENOMEM;
		if (target_exists(r->t, path))
			error = strings_add(ret, path);
	}
	return error;
}

static bool is_on_esp(const struct reader *r, const char *path)
{
	const char *esp = esp_mountpoint(r);
	size_t size = strlen(esp);

	return strncmp(path, esp, size) == 0 && strncmp(path + size, "/EFI/", 5) == 0;
}

/* An empty stub where it cannot be read: the reader of configurations tells that. */
static int read_stub(struct reader *r, const char *path, struct grub_stub *ret)
{
	_cleanup_(buffer_done) struct buffer text = {0};
	int error = target_read(r->t, path, GRUB_CFG_MAX_SIZE, &text, NULL);

	if (error < 0)
		return error;
	return grub_stub_parse(ret, buffer_bytes(&text));
}

int esp_prefer_configuration(struct reader *r, struct strings *candidates)
{
	/* What only UEFI starts never reads /boot/grub2/grub.cfg unless it is led there. */
	for (size_t i = 0; r->sys->firmware == FIRMWARE_UEFI && i < candidates->count;
		i++) {
		_cleanup_(grub_stub_done) struct grub_stub s = {0};
		char *path = candidates->items[i];
		int error;

		if (!is_on_esp(r, path))
			continue;
		error = read_stub(r, path, &s);
		if (error == -ENOMEM)
			return error;
		if (error < 0 || s.path)
			return 0;
		strings_move_to_front(candidates, i);
		return 0;
	}
	return 0;
}

static const char *boot_uuid(const struct reader *r)
{
	return r->sys->boot.separate ? r->sys->boot.uuid : r->sys->root.uuid;
}

bool stub_is_ours(const struct reader *r, const struct grub_stub *s)
{
	const char *uuid = boot_uuid(r);

	return !s->uuid || !uuid || strcasecmp(s->uuid, uuid) == 0;
}

/* Why that stub does not lead to this system's configuration; *ret NULL: it does. */
static int judge_stub(struct reader *r, const struct grub_stub *s, char **ret)
{
	_cleanup_free_ char *path = NULL;

	if (!stub_is_ours(r, s)) {
		*ret = text_printf("it leads to the file system %s, and /boot is on %s",
			s->uuid, boot_uuid(r));
		return *ret ? 0 : -ENOMEM;
	}
	path = system_path_of(r->sys, s->path);
	if (!path)
		return -ENOMEM;
	if (target_exists(r->t, path) || text_equal(path, r->inv.lost.path))
		return 0;
	*ret = text_printf("it leads to %s, which is not there", path);
	return *ret ? 0 : -ENOMEM;
}

static int report_astray(struct reader *r, const char *path, const char *reason)
{
	return findings_add(&r->inv.findings, "loader-astray",
		r->sys->firmware == FIRMWARE_UEFI ? SEVERITY_ERROR : SEVERITY_WARNING,
		NULL, path, "GRUB on the ESP does not reach its configuration: %s: %s",
		path, reason);
}

/* Stubs of other systems on the same ESP lead elsewhere: one that leads here is enough. */
int check_esp(struct reader *r)
{
	_cleanup_(strings_done) struct strings stubs = {0};
	_cleanup_free_ char *first = NULL, *first_reason = NULL;
	int error = list_esp_files(r, "grub.cfg", &stubs);

	for (size_t i = 0; error >= 0 && i < stubs.count; i++) {
		_cleanup_(grub_stub_done) struct grub_stub s = {0};
		_cleanup_free_ char *reason = NULL;

		error = read_stub(r, stubs.items[i], &s);
		if (error == -ENOMEM)
			return error;
		if (error < 0 || !s.path)
			return 0; /* a whole configuration: it is judged by its entries */
		error = judge_stub(r, &s, &reason);
		if (error < 0 || !reason)
			return error;
		if (first)
			continue;
		first = strdup(stubs.items[i]);
		first_reason = TAKE_PTR(reason);
		if (!first)
			return -ENOMEM;
	}
	return error < 0 || !first ? error : report_astray(r, first, first_reason);
}
