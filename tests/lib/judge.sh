# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The archive's own kernels, with their names and signatures, to be asked what they load.
# Part of lab.sh.

# lab_judge_kernels: one "NAME SUITE RELEASE" a line. generic, cloud-old and newer as in
# lab_kernels; old is of the release before, newest of the newest suite.
lab_judge_kernels() { cat "$(lab_cached kernels "judges-$(lab_key @judge.sh)" _lab_judges_choose)"; }

_lab_judges_choose() {
	local suite name
	lab_kernels | awk '$1 ~ /^(generic|cloud-old|newer)$/ {
		sub(/linux-image-/, "", $2); print $1, "stable", $2 }' >"$1"
	for name in old:bullseye newest:unstable; do
		suite=${name#*:}
		# An old suite leaves the archive one day.
		(lab_apt_update "$suite") || continue
		printf '%s %s %s\n' "${name%:*}" "$suite" "$(apt_private "$(lab_apt "$suite")" \
			cache search --names-only '^linux-image-[0-9].*[0-9]-amd64$' |
			sed 's/^linux-image-//; s/ .*//' | grep -v -e cloud -e rt | sort -V | tail -n 1)" >>"$1"
	done
}

# lab_judge_kernel SUITE RELEASE: print the path of that kernel's tree, as its package has
# it, indexed; with the file symvers of its headers.
lab_judge_kernel() {
	lab_cached judge "$2-$(lab_key @judge.sh)" _lab_judge_kernel "$1" "$2"
}

_lab_judge_kernel() {
	local new=$1 suite=$2 release=$3 package deb
	lab_need dpkg-deb depmod
	mkdir "$new"
	# Newer suites divide them: image, modules, and what both need.
	for package in linux-image linux-binary linux-modules linux-base; do
		deb=$(lab_deb "$suite" "$package-$release" 2>/dev/null) || continue
		dpkg-deb -x "$deb" "$new"
	done
	rm -rf "${new:?}"/{usr/share,etc,lib/systemd}
	if [[ -d $new/usr/lib/modules ]]; then
		mkdir -p "$new/lib"
		mv "$new/usr/lib/modules" "$new/lib/modules"
	fi
	if [[ ! -e $new/boot/vmlinuz-$release ]]; then
		mkdir -p "$new/boot"
		cp "$new/lib/modules/$release/vmlinuz" "$new/boot/vmlinuz-$release"
	fi
	rm -rf "${new:?}/usr"
	deb=$(lab_deb "$suite" "linux-headers-$release")
	dpkg-deb --fsys-tarfile "$deb" |
		tar -xO "./usr/src/linux-headers-$release/Module.symvers" >"$new/symvers"
	depmod -b "$new" "$release"
}
