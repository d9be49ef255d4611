#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A rescue medium that UEFI started sees what that firmware is told to start, and that there
# is nothing on the removable path for one that is told nothing.
set -euo pipefail
# shellcheck source=tests/lib/lab.sh
. "$(dirname "$0")/../lib/lab.sh"
# shellcheck source=tests/lib/report.sh
. "$LAB_LIB/report.sh"

GLOBAL=8be4df61-93ca-11d2-aa0d-00e098032b8c

# A number as little-endian bytes: le SIZE NUMBER.
le() {
	local i
	for ((i = 0; i < $1; i++)); do printf '%b' "\\x$(printf %02x $(($2 >> (8 * i) & 255)))"; done
}
utf16() { printf '%s\0' "$1" | iconv -t UTF-16LE; }

# boot_option PARTUUID PATH: a Boot#### variable, attributes first, that starts a file.
boot_option() {
	local u=${1//-/} path=$2 i
	local order=(6 4 2 0 10 8 14 12 16 18 20 22 24 26 28 30)
	le 4 7
	le 4 1
	le 2 $((42 + 4 + 2 * (${#path} + 1) + 4))
	utf16 Demo
	printf '\x04\x01'
	le 2 42
	le 4 1
	le 8 4096
	le 8 327680
	for i in "${order[@]}"; do printf '%b' "\\x${u:i:2}"; done
	printf '\x02\x02\x04\x04'
	le 2 $((4 + 2 * (${#path} + 1)))
	utf16 "$path"
	printf '\x7f\xff\x04\x00'
}

# console STATUS COMMAND SECONDS: type it on the rescue medium.
console() {
	local status
	if lab_console_run "$2" "$3"; then status=0; else status=$?; fi
	printf '%s\n' "rescue# $2" "$lab_con_text"
	[[ $status -eq $1 ]] || fail "exit status $status instead of $1: $2"
}

firmware_variables() {
	local uuid vars=/sys/firmware/efi/efivars
	need_program
	lab_server "$work/disk" storage=ext4 loader=uefi-grub
	mdeltree -i "$work/disk@@$(lab_server_offset esp)" ::/EFI/BOOT
	uuid=$(sfdisk --part-uuid "$work/disk" 1)
	mkdir "$work/variables"
	boot_option "$uuid" '\EFI\demo\grubx64.efi' >"$work/variables/Boot0099"
	{ le 4 7 && le 2 0x99; } >"$work/variables/BootOrder"
	LAB_RESCUE_FIRMWARE=uefi lab_rescue_start "$work/session.log" 400 "$RESCUE" \
		"$work/variables" "$work/disk"
	console 0 "mount -t efivarfs efivarfs $vars" 20
	console 0 'rescue inventory </dev/null | grep "EFI/BOOT"' 60
	console 0 "dd if=/rpms/Boot0099 of=$vars/Boot0099-$GLOBAL bs=4096" 20
	console 0 "dd if=/rpms/BootOrder of=$vars/BootOrder-$GLOBAL bs=4096" 20
	console 1 'rescue inventory </dev/null | grep "EFI/BOOT"' 60
	lab_console_poweroff 60
}

report_case firmware-variables firmware_variables
report_end
