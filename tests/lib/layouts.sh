# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Whole disks as servers have them, by file system, boot loader and firmware. File systems
# are made inside a virtual machine, since neither root, nor device mapper, nor a kernel
# that knows them may be had here; the FAT ones by mtools. Part of lab.sh.

# lab_server OUTPUT OPTION…: make a GPT disk. Options of lab_system (without boot=), and
#   kernel=NAME, state=broken   as for lab_disk               (small, broken)
#   storage=ext4|xfs            root, and /boot beside it
#          =btrfs               root in the subvolume "root", /boot a directory there
#          =lvm, =lvm-usr       root (and /usr) logical volumes, /boot on a partition
#   loader=bios-grub            GRUB's core in a bios-boot partition, blscfg
#         =uefi-grub            GRUB on the ESP, whose grub.cfg is a stub
#         =systemd-boot         entries and kernels on the ESP, without a separate /boot
#   xbootldr=yes                systemd-boot: they lie on an XBOOTLDR partition at /boot
#   esp=/efi|/boot|/boot/efi    where the ESP is mounted  (/boot/efi; systemd-boot: /efi)
#   espby=fstab|type            is it named in fstab?     (fstab)
#   cfg=boot|esp                uefi-grub: where the whole grub.cfg is; on the ESP, as EL7 and
#                               EL8 have it, grubenv is there too, and /boot has a link to it
# The result is cached; OUTPUT is a copy to change.
lab_server() {
	local output=$1
	shift
	lab_copy "$(lab_server_template "$@")" "$output"
}

lab_server_template() {
	local kernel rpms
	set -- kernel=small state=broken "$@"
	kernel=$(lab_option kernel small "$@")
	rpms=$(lab_rpms "$(lab_option generation el9 "$@")" "$kernel")
	lab_cached disks "server-$(lab_key @layouts.sh @lvm.sh @userspace.sh "$(lab_userspace)" \
		"$(lab_grub)" "$(lab_grub_efi)" "$(lab_systemd_boot)" "$rpms" "$@").img" \
		_lab_server_build "$(lab_maker_initramfs)" "$@"
}

_LAB_ESP_MIB=160 _LAB_BOOT_MIB=352 _LAB_ROOT_MIB=512

# What the options come to: storage, loader, esp (mount point, or none), boot (file system
# of a separate /boot, or none).
_lab_server_plan() {
	storage=$(lab_option storage ext4 "$@")
	loader=$(lab_option loader bios-grub "$@")
	esp=/boot/efi boot=ext4
	case $loader in
	bios-grub) esp=none ;;
	systemd-boot) esp=/efi boot=none ;;
	esac
	esp=$(lab_option esp "$esp" "$@")
	case $storage in
	xfs) [[ $boot == none ]] || boot=xfs ;;
	btrfs) boot=none ;;
	esac
	[[ $(lab_option xbootldr no "$@") == no ]] || boot=vfat
}

_lab_server_build() {
	local new=$1 initramfs=$2 storage loader esp boot
	shift 2
	_lab_server_plan "$@"
	lab_need sfdisk mkfs.vfat mcopy
	lab_fakeroot _lab_server_tree "$new" "$@"
	truncate -s $((2 + _LAB_ESP_MIB + _LAB_BOOT_MIB + _LAB_ROOT_MIB + 1))M "$new"
	_lab_server_table "$@" | sfdisk -q "$new"
	_lab_server_fill "$new" "$initramfs" "$storage" "$boot"
	_lab_server_loader "$new" "$@"
	rm -rf "$new".{tar,vfat,esp,console*}
}

# ---- the partitions: 1 ESP or bios-boot, 2 /boot (where it is separate), 3 root --------

lab_server_number() { case $1 in esp) echo 1 ;; boot) echo 2 ;; root) echo 3 ;; esac; }
_lab_server_at() {
	case $1 in
	esp) echo 2 ;;
	boot) echo $((2 + _LAB_ESP_MIB)) ;;
	root) echo $((2 + _LAB_ESP_MIB + _LAB_BOOT_MIB)) ;;
	esac
}
lab_server_offset() { echo $(($(_lab_server_at "$1") << 20)); }

