/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a kernel command line asks its initramfs to open (dracut.cmdline(7), and the names
 * that EL6 had for it), and which of that an initramfs has the programs and drivers for.
 */
#include "inventory.h"

#include "formats/cmdline.h"

#include <errno.h>

/* ---- the command line ---- */
static bool is_off(const char *value)
{
	return strcmp(value, "0") == 0 || strcmp(value, "no") == 0;
}

static unsigned piece_of_word(const char *word)
{
	static const struct {
		const char *start;
		unsigned piece;
	} known[] = {
		{"rd.md.uuid=", PIECE_MD},
		{"rd_MD_UUID=", PIECE_MD},
		{"rd.luks.uuid=", PIECE_CRYPT},
		{"rd.luks.name=", PIECE_CRYPT},
		{"rd_LUKS_UUID=", PIECE_CRYPT},
		{"luks.uuid=", PIECE_CRYPT},
		{"luks.name=", PIECE_CRYPT},
		{"cryptdevice=", PIECE_CRYPT},
		{"rd.iscsi.", PIECE_ISCSI},
		{"iscsi_firmware", PIECE_ISCSI},
		{"iscsi_target_", PIECE_ISCSI},
		{"netroot=iscsi", PIECE_ISCSI},
		{"netroot=nfs", PIECE_NFS},
		{"netroot=", PIECE_NETWORK},
		{"nfsroot=", PIECE_NFS},
		{"fcoe=", PIECE_NETWORK},
		{"rd.fcoe=", PIECE_NETWORK},
		{"rd.multipath=", PIECE_MULTIPATH},
		{"boot=zfs", PIECE_ZFS},
		{"rd.zfs", PIECE_ZFS},
		{"fips=", PIECE_FIPS},
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		const char *value = strchr(word, '=');

		if (text_starts(word, known[i].start))
			return value && is_off(value + 1) ? 0 : known[i].piece;
	}
	return 0;
}

/* The network is brought up before the root is there: for the key, where it is locked. */
static bool needs_network(const struct cmdline *c)
{
	_cleanup_free_ char *value = cmdline_get(c, "rd.neednet");

	return value && !is_off(value);
}

int cmdline_pieces(unsigned *ret, const char *options)
{
	_cleanup_(cmdline_done) struct cmdline c = {0};
	_cleanup_free_ char *root = NULL;
	unsigned pieces = 0;
	int r = cmdline_parse(&c, options);

	if (r < 0)
		return r;
	for (size_t i = 0; i < c.words.count; i++)
		pieces |= piece_of_word(c.words.items[i]);
	root = cmdline_get(&c, "root");
	pieces |= root_source_pieces(root);
	if ((pieces & PIECE_CRYPT) && needs_network(&c))
		pieces |= PIECE_CLEVIS;
	*ret = pieces;
	return 0;
}

/* ---- what an initramfs holds ---- */
/* The programs that open a piece; drivers are built in often enough to say nothing. */
static unsigned piece_of_program(const char *name)
{
	static const struct {
		const char *program;
		unsigned piece;
	} known[] = {
		{"lvm", PIECE_LVM},
		{"mdadm", PIECE_MD},
		{"nash", PIECE_MD}, /* EL5: raidautorun */
		{"cryptsetup", PIECE_CRYPT},
		{"systemd-cryptsetup", PIECE_CRYPT},
		{"clevis", PIECE_CLEVIS},
		{"clevis-decrypt", PIECE_CLEVIS},
		{"multipathd", PIECE_MULTIPATH},
		{"multipath", PIECE_MULTIPATH},
		{"bcache-register", PIECE_BCACHE},
		{"zpool", PIECE_ZFS},
		{"iscsistart", PIECE_ISCSI | PIECE_NETWORK},
		{"iscsid", PIECE_ISCSI | PIECE_NETWORK},
		{"mount.nfs", PIECE_NFS},
		{"nbd-client", PIECE_NETWORK},
		{"fipscheck", PIECE_FIPS},
		{"sha512hmac", PIECE_FIPS},
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (strcmp(name, known[i].program) == 0)
			return known[i].piece;
	}
	return 0;
}

static bool is_program(const char *name)
{
	return strncmp(name, "bin/", 4) == 0 || strncmp(name, "sbin/", 5) == 0 ||
	       strstr(name, "/bin/") || strstr(name, "/sbin/") ||
	       text_starts(name, "usr/lib/systemd/") || text_starts(name, "lib/systemd/") ||
	       text_starts(name, "usr/lib/udev/") || text_starts(name, "lib/udev/");
}

unsigned initramfs_pieces(const struct strings *names)
{
	unsigned pieces = 0;
	bool has_programs = false;

	for (size_t i = 0; i < names->count; i++) {
		const char *name = names->items[i], *last = strrchr(name, '/');

		if (!last || !is_program(name))
			continue;
		has_programs = true;
		pieces |= piece_of_program(last + 1);
	}
	/* One program alone, as ours: what it can do does not show in names. */
	return has_programs ? pieces : (1u << ROOT_PIECES) - 1;
}
