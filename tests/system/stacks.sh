#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Disks that are part of something which other programs have to open first, made by those
# programs: md arrays by mdadm, LUKS by cryptsetup, bcache by make-bcache. Each is named
# with the command that opens it; that of an array is run, and the system on it is refused as
# long as only our own initramfs is to be made for it.
set -euo pipefail
# shellcheck source=tests/lib/lab.sh
. "$(dirname "$0")/../lib/lab.sh"
# shellcheck source=tests/lib/report.sh
. "$LAB_LIB/report.sh"

# console STATUS COMMAND SECONDS: type it on the rescue medium.
console() {
	local status
	if lab_console_run "$2" "$3"; then status=0; else status=$?; fi
	printf '%s\n' "rescue# $2" "$lab_con_text"
	[[ $status -eq $1 ]] || fail "exit status $status instead of $1: $2"
}

# A root file system and room behind it for what mdadm writes there (metadata 1.0).
root_disk() {
	local disk=$1 start
	lab_disk "$work/whole" kernel=small state=broken boot=none
	start=$(lab_offset root kernel=small boot=none)
	dd if="$work/whole" of="$disk" bs=1M iflag=skip_bytes conv=sparse status=none \
		skip="$start" count=320
	truncate -s 336M "$disk"
	rm "$work/whole"
}

# finding CODE DEVICE COMMAND: of what rescue locate left in /run/found there.
finding() { console 0 "grep -A1 '^warning: $2.*\\[$1\\]' /run/found | grep \"  run: $3\\$\"" 20; }

members() {
	local medium rpms name
	need_program
	root_disk "$work/a"
	cp --sparse=always "$work/a" "$work/b"
	truncate -s 64M "$work/e" "$work/f"
	lab_member luks1 "$work/c"
	lab_member luks2 "$work/d"
	lab_member bcache "$work/g"
	rpms=$(lab_small_rpms el9)
	medium=$(lab_stack_rescue_initramfs)
	# shellcheck disable=SC2317 # lab_rescue_start calls it
	lab_rescue_initramfs() { echo "$medium"; }
	lab_rescue_start "$work/session.log" 600 "$RESCUE" "$rpms" "$work"/{a,b,c,d,e,f,g}
	console 0 'modprobe -a md_mod raid1' 20
	name='mdadm --create --run --level=1 --raid-devices=2 --homehost=server'
	console 0 "$name --metadata=1.0 --assume-clean --name=root /dev/md127 /dev/vd[ab]" 60
	console 0 "$name --metadata=1.2 --assume-clean --name=data /dev/md126 /dev/vd[ef]" 60
	console 0 'mdadm --stop /dev/md126 /dev/md127' 30
	console 0 'rescue locate >/run/found 2>&1 </dev/null' 120
	console 0 'cat /run/found' 20
	finding device-inactive /dev/vda 'mdadm --assemble /dev/md/root /dev/vda /dev/vdb'
	finding device-inactive /dev/vde 'mdadm --assemble /dev/md/data /dev/vde /dev/vdf'
	finding locked /dev/vdc 'cryptsetup open /dev/vdc luks-[0-9a-f-]*'
	finding locked /dev/vdd 'cryptsetup open /dev/vdd luks-[0-9a-f-]*'
	finding device-inactive /dev/vdg "sh -c 'modprobe bcache; echo /dev/vdg >/sys/fs/bcache/register'"
	console 2 'rescue restore --allow-unsigned --yes /rpms' 60
	grep NO-SYSTEM <<<"$lab_con_text"
	console 0 'mdadm --assemble /dev/md/root /dev/vda /dev/vdb' 30
	console 0 'rescue locate </dev/null' 120
	grep '/dev/md127 .*raid .*ext4 .*root' <<<"$lab_con_text"
	console 2 'rescue restore --allow-unsigned --yes /rpms >/run/said 2>&1' 120
	console 0 'cat /run/said' 20
	console 0 "grep ROOT-NOT-REACHABLE /run/said && grep -e '--initramfs dracut' /run/said" 20
	lab_console_poweroff 60
}

report_case members members
report_end
