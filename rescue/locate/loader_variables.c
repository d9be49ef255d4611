/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What systemd-boot finds in the variables of the firmware (systemd: boot.c, bootctl(1)). */
#include "local.h"

#include "formats/efi_option.h"

#include <errno.h>

#define EFIVARS "/firmware/efi/efivars"
#define LOADER "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"

void loader_variables_done(struct loader_variables *v)
{
	free(v->one_shot);
	free(v->entry_default);
	free(v->last_booted);
	*v = (struct loader_variables){0};
}

static int read_one(char **ret, const struct target *sys, const char *name)
{
	_cleanup_(buffer_done) struct buffer variable = {0};
	char path[128];
	int r;

	snprintf(path, sizeof(path), EFIVARS "/%s-" LOADER, name);
	r = target_read(sys, path, EFI_VARIABLE_MAX_SIZE, &variable, NULL);
	if (r == 0)
		r = efi_text_parse(ret, buffer_bytes(&variable));
	return r == -ENOMEM ? r : 0;
}

int loader_variables_read(struct loader_variables *ret, const struct target *sys)
{
	_cleanup_(loader_variables_done) struct loader_variables v = {0};
	_cleanup_(strings_done) struct strings names = {0};
	int r = target_list(sys, EFIVARS, &names, NULL);

	if (r == -ENOMEM)
		return r;
	/* Where efivarfs is not mounted that directory is empty. */
	v.is_known = names.count > 0;
	if (read_one(&v.one_shot, sys, "LoaderEntryOneShot") < 0 ||
		read_one(&v.entry_default, sys, "LoaderEntryDefault") < 0 ||
		read_one(&v.last_booted, sys, "LoaderEntryLastBooted") < 0)
		return -ENOMEM;
	*ret = TAKE_STRUCT(v);
	return 0;
}

static int copy(char **ret, const char *text)
{
	*ret = text ? strdup(text) : NULL;
	return text && !*ret ? -ENOMEM : 0;
}

int loader_variables_copy(struct loader_variables *ret, const struct loader_variables *from)
{
	_cleanup_(loader_variables_done) struct loader_variables v = {.is_known = from->is_known};

	if (copy(&v.one_shot, from->one_shot) < 0 ||
		copy(&v.entry_default, from->entry_default) < 0 ||
		copy(&v.last_booted, from->last_booted) < 0)
		return -ENOMEM;
	*ret = TAKE_STRUCT(v);
	return 0;
}
