# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Disks with the root file system on a logical volume, as an EL installation has it: /boot
# on a partition, beside it a physical volume. LVM's own programs make the volumes, inside
# a virtual machine, since neither root nor device mapper may be had here. Part of lab.sh.

# shellcheck disable=SC2034 # used by tests
LAB_VG=rhel-9 LAB_LV_PATH=/dev/mapper/rhel--9-root

_LAB_LVM_MIB=352 # of the root volume
_LAB_LVM_PACKAGES=(lvm2 dmsetup libdevmapper1.02.1 libdevmapper-event1.02.1 libedit2 libbsd0
	libmd0 libaio1 libsystemd0 libblkid1 libselinux1 libudev1 libc6 libtinfo6 libcap2
	libgcrypt20 liblzma5 libzstd1 liblz4-1 libpcre2-8-0 libgpg-error0)

# lab_lvm_disk OUTPUT LAYOUT OPTION…: a disk of lab_disk (kernel=, state=, generation=,
# label=) whose root volume is
#   linear    one piece
#   split     two pieces, with another volume between them
#   striped   over this disk and a second one, OUTPUT.2
# The result is cached; OUTPUT is a copy to change.
lab_lvm_disk() {
	local output=$1 layout=$2 template
	shift 2
	template=$(_lab_lvm_template "$layout" "$@")
	lab_copy "$template/disk" "$output"
	[[ $layout != striped ]] || lab_copy "$template/second" "$output.2"
}

_lab_lvm_template() {
	local layout=$1 kernel rpms
	shift
	set -- "$@" size=400 "args=rd.lvm.lv=$LAB_VG/root"
	kernel=$(lab_option kernel generic "$@")
	rpms=$(lab_rpms "$(lab_option generation el9 "$@")" "$kernel")
	lab_cached disks "lvm-$layout-$(lab_key @lvm.sh @disk.sh @userspace.sh @grub.sh \
		"$(lab_userspace)" "$(lab_grub)" "$rpms" "$(lab_initramfs "$kernel")" "$@")" \
		_lab_lvm_build "$layout" "$(lab_lvm_rescue_initramfs)" "$@"
}

_lab_lvm_build() {
	local new=$1 layout=$2 initramfs=$3
	shift 3
	mkdir "$new"
	lab_fakeroot _lab_lvm_make "$new" "$@"
	[[ $layout != striped ]] || truncate -s 256M "$new/second"
	_lab_lvm_fill "$new" "$layout" "$initramfs" "$(lab_partition root "$@")"
	rm "$new/root"
}

# The disk with an empty root partition, and the file system that is to go into the volume.
_lab_lvm_make() {
	local new=$1 root=$1/tree
	shift
	lab_system_whole "$root" "$@"
	lab_grub_files "$root/boot/grub2"
	_lab_lvm_name_root "$root" "$@"
	mkdir "$new/empty"
	mv "$root/boot" "$new/empty/boot"
	mkdir "$root/boot"
	truncate -s "${_LAB_LVM_MIB}M" "$new/root"
	_lab_mkfs "$new/root" "$root" ext4 root "$(lab_root_uuid "$@")" 0 "${_LAB_LVM_MIB}M"
	lab_disk_format "$new/disk" "$new/empty" "$@"
	rm -rf "$root" "$new/empty"
}

# EL's installer names the root volume, not its UUID.
_lab_lvm_name_root() {
	local root=$1 uuid file
	shift
	uuid=$(lab_root_uuid "$@")
	for file in fstab kernel/cmdline default/grub; do
		[[ -e $root/etc/$file ]] || continue
		sed "s,\(root=\)\?UUID=$uuid,\1$LAB_LV_PATH," "$root/etc/$file" >"$root/new"
		touch -r "$root/etc/$file" "$root/new"
		mv "$root/new" "$root/etc/$file"
	done
	sed -i "s,root=UUID=$uuid,root=$LAB_LV_PATH," "$root/boot/grub2/grub.cfg"
	find "$root/boot/loader/entries" -name '*.conf' \
		-exec sed -i "s,root=UUID=$uuid,root=$LAB_LV_PATH," {} +
}

