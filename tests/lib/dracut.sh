# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Systems that have a dracut of their own. Part of lab.sh.

_LAB_DRACUT_PACKAGES=(dracut-core cpio udev mawk kpartx dmsetup libdevmapper1.02.1)

# lab_dracut: print the path of a tree to lay over a system (extra=): dracut as the archive
# has it and what it calls, for a system whose /usr is merged. Only unpacked.
lab_dracut() {
	local debs
	debs=$(lab_deb stable "${_LAB_DRACUT_PACKAGES[@]}")
	lab_cached dracut "tree-$(lab_key @dracut.sh "$debs")" _lab_dracut_build "$debs"
}

_lab_dracut_build() { lab_fakeroot _lab_dracut_unpack "$@"; }

_lab_dracut_unpack() {
	local new=$1 debs=$2 deb dir
	mkdir -p "$new/usr"
	while read -r deb; do dpkg-deb -x "$deb" "$new"; done <<<"$debs"
	for dir in bin sbin lib lib64; do
		[[ -d $new/$dir ]] || continue
		mkdir -p "$new/usr/$dir"
		cp -a "$new/$dir/." "$new/usr/$dir/"
		rm -r "${new:?}/$dir"
	done
	rm -rf "$new"/usr/share/{doc,man,bash-completion,bug,lintian}
	# What a package's script would link.
	ln -s mawk "$new/usr/bin/awk"
	mkdir -p "$new"/{tmp,var/tmp}
	chmod 1777 "$new"/{tmp,var/tmp}
}
