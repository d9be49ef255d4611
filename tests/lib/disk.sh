# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Disk images with partitions, file systems and a boot loader, made without root, loop
# devices or partition support in this machine's kernel. Part of lab.sh.

# lab_disk OUTPUT OPTION…: make a disk with an installed system. Options of lab_system, and
#   kernel=NAME          which kernel (lab_kernel)        (generic)
#   state=healthy        kernel, modules, index, initramfs and entry as installed
#        =broken         as the failed update left it: all of them gone
#   size=MIB, bootsize=MIB                                (by kernel)
#   extra=DIR            a tree copied over the root tree before the disk is made
# The result is cached; OUTPUT is a copy to change. GPT disks have a bios-boot partition.
lab_disk() {
	local output=$1
	shift
	lab_copy "$(lab_disk_template "$@")" "$output"
}

# lab_disk_template OPTION…: print the path of the cached disk, not to be changed.
lab_disk_template() {
	local kernel rpms
	kernel=$(lab_option kernel generic "$@")
	# Made outside the builder, so that what it needs is part of the key.
	rpms=$(lab_rpms "$(lab_option generation el9 "$@")" "$kernel")
	lab_cached disks "$(lab_option name demo "$@")-$(lab_key @disk.sh @userspace.sh @grub.sh \
		"$(lab_userspace)" "$(lab_grub)" "$rpms" "$(lab_initramfs "$kernel")" "$@").img" \
		_lab_disk_build "$@"
}

_lab_disk_build() { lab_fakeroot _lab_disk_make "$@"; }

_lab_disk_make() {
	local new=$1 root=$1.root
	shift
	lab_need mke2fs sfdisk
	lab_system_whole "$root" "$@"
	lab_grub_files "$root/boot/grub2"
	lab_disk_format "$new" "$root" "$@"
	rm -rf "$root"
}

# lab_tree_disk IMAGE ROOT OPTION…: a disk from a tree that lab_system_whole made and that
# was changed since; everything in it will belong to root. For lab_fakeroot.
lab_tree_disk() {
	local image=$1 root=$2.disk
	lab_copy "$2" "$root"
	shift 2
	chown -R 0:0 "$root"
	lab_grub_files "$root/boot/grub2"
	rm -f "$image"
	lab_disk_format "$image" "$root" "$@"
	rm -rf "$root"
}

# No third state: a misspelt one would be taken for the other.
_lab_is_healthy() {
	case $(lab_option state healthy "$@") in
	healthy) return 0 ;;
	broken) return 1 ;;
	*) lab_die "state is healthy or broken: $*" ;;
	esac
}

# lab_system_whole ROOT OPTION…: lab_system, its boot configuration, and its kernel if it
# is healthy. GRUB still points to the kernel that the failed update removed.
lab_system_whole() {
	local root=$1 extra release
	shift
	lab_system "$root" "$@"
	lab_grub_config "$root/boot/grub2" "$@"
	_lab_history "$root" "$@"
	release=$(lab_release "$(lab_kernel "$(lab_option kernel generic "$@")")")
	lab_grubenv "$root/boot/grub2/grubenv" "saved_entry=$(lab_machine_id "$@")-$release"
	! _lab_is_healthy "$@" || lab_kernel_install "$root" "$@"
	extra=$(lab_option extra '' "$@")
	[[ -z $extra ]] || cp -a "$extra/." "$root/"
}

# lab_kernel_install ROOT OPTION…: what installing the packages does, scripts included.
lab_kernel_install() {
	local root=$1 kernel tree release generation rpms
	shift
	kernel=$(lab_option kernel generic "$@")
	generation=$(lab_option generation el9 "$@")
	tree=$(lab_kernel "$kernel")
	release=$(lab_release "$tree")
	rpms=$(lab_rpms "$generation" "$kernel")
	lab_rpm_unpack "$root" "$rpms"/kernel-core-*.rpm "$rpms"/kernel-modules-*.rpm
	depmod -b "$root" "$release"
	_lab_install_boot "$root" "$release" "$(lab_initramfs "$kernel")"
	lab_entry "$root" "$release" "$@"
}

