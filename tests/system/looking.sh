#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Looking never writes: not to a whole disk, not to one with an unclean journal, a deleted
# file that was open, or both as a power cut leaves them. The image is the same, byte for
# byte, after every command that looks.
set -euo pipefail
# shellcheck source=tests/lib/lab.sh
. "$(dirname "$0")/../lib/lab.sh"
# shellcheck source=tests/lib/report.sh
. "$LAB_LIB/report.sh"

looks_without_writing() {
	need_program
	local rpms
	rpms=$(lab_small_rpms el9)
	lab_disk "$work/disk" kernel=small "$@"
	"$damage"
	before=$(sha256sum <"$work/disk")
	look
	look locate
	look inventory
	look verify
	look history
	look restore --dry-run --allow-unsigned "$rpms"
	# And it saw the state that it left alone.
	[[ $damage != crash ]] || "$RESCUE" --image "$work/disk" inventory --json |
		grep -q filesystem-dirty || fail 'the unclean file system is not reported'
}

look() {
	local status=0
	"$RESCUE" --image "$work/disk" "$@" || status=$?
	printf '$ rescue %s: %s\n' "$*" "$status"
	[[ $status -le 1 ]] || fail "rescue $*: exit status $status"
	[[ $(sha256sum <"$work/disk") == "$before" ]] || fail "rescue $* wrote to the disk"
}

nothing() { :; }
dirty() { lab_dirty "$work/disk" "$(lab_offset root kernel=small)"; }
orphan() { lab_orphan "$work/disk" "$(lab_offset root kernel=small)"; }
crash() { lab_crash "$work/disk" kernel=small; }

for damage in nothing dirty orphan crash; do
	report_case "whole-$damage" looks_without_writing
done
for damage in nothing dirty orphan; do
	report_case "broken-$damage" looks_without_writing state=broken
done
report_end
