#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A server with XFS whose power went: what its directories show without the log is minutes
# old, and the kernel command line there is not the last one. Looking says that its plan is
# provisional; the plan that is applied is made behind the log, and boots with the last one.
set -euo pipefail
# shellcheck source=tests/lib/lab.sh
. "$(dirname "$0")/../lib/lab.sh"
# shellcheck source=tests/lib/report.sh
. "$LAB_LIB/report.sh"

release=$(lab_release "$(lab_kernel small)")

# console STATUS COMMAND SECONDS: type it on the rescue medium.
console() {
	local status
	if lab_console_run "$2" "$3"; then status=0; else status=$?; fi
	printf '%s\n' "rescue# $2" "$lab_con_text"
	[[ $status -eq $1 ]] || fail "exit status $status instead of $1: $2"
}

crashed_xfs() {
	local rpms
	need_program
	lab_server "$work/disk" storage=xfs loader=bios-grub
	rpms=$(lab_small_rpms el9)
	lab_crash "$work/disk" partition=3 fs=xfs "more= late=1"
	lab_rescue_start "$work/session.log" 900 "$RESCUE" "$rpms" "$work/disk"
	# What the log holds is not in the directory: so this tests something.
	console 0 'mount -t xfs -o ro,norecovery /dev/vda3 /mnt' 60
	console 1 'test -e /mnt/etc/written-before-the-crash' 20
	console 1 'grep -w late=1 /mnt/etc/kernel/cmdline' 20
	console 0 'umount /mnt' 20
	console 0 'rescue restore --allow-unsigned --dry-run /rpms' 300
	grep 'The plan is provisional' <<<"$lab_con_text"
	console 0 'rescue restore --allow-unsigned --yes /rpms' 400
	! grep 'The plan is provisional' <<<"$lab_con_text" || fail "the applied plan is provisional, too"
	console 0 'rescue verify' 200
	lab_console_poweroff 60
	lab_boot "$work/disk" \
		"$LAB_MARKER release=$release .*fs=xfs .*modules=dummy,e1000,vfat cmdline=\[.* late=1" 600
}

report_case xfs crashed_xfs
report_end
