# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Kernels from the distribution's archive, as trees. Part of lab.sh.

# shellcheck source=/dev/null
. "$LAB_TOP/scripts/lib/apt.sh"

# lab_apt SUITE: print the directory of a private apt for that suite ("stable" is the
# machine's own release with its security archive).
lab_apt() {
	local dir=$LAB_CACHE/apt/$1
	if [[ ! -e $dir/apt.conf ]]; then
		mkdir -p "$dir"
		if [[ $1 == stable ]]; then apt_private_init "$dir"; else apt_private_init "$dir" "$1"; fi
	fi
	printf '%s\n' "$dir"
}

# lab_apt_update SUITE: read the lists; only once at a time.
lab_apt_update() {
	local dir
	dir=$(lab_apt "$1")
	(flock 9 && apt_private_update "$dir") 9>"$dir/lock"
}

# lab_deb SUITE PACKAGE…: fetch packages and print the path of each. Lists read earlier
# are tried first: a second run needs no network when the files are here.
lab_deb() {
	local suite=$1 package
	shift
	for package; do
		_lab_deb_have "$suite" "$package" >/dev/null ||
			lab_run _lab_deb_fetch "$suite" "$package" >&2
		_lab_deb_have "$suite" "$package" || lab_die "cannot fetch package $package"
	done
}

_lab_deb_have() {
	local files
	files=$(compgen -G "$LAB_CACHE/debs/$1/${2}_*.deb" | sort -V | tail -n 1) || return 1
	printf '%s\n' "$files"
}