_lab_install_boot() {
	local root=$1 release=$2 initramfs=$3
	local dir=$root/lib/modules/$2 boot=$root/boot
	cp -p "$dir/vmlinuz" "$boot/vmlinuz-$release"
	cp -p "$dir/System.map" "$boot/System.map-$release"
	cp -p "$dir/config" "$boot/config-$release"
	cp -p "$dir/.vmlinuz.hmac" "$boot/.vmlinuz-$release.hmac"
	ln -s "/lib/modules/$release/symvers.gz" "$boot/symvers-$release.gz"
	install -m 0600 "$initramfs" "$boot/initramfs-$release.img"
}

# lab_entry ROOT RELEASE OPTION…: the BLS entry of a kernel as kernel-install writes it.
lab_entry() {
	local root=$1 release=$2 prefix='' options name version
	shift 2
	[[ $(lab_option boot separate "$@") == separate ]] || prefix=/boot
	name=$(sed -n 's/^NAME="\(.*\)"/\1/p' "$root/usr/lib/os-release")
	version=$(sed -n 's/^VERSION="\(.*\)"/\1/p' "$root/usr/lib/os-release")
	options=$(lab_cmdline "$@")
	# shellcheck disable=SC2016 # for GRUB to expand
	[[ $(lab_option generation el9 "$@") == el9 ]] || options='$kernelopts'
	cat >"$root/boot/loader/entries/$(lab_machine_id "$@")-$release.conf" <<-EOT
		title $name ($release) $version
		version $release
		linux $prefix/vmlinuz-$release
		initrd $prefix/initramfs-$release.img
		options $options
		grub_users \$grub_users
		grub_arg --unrestricted
		grub_class demo
	EOT
}

# The package manager's log: installed in May, removed by the update.
_lab_history() {
	local root=$1 release part generation
	shift
	generation=$(lab_option generation el9 "$@")
	release=$(lab_release "$(lab_kernel "$(lab_option kernel generic "$@")")")
	local parts=(kernel-core kernel-modules kernel)
	[[ $generation == el8 ]] || parts=(kernel-modules-core "${parts[@]}")
	{
		echo '2024-05-01T10:00:02+0000 INFO --- logging initialized ---'
		for part in "${parts[@]}"; do
			echo "2024-05-01T10:00:31+0000 SUBDEBUG Installed: $part-$release"
		done
		_lab_is_healthy "$@" || {
			echo '2024-06-12T03:10:44+0000 INFO --- logging initialized ---'
			for part in "${parts[@]}"; do
				echo "2024-06-12T03:11:09+0000 SUBDEBUG Erase: $part-$release"
			done
		}
	} >"$root/var/log/dnf.rpm.log"
}

# lab_partition NAME OPTION…: the number of partition "boot" or "root"; without a separate
# /boot they are the same.
lab_partition() {
	local name=$1 number=1
	shift
	[[ $(lab_option label gpt "$@") != gpt ]] || number=2
	if [[ $name == root && $(lab_option boot separate "$@") == separate ]]; then
		number=$((number + 1))
	fi
	echo "$number"
}

# lab_sizes OPTION…: set boot_mib, root_mib and where each starts (boot_at, root_at), in MiB.
lab_sizes() {
	local root=1792 boot=320
	case $(lab_option kernel generic "$@") in small*) root=320 boot=128 ;; esac
	boot_mib=$(lab_option bootsize "$boot" "$@")
	root_mib=$(lab_option size "$root" "$@")
	boot_at=1
	[[ $(lab_option label gpt "$@") != gpt ]] || boot_at=2
	root_at=$boot_at
	if [[ $(lab_option boot separate "$@") == separate ]]; then
		root_at=$((boot_at + boot_mib))
	fi
}

# lab_partuuid NAME OPTION…: the PARTUUID of partition "boot" or "root".
lab_partuuid() {
	local name=$1
	shift
	if [[ $(lab_option label gpt "$@") == gpt ]]; then
		lab_uuid "partition-$name" "$(lab_option name demo "$@")"
	else
		printf '%s-%02d\n' "$(_lab_disk_id "$@")" "$(lab_partition "$name" "$@")"
	fi
}

