#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# usage: tests/system/menus.sh [CASE…]
# The default entry that "inventory" tells is the one that the real boot loader starts, with
# the same command line: for menus made at random, LAB_MENUS (100) of each kind for GRUB 2,
# LAB_FEW_MENUS (30) for GRUB legacy, for systemd-boot, and again for the newer GRUB.
# Ends with a table. blscfg of EL8 and EL9 cannot be had here: GRUB 2.14 proves upstream's.
set -euo pipefail
# shellcheck source=tests/lib/lab.sh
. "$(dirname "$0")/../lib/lab.sh"
# shellcheck source=tests/lib/report.sh
. "$LAB_LIB/report.sh"

count=${LAB_MENUS:-100}
few=${LAB_FEW_MENUS:-30}
cases=$*
table=$report_dir/table
export RESCUE

# menus LOADER KIND COUNT RUNNER [PROGRAM…]: RUNNER has the loader go through all of them.
menus() {
	local loader=$1 kind=$2 count=$3 run=$4 started=$SECONDS result=0
	shift 4
	need_program
	python3 "$LAB_LIB/menus" make "$kind" "$count" "$work/systems" "$@"
	"$run" "$work" "$count"
	python3 "$LAB_LIB/menus" judge "$work/systems" "$LAB_LOG" >"$work/verdict" || result=1
	cat "$work/verdict"
	printf '%-14s %-13s %-12s %4d s\n' "$loader" "$kind" "$(tail -n 1 "$work/verdict")" \
		$((SECONDS - started)) >>"$table"
	return "$result"
}

# One machine goes through them.
grub() {
	lab_grub_menus "$1/disk" "$1/systems" "$2"
	lab_menus_run "$1/disk" "${LAB_SECONDS:-900}" || :
}

legacy() {
	local kernel
	kernel=$(lab_menu_kernel bios)
	menus 'GRUB legacy' legacy "$few" lab_legacy_menus "$kernel"
}

systemd_boot() {
	local kernel loader
	kernel=$(lab_menu_kernel efi)
	loader=$(lab_systemd_boot)
	menus systemd-boot systemd-boot "$few" lab_systemd_menus "$kernel" "$loader"
}

run_case() {
	[[ -n $cases && " $cases " != *" $1 "* ]] || report_case "$@"
}

LAB_GRUB=stable run_case grub-2.06-menuentries menus 'GRUB 2.06' menuentries "$count" grub
run_case grub-2.14-bls menus 'GRUB 2.14' bls "$count" grub
run_case grub-2.14-menuentries menus 'GRUB 2.14' menuentries "$few" grub
run_case grub-legacy legacy
run_case systemd-boot systemd_boot
printf '# %-14s %-13s %s\n' loader menus 'as the loader'
sed 's/^/# /' "$table"
report_end