# lab_lvm_rescue_initramfs: lab_rescue_initramfs of the generic kernel, and LVM's programs.
lab_lvm_rescue_initramfs() {
	local debs
	debs=$(lab_deb stable "${_LAB_LVM_PACKAGES[@]}")
	lab_cached initramfs "lvm-$(lab_key @lvm.sh @initramfs.sh "$debs" "$(lab_kernel generic)")" \
		_lab_lvm_initramfs_build "$(lab_rescue_initramfs generic)" "$debs"
}

_lab_lvm_initramfs_build() {
	local new=$1 rescue=$2 root=$1.root deb file
	mkdir -p "$root/all" "$root/new"/{etc/lvm,lib,lib64,sbin,run}
	while read -r deb; do dpkg-deb -x "$deb" "$root/all"; done <<<"$3"
	find "$root/all" -name '*.so.*' -exec cp -L {} "$root/new/lib/" \;
	for file in lvm dmsetup; do cp "$root/all/sbin/$file" "$root/new/sbin/"; done
	cp -L "$root/new/lib/ld-linux-x86-64.so.2" "$root/new/lib64/"
	cat >"$root/new/etc/lvm/lvm.conf" <<-'EOT'
		devices { obtain_device_list_from_udev=0 use_devicesfile=0 }
		activation { udev_sync=0 udev_rules=0 monitoring=0 }
		backup { backup=0 archive=0 }
	EOT
	_lab_lvm_script >"$root/new/sbin/make-volumes"
	chmod 0755 "$root/new/sbin/make-volumes"
	{ cat "$rescue"; _lab_cpio "$root/new" | gzip -1; } >"$new"
	rm -rf "$root"
}

# make-volumes LAYOUT PARTITION MIB: vda is the disk, vdb the root file system, vdc the
# second disk.
_lab_lvm_script() {
	cat <<-EOT
		#!/bin/sh
		set -ex
		vg=$LAB_VG
		pv=/dev/vda\$2
		all="\$pv"
		[ "\$1" != striped ] || all="\$pv /dev/vdc"
		lvm pvcreate -ff -y \$all
		lvm vgcreate -y \$vg \$all
		create="lvm lvcreate -y -Wn -Zn"
		case \$1 in
		linear)
			\$create -n swap -L 8M \$vg
			\$create -n root -L \${3}M \$vg
			;;
		split)
			\$create -n root -L 64M \$vg
			\$create -n home -L 8M \$vg
			lvm lvextend -L \${3}M \$vg/root
			;;
		striped)
			\$create -n root -i 2 -I 64k -L \${3}M \$vg
			;;
		esac
		dd if=/dev/vdb of=/dev/\$vg/root bs=1M
		sync
		lvm vgchange -an \$vg
	EOT
}

_lab_lvm_fill() {
	local dir=$1 layout=$2 initramfs=$3 partition=$4 tree release lab_args args=() disk
	tree=$(lab_kernel generic)
	release=$(lab_release "$tree")
	for disk in disk root second; do
		[[ -e $dir/$disk ]] || continue
		lab_drive virtio "$dir/$disk"
		args+=("${lab_args[@]}")
	done
	lab_console_start "$dir/console" 300 -kernel "$tree/boot/vmlinuz-$release" \
		-initrd "$initramfs" -append 'console=ttyS0,115200 quiet' "${args[@]}"
	lab_console_expect 'RESCUE-SHELL-READY' 90
	lab_console_expect "$LAB_PROMPT" 20
	lab_console_run "make-volumes $layout $partition $_LAB_LVM_MIB" 180 || {
		lab_plain <"$dir/console"
		return 1
	}
	lab_console_poweroff 30
	rm "$dir/console"*
}
