# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Members of what is more than one device, as the programs that own them make them: md
# arrays inside a virtual machine, since they need the kernel's driver; LUKS and bcache on
# files here. Part of lab.sh.

_LAB_STACK_MODULES='md_mod raid1 dm_multipath dm_service_time dm_crypt xts ecb aes_generic
	cbc sha256_generic algif_skcipher'
_LAB_OPENER_PACKAGES=(mdadm kpartx dmsetup cryptsetup-bin libcryptsetup12
	libpopt0 libjson-c5 libargon2-1 libssl3 libdevmapper1.02.1 libuuid1 libblkid1
	libselinux1 libpcre2-8-0 libudev1 libc6)
_LAB_OPENERS=(mdadm kpartx dmsetup cryptsetup)
_LAB_MEMBER_PACKAGES=(cryptsetup-bin libcryptsetup12 libpopt0 libjson-c5 libargon2-1 libssl3
	libdevmapper1.02.1 libuuid1 libblkid1 libselinux1 libudev1 libpcre2-8-0 libc6 bcache-tools)

# lab_stack_rescue_initramfs: lab_rescue_initramfs of the generic kernel, with the programs
# that open stacks and the drivers that they want.
lab_stack_rescue_initramfs() {
	local debs
	debs=$(lab_deb stable "${_LAB_OPENER_PACKAGES[@]}")
	lab_cached initramfs \
		"stack-$(lab_key @stacks.sh @initramfs.sh "$debs" "$(lab_kernel generic)")" \
		_lab_stack_initramfs_build "$(lab_rescue_initramfs generic)" "$debs"
}

_lab_stack_initramfs_build() {
	local new=$1 rescue=$2 root=$1.root tree release deb name
	tree=$(lab_kernel generic)
	release=$(lab_release "$tree")
	mkdir -p "$root/all" "$root/new"/{lib,lib64,sbin,"lib/modules/$release"}
	while read -r deb; do dpkg-deb -x "$deb" "$root/all"; done <<<"$3"
	find "$root/all" -name '*.so.*' -exec cp -L {} "$root/new/lib/" \;
	for name in "${_LAB_OPENERS[@]}"; do cp "$root/all/sbin/$name" "$root/new/sbin/"; done
	cp -L "$root/new/lib/ld-linux-x86-64.so.2" "$root/new/lib64/"
	# The index is for all of them: it takes the place of the medium's own.
	# shellcheck disable=SC2086 # a list of words
	lab_module_files "$tree" $LAB_SMALL_MODULES $_LAB_STACK_MODULES |
		(cd "$tree" && xargs cp --parents -t "$root/new")
	cp "$tree/lib/modules/$release"/modules.{builtin,builtin.modinfo,order} \
		"$root/new/lib/modules/$release/"
	depmod -b "$root/new" "$release"
	{ cat "$rescue"; _lab_cpio "$root/new" | gzip -1; } >"$new"
	rm -rf "$root"
}

# lab_member KIND OUTPUT: a disk that cryptsetup (luks1, luks2) or make-bcache (bcache) made
# what it is. The secret of LUKS is "secret".
lab_member() {
	local kind=$1 output=$2 all deb
	all=$(mktemp -d)
	lab_deb stable "${_LAB_MEMBER_PACKAGES[@]}" >"$all/debs"
	while read -r deb; do dpkg-deb -x "$deb" "$all"; done <"$all/debs"
	truncate -s 64M "$output"
	_lab_member_make "$all" "$kind" "$output"
	rm -rf "$all"
}

_lab_member_make() {
	local all=$1 kind=$2 output=$3 run
	# Its own loader and libraries: this machine's may be of another release.
	run=("$(find "$all" -name ld-linux-x86-64.so.2 -type f | head -n 1)" --library-path
		"$all/usr/lib/x86_64-linux-gnu:$all/lib/x86_64-linux-gnu")
	case $kind in
	luks*)
		"${run[@]}" "$all/sbin/cryptsetup" luksFormat -q --type "$kind" \
			--pbkdf pbkdf2 --pbkdf-force-iterations 1000 "$output" - <<<secret
		;;
	bcache) "${run[@]}" "$all/usr/sbin/make-bcache" -B "$output" ;;
	esac
}
