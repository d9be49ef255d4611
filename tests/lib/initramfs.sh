# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Initramfs images of the lab's own: busybox, the small set of modules, a short script. One
# kind is what a healthy system got from its distribution; the other is the rescue medium's
# stand-in. Part of lab.sh.

# lab_initramfs KERNEL: print the path of an initramfs that mounts root= and starts its
# init, for a healthy system of that kernel.
lab_initramfs() {
	local tree
	tree=$(lab_kernel "$1")
	lab_cached initramfs "root-$(lab_release "$tree")-$(lab_key @initramfs.sh "$tree")" \
		_lab_initramfs_build "$tree" _lab_init_root
}

# lab_rescue_initramfs KERNEL: print the path of an initramfs that gives a root shell on
# the first serial port, with the drivers for every disk that the lab attaches.
lab_rescue_initramfs() {
	local tree
	tree=$(lab_kernel "$1")
	lab_cached initramfs "rescue-$(lab_release "$tree")-$(lab_key @initramfs.sh "$tree")" \
		_lab_initramfs_build "$tree" _lab_init_rescue
}

# lab_initramfs_with INITRAMFS OUTPUT FILE…: the image with these files added as /sbin/NAME.
# (The kernel unpacks appended archives in order.)
lab_initramfs_with() {
	local image=$1 output=$2 work file
	shift 2
	work=$(mktemp -d)
	mkdir "$work/sbin"
	for file; do install -m 0755 "$file" "$work/sbin/"; done
	{ cat "$image"; _lab_cpio "$work" | gzip -1; } >"$output"
	rm -rf "$work"
}

_lab_cpio() {
	(cd "$1" && find . -mindepth 1 | LC_ALL=C sort | cpio -o -H newc -R 0:0 --quiet)
}

_lab_initramfs_build() {
	local new=$1 tree=$2 init=$3 root=$1.root release
	lab_need cpio busybox depmod
	release=$(lab_release "$tree")
	mkdir -p "$root"/{bin,sbin,dev,proc,sys,run,mnt,etc,root,tmp,"lib/modules/$release"}
	cp "$(command -v busybox)" "$root/bin/busybox"
	ln -s busybox "$root/bin/sh"
	# The kernel itself asks for modules by this name, for example ext4's checksums.
	ln -s ../bin/busybox "$root/sbin/modprobe"
	# shellcheck disable=SC2086 # a list of words
	lab_module_files "$tree" $LAB_SMALL_MODULES |
		(cd "$tree" && xargs cp --parents -t "$root")
	cp "$tree/lib/modules/$release"/modules.{builtin,builtin.modinfo,order} \
		"$root/lib/modules/$release/"
	depmod -b "$root" "$release"
	{ _lab_init_common; "$init"; } >"$root/init"
	chmod 0755 "$root/init"
	_lab_cpio "$root" | gzip -1 >"$new"
	rm -rf "$root"
}

# Load drivers as udev would, by the aliases of the devices there are. A driver may bring
# forth new devices, so until nothing changes.
_lab_init_common() {
	cat <<-'EOT'
		#!/bin/sh
		/bin/busybox --install -s /bin
		export PATH=/sbin:/bin
		mount -t proc proc /proc
		mount -t sysfs sysfs /sys
		mount -t devtmpfs devtmpfs /dev
		mount -t tmpfs tmpfs /run
		coldplug() {
			seen=
			while now=$(find /sys/devices -name modalias | wc -l) && [ "$now" != "$seen" ]; do
				seen=$now
				find /sys/devices -name modalias -exec cat {} + | sort -u |
					while read -r alias; do modprobe -q -b "$alias"; done
			done
		}
		coldplug 2>/dev/null
	EOT
}

_lab_init_root() {
	cat <<-'EOT'
		root= type= flags=ro
		for word in $(cat /proc/cmdline); do
			case $word in
			root=*) root=${word#root=} ;;
			rootfstype=*) type=${word#rootfstype=} ;;
			rw) flags=rw ;;
			esac
		done
		tries=0
		device=
		while [ -z "$device" ] && [ $tries -lt 100 ]; do
			case $root in
			UUID=*|LABEL=*) device=$(findfs "$root" 2>/dev/null) ;;
			/dev/*) [ -b "$root" ] && device=$root ;;
			esac
			[ -n "$device" ] || { tries=$((tries + 1)); usleep 100000; coldplug 2>/dev/null; }
		done
		modprobe ext4 2>/dev/null
		mkdir -p /sysroot
		mount ${type:+-t $type} -o $flags "$device" /sysroot ||
			{ echo "LAB-INITRAMFS-FAILED no root $root"; echo o >/proc/sysrq-trigger; sleep 60; }
		for dir in dev proc sys run; do mount -o move /$dir /sysroot/$dir; done
		exec switch_root /sysroot /sbin/init
	EOT
}

# A shell with the prompt "STATUS rescue# "; RPMs on a file system with the label RPMS appear at
# /rpms, and /sbin/rescue is there if lab_initramfs_with added it.
_lab_init_rescue() {
	cat <<-'EOT'
		for module in loop ext4 xfs btrfs vfat nls_cp437 nls_iso8859-1 nls_ascii dm_mod; do
			modprobe -q $module 2>/dev/null
		done
		dmesg -n 1
		tries=0
		while ! device=$(findfs LABEL=RPMS 2>/dev/null) && [ $tries -lt 20 ]; do
			tries=$((tries + 1))
			usleep 100000
		done
		if [ -n "$device" ]; then mkdir -p /rpms && mount -o ro "$device" /rpms; fi
		hostname rescue
		export HOME=/root TERM=vt100 PS1='$? rescue# '
		cd /root
		stty -F /dev/ttyS0 rows 25 cols 80 2>/dev/null
		echo "RESCUE-SHELL-READY kernel=$(uname -r)"
		while :; do setsid -c sh -c 'exec sh -i </dev/ttyS0 >/dev/ttyS0 2>&1'; done
	EOT
}
