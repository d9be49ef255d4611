#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Real boot loaders of each generation start what "restore" made from packages on a system
# whose entries are gone: GRUB legacy 0.97, GRUB 2.06 with menuentries. The entry that they
# start by themselves is the one that "inventory" says, with the command line it says. (BLS
# under UEFI and systemd-boot: matrix.sh, what needs no restore: menus.sh.)
set -euo pipefail
# shellcheck source=tests/lib/lab.sh
. "$(dirname "$0")/../lib/lab.sh"
# shellcheck source=tests/lib/report.sh
. "$LAB_LIB/report.sh"

# repair GENERATION OPTION…: restored on the image, then booted by the disk's own loader.
repair() {
	local generation=$1 release rpms options linux part
	shift
	need_program
	lab_older_disk "$work/disk" "$generation" "$@"
	rpms=$(lab_rpms "$generation" small)
	release=$(lab_release "$(lab_older_kernel "$generation")")
	expect_status 1 "$RESCUE" --image "$work/disk"
	expect_status 0 "$RESCUE" --image "$work/disk" restore --allow-unsigned --yes \
		"${told[@]}" "$rpms"
	expect_status 0 "$RESCUE" --image "$work/disk" verify
	IFS=$'\t' read -r linux options < <("$RESCUE" --image "$work/disk" --json inventory | lab_default)
	[[ $linux == "/boot/vmlinuz-$release" ]] || fail "the default entry starts $linux"
	for part in boot root; do
		e2fsck -fn "$work/disk?offset=$(lab_offset "$part" kernel=small label=mbr "$@")"
	done
	lab_boot "$work/disk" "$LAB_MARKER release=$release .*modules=dummy,e1000,vfat" 180
	lab_started "$options"
}

# Where no entry is left, nothing on such a system tells what its kernel was told.
told=(--options "$(lab_cmdline)")
report_case el5-grub-legacy repair el5
report_case el6-grub-legacy-single repair el6 boot=none
told=()
report_case el6-grub-legacy repair el6 menu=stale
report_case el7-menuentries repair el7
report_case el7-menuentries-single repair el7 boot=none
report_case suse-menuentries repair suse boot=none
report_case suse-separate-boot repair suse
report_end
