#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Disks that are part of something which other programs have to open first, made by those
# programs: md arrays by mdadm, LUKS by cryptsetup, bcache by make-bcache. Each is named
# with the command that opens it; that of an array is run, and the system on it is refused as
# long as only our own initramfs is to be made for it. Two paths to one disk are one system,
# which is written through the multipath map where there is one. What lies in LUKS is found
# when that is opened; a device that goes away under a plan leaves everything as it was.
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
	local rpms name
	need_program
	root_disk "$work/a"
	cp --sparse=always "$work/a" "$work/b"
	truncate -s 64M "$work/e" "$work/f"
	lab_member luks1 "$work/c"
	lab_member luks2 "$work/d"
	lab_member bcache "$work/g"
	rpms=$(lab_small_rpms el9)
	start "$rpms" "$work"/{a,b,c,d,e,f,g}
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

# start RPMS DISK…: the rescue medium with the programs that open stacks.
start() {
	local medium
	medium=$(lab_stack_rescue_initramfs)
	# shellcheck disable=SC2317 # lab_rescue_start calls it
	lab_rescue_initramfs() { echo "$medium"; }
	lab_rescue_start "$work/session.log" 560 "$RESCUE" "$@"
}

# As multipathd would map both; it finds no paths where there is no udev to tell of them.
map_paths() {
	# shellcheck disable=SC2016 # for the shell there
	local sectors='$(cat /sys/block/sda/size)'
	console 0 'modprobe -a dm_multipath dm_service_time' 20
	console 0 "dmsetup create mpatha --uuid mpath-naa.5000c50000000001 --table \"0 $sectors multipath 0 0 1 1 service-time 0 2 1 8:0 1 8:16 1\"" 20
	console 0 'dmsetup mknodes && kpartx -a /dev/mapper/mpatha && dmsetup mknodes' 20
}

two_paths() {
	local rpms
	need_program
	lab_disk "$work/disk" kernel=small state=healthy boot=none label=mbr
	rpms=$(lab_small_rpms el9)
	LAB_BUS=multipath start "$rpms" "$work/disk"
	console 0 'rescue locate >/run/found 2>&1 </dev/null' 120
	console 0 'cat /run/found' 20
	finding device-inactive /dev/sdb multipath
	console 0 'grep -c "^demo9-" /run/found' 20
	grep -x 1 <<<"$lab_con_text"
	map_paths
	console 0 'mount /dev/mapper/mpatha1 /mnt && rm /mnt/boot/vmlinuz-* && umount /mnt' 20
	console 0 'rescue locate >/run/found 2>&1 </dev/null' 120
	console 0 'cat /run/found' 20
	console 0 'grep "^demo9-.* /dev/mapper/mpatha1 .* bios " /run/found' 20
	console 1 'grep "sd[ab].* root" /run/found' 20
	console 0 'rescue restore --yes' 120
	console 0 'rescue verify' 120
	# Sectors that were written by way of a path's own partition.
	console 0 "cat /sys/block/sd[ab]/sd?1/stat | awk '{ n += \$7 } END { print n }'" 20
	grep -x 0 <<<"$lab_con_text"
	lab_console_poweroff 60
	lab_boot "$work/disk" "$LAB_MARKER release=$(lab_release "$(lab_kernel small)") " 240
}

# What cryptsetup is typed with.
open_luks() { console 0 'cryptsetup open --key-file /run/key /dev/vdb luks-root && dmsetup mknodes' 60; }

in_luks() {
	local rpms restore='rescue restore --allow-unsigned'
	need_program
	lab_disk "$work/a" kernel=small state=broken label=mbr size=192 bootsize=96
	truncate -s 224M "$work/b"
	rpms=$(lab_small_rpms el9)
	start "$rpms" "$work/a" "$work/b"
	console 0 'modprobe dm_crypt; echo secret >/run/key' 20
	console 0 'cryptsetup luksFormat -q --type luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 --key-file /run/key /dev/vdb' 60
	open_luks
	console 0 'dd if=/dev/vda2 of=/dev/mapper/luks-root bs=1M' 120
	console 0 'cryptsetup close luks-root; dd if=/dev/zero of=/dev/vda2 bs=1M count=192' 60
	console 0 'rescue locate </dev/null' 60
	grep 'No installed system was found' <<<"$lab_con_text"
	open_luks
	console 0 'rescue locate </dev/null' 60
	grep '/dev/mapper/luks-root .*crypt .*ext4 .*root' <<<"$lab_con_text"
	console 1 'rescue verify' 60
	console 2 "$restore --yes /rpms >/run/said 2>&1" 120
	console 0 "grep ROOT-NOT-REACHABLE /run/said && grep -e '--initramfs dracut' /run/said" 20
	gone_under_the_plan "$restore --initramfs none /rpms"
	open_luks
	console 0 'mount -o ro /dev/vda1 /mnt && ls /mnt /mnt/loader/entries && umount /mnt' 20
	! grep -e vmlinuz -e '[.]conf' <<<"$lab_con_text" || fail 'something was left in /boot'
	console 1 "$restore --initramfs none --yes /rpms" 200
	grep 'Applied as transaction 0001-' <<<"$lab_con_text"
	lab_console_poweroff 60
}

# gone_under_the_plan COMMAND: while it asks, the device answers no more.
gone_under_the_plan() {
	lab_console_type "$1"
	lab_console_expect 'Do it' 120
	# shellcheck disable=SC2154 # set by lab_console_start
	printf '\032' >&"$lab_con_fd" # stops it
	lab_console_expect "$LAB_PROMPT" 20
	console 0 'dmsetup wipe_table luks-root' 20
	lab_console_type 'fg'
	lab_console_type 'y'
	lab_console_expect "$LAB_PROMPT" 120
	printf '%s\n' "$lab_con_text"
	# shellcheck disable=SC2154 # set by lab_console_expect
	[[ ${lab_con_match%% *} -eq 2 ]] || fail "exit status ${lab_con_match%% *} instead of 2"
	grep 'state: nothing was changed' <<<"$lab_con_text"
	console 0 'dmsetup remove luks-root' 20
}

report_case members members
report_case two-paths two_paths
report_case in-luks in_luks
report_end
