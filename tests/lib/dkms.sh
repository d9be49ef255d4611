# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Out-of-tree modules from the archive's -dkms packages, compiled without installing
# anything. Part of lab.sh.

# Out-of-tree modules that compile in seconds for one of the kernels at least.
LAB_DKMS='acpi-call adv-17v35x bbswitch dm-writeboost dpdk-kmods evdi gost-crypto jool
	langford lime-forensics apfs nat-rtsp openvpn-dco rapiddisk rtpengine-kernel tp-smapi
	v4l2loopback vpoll xtables-addons xtrx'

# lab_dkms SUITE RELEASE: print a directory with the modules of these packages, compiled
# for that kernel: a directory for each package. One that does not compile is left out.
lab_dkms() {
	lab_cached dkms "$2-$(lab_key @dkms.sh "$LAB_DKMS")" _lab_dkms_build "$1" "$2"
}

_lab_dkms_build() {
	local new=$1 headers=$1.headers sources=$1.sources trees=$1.trees suite package deb source
	# Sources of the age of the kernel.
	case $3 in
	6.12.*) suite=trixie ;;
	*) suite=stable ;;
	esac
	_lab_headers "$headers" "$2" "$3"
	mkdir "$new" "$sources" "$trees"
	for package in $LAB_DKMS; do
		deb=$(lab_run lab_deb "$suite" "$package-dkms") || continue
		dpkg-deb -x "$deb" "$sources/$package"
		for source in "$sources/$package"/usr/src/*/; do
			lab_run _lab_dkms_make "$new/$package" "$trees/$package" "$source" "$3" \
				"$headers/usr/src/linux-headers-$3" || echo "$package: not for $3"
		done
	done
	rm -rf "$headers" "$sources" "$trees"
	[[ $(find "$new" -name '*.ko' | wc -l) -ge 12 ]] || lab_die "too few of them"
}

# The headers' packages below a directory that is not /.
_lab_headers() {
	local new=$1 suite=$2 release=$3 deb kbuild common
	common=${release%-amd64}
	common=${common%-cloud}
	case $release in
	5.* | 6.1.*) kbuild=linux-kbuild-${release%%.0-*} ;;
	*) kbuild=linux-kbuild-$common ;;
	esac
	for deb in $(lab_deb "$suite" "linux-headers-$release" "linux-headers-$common-common" \
		"$kbuild"); do
		dpkg-deb -x "$deb" "$new"
	done
	sed -i "s,/usr/src/,$new/usr/src/," "$new/usr/src/linux-headers-$release/Makefile"
	# With it they would be given type information, by a program that need not be here.
	rm -f "$new/usr/src/linux-headers-$release/vmlinux"
	# This machine's compiler, whatever theirs was.
	echo 'override CC = gcc' >>"$new/usr/src/linux-headers-$release/.kernelvariables"
}

# As dkms does it: dkms.conf is shell, its variables are what it may use.
# shellcheck disable=SC2034,SC2154,SC1091
_lab_dkms_make() {
	local out=$1 dkms_tree=$2 source=$3 kernelver=$4 kernel_source_dir=$5
	local build how arch=x86_64 source_tree MAKE PATCH PRE_BUILD
	source_tree=$(dirname "$source")
	export kernelver kernel_source_dir
	set +u
	cd "$source" || return
	. ./dkms.conf
	build=$dkms_tree/$PACKAGE_NAME/$PACKAGE_VERSION/build
	mkdir -p "$build"
	cp -a . "$build"
	cd "$build" || return
	MAKE=() PATCH=() PRE_BUILD=
	. ./dkms.conf
	for how in "${PATCH[@]}"; do patch -p1 -i "patches/$how"; done
	[[ -z $PRE_BUILD ]] || bash "./$PRE_BUILD"
	how=${MAKE[0]:-make -C $kernel_source_dir M=$build}
	eval "timeout 300 ${how//\/lib\/modules\/$kernelver\/build/$kernel_source_dir}" || :
	[[ -n $(find . -name '*.ko') ]]
	mkdir "$out"
	find . -name '*.ko' -exec cp {} "$out" \;
}
