# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A small user space laid out as an EL system, which announces itself on the console when
# it boots. Part of lab.sh. Everything that makes trees here wants lab_fakeroot.

# The line that only the init of an installed system prints.
# shellcheck disable=SC2034 # used by tests
LAB_MARKER='INSTALLED-SYSTEM-UP'

# lab_userspace: print the path of a tarball of debootstrap's minbase with kmod, /usr not
# merged. Nothing of it has run: packages are unpacked, not configured, so no root needed.
lab_userspace() {
	local codename
	codename=$(apt_codename)
	lab_cached userspace "$codename-$(lab_key 2).tar" _lab_userspace_build "$codename"
}

_lab_userspace_build() {
	lab_need debootstrap
	lab_fakeroot _lab_userspace_unpack "$@"
}

_lab_userspace_unpack() {
	local new=$1 codename=$2 root=$1.root mirror deb
	mirror=$(awk '/^URIs:/ { print $2; exit }' "$(lab_apt stable)/etc/parts/private.sources")
	# "foreign" is the part of debootstrap before anything is run in the new tree.
	debootstrap --foreign --variant=minbase --no-merged-usr --include=kmod \
		"$codename" "$root" "$mirror"
	for deb in "$root"/var/cache/apt/archives/{kmod,libkmod2,libssl3,libsystemd0,libudev1}_*.deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$root"
	done
	# What an EL system would not have, and what only makes disks larger.
	# In a container debootstrap links /proc to the host's.
	rm -rf "${root:?}"/{proc,sys,dev}
	mkdir "$root"/{proc,sys,dev}
	rm -rf "$root"/debootstrap "$root"/var/{cache,lib}/{apt,dpkg,debconf} "$root"/etc/{apt,dpkg} \
		"$root"/etc/{debian_version,default,hostname,resolv.conf,init.d,rc?.d,cron.*} \
		"$root"/etc/unsupported-skip-usrmerge-conversion "$root"/usr/share/{doc,man,info,locale,bug} \
		"$root"/usr/lib/os-release "$root"/usr/share/zoneinfo/* "$root"/usr/lib/x86_64-linux-gnu/perl-base
	tar --numeric-owner -C "$root" -cf "$new" .
	rm -rf "$root"
}

# lab_system DIR OPTION…: fill DIR with the root tree of a system without any kernel.
# Options (NAME=VALUE), also understood by lab_disk:
#   generation=el9|el8   entry style, versions        (el9)
#   usr=merged|split     /lib a link into /usr or not (merged)
#   boot=separate|none   /boot a file system of its own (separate)
#   label=gpt|mbr        partition table              (gpt)
#   fs=, bootfs=         ext4, ext3, ext2             (ext4)
#   name=WORD            seeds every UUID and the machine id (demo)
#   userspace=full|none  none: only the files that tools read; does not boot (full)
#   args=STRING          further kernel arguments
lab_system() {
	local root=$1
	shift
	mkdir -p "$root"
	if [[ $(lab_option userspace full "$@") == full ]]; then
		tar -xf "$(lab_userspace)" -C "$root"
	else
		mkdir -p "$root"/{bin,dev,etc,lib,lib64,proc,root,run,sbin,sys,tmp,usr/{bin,lib,lib64,sbin},var/log}
		# One program of the architecture, by which tools tell it.
		cp "$(type -P true)" "$root/bin/sh"
	fi
	[[ $(lab_option usr merged "$@") == split ]] || _lab_system_merge_usr "$root"
	_lab_system_identity "$root" "$@"
	_lab_system_cmdline "$root" "$@"
	_lab_system_fstab "$root" "$@"
	_lab_system_selinux "$root"
	_lab_system_init "$root"
	mkdir -p "$root/boot/loader/entries" "$root/boot/grub2"
	chmod 0700 "$root/boot/loader" "$root/boot/loader/entries" "$root/boot/grub2"
}

_lab_system_merge_usr() {
	local root=$1 dir
	for dir in bin sbin lib lib64; do
		mkdir -p "$root/usr/$dir"
		cp -a --remove-destination "$root/$dir/." "$root/usr/$dir/"
		rm -r "${root:?}/$dir"
		ln -s "usr/$dir" "$root/$dir"
	done
}

# lab_machine_id, lab_root_uuid, lab_boot_uuid OPTION…: identities of that system.
lab_machine_id() { lab_uuid machine "$(lab_option name demo "$@")" | tr -d -; }
lab_root_uuid() { lab_uuid root "$(lab_option name demo "$@")"; }
lab_boot_uuid() { lab_uuid boot "$(lab_option name demo "$@")"; }

# lab_cmdline OPTION…: the kernel command line of that system.
lab_cmdline() {
	local more
	more=$(lab_option args '' "$@")
	printf '%s\n' "root=UUID=$(lab_root_uuid "$@") ro console=tty0 console=ttyS0,115200${more:+ $more}"
}

_lab_system_identity() {
	local root=$1 major=9 version=9.4
	shift
	if [[ $(lab_option generation el9 "$@") == el8 ]]; then major=8 version=8.9; fi
	mkdir -p "$root"/etc/{default,kernel,sysconfig} "$root/usr/lib" "$root/var/log"
	cat >"$root/usr/lib/os-release" <<-EOT
		NAME="Demo Linux"
		VERSION="$version (Enterprise layout)"
		ID="demo"
		ID_LIKE="rhel centos fedora"
		VERSION_ID="$version"
		PLATFORM_ID="platform:el$major"
		PRETTY_NAME="Demo Linux $version (Enterprise layout)"
	EOT
	ln -sf ../usr/lib/os-release "$root/etc/os-release"
	echo "Demo Linux release $version (Enterprise layout)" >"$root/etc/redhat-release"
	ln -sf redhat-release "$root/etc/system-release"
	lab_machine_id "$@" >"$root/etc/machine-id"
	chmod 0444 "$root/etc/machine-id"
	echo demo >"$root/etc/hostname"
	printf '%s\n' 'root:x:0:0:root:/root:/bin/bash' >"$root/etc/passwd"
	printf '%s\n' 'root:x:0:' >"$root/etc/group"
	printf '%s\n' 'UPDATEDEFAULT=yes' 'DEFAULTKERNEL=kernel-core' >"$root/etc/sysconfig/kernel"
}

_lab_system_cmdline() {
	local root=$1
	shift
	cat >"$root/etc/default/grub" <<-EOT
		GRUB_TIMEOUT=1
		GRUB_DISTRIBUTOR="Demo Linux"
		GRUB_DEFAULT=saved
		GRUB_DISABLE_SUBMENU=true
		GRUB_TERMINAL="serial console"
		GRUB_SERIAL_COMMAND="serial --unit=0 --speed=115200"
		GRUB_CMDLINE_LINUX="$(lab_cmdline "$@" | cut -d' ' -f3-)"
		GRUB_DISABLE_RECOVERY="true"
		GRUB_ENABLE_BLSCFG=true
	EOT
	# Older than this file, kernel-install would run mkconfig again.
	touch -d '2024-05-01 10:00:00' "$root/etc/default/grub"
	[[ $(lab_option generation el9 "$@") == el9 ]] || return 0
	lab_cmdline "$@" >"$root/etc/kernel/cmdline"
	touch -d '2024-05-01 10:05:00' "$root/etc/kernel/cmdline"
}

_lab_system_fstab() {
	local root=$1 fs bootfs
	shift
	fs=$(lab_option fs ext4 "$@")
	bootfs=$(lab_option bootfs "$fs" "$@")
	{
		echo '# /etc/fstab: made when the system was installed'
		printf 'UUID=%s / %s defaults 1 1\n' "$(lab_root_uuid "$@")" "$fs"
		[[ $(lab_option boot separate "$@") == none ]] ||
			printf 'UUID=%s /boot %s defaults 1 2\n' "$(lab_boot_uuid "$@")" "$bootfs"
	} >"$root/etc/fstab"
}

# In the format of the policy that EL ships, with the rules a kernel's files need.
_lab_system_selinux() {
	local files=$1/etc/selinux/targeted/contexts/files
	mkdir -p "$files" "$1/etc/selinux/targeted/policy"
	echo 'no policy that a kernel would take' >"$1/etc/selinux/targeted/policy/policy.31"
	printf '%s\n' 'SELINUX=enforcing' 'SELINUXTYPE=targeted' >"$1/etc/selinux/config"
	sed 's/ \+/\t/g' >"$files/file_contexts" <<-'EOT'
		/.* system_u:object_r:default_t:s0
		/[^/]+ -- system_u:object_r:etc_runtime_t:s0
		/a?quota\.(user|group) -- system_u:object_r:quota_db_t:s0
		/boot/.* system_u:object_r:boot_t:s0
		/etc/.* system_u:object_r:etc_t:s0
		/lib/.* system_u:object_r:lib_t:s0
		/usr/.* system_u:object_r:usr_t:s0
		/var/.* system_u:object_r:var_t:s0
		/boot/\.journal <<none>>
		/boot/lost\+found/.* <<none>>
		/usr/lib/.* system_u:object_r:lib_t:s0
		/boot/efi(/.*)? system_u:object_r:dosfs_t:s0
		/var/log/.* system_u:object_r:var_log_t:s0
		/usr/s?bin/.* system_u:object_r:bin_t:s0
		/boot/initrd\.img.* -l system_u:object_r:boot_t:s0
		/boot/System\.map(-.*)? -- system_u:object_r:system_map_t:s0
		/usr/lib/modules(/.*)? system_u:object_r:modules_object_t:s0
		/lib/modules(/.*)? system_u:object_r:modules_object_t:s0
		/usr/lib/modules/[^/]+/vmlinuz -- system_u:object_r:modules_object_t:s0
		/usr/lib/modules/modprobe\.conf -- system_u:object_r:modules_conf_t:s0
		/usr/lib/modules/[^/]+/modules\..+ -- system_u:object_r:modules_dep_t:s0
		/lib/modules/[^/]+/modules\..+ -- system_u:object_r:modules_dep_t:s0
		/boot -d system_u:object_r:boot_t:s0
		/boot/grub2/grub\.cfg -- system_u:object_r:boot_t:s0
		/boot/grub2?/grubenv -- system_u:object_r:boot_t:s0
		/etc/machine-id -- system_u:object_r:machineid_t:s0
		/\.autorelabel -- system_u:object_r:etc_runtime_t:s0
	EOT
	printf '%s %s\n' /lib /usr/lib /lib64 /usr/lib /bin /usr/bin /sbin /usr/sbin \
		>"$files/file_contexts.subs_dist"
}

# Its own init: says which kernel, root and modules it came up with, and powers off.
_lab_system_init() {
	local init=$1/sbin/init
	rm -f "$init"
	cat >"$init" <<-'EOT'
		#!/bin/sh
		# The first process of the demo system.
		PATH=/usr/sbin:/usr/bin:/sbin:/bin
		export PATH
		mountpoint -q /dev || mount -t devtmpfs devtmpfs /dev
		exec </dev/console >/dev/console 2>&1
		mountpoint -q /proc || mount -t proc proc /proc
		mountpoint -q /sys || mount -t sysfs sysfs /sys
		mountpoint -q /run || mount -t tmpfs tmpfs /run
		mount -o remount,rw /
		mount -a
		device() {
			mountpoint -q "$1" || { echo none; return; }
			sed -n 's,^DEVNAME=,/dev/,p' "/sys/dev/block/$(mountpoint -d "$1")/uevent"
		}
		modules=
		for module in dummy e1000 vfat; do
			modprobe "$module" && grep -q "^$module " /proc/modules && modules=$modules,$module
		done
		type=$(while read -r _ point type _; do [ "$point" = / ] && echo "$type"; done </proc/mounts)
		echo "INSTALLED-SYSTEM-UP release=$(uname -r) root=$(device /) fs=$type" \
			"boot=$(device /boot) modules=${modules#,} cmdline=[$(cat /proc/cmdline)]"
		sync
		mount -o remount,ro /
		echo o >/proc/sysrq-trigger
		while :; do sleep 60; done
	EOT
	chmod 0755 "$init"
}