_lab_server_table() {
	local linux=0FC63DAF-8483-4772-8E79-3D69D8477DE4 storage loader esp boot
	local type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B boottype=$linux
	_lab_server_plan "$@"
	[[ $loader != bios-grub ]] || type=21686148-6449-6E6F-744E-656564454649
	[[ $boot != vfat ]] || boottype=BC13C2FF-59E6-4262-A352-B275FD6F7172
	[[ $storage != lvm* ]] || linux=E6D6D379-F507-44C2-A23C-238F2A3DF928
	printf '%s\n' 'label: gpt' "label-id: $(lab_uuid disk "$(lab_option name demo "$@")")" \
		"1 : start=2MiB, size=${_LAB_ESP_MIB}MiB, type=$type"
	[[ $boot == none ]] || printf '2 : start=%sMiB, size=%sMiB, type=%s\n' \
		"$(_lab_server_at boot)" "$_LAB_BOOT_MIB" "$boottype"
	printf '3 : start=%sMiB, size=%sMiB, type=%s, uuid=%s\n' "$(_lab_server_at root)" \
		"$_LAB_ROOT_MIB" "$linux" "$(lab_partuuid root label=gpt "$@")"
}

# ---- the tree --------------------------------------------------------------------------

_lab_server_tree() {
	local new=$1 root=$1.root storage loader esp boot args='' has_boot=separate
	shift
	_lab_server_plan "$@"
	[[ $boot != none ]] || has_boot=none
	case $storage in
	btrfs) args=rootflags=subvol=root ;;
	lvm) args=rd.lvm.lv=$LAB_VG/root ;;
	lvm-usr) args="rd.lvm.lv=$LAB_VG/root rd.lvm.lv=$LAB_VG/usr" ;;
	esac
	lab_system_whole "$root" "$@" label=gpt "boot=$has_boot" "args=$args"
	_lab_server_fstab "$@" >"$root/etc/fstab"
	lab_cmdline "$@" "args=$args" >"$root/etc/kernel/cmdline"
	[[ $storage != lvm* ]] || _lab_lvm_name_root "$root" "$@"
	if [[ $loader == systemd-boot ]]; then
		rm -rf "$root/boot"/{grub2,loader} "$root/etc/default/grub"
	else
		_lab_server_grub "$root/boot/grub2"
	fi
	[[ $(lab_option cfg boot "$@") != esp ]] || _lab_server_cfg_on_esp "$new" "$root"
	[[ $esp == none ]] || mkdir -p "$root$esp"
	tar -C "$root" -cf "$new.tar" .
	mkdir -p "$new.vfat"
	[[ $boot != vfat ]] || cp -r "$root/boot/." "$new.vfat/"
	rm -rf "$root"
}

_lab_server_fstab() {
	local storage loader esp boot by type options=defaults
	_lab_server_plan "$@"
	by=$(lab_option espby fstab "$@")
	case $storage in
	lvm*) type=ext4 ;;
	*) type=$storage ;;
	esac
	[[ $storage != btrfs ]] || options=subvol=root
	echo '# /etc/fstab: made when the system was installed'
	echo "UUID=$(lab_root_uuid "$@") / $type $options 1 1"
	[[ $storage != lvm-usr ]] || echo "/dev/mapper/${LAB_VG/-/--}-usr /usr ext4 defaults 1 2"
	case $boot,$by in
	none,* | vfat,type) ;;
	vfat,*) echo "UUID=B007-B007 /boot vfat umask=0077 0 2" ;;
	*) echo "UUID=$(lab_boot_uuid "$@") /boot $boot defaults 1 2" ;;
	esac
	[[ $esp == none || $by == type ]] ||
		echo "UUID=E5B0-0001 $esp vfat umask=0077,shortname=winnt 0 2"
}

# ---- filling it ------------------------------------------------------------------------

# lab_maker_initramfs: LVM's programs, and those that make file systems.
lab_maker_initramfs() {
	local base
	base=$(lab_lvm_rescue_initramfs)
	lab_cached initramfs "maker-$(lab_key @layouts.sh "$base")" \
		_lab_maker_build "$base"
}

_lab_maker_build() {
	local new=$1 base=$2 root=$1.root tool library
	lab_need mke2fs mkfs.xfs mkfs.btrfs btrfs
	mkdir -p "$root"/{sbin,lib,lib64}
	for tool in mke2fs mkfs.xfs mkfs.btrfs btrfs; do
		cp -L "$(command -v "$tool")" "$root/sbin/"
		ldd "$(command -v "$tool")" | grep -o '/[^ ]*' | while read -r library; do
			cp -L "$library" "$root/lib/"
		done
	done
	cp -L "$root"/lib/ld-linux-x86-64.so.2 "$root/lib64/"
	_lab_maker_script >"$root/sbin/make-server"
	chmod 0755 "$root/sbin/make-server"
	{ cat "$base"; _lab_cpio "$root" | gzip -1; } >"$new"
	rm -rf "$root"
}

