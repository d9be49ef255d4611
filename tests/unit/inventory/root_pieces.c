/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a command line asks an initramfs to open, and what one can open. */
#include "inventory.h"

#include <setjmp.h>

#include <cmocka.h>

static void command_lines(void **state)
{
	static const struct {
		const char *options;
		unsigned pieces;
	} cases[] = {
		{"root=UUID=1 ro quiet rd.lvm.lv=a/b rd.auto", 0},
		{"", 0},
		{"root=/dev/md127", PIECE_MD},
		{"root=UUID=1 rd.md.uuid=a:b", PIECE_MD},
		{"root=UUID=1 rd_MD_UUID=a:b rd_NO_LUKS", PIECE_MD},
		{"root=UUID=1 rd.md=0 rd.luks=0", 0},
		{"root=/dev/mapper/luks-1", PIECE_CRYPT},
		{"root=UUID=1 rd.luks.uuid=luks-1", PIECE_CRYPT},
		{"root=UUID=1 rd.luks.uuid=1 rd.neednet=1", PIECE_CRYPT | PIECE_CLEVIS},
		{"root=UUID=1 rd.luks.uuid=1 rd.neednet=0", PIECE_CRYPT},
		{"root=UUID=1 rd.neednet=1 ip=dhcp", 0},
		{"root=UUID=1 luks.name=1=root", PIECE_CRYPT},
		{"root=iscsi:@192.0.2.1::3260::iqn", PIECE_ISCSI},
		{"root=UUID=1 netroot=iscsi:@192.0.2.1", PIECE_ISCSI},
		{"root=UUID=1 rd.iscsi.firmware=1", PIECE_ISCSI},
		{"root=UUID=1 rd.iscsi.firmware=0", 0},
		{"root=nfs4:192.0.2.1:/srv", PIECE_NFS},
		{"root=/dev/nfs nfsroot=192.0.2.1:/srv", PIECE_NFS},
		{"root=192.0.2.1:/srv/root", PIECE_NFS},
		{"root=dhcp", PIECE_NFS},
		{"root=LABEL=a:/b", 0},
		{"netroot=nbd:192.0.2.1:10809 root=/dev/nbd0", PIECE_NETWORK},
		{"root=/dev/mapper/mpatha2 rd.multipath=default", PIECE_MULTIPATH},
		{"root=UUID=1 rd.multipath=0", 0},
		{"root=/dev/bcache0", PIECE_BCACHE},
		{"root=zfs:tank/root", PIECE_ZFS},
		{"root=ZFS=tank/root boot=zfs", PIECE_ZFS},
		{"root=UUID=1 fips=1 boot=UUID=2", PIECE_FIPS},
		{"root=UUID=1 fips=0", 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		unsigned pieces = 99;

		assert_int_equal(cmdline_pieces(&pieces, cases[i].options), 0);
		if (pieces != cases[i].pieces)
			fail_msg("%s: %#x", cases[i].options, pieces);
	}
}

static unsigned pieces_of(const char *const names[])
{
	_cleanup_(strings_done) struct strings list = {0};

	for (size_t i = 0; names[i]; i++)
		assert_int_equal(strings_add(&list, names[i]), 0);
	return initramfs_pieces(&list);
}

static void archives(void **state)
{
	static const char *const shell[] = {"init", "bin/sh", "etc/lvm", "lib/mdadm", NULL};
	static const char *const old[] = {"init", "bin/nash", "bin/lvm", NULL};
	static const char *const many[] = {"init", "usr/sbin/mdadm", "usr/sbin/lvm",
		"usr/lib/systemd/systemd-cryptsetup", "usr/bin/clevis", "sbin/multipathd",
		"usr/sbin/iscsistart", "sbin/mount.nfs", "usr/lib/udev/bcache-register", NULL};
	static const char *const alone[] = {"init", "lib/modules/1/ext4.ko", NULL};

	(void)state;
	assert_int_equal(pieces_of(shell), 0);
	assert_int_equal(pieces_of(old), PIECE_MD | PIECE_LVM);
	assert_int_equal(pieces_of(many),
		PIECE_MD | PIECE_LVM | PIECE_CRYPT | PIECE_CLEVIS | PIECE_MULTIPATH |
			PIECE_ISCSI | PIECE_NETWORK | PIECE_NFS | PIECE_BCACHE);
	assert_int_equal(pieces_of(alone), (1u << ROOT_PIECES) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(command_lines),
		cmocka_unit_test(archives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
