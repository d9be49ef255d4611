#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Root on a logical volume, made by LVM's own programs. One piece: repaired on this host
# through a loop device over just that piece. Several pieces, or striped over two disks:
# repaired through device mapper on the rescue medium. All boot through their own GRUB
# with an initramfs of ours, which activates the volume.
set -euo pipefail
# shellcheck source=tests/lib/lab.sh
. "$(dirname "$0")/../lib/lab.sh"
# shellcheck source=tests/lib/report.sh
. "$LAB_LIB/report.sh"

release=$(lab_release "$(lab_kernel small)")
up="$LAB_MARKER release=$release root=/dev/dm-[0-9]+ .*modules=dummy,e1000,vfat"

broken_disk() {
	need_program
	lab_lvm_disk "$work/disk" "$1" kernel=small state=broken
	rpms=$(lab_small_rpms el9)
}

# boots EXTENDED-EXPRESSION [DISK]: also what its kernel was told.
boots() {
	local more=()
	if [[ -n ${2-} ]]; then
		lab_drive virtio "$work/disk" snapshot
		more=("${lab_args[@]}")
		lab_drive virtio "$2" snapshot
		more+=("${lab_args[@]}")
		lab_watch "$1" 240 "${more[@]}"
	else
		lab_boot "$work/disk" "$1" 240
	fi
}

image_linear() {
	local before after
	broken_disk linear
	before=$(sha256sum <"$work/disk")
	expect_status 1 "$RESCUE" --image "$work/disk"
	expect_status 0 "$RESCUE" --image "$work/disk" locate
	"$RESCUE" --image "$work/disk" locate | grep "/dev/$LAB_VG/root .*lvm .*ext4 .*root"
	after=$(sha256sum <"$work/disk")
	[[ $before == "$after" ]] || fail 'looking wrote to the disk'
	expect_status 0 "$RESCUE" --image "$work/disk" restore --allow-unsigned --yes "$rpms"
	expect_status 0 "$RESCUE" --image "$work/disk" verify
	boots "$up.*root=$LAB_LV_PATH .*rd.lvm.lv=$LAB_VG/root"
}

# console STATUS COMMAND SECONDS: type it on the rescue medium.
console() {
	local status
	if lab_console_run "$2" "$3"; then status=0; else status=$?; fi
	printf '%s\n' "rescue# $2" "$lab_con_text"
	[[ $status -eq $1 ]] || fail "exit status $status instead of $1: $2"
}

# Nothing of device mapper is left behind, and LVM's programs find all as it was.
machine() {
	local disks=("$work/disk")
	broken_disk "$1"
	[[ $1 != striped ]] || disks+=("$work/disk.2")
	lab_rescue_start "$work/session.log" 600 "$RESCUE" "$rpms" "${disks[@]}"
	console 0 'rescue locate </dev/null' 120
	grep "/dev/$LAB_VG/root .*lvm .*ext4" <<<"$lab_con_text"
	console 0 'rescue restore --allow-unsigned --yes /rpms' 300
	console 0 'rescue verify' 120
	console 0 'ls -d /sys/block/dm-* 2>/dev/null | wc -l' 20
	grep -x 0 <<<"$lab_con_text"
	lab_console_poweroff 60
	boots "$up" ${disks[1]:+"${disks[1]}"}
}

# What LVM's own programs have activated is used as it is, and stays.
machine_active() {
	local medium
	broken_disk split
	medium=$(lab_lvm_rescue_initramfs)
	# shellcheck disable=SC2317 # lab_rescue_start calls it
	lab_rescue_initramfs() { echo "$medium"; }
	lab_rescue_start "$work/session.log" 600 "$RESCUE" "$rpms" "$work/disk"
	console 0 "lvm vgchange -ay $LAB_VG" 60
	console 0 'rescue locate </dev/null' 120
	grep "$LAB_LV_PATH .*lvm .*ext4 .*root" <<<"$lab_con_text"
	console 0 'rescue restore --allow-unsigned --yes /rpms' 300
	console 0 'rescue verify' 120
	console 0 'ls -d /sys/block/dm-* | wc -l' 20
	grep -x 2 <<<"$lab_con_text"
	lab_console_poweroff 60
	boots "$up"
}

# The initramfs of ours, asked in other ways: boots_with CMDLINE.
boots_with() {
	local tree
	need_program
	[[ -s $report_dir/whole-disk ]] || fail 'no disk was repaired'
	tree=$(lab_kernel small)
	lab_drive virtio "$report_dir/whole-disk" snapshot
	lab_watch "$up" 240 -kernel "$tree/boot/vmlinuz-$release" \
		-initrd "$report_dir/initramfs" -append "$1 console=ttyS0,115200" "${lab_args[@]}"
}

repaired_disk() {
	broken_disk linear
	expect_status 0 "$RESCUE" --image "$work/disk" restore --allow-unsigned --yes "$rpms"
	expect_status 0 "$RESCUE" --image "$work/disk" initramfs "$release" \
		-o "$report_dir/initramfs"
	mv "$work/disk" "$report_dir/whole-disk"
}

# A second disk that was there when the group was made, and is not now.
missing_disk() {
	broken_disk striped
	expect_status 0 "$RESCUE" --image "$work/disk" locate
	"$RESCUE" --image "$work/disk" locate | grep "$LAB_VG lacks its physical volume"
}

# Both copies are looked at, each by itself.
cloned_disk() {
	broken_disk linear
	cp --sparse=always "$work/disk" "$work/clone"
	"$RESCUE" --image "$work/disk" --image "$work/clone" --json locate >"$work/out"
	cat "$work/out"
	grep "the volume group $LAB_VG is there twice" "$work/out"
	[[ $(grep -c "\"device\": \"/dev/$LAB_VG/root\"" "$work/out") -eq 2 ]]
}

report_case image-linear image_linear
report_case missing-disk missing_disk
report_case cloned-disk cloned_disk
report_case machine-split machine split
report_case machine-striped machine striped
report_case machine-active machine_active
report_case repair-once repaired_disk
report_case root-by-uuid boots_with "root=UUID=$(lab_root_uuid) ro"
report_case root-by-vg-lv boots_with "root=/dev/$LAB_VG/root ro"
report_case root-by-label boots_with "root=LABEL=root ro rd.lvm.lv=$LAB_VG/root"
rm -f "$report_dir/whole-disk" "$report_dir/initramfs"
report_end
