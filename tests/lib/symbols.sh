# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Every kernel that the archive offers: only its image, and what its headers say that it
# exports. Part of lab.sh.

# lab_kernel_releases SUITE: kernels that the archive offers there with their headers, one
# release a line: every cloud revision, and the newest two generic ones of each series (6.1,
# 6.12). Nothing where the suite is gone.
lab_kernel_releases() {
	local all
	(lab_apt_update "$1" >&2) || return 0
	all=$(comm -12 <(_lab_releases_of "$1" linux-image) <(_lab_releases_of "$1" linux-headers) |
		sort -V)
	grep -e '-cloud-' <<<"$all" || :
	sort -rV <<<"$all" | awk -F. '!/-cloud-/ && seen[$1 "." $2]++ < 2' | sort -V
}

_lab_releases_of() {
	apt_private "$(lab_apt "$1")" cache search --names-only "^$2-[0-9]+[.][0-9]+[.][0-9].*-amd64\$" |
		sed "s/^$2-//; s/ .*//" | grep -v -e '-rt-' | sort
}

# lab_kernel_image SUITE RELEASE: print a directory with vmlinuz and symvers of that kernel.
# Its packages are large and are not kept.
lab_kernel_image() { lab_cached images "$2-$(lab_key @symbols.sh "$1")" _lab_kernel_image "$1" "$2"; }

_lab_kernel_image() {
	local new=$1 suite=$2 release=$3 work=$1.work deb name
	mkdir "$new" "$work"
	for name in linux-image linux-binary; do
		deb=$(_lab_deb_once "$work" "$suite" "$name-$release") || continue
		dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$work" --wildcards '*/vmlinuz*' || :
	done
	find "$work" -name 'vmlinuz*' -exec mv {} "$new/vmlinuz" \;
	deb=$(_lab_deb_once "$work" "$suite" "linux-headers-$release")
	dpkg-deb --fsys-tarfile "$deb" |
		tar -xO "./usr/src/linux-headers-$release/Module.symvers" >"$new/symvers"
	rm -rf "$work"
	[[ -s $new/vmlinuz ]]
}

# The one that the lab has, else one that is fetched into that directory.
_lab_deb_once() {
	local work=$1 suite=$2 package=$3
	_lab_deb_have "$suite" "$package" && return
	apt_private_download "$(lab_apt "$suite")" "$work" "$package" >&2
	compgen -G "$work/${package}_*.deb"
}
