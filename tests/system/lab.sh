#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Is the lab itself what the other tests take it for? Its systems boot as long as nothing
# is broken, do not when they are, and its rescue medium gives a shell. No part of the
# program is needed for that.
set -euo pipefail
# shellcheck source=tests/lib/lab.sh
. "$(dirname "$0")/../lib/lab.sh"
# shellcheck source=tests/lib/report.sh
. "$LAB_LIB/report.sh"

release=$(lab_release "$(lab_kernel small)")

# What the init of a whole system says.
up="$LAB_MARKER release=$release .*modules=dummy,e1000,vfat"

boots() {
	lab_disk "$work/disk" kernel=small "$@"
	lab_boot "$work/disk" "$up" 120
}

# GRUB, finding no entry, falls to its command line: a sign of its own, not only silence.
does_not_boot() {
	lab_disk "$work/disk" kernel=small state=broken "$@"
	lab_boot "$work/disk" 'grub> ' 120
	! grep -a "$LAB_MARKER" "$LAB_LOG" || fail 'the broken system came up'
}

# Broken by hand or made so: the same names are left.
breaks() {
	lab_disk "$work/healthy" kernel=small "$@"
	lab_disk "$work/broken" kernel=small state=broken "$@"
	lab_break "$work/healthy" kernel=small "$@"
	local part offset dir
	for part in boot root; do
		offset=$(lab_offset "$part" kernel=small "$@")
		e2fsck -fn "$work/healthy?offset=$offset"
		for dir in / /boot /loader/entries /boot/loader/entries /usr/lib/modules /lib/modules; do
			diff <(lab_list "$work/healthy" "$offset" "$dir" | sort) \
				<(lab_list "$work/broken" "$offset" "$dir" | sort)
		done
	done
}

rescue_shell() {
	printf '#!/bin/sh\necho a program\n' >"$work/rescue"
	lab_disk "$work/disk" kernel=small state=broken
	lab_rescue_start "$work/session.log" 300 "$work/rescue" "$(lab_small_rpms el9)" "$work/disk"
	lab_console_run 'ls /rpms' 20
	# shellcheck disable=SC2154 # set by lab_console_run
	grep kernel-core- <<<"$lab_con_text"
	lab_console_run 'rescue' 20
	grep -x 'a program' <<<"$lab_con_text"
	lab_console_run 'mount /dev/vda3 /mnt && touch /mnt/written && ls /mnt/etc/fstab && umount /mnt' 30
	lab_console_poweroff 30
	lab_list "$work/disk" "$(lab_offset root kernel=small)" / | grep -x written
}

report_case healthy-el9-gpt-boot boots
report_case healthy-el8-mbr-boot boots generation=el8 label=mbr
report_case healthy-el9-gpt-single boots boot=none
report_case healthy-el8-mbr-single-split boots generation=el8 label=mbr boot=none usr=split fs=ext3
report_case broken-el9-gpt does_not_boot
report_case broken-el8-mbr does_not_boot generation=el8 label=mbr boot=none
report_case break breaks
report_case break-single breaks generation=el8 label=mbr boot=none usr=split
report_case rescue-shell rescue_shell
report_end
