#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Secure Boot with real parts: a firmware with Microsoft's keys, the distribution's signed
# shim, GRUB and kernel. GRUB is told to load one kernel after another, and what shim lets
# it load is what the program says afterwards, from the variables of that firmware.
set -euo pipefail
# shellcheck source=tests/lib/lab.sh
. "$(dirname "$0")/../lib/lab.sh"
# shellcheck source=tests/lib/report.sh
. "$LAB_LIB/report.sh"

# What is in /boot besides the server's own kernel, which the lab renamed after it was
# signed: one as it was signed, one without its signature, one that a stranger signed.
package_of() { lab_kernels | awk -v name="$1" '$1 == name { print $2 }'; }
release_of() { package_of "$1" | sed 's/^linux-image-//'; }
SIGNED=$(release_of newer) UNSIGNED=$(release_of cloud) STRANGER=$(release_of cloud-old)

# signed_part PACKAGE PATH: a file of a package.
signed_part() { dpkg-deb --fsys-tarfile "$(lab_deb stable "$1")" | tar -xO "./$2"; }

make_kernels() {
	local name sbsign=$work/sbsign/usr/bin
	dpkg-deb -x "$(lab_deb stable sbsigntool)" "$work/sbsign"
	for name in newer cloud cloud-old; do
		signed_part "$(package_of "$name")" "boot/vmlinuz-$(release_of "$name")" \
			>"$work/vmlinuz-$(release_of "$name")"
	done
	"$sbsign/sbattach" --remove "$work/vmlinuz-$UNSIGNED"
	"$sbsign/sbattach" --remove "$work/vmlinuz-$STRANGER"
	openssl req -new -x509 -newkey rsa:2048 -nodes -subj '/CN=The stranger' -days 3650 \
		-keyout "$work/key" -out "$work/certificate"
	"$sbsign/sbsign" --key "$work/key" --cert "$work/certificate" \
		--output "$work/vmlinuz-$STRANGER" "$work/vmlinuz-$STRANGER"
}

# GRUB says of each kernel whether shim lets it be loaded, and starts the signed one with the
# rescue medium's initramfs.
grub_cfg() {
	local release
	printf '%s\n' 'serial --unit=0 --speed=115200' 'terminal_output serial' \
		"search --no-floppy --file --set=boot /vmlinuz-$SIGNED"
	for release in "$@"; do
		# shellcheck disable=SC2016 # GRUB's variable
		printf 'if linux ($boot)/vmlinuz-%s; then echo "LOADS %s"; fi\n' "$release" "$release"
	done
	printf '%s\n' "linux (\$boot)/vmlinuz-$SIGNED console=ttyS0,115200 quiet" \
		'initrd /rescue/initramfs' 'boot'
}

make_disk() {
	local at signed=usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed release
	lab_server "$work/disk" storage=ext4 loader=uefi-grub state=healthy
	at=$work/disk@@$(lab_server_offset esp)
	make_kernels
	for release in "$SIGNED" "$UNSIGNED" "$STRANGER"; do
		debugfs -w -R "write $work/vmlinuz-$release vmlinuz-$release" \
			"$work/disk?offset=$(lab_server_offset boot)" 2>/dev/null
	done
	signed_part shim-signed usr/lib/shim/shimx64.efi.signed >"$work/BOOTX64.EFI"
	signed_part grub-efi-amd64-signed "$signed" >"$work/grubx64.efi"
	lab_initramfs_with "$(lab_rescue_initramfs newer)" "$work/initramfs" "$RESCUE"
	mdeltree -i "$at" ::/EFI/BOOT
	mmd -i "$at" ::/EFI/BOOT ::/EFI/debian ::/rescue
	mcopy -i "$at" "$work/BOOTX64.EFI" "$work/grubx64.efi" ::/EFI/BOOT/
	mcopy -i "$at" "$work/initramfs" ::/rescue/
	grub_cfg "$own" "$UNSIGNED" "$STRANGER" >"$work/grub.cfg"
	mcopy -i "$at" "$work/grub.cfg" ::/EFI/debian/grub.cfg
}

the_same_as_shim() {
	local lab_args args status
	need_program
	own=$(lab_release "$(lab_kernel small)")
	make_disk
	lab_firmware secureboot
	args=("${lab_args[@]}")
	lab_drive virtio "$work/disk"
	lab_console_start "$work/session.log" 500 -m 2048 "${args[@]}" "${lab_args[@]}"
	lab_console_expect 'RESCUE-SHELL-READY.*' 400
	[[ $(grep -c 'bad shim signature' <<<"$lab_con_text") -eq 3 ]] ||
		fail "not three kernels were refused: $lab_con_text"
	lab_console_expect "$LAB_PROMPT" 60
	lab_console_run 'mount -t efivarfs efivarfs /sys/firmware/efi/efivars' 20 ||
		fail 'the firmware shows no variables'
	lab_console_run 'rescue verify --json </dev/null >/tmp/verify' 200 || status=$?
	[[ ${status:-0} -le 1 ]] || fail "verify failed: $status"
	lab_console_run "tr '{' '\\n' </tmp/verify | grep -c secureboot-unsigned" 20
	[[ $lab_con_text == *3* ]] || fail "it is not told of three kernels: $lab_con_text"
	image_said "$own" 'was changed after it was signed'
	image_said "$UNSIGNED" 'is not signed'
	image_said "$STRANGER" 'is signed by The stranger, whom neither the firmware nor shim'
	lab_console_poweroff 60
}

# image_said RELEASE WORDS
image_said() {
	lab_console_run "grep -q 'vmlinuz-$1 $2' /tmp/verify" 20 ||
		fail "verify does not say of $1 that it $2"
}

report_case the-same-as-shim the_same_as_shim
report_end