# make-server STORAGE BOOTFS: vda is the disk, vdb a tar of the tree.
_lab_maker_script() {
	cat <<-EOT
		#!/bin/sh
		set -ex
		vg=$LAB_VG root=$(lab_root_uuid) boot=$(lab_boot_uuid)
		modprobe -a btrfs xfs ext4 || :
		ext4="/sbin/mke2fs -q -F -t ext4 -O ^metadata_csum_seed,^orphan_file"
		case \$1 in
		ext4) \$ext4 -L root -U \$root /dev/vda3; mount /dev/vda3 /mnt ;;
		xfs) /sbin/mkfs.xfs -q -f -L root -m uuid=\$root /dev/vda3; mount /dev/vda3 /mnt ;;
		btrfs)
			/sbin/mkfs.btrfs -q -f -L root -U \$root /dev/vda3
			mount /dev/vda3 /mnt
			/sbin/btrfs subvolume create /mnt/root
			umount /mnt
			mount -o subvol=root /dev/vda3 /mnt
			;;
		lvm*)
			lvm pvcreate -ff -y /dev/vda3
			lvm vgcreate -y \$vg /dev/vda3
			create="lvm lvcreate -y -Wn -Zn"
			[ \$1 = lvm ] || \$create -n usr -L 280M \$vg
			\$create -n root -l 100%FREE \$vg
			\$ext4 -L root -U \$root /dev/\$vg/root
			mount /dev/\$vg/root /mnt
			if [ \$1 = lvm-usr ]; then
				\$ext4 -L usr /dev/\$vg/usr
				mkdir /mnt/usr
				mount /dev/\$vg/usr /mnt/usr
			fi
			;;
		esac
		mkdir /mnt/boot
		case \$2 in
		ext4) \$ext4 -L boot -U \$boot /dev/vda2; mount /dev/vda2 /mnt/boot ;;
		xfs) /sbin/mkfs.xfs -q -f -L boot -m uuid=\$boot /dev/vda2; mount /dev/vda2 /mnt/boot ;;
		vfat) mount -t tmpfs tmpfs /mnt/boot ;;
		esac
		tar -C /mnt -xf /dev/vdb
		[ \$2 = none ] || umount /mnt/boot
		[ \$1 != lvm-usr ] || umount /mnt/usr
		umount /mnt
		case \$1 in lvm*) lvm vgchange -an \$vg ;; esac
		sync
	EOT
}

_lab_server_fill() {
	local disk=$1 initramfs=$2 storage=$3 boot=$4 tree release lab_args args
	tree=$(lab_kernel generic)
	release=$(lab_release "$tree")
	lab_drive virtio "$disk"
	args=("${lab_args[@]}")
	lab_drive virtio "$disk.tar"
	lab_console_start "$disk.console" 1200 -kernel "$tree/boot/vmlinuz-$release" \
		-initrd "$initramfs" -append 'console=ttyS0,115200 quiet' \
		"${args[@]}" "${lab_args[@]}"
	lab_console_expect 'RESCUE-SHELL-READY' 400
	lab_console_expect "$LAB_PROMPT" 60
	lab_console_run "make-server $storage $boot" 600 || {
		lab_plain <"$disk.console"
		return 1
	}
	lab_console_poweroff 60
}

# ---- the boot loader -------------------------------------------------------------------

_lab_server_loader() {
	local disk=$1 storage loader esp boot
	shift
	_lab_server_plan "$@"
	mkdir -p "$disk.esp/EFI/BOOT"
	case $loader in
	bios-grub) _lab_server_bios "$disk" ;;
	uefi-grub) _lab_server_stub "$disk.esp" "$@" ;;
	systemd-boot)
		mkdir -p "$disk.esp/EFI/systemd" "$disk.esp/loader/entries"
		cp "$(lab_systemd_boot)" "$disk.esp/EFI/systemd/systemd-bootx64.efi"
		cp "$(lab_systemd_boot)" "$disk.esp/EFI/BOOT/BOOTX64.EFI"
		printf '%s\n' '#timeout 3' 'timeout 1' 'console-mode keep' >"$disk.esp/loader/loader.conf"
		printf 'type1\n' >"$disk.esp/loader/entries.srel"
		if [[ $boot == vfat ]]; then
			mkdir -p "$disk.vfat/loader/entries"
			mv "$disk.esp/loader/entries.srel" "$disk.vfat/loader/"
		fi
		;;
	esac
	[[ $loader == bios-grub ]] || _lab_fat "$disk" esp ESP e5b00001 "$disk.esp"
	[[ $boot != vfat ]] || _lab_fat "$disk" boot XBOOTLDR b007b007 "$disk.vfat"
}

