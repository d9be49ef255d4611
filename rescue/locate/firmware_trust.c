/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whom the firmware of the machine at hand believes (UEFI specification 2.10, 32.4), and
 * what its owner told shim (MokVars.txt of shim), as the kernel shows both.
 */
#include "local.h"

#include "formats/signature_list.h"

#include <errno.h>

#define EFIVARS "/sys/firmware/efi/efivars"
#define MOKVARS "/sys/firmware/efi/mok-variables" /* from Linux 5.10 on */
#define SECURITY "d719b2cb-3d3a-4596-a3bc-dad00e67656f" /* EFI_IMAGE_SECURITY_DATABASE_GUID */
#define SHIM_LOCK "605dab50-e046-4300-abb6-3dd810dd8b23"

enum { ATTRIBUTES = 4, MAX_PARTS = 64 };

/* 1; 0: it is not there, or cannot be read; -ENOMEM. */
static int read_variable(struct buffer *ret, const struct target *t, const char *name,
			 const char *guid)
{
	_cleanup_(buffer_done) struct buffer file = {0};
	char path[128];
	int r;

	snprintf(path, sizeof(path), EFIVARS "/%s-%s", name, guid);
	r = target_read(t, path, SIGNATURE_LIST_MAX_SIZE, &file, NULL);
	if (r < 0 || file.size < ATTRIBUTES)
		return r == -ENOMEM ? r : 0;
	r = buffer_append(ret, file.data + ATTRIBUTES, file.size - ATTRIBUTES);
	return r < 0 ? r : 1;
}

/* Whole in shim's own table; in variables what is too long goes on in NAME1, NAME2, … */
static int read_mok(struct buffer *ret, const struct target *t, const char *name)
{
	char path[128];
	int r;

	snprintf(path, sizeof(path), MOKVARS "/%s", name);
	r = target_read(t, path, SIGNATURE_LIST_MAX_SIZE, ret, NULL);
	if (r >= 0 || r == -ENOMEM)
		return r < 0 ? r : 1;
	r = read_variable(ret, t, name, SHIM_LOCK);
	for (int part = 1; r > 0 && part < MAX_PARTS; part++) {
		snprintf(path, sizeof(path), "%s%d", name, part);
		r = read_variable(ret, t, path, SHIM_LOCK);
	}
	return r < 0 ? r : ret->data != NULL;
}

/* A switch is on where its first byte says so. */
static int read_switch(bool *ret, const struct target *t, const char *name)
{
	_cleanup_(buffer_done) struct buffer value = {0};
	int r = read_mok(&value, t, name);

	*ret = r > 0 && value.size && value.data[0] == 1;
	return r;
}

int firmware_trust_read(struct firmware_trust *ret, const struct target *machine)
{
	_cleanup_(firmware_trust_done) struct firmware_trust trust = {0};
	int r = read_variable(&trust.db, machine, "db", SECURITY);

	trust.is_known = r > 0;
	if (r >= 0)
		r = read_variable(&trust.dbx, machine, "dbx", SECURITY);
	if (r >= 0)
		r = read_mok(&trust.mok, machine, "MokListRT");
	if (r >= 0)
		r = read_mok(&trust.mokx, machine, "MokListXRT");
	if (r >= 0)
		r = read_switch(&trust.ignores_db, machine, "MokIgnoreDB");
	if (r >= 0)
		r = read_switch(&trust.checks_nothing, machine, "MokSBStateRT");
	if (r < 0)
		return r;
	/* Whatever it holds (machine_keyring.c: uefi_check_trust_mok_keys). */
	trust.trusts_mok = target_exists(machine, MOKVARS "/MokListTrustedRT");
	*ret = TAKE_STRUCT(trust);
	return 0;
}
