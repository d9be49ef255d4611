#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Small disk images for tests, in a fraction of a second and without root, loop devices or
# a kernel that knows partitions:
#
#   images.sh FUNCTION ARGUMENT...
#
#   image_table IMAGE gpt|mbr MIB       partitions from standard input, as sfdisk reads them
#   image_fs IMAGE NUMBER TYPE DIR [MKE2FS-OPTION...]
#                                       ext2/3/4 with the files of DIR in partition NUMBER;
#                                       0: on the whole image
#   image_tree DIR [NAME=VALUE...]      what makes a root file system a system
#   image_system IMAGE [NAME=VALUE...]  the three above; its options:
#       label=gpt|mbr|none  boot=separate|none  usr=separate|none  fs=TYPE  name=WORD
#       logical=yes (mbr: root is partition 5, logical)  fstab=uuid|position
#   image_dirty IMAGE NUMBER            its journal wants replay
#   image_orphan IMAGE NUMBER           a deleted file waits to be cleaned up
#   image_swap IMAGE NUMBER [SIGNATURE] a swap area; S1SUSPEND: hibernated
#   image_unmounted_never IMAGE NUMBER  an ext2 that a crash left mounted
#   image_member IMAGE NUMBER KIND [WORD]  the signature of a part of something larger:
#                                       md-0.90, md-1.0 (at the end), md-1.2, luks2, …
#   image_noise IMAGE MIB               random bytes, the same every time
#   image_uuid NAME WORD                the UUID that image_system gives root, boot, usr
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin

option() {
	local name=$1 value=$2 argument
	shift 2
	for argument; do
		[[ $argument != "$name="* ]] || value=${argument#*=}
	done
	printf '%s\n' "$value"
}

image_uuid() {
	printf '%s' "$*" | sha256sum |
		sed -E 's/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*/\1-\2-4\3-8\4-\5/'
}

image_table() {
	local image=$1 label=$2 mib=$3
	[[ $label != mbr ]] || label=dos
	rm -f "$image"
	truncate -s "${mib}M" "$image"
	{
		echo "label: $label"
		cat
	} | sfdisk -q "$image"
}

# "offset size" of a partition in bytes.
extent() {
	local image=$1 number=$2
	if [[ $number == 0 ]]; then
		echo "0 $(stat -c %s "$image")"
		return
	fi
	sfdisk -d "$image" | sed -nE "s|^.*[^0-9]$number : start= *([0-9]+), size= *([0-9]+).*|\1 \2|p" |
		awk '{ print $1 * 512, $2 * 512 }'
}

image_fs() {
	local image=$1 number=$2 type=$3 dir=$4 offset size
	shift 4
	read -r offset size < <(extent "$image" "$number")
	mke2fs -q -F -t "$type" -E "offset=$offset,no_copy_xattrs" -d "$dir" -b 1024 "$@" \
		"$image" "$((size / 1024))k" 2>/dev/null
}

image_tree() {
	local dir=$1 name position
	shift
	name=$(option name a "$@")
	mkdir -p "$dir"/{etc,boot,usr/lib/modules,sbin,var/log}
	printf '%s\n' 'ID="demo"' 'VERSION_ID="9.4"' 'PRETTY_NAME="Demo Linux 9.4"' \
		>"$dir/etc/os-release"
	image_uuid machine "$name" | tr -d - >"$dir/etc/machine-id"
	head -c 64 /bin/true >"$dir/sbin/init"
	position=$(option fstab uuid "$@")
	{
		fstab_line root / 1
		[[ $(option boot none "$@") == none ]] || fstab_line boot /boot 2
		[[ $(option usr none "$@") == none ]] || fstab_line usr /usr 3
	} >"$dir/etc/fstab"
}

fstab_line() {
	local what=$1 where=$2 number=$3
	if [[ $position == position ]]; then
		echo "/dev/sda$number $where auto defaults 0 0"
	else
		echo "UUID=$(image_uuid "$what" "$name") $where auto defaults 0 0"
	fi
}

# Partition 1 is root, 2 boot, 3 usr, 4 swap; with logical=yes root is 5.
image_system() {
	local image=$1 label name fs work root=1
	shift
	label=$(option label gpt "$@")
	name=$(option name a "$@")
	fs=$(option fs ext4 "$@")
	work=$(mktemp -d)
	image_tree "$work/root" "$@"
	mkdir "$work/boot" "$work/usr"
	if [[ $label == none ]]; then
		rm -f "$image"
		truncate -s 8M "$image"
		root=0
	elif [[ $(option logical no "$@") == yes ]]; then
		root=5
		image_table "$image" mbr 32 <<-EOT
			1 : start=8MiB, size=20MiB, type=5
			2 : start=1MiB, size=6MiB, type=83
			5 : start=9MiB, size=8MiB, type=83
		EOT
	else
		printf 'size=%sMiB\n' 8 6 6 2 | image_table "$image" "$label" 32
	fi
	if [[ $(option boot none "$@") == separate ]]; then
		mkdir -p "$work/boot/grub2"
		echo '# made by tests' >"$work/boot/grub2/grub.cfg"
		image_fs "$image" 2 "$fs" "$work/boot" -U "$(image_uuid boot "$name")"
	fi
	if [[ $(option usr none "$@") == separate ]]; then
		mv "$work/root/usr/lib" "$work/usr/"
		image_fs "$image" 3 "$fs" "$work/usr" -U "$(image_uuid usr "$name")"
	fi
	image_fs "$image" "$root" "$fs" "$work/root" -U "$(image_uuid root "$name")"
	rm -r "$work"
}

debug() {
	local image=$1 number=$2 offset
	shift 2
	read -r offset _ < <(extent "$image" "$number")
	debugfs -w "$@" "$image?offset=$offset" 2>/dev/null >/dev/null
}

image_member() {
	local image=$1 number=$2 kind=$3 offset size
	shift 3
	read -r offset size < <(extent "$image" "$number")
	"$(dirname "$0")/members.py" "$kind" "$image" "$offset" "$size" "$@"
}

image_dirty() { debug "$1" "$2" -R 'feature needs_recovery'; }

image_unmounted_never() { debug "$1" "$2" -R 'set_super_value state 0'; }

image_noise() {
	openssl enc -aes-128-ctr -nosalt -K 00 -iv 00 </dev/zero 2>/dev/null |
		head -c "$2M" >"$1" || :
}

# As after a crash while a deleted file was still open: an inode without a name, on the list.
image_orphan() {
	local image=$1 number=$2 inode=20 commands
	commands=$(mktemp)
	printf '%s\n' "write /bin/true victim" >"$commands"
	debug "$image" "$number" -f "$commands"
	read -r offset _ < <(extent "$image" "$number")
	inode=$(debugfs -R 'stat victim' "$image?offset=$offset" 2>/dev/null |
		sed -nE 's/^Inode: ([0-9]+).*/\1/p')
	printf '%s\n' "unlink victim" "set_inode_field <$inode> links_count 0" \
		"set_super_value last_orphan $inode" >"$commands"
	debug "$image" "$number" -f "$commands"
	rm "$commands"
}

image_swap() {
	local image=$1 number=$2 signature=${3-} offset size
	read -r offset size < <(extent "$image" "$number")
	truncate -s "$size" "$image.swap"
	mkswap -q "$image.swap" >/dev/null
	[[ -z $signature ]] ||
		printf '%-10.10s' "$signature" | tr ' ' '\0' |
		dd of="$image.swap" bs=1 seek=4086 conv=notrunc status=none
	dd if="$image.swap" of="$image" bs=512 seek=$((offset / 512)) conv=notrunc status=none
	rm "$image.swap"
}

"$@"