_lab_deb_fetch() {
	local suite=$1 package=$2 dir store=$LAB_CACHE/debs/$1 work
	dir=$(lab_apt "$suite")
	mkdir -p "$store"
	work=$(mktemp -d "$store/.new.XXXXXX")
	if ! apt_private_download "$dir" "$work" "$package"; then
		lab_apt_update "$suite"
		apt_private_download "$dir" "$work" "$package"
	fi
	mv "$work"/*.deb "$store/"
	rmdir "$work"
}

# lab_kernels: print the kernels of the lab, one "NAME PACKAGE" a line. generic and cloud
# are the newest of the release's own line, generic-old and cloud-old an earlier ABI, and
# newer, where there is one, the newest of a later line (6.12: compressed modules). They
# are chosen once; remove the file from the cache to choose again.
lab_kernels() {
	cat "$(lab_cached kernels list _lab_kernels_choose)"
}

_lab_kernels_choose() {
	local dir found
	lab_apt_update stable
	dir=$(lab_apt stable)
	_lab_kernels_pick generic 2 '^linux-image-[0-9.]+-[0-9]+-amd64$'
	_lab_kernels_pick cloud 2 '^linux-image-[0-9.]+-[0-9]+-cloud-amd64$'
	_lab_kernels_pick newer 1 '^linux-image-[0-9.]+[+]deb[0-9]+-amd64$'
	printf '%s\n' "${found[@]}" >"$1"
}

# Sets elements of found. (The caller's variables: dir, found.)
_lab_kernels_pick() {
	local name=$1 count=$2 all
	mapfile -t all < <(apt_private "$dir" cache search --names-only "$3" |
		cut -d' ' -f1 | sort -V)
	case $count,${#all[@]} in
	1,0) return 0 ;;
	2,[01]) lab_die "fewer than two $name kernels in the archive" ;;
	esac
	found+=("$name ${all[-1]}")
	[[ $count -eq 1 ]] || found+=("$name-old ${all[-2]}")
}

# lab_kernel NAME: print the path of a kernel tree: boot/{vmlinuz,config,System.map}-V,
# lib/modules/V with its index, the file "release" holding V and "symvers". Besides the
# names of lab_kernels there is small-NAME for each: the image and some 70 modules, with
# which everything takes a second, and which boots; "small" is small-generic.
#
# V is as an RPM distribution would call it, and the kernel itself says so:
# 6.1.0-2.x86_64 the newest, 6.1.0-1.x86_64 the older ABI, 6.1.0-2.cloud.x86_64 and so on.
# (newer keeps its name, which fits.) rename.pl says why.
lab_kernel() {
	local package tree
	case $1 in
	small) lab_kernel small-generic && return ;;
	small-*)
		tree=$(lab_kernel "${1#small-}")
		lab_cached kernel-small \
			"$(lab_release "$tree")-$(lab_key "$LAB_SMALL_MODULES" "$tree")" \
			_lab_kernel_cut "$tree"
		;;
	*)
		package=$(lab_kernels | awk -v name="$1" '$1 == name { print $2 }')
		[[ -n $package ]] || lab_die "no kernel is called $1"
		lab_cached kernel "${package#linux-image-}-$(lab_key "$1" @rename.pl)" \
			_lab_kernel_build "$1" "$package"
		;;
	esac
}

# lab_release TREE: the release string of a kernel tree.
lab_release() { cat "$1/release"; }

_lab_kernel_build() {
	local new=$1 name=$2 package=$3 old=${3#linux-image-} release
	lab_need dpkg-deb depmod perl xz
	_lab_kernel_unpack "$new" "$package"
	release=$(_lab_kernel_name "$name" "$old")
	[[ $release == "$old" ]] || _lab_kernel_rename "$new" "$old" "$release"
	echo "$release" >"$new/release"
	# Debian leaves indexing to the installation.
	depmod -b "$new" "$release"
}

# The new name has to be as long as the old one, so it cannot tell everything.
_lab_kernel_name() {
	local name=$1 old=$2 number=2
	[[ $name != *-old ]] || number=1
	case $old in
	*-??-amd64) echo "${old%-??-amd64}-$number.x86_64" ;;
	*-??-cloud-amd64) echo "${old%-??-cloud-amd64}-$number.cloud.x86_64" ;;
	*) echo "$old" ;;
	esac
}

_lab_kernel_unpack() {
	local new=$1 package=$2 deb headers
	deb=$(lab_deb stable "$package")
	headers=$(lab_deb stable "linux-headers-${package#linux-image-}")
	mkdir "$new"
	dpkg-deb -x "$deb" "$new"
	dpkg-deb --fsys-tarfile "$headers" |
		tar -xO "./usr/src/linux-headers-${package#linux-image-}/Module.symvers" >"$new/symvers"
	rm -rf "${new:?}/usr"
}

_lab_kernel_rename() {
	local new=$1 old=$2 release=$3 file
	for file in vmlinuz config System.map; do
		mv "$new/boot/$file-$old" "$new/boot/$file-$release"
	done
	mv "$new/lib/modules/$old" "$new/lib/modules/$release"
	perl "$LAB_LIB/rename.pl" "$old" "$release" image "$new/boot/vmlinuz-$release"
	find "$new/lib/modules" -name '*.ko' |
		perl "$LAB_LIB/rename.pl" "$old" "$release" modules
}

# Modules enough to boot from every disk that the lab attaches: what a small kernel keeps
# (with some that go to each of the packages), and what the lab's own initramfs holds.
LAB_SMALL_MODULES='virtio_pci virtio_blk virtio_scsi virtio_net virtio_balloon virtio_rng
	ahci ata_piix ata_generic sd_mod sr_mod nvme mptsas mptspi sym53c8xx vmw_pvscsi
	megaraid_sas uhci_hcd ehci_pci xhci_pci usb_storage uas
	ext4 xfs vfat nls_cp437 nls_iso8859-1 nls_ascii loop crc32c_intel crc32c_generic
	crc32_pclmul dm_mod e1000 e1000e vmxnet3 dummy
	libcrc32c efivarfs autofs4 minix btrfs blake2b_generic xxhash_generic sha256_generic'

# lab_module_files TREE MODULE…: paths (in the tree) of modules and all they depend on;
# those that are built in are left out.
lab_module_files() {
	local tree=$1 release
	shift
	release=$(lab_release "$tree")
	# A name that this kernel does not have at all is not an error: flavours differ.
	{ modprobe -d "$tree" -S "$release" -C /dev/null --show-depends -a "$@" 2>/dev/null || :; } |
		sed -n "s,^insmod $tree/,,p" | sed 's/ *$//' | sort -u
}

_lab_kernel_cut() {
	local new=$1 tree=$2 release modules
	release=$(lab_release "$tree")
	modules=lib/modules/$release
	mkdir "$new"
	(cd "$tree" && cp -a --parents boot release symvers "$modules"/modules.builtin{,.modinfo} "$new")
	# shellcheck disable=SC2086 # a list of words
	lab_module_files "$tree" $LAB_SMALL_MODULES |
		(cd "$tree" && xargs cp -a --parents -t "$new")
	(cd "$new/$modules" && find kernel -name '*.ko*' | sed 's/[.][xg]z$//') |
		grep -Fxf - "$tree/$modules/modules.order" >"$new/$modules/modules.order"
	depmod -b "$new" "$release"
}
