# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Small inputs for tests that run the program many times: real formats, a second to get.
# Part of lab.sh. They take the options of lab_disk; generation=, usr=, boot=, label=, fs=,
# state= and name= are the useful ones.

# The user space is left out: nothing of a damaged system is run anyway.
LAB_SMALL=(kernel=small userspace=none size=192 bootsize=96)

# lab_small_root DIRECTORY OPTION…: a system as a plain tree, for --root. The caller owns
# the files. As in an unpacked backup, /boot has its content, separate or not.
lab_small_root() {
	local directory=$1
	shift
	set -- "${LAB_SMALL[@]}" "$@"
	lab_copy "$(lab_cached roots "$(_lab_small_key "$@")" _lab_small_root_make "$@")" "$directory"
}

# lab_small_disk IMAGE OPTION…: the same system as a partitioned image.
lab_small_disk() {
	local image=$1
	shift
	lab_disk "$image" "${LAB_SMALL[@]}" "$@"
}

# lab_small_offset NAME OPTION…: where file system "boot" or "root" starts in that image.
lab_small_offset() {
	local name=$1
	shift
	lab_offset "$name" "${LAB_SMALL[@]}" "$@"
}

# lab_small_rpms GENERATION [OPTION…]: print the directory of the small kernel's packages.
lab_small_rpms() { lab_rpms "$1" small "${@:2}"; }

_lab_small_key() {
	lab_key @disk.sh @userspace.sh @grub.sh \
		"$(lab_rpms "$(lab_option generation el9 "$@")" small)" "$@"
}

_lab_small_root_make() {
	local new=$1
	shift
	lab_system_whole "$new" "$@"
}

# lab_bad_rpms: print a directory with things that are no complete kernel:
#   text.rpm            not an RPM at all
#   truncated.rpm       ends in the middle of its payload
#   corrupt.rpm         one byte of the payload is wrong
#   aarch64/            a complete set for another architecture
#   no-kernel/          a package without any kernel
#   incomplete/         kernel-core and kernel-modules without kernel-modules-core
#   two/                complete sets of two releases
#   empty/              no RPM
lab_bad_rpms() {
	local good
	good=$(lab_small_rpms el9)
	lab_cached rpms-bad "$(lab_key @fixtures.sh "$good")" _lab_bad_rpms_make "$good"
}

_lab_bad_rpms_make() {
	local new=$1 good=$2 core other
	core=$(compgen -G "$good/kernel-core-*.rpm")
	mkdir -p "$new"/{incomplete,no-kernel,two,empty}
	echo 'This is not a package.' >"$new/text.rpm"
	head -c 4000000 "$core" >"$new/truncated.rpm"
	cp "$core" "$new/corrupt.rpm"
	printf '\xff' | dd of="$new/corrupt.rpm" bs=1 seek=4000000 conv=notrunc status=none
	cmp -s "$core" "$new/corrupt.rpm" &&
		printf '\x00' | dd of="$new/corrupt.rpm" bs=1 seek=4000000 conv=notrunc status=none
	cp "$core" "$good"/kernel-modules-[0-9]*.rpm "$new/incomplete/"
	cp -r "$(lab_small_rpms el9 arch=aarch64)" "$new/aarch64"
	other=$(lab_rpms el9 small-generic-old)
	cp "$good"/*.rpm "$other"/*.rpm "$new/two/"
	_lab_rpm_plain "$new/no-kernel" "$new.work"
}

_lab_rpm_plain() {
	local output=$1 work=$2
	mkdir -p "$work/root/etc" "$work/rpm"
	echo hello >"$work/root/etc/hello"
	cat >"$work/kernel.spec" <<-EOT
		Name: hello
		Version: 1.0
		Release: 1
		Summary: Not a kernel
		License: GPL-2.0-or-later
		AutoReqProv: no
		%description
		Not a kernel.
		%install
		%files
		/etc/hello
	EOT
	_lab_rpmbuild "$work" gzip x86_64
	mv "$work"/rpm/*.rpm "$output/"
	rm -rf "$work"
}
