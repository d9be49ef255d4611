#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The initramfs that the program builds for the full generic kernel, where every driver is
# a module, finds its root disk on each kind of controller, and says in plain words what
# is wrong when the root disk is not there.
set -euo pipefail
# shellcheck source=tests/lib/lab.sh
. "$(dirname "$0")/../lib/lab.sh"
# shellcheck source=tests/lib/report.sh
. "$LAB_LIB/report.sh"

tree=$(lab_kernel generic)
release=$(lab_release "$tree")
up="$LAB_MARKER release=$release .*modules=dummy,e1000,vfat"
disk=$report_dir/disk
initramfs=$report_dir/initramfs

# A whole disk whose initramfs is lost; the program makes another one.
build() {
	need_program
	lab_disk "$disk" kernel=generic
	echo "rm /initramfs-$release.img" | lab_debugfs "$disk" "$(lab_offset boot)"
	expect_status 0 "$RESCUE" --image "$disk" initramfs "$release" -o "$initramfs"
}

# boot_kernel MARKER SECONDS CMDLINE QEMU-ARGUMENT…: without firmware and GRUB.
boot_kernel() {
	local marker=$1 seconds=$2 cmdline=$3
	shift 3
	[[ -s $initramfs ]] || fail 'no initramfs was built'
	lab_watch "$marker" "$seconds" -kernel "$tree/boot/vmlinuz-$release" \
		-initrd "$initramfs" -append "$cmdline" "$@"
}

boots_from() {
	lab_drive "$1" "$disk" snapshot
	boot_kernel "$up" 180 "$(lab_cmdline)" "${lab_args[@]}"
}

boots_with() {
	lab_drive virtio "$disk" snapshot
	boot_kernel "$up" 180 "$* console=ttyS0,115200" "${lab_args[@]}"
}

# It names what it waited for and what it saw, instead of a bare panic.
says_what_is_missing() {
	local uuid=12345678-1234-1234-1234-123456789abc
	lab_drive virtio "$disk" snapshot
	boot_kernel 'What to do:' 180 "root=UUID=$uuid rd.timeout=3 console=ttyS0,115200" \
		"${lab_args[@]}"
	lab_plain <"$LAB_LOG" | grep "no device UUID=$uuid appeared"
	lab_plain <"$LAB_LOG" | grep 'Drivers loaded:.* virtio_blk'
	lab_plain <"$LAB_LOG" | sed -n '/Block devices seen:/,$p' | grep "vda3.*$(lab_root_uuid)"
}

report_case build build
for bus in virtio ahci nvme mptsas; do
	report_case "from-$bus" boots_from "$bus"
done
report_case partuuid boots_with "root=PARTUUID=$(lab_partuuid root) rw"
report_case label boots_with 'root=LABEL=root ro'
report_case device boots_with 'root=/dev/vda3 ro rootfstype=ext4'
report_case root-not-there says_what_is_missing
rm -f "$disk" "$initramfs"
report_end