_lab_disk_id() { lab_uuid disk "$(lab_option name demo "$@")" | cut -c1-8; }

# lab_offset NAME OPTION…: where the file system "boot" or "root" starts, in bytes.
lab_offset() {
	local name=$1 boot_mib root_mib boot_at root_at
	shift
	lab_sizes "$@"
	if [[ $name == boot ]]; then echo $((boot_at << 20)); else echo $((root_at << 20)); fi
}

# lab_disk_format IMAGE ROOT OPTION…: partition an image and fill it from a root tree, the
# content of ROOT/boot going to its own partition if there is one. GRUB is installed.
lab_disk_format() {
	local image=$1 root=$2 boot_mib root_mib boot_at root_at fs prefix sector=1 part
	shift 2
	lab_sizes "$@"
	fs=$(lab_option fs ext4 "$@")
	truncate -s $((root_at + root_mib + 1))M "$image"
	_lab_partition_table "$@" | sfdisk -q "$image"
	if [[ $(lab_option boot separate "$@") == separate ]]; then
		_lab_mkfs "$image" "$root/boot" "$(lab_option bootfs "$fs" "$@")" boot \
			"$(lab_boot_uuid "$@")" $((boot_at << 20)) "${boot_mib}M"
		find "$root/boot" -mindepth 1 -delete
		prefix=/grub2
	else
		prefix=/boot/grub2
	fi
	_lab_mkfs "$image" "$root" "$fs" root "$(lab_root_uuid "$@")" $((root_at << 20)) "${root_mib}M"
	part=$(lab_partition boot "$@")
	[[ $(lab_option label gpt "$@") != gpt ]] || sector=2048
	if [[ $sector == 1 ]]; then part=msdos$part; else part=gpt$part; fi
	lab_grub_install "$image" "(,$part)$prefix" "$sector"
}

_lab_partition_table() {
	local boot_mib root_mib boot_at root_at linux=83 boot=', bootable'
	lab_sizes "$@"
	if [[ $(lab_option label gpt "$@") == gpt ]]; then
		linux=0FC63DAF-8483-4772-8E79-3D69D8477DE4
		boot=,uuid=$(lab_partuuid boot "$@")
		printf '%s\n' 'label: gpt' "label-id: $(lab_uuid disk "$(lab_option name demo "$@")")" \
			'start=1MiB, size=1MiB, type=21686148-6449-6E6F-744E-656564454649'
	else
		printf '%s\n' 'label: dos' "label-id: 0x$(_lab_disk_id "$@")"
	fi
	[[ $root_at == "$boot_at" ]] ||
		echo "start=${boot_at}MiB, size=${boot_mib}MiB, type=$linux$boot"
	[[ $linux == 83 ]] || linux+=,uuid=$(lab_partuuid root "$@")
	echo "start=${root_at}MiB, size=${root_mib}MiB, type=$linux"
}

# ext4 as EL9 makes it: features that came later are left out.
_lab_mkfs() {
	local image=$1 tree=$2 fs=$3 label=$4 uuid=$5 offset=$6 size=$7 features=()
	[[ $fs != ext4 ]] || features=(-O '^metadata_csum_seed,^orphan_file')
	mke2fs -q -F -t "$fs" -b 4096 "${features[@]}" -L "$label" -U "$uuid" -m 1 \
		-E "offset=$offset,hash_seed=$uuid,lazy_itable_init=0,lazy_journal_init=0" \
		-d "$tree" "$image" "$size"
}

# lab_data_disk OUTPUT LABEL DIR: an unpartitioned ext4 disk with the files of DIR.
lab_data_disk() {
	local output=$1 label=$2 dir=$3 size
	size=$(du -sm --apparent-size "$dir" | cut -f1)
	truncate -s $((size + size / 10 + 16))M "$output"
	mke2fs -q -F -t ext4 -O ^has_journal -m 0 -L "$label" -d "$dir" "$output"
}