# _lab_fat IMAGE PARTITION LABEL ID TREE: FAT32, as UEFI wants it.
_lab_fat() {
	local image=$1 part=$1.part at size=$_LAB_ESP_MIB
	at=$(_lab_server_at "$2")
	[[ $2 != boot ]] || size=$_LAB_BOOT_MIB
	truncate -s "${size}M" "$part"
	mkfs.vfat -F 32 -n "$3" -i "$4" "$part" >/dev/null
	find "$5" -mindepth 1 -maxdepth 1 -exec mcopy -s -i "$part" {} :: \;
	dd if="$part" of="$image" bs=1M seek="$at" conv=notrunc,sparse status=none
	rm "$part"
}

# The core begins where the bios-boot partition does.
_lab_server_bios() {
	local disk=$1 prefix='(,gpt2)/grub2'
	[[ $storage != btrfs ]] || prefix='(,gpt3)/root/boot/grub2'
	lab_grub_install "$disk" "$prefix" 4096 xfs btrfs
}

# lab_grub_efi, lab_systemd_boot: GRUB's modules for UEFI; systemd-boot's program.
lab_grub_efi() {
	local deb
	deb=$(lab_deb unstable grub-efi-amd64-bin)
	lab_cached grub "$(basename "$deb" .deb)" _lab_grub_unpack "$deb" x86_64-efi
}

lab_systemd_boot() {
	local deb
	deb=$(lab_deb stable systemd-boot-efi)
	lab_cached grub "$(basename "$deb" .deb).efi" _lab_systemd_boot_unpack "$deb"
}

_lab_systemd_boot_unpack() {
	dpkg-deb --fsys-tarfile "$2" |
		tar -xO ./usr/lib/systemd/boot/efi/systemd-bootx64.efi >"$1"
}

# All that EL's grubx64.efi has built in, of what is needed here.
_LAB_GRUB_EFI='part_gpt part_msdos fat ext2 xfs btrfs lvm normal configfile search
	search_fs_uuid search_label linux blscfg test echo serial terminal loadenv gzio
	minicmd ls cat halt reboot sleep true'

_lab_server_cfg_on_esp() {
	local kept=$1.esp/EFI/demo dir=$2/boot/grub2
	mkdir -p "$kept"
	mv "$dir/grub.cfg" "$dir/grubenv" "$kept/"
	ln -s ../efi/EFI/demo/grubenv "$dir/grubenv"
	ln -s ../boot/efi/EFI/demo/grub.cfg "$2/etc/grub2-efi.cfg"
}

# The vendor's directory, and the removable path that a firmware without variables takes.
_lab_server_stub() {
	local esp=$1 uuid prefix=/grub2 grub
	shift
	grub=$(lab_grub_efi)
	uuid=$(lab_boot_uuid "$@")
	if [[ $boot == none ]]; then
		uuid=$(lab_root_uuid "$@") prefix=/boot/grub2
		[[ $storage != btrfs ]] || prefix=/root/boot/grub2
	fi
	mkdir -p "$esp/EFI/demo"
	# shellcheck disable=SC2086 # a list of words
	grub-mkimage -d "$grub" -O x86_64-efi -o "$esp/EFI/demo/grubx64.efi" -p /EFI/demo \
		$_LAB_GRUB_EFI
	cp "$esp/EFI/demo/grubx64.efi" "$esp/EFI/BOOT/BOOTX64.EFI"
	[[ ! -e $esp/EFI/demo/grub.cfg ]] || return 0
	# EL adds --root-dev-only, which upstream's GRUB does not know.
	cat >"$esp/EFI/demo/grub.cfg" <<-EOT
		search --no-floppy --fs-uuid --set=dev $uuid
		set prefix=(\$dev)$prefix
		export \$prefix
		configfile \$prefix/grub.cfg
	EOT
}

# GRUB's modules, for both firmwares, and what upstream's blscfg has to be told.
_lab_server_grub() {
	local dir=$1
	rm -f "$dir/custom.cfg"
	case $storage in
	btrfs) echo 'blscfg --path /root/boot/loader/entries' >"$dir/custom.cfg" ;;
	esac
	[[ $loader != bios-grub ]] || lab_grub_files "$dir"
}
