#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# usage: tests/system/matrix.sh [CELL…]
# Every disk that a server has: file systems by boot loaders by disk controllers, each value
# met at least once. Each disk lost its kernel, modules and boot entries; the program
# repairs it inside a virtual machine booted from a rescue medium, on that controller (with
# systemd-boot it also takes that back and does it again), and then its own firmware and
# boot loader start it. What this machine's kernel can mount of it is also looked at from
# here, before and after. Ends with a table of the cells.
set -euo pipefail
# shellcheck source=tests/lib/lab.sh
. "$(dirname "$0")/../lib/lab.sh"
# shellcheck source=tests/lib/report.sh
. "$LAB_LIB/report.sh"

# OVMF has no driver for pvscsi and megasas: there it is SeaBIOS that starts.
#      cell         storage  loader        bus     further options of lab_server
cells='ext4-uefi    ext4     uefi-grub     virtio
       xfs-bios     xfs      bios-grub     megasas
       btrfs-uefi   btrfs    uefi-grub     nvme    espby=type
       lvm-sdboot   lvm      systemd-boot  ahci
       usr-bios     lvm-usr  bios-grub     pvscsi
       ext4-sdboot  ext4     systemd-boot  virtio  esp=/boot
       xfs-sdboot   xfs      systemd-boot  nvme    xbootldr=yes espby=type
       usr-uefi     lvm-usr  uefi-grub     ahci
       el8-uefi     ext4     uefi-grub     virtio  generation=el8 cfg=esp'

release=$(lab_release "$(lab_kernel small)")
table=$report_dir/table

# console STATUS COMMAND SECONDS: type it on the rescue medium.
console() {
	local status
	if lab_console_run "$2" "$3"; then status=0; else status=$?; fi
	printf '%s\n' "rescue# $2" "$lab_con_text"
	[[ $status -eq $1 ]] || fail "exit status $status instead of $1: $2"
}

# The file system that the cell's own kernel has to say that it came up on.
root_type() {
	case $1 in
	lvm*) echo ext4 ;;
	*) echo "$1" ;;
	esac
}

cell() {
	local storage=$1 loader=$2 bus=$3 rpms firmware=uefi linux options
	shift 3
	need_program
	[[ $loader != bios-grub ]] || firmware=bios
	lab_server "$work/disk" "storage=$storage" "loader=$loader" "$@"
	rpms=$(lab_small_rpms "$(lab_option generation el9 "$@")")
	from_here 1
	export LAB_BUS=$bus LAB_FIRMWARE=$firmware
	lab_rescue_start "$work/session.log" 2400 "$RESCUE" "$rpms" "$work/disk"
	console 1 'rescue </dev/null' 300
	console 0 'rescue restore --allow-unsigned --yes /rpms' 600
	console 0 'rescue verify' 300
	# Each command mounts anew: on FAT what it finds then is not what it left.
	if [[ $loader == systemd-boot ]]; then
		console 0 'rescue undo --yes' 300
		console 1 'rescue verify' 300
		console 0 'rescue restore --allow-unsigned --yes /rpms' 600
		console 0 'rescue verify' 300
	fi
	console 0 'rescue --json inventory' 300
	IFS=$'\t' read -r linux options < <(lab_default <<<"$lab_con_text")
	[[ $linux == *"$release"* ]] || fail "the default entry starts $linux"
	lab_console_poweroff 60
	from_here 0
	lab_boot "$work/disk" "$LAB_MARKER release=$release .*fs=$(root_type "$storage") .*modules=dummy,e1000,vfat" 900
	lab_started "$options"
}

# from_here STATUS: what the program says of the image on this machine. A kernel that lacks
# a driver is told, with what stays unjudged for want of it; nothing else may be wrong.
from_here() {
	local status=0 lacks='this kernel has no driver for (vfat|xfs|btrfs)'
	[[ $(id -u) -eq 0 ]] || return 0
	"$RESCUE" --image "$work/disk" verify >"$work/verify" 2>&1 || status=$?
	printf '$ rescue --image disk verify: %s\n' "$status"
	cat "$work/verify"
	if grep -E "$lacks" "$work/verify" >"$work/lacks"; then
		! grep -vE 'not judged|mount the (xfs|btrfs) ' "$work/lacks" ||
			fail 'it does not say what is not judged'
		[[ $status -le 1 ]] || fail "exit status $status"
	else
		[[ $status -eq $1 ]] || fail "exit status $status instead of $1"
	fi
}

matrix_cell() {
	local name=$1 storage=$2 loader=$3 bus=$4 started=$SECONDS before=$report_failed result=ok
	shift 4
	report_failed=0
	report_case "$name" cell "$storage" "$loader" "$bus" "$@"
	[[ $report_failed -eq 0 ]] || result=FAIL before=1
	report_failed=$before
	printf '%-12s %-8s %-13s %-8s %-4s %4d s\n' "$name" "$storage" "$loader" "$bus" "$result" \
		$((SECONDS - started)) >>"$table"
}

while read -r name storage loader bus more; do
	[[ $# -eq 0 || " $* " == *" $name "* ]] || continue
	# shellcheck disable=SC2086 # a list of words
	matrix_cell "$name" "$storage" "$loader" "$bus" $more
done <<<"$cells"
printf '# %-12s %-8s %-13s %-8s\n' cell storage loader bus
sed 's/^/# /' "$table"
report_end
