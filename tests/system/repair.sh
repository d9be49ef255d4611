#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The promise: a disk whose kernel and boot entry are gone boots again, through its own
# GRUB to its own init, after "rescue restore" from RPMs. The same repair three ways: on
# the image from this host, on an unpacked tree without privilege, and inside a virtual
# machine booted from a rescue medium.
set -euo pipefail
# shellcheck source=tests/lib/lab.sh
. "$(dirname "$0")/../lib/lab.sh"
# shellcheck source=tests/lib/report.sh
. "$LAB_LIB/report.sh"

release=$(lab_release "$(lab_kernel small)")
up="$LAB_MARKER release=$release .*modules=dummy,e1000,vfat"

# The broken disk at $work/disk, and in $rpms the packages that it needs.
broken_disk() {
	need_program
	lab_disk "$work/disk" kernel=small state=broken "$@"
	rpms=$(lab_small_rpms "$(lab_option generation el9 "$@")")
}

# The repaired disk boots, and holds together.
repaired_disk() {
	local part
	for part in boot root; do
		e2fsck -fn "$work/disk?offset=$(lab_offset "$part" kernel=small "$@")"
	done
	lab_boot "$work/disk" "$up" 180
}

# Restored files carry the labels that the system's own policy gives their paths.
labelled() {
	local boot=/ root=/usr/lib/modules/$release
	[[ $(lab_option boot separate "$@") == separate ]] || boot=/boot/
	[[ $(lab_option usr merged "$@") == merged ]] || root=/lib/modules/$release
	has_label boot "${boot}vmlinuz-$release" boot_t "$@"
	has_label boot "${boot}System.map-$release" system_map_t "$@"
	has_label root "$root" modules_object_t "$@"
	has_label root "$root/modules.dep" modules_dep_t "$@"
}

has_label() {
	local part=$1 path=$2 type=$3 label
	shift 3
	label=$(lab_label "$work/disk" "$(lab_offset "$part" kernel=small "$@")" "$path")
	[[ $label == "system_u:object_r:$type:s0" ]] || fail "label of $path: ${label:-none}"
}

repair_image() {
	broken_disk "$@"
	expect_status 1 "$RESCUE" --image "$work/disk"
	expect_status 0 "$RESCUE" --image "$work/disk" restore --allow-unsigned --yes "$rpms"
	expect_status 0 "$RESCUE" --image "$work/disk" verify
	labelled "$@"
	repaired_disk "$@"
}

# The power went while the system was running; what the journal holds is not lost.
repair_crashed() {
	need_program
	lab_disk "$work/disk" kernel=small state=broken
	lab_crash "$work/disk" kernel=small
	rpms=$(lab_small_rpms el9)
	expect_status 0 "$RESCUE" --image "$work/disk" restore --allow-unsigned --yes "$rpms"
	lab_read "$work/disk" "$(lab_offset root kernel=small)" /etc/written-before-the-crash |
		grep -x 'it was'
	repaired_disk
}

# As an ordinary user, also where this is root; the tree becomes a disk afterwards. The
# user "nobody" may not be able to look into this one's directories.
repair_tree() {
	need_program
	local place as=()
	place=$(mktemp -d)
	lab_fakeroot lab_system_whole "$place/tree" kernel=small state=broken "$@"
	cp -r "$RESCUE" "$(lab_small_rpms el9)" "$place"
	rpms=$(compgen -G "$place/el9-*")
	if [[ $(id -u) -eq 0 ]]; then
		chmod 0755 "$place"
		chown -R nobody "$place/tree"
		as=(setpriv --reuid nobody --regid nogroup --clear-groups --)
	fi
	expect_status 0 "${as[@]}" "$place/rescue" --root "$place/tree" \
		restore --allow-unsigned --yes "$rpms"
	lab_fakeroot lab_tree_disk "$work/disk" "$place/tree" kernel=small "$@"
	rm -rf "$place"
	repaired_disk "$@"
}

# console STATUS COMMAND SECONDS: type it on the rescue medium.
console() {
	local status
	if lab_console_run "$2" "$3"; then status=0; else status=$?; fi
	printf '%s\n' "rescue# $2" "$lab_con_text"
	[[ $status -eq $1 ]] || fail "exit status $status instead of $1: $2"
}

repair_machine() {
	broken_disk "$@"
	lab_rescue_start "$work/session.log" 600 "$RESCUE" "$rpms" "$work/disk"
	console 1 'rescue </dev/null' 120
	console 0 'rescue restore --allow-unsigned --yes /rpms' 300
	console 0 'rescue verify' 120
	lab_console_poweroff 60
	labelled "$@"
	repaired_disk "$@"
}

report_case image-el9-gpt repair_image
report_case image-el8-mbr repair_image generation=el8 label=mbr
report_case image-el9-gpt-single repair_image boot=none
report_case image-el8-mbr-single-split-ext3 \
	repair_image generation=el8 label=mbr boot=none usr=split fs=ext3
report_case image-el9-mbr-ext2-boot repair_image label=mbr bootfs=ext2
report_case image-crashed repair_crashed
report_case tree-el9 repair_tree
report_case machine-el9-gpt-single repair_machine boot=none
report_case machine-el8-mbr repair_machine generation=el8 label=mbr
report_end
