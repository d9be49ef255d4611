#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A system with a dracut of its own: restore runs it on the image from this host, and the
# disk boots through its own GRUB with what it made.
set -euo pipefail
# shellcheck source=tests/lib/lab.sh
. "$(dirname "$0")/../lib/lab.sh"
# shellcheck source=tests/lib/report.sh
. "$LAB_LIB/report.sh"

release=$(lab_release "$(lab_kernel small)")
up="$LAB_MARKER release=$release .*modules=dummy,e1000,vfat"

own_generator() {
	local rpms offset
	need_program
	[[ $(id -u) -eq 0 ]] || fail 'needs root'
	lab_disk "$work/disk" kernel=small state=broken size=900 "extra=$(lab_dracut)"
	rpms=$(lab_small_rpms el9)
	expect_status 0 "$RESCUE" --image "$work/disk" restore --initramfs dracut \
		--allow-unsigned --yes --log "$work/log" "$rpms"
	grep 'generator: dracut: .*Creating initramfs image file' "$work/log"
	expect_status 0 "$RESCUE" --image "$work/disk" verify
	# Nothing of its work is left.
	offset=$(lab_offset root kernel=small size=900)
	[[ -z $(lab_list "$work/disk" "$offset" /var/tmp) ]] || fail 'it left something'
	lab_boot "$work/disk" "$up" 400
}

if ! unshare --mount --pid --fork true 2>/dev/null; then
	report_skip image 'no namespaces may be made here'
	exit 0
fi
report_case image own_generator
report_end
