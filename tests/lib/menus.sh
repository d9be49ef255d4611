# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A boot loader that goes through many systems' menus and says what it would start of each:
# it has no commands that load a kernel, but functions of their names. Part of lab.sh.

# Commands that load something, and the modules that have them.
_LAB_LOADING='linux|linux16|initrd|initrd16|chainloader'
_LAB_LOADERS=(linux.mod linux16.mod chain.mod)
# GRUB nests a menu in each that it came from, and its stack is small.
_LAB_MENU_NEST=4

# lab_grub_menus DISK DIRECTORY COUNT: GRUB (LAB_GRUB) on a disk with the systems
# DIRECTORY/0, 1, ….
lab_grub_menus() {
	local disk=$1 directory=$2 count=$3 root=$1.root number
	mkdir -p "$root/grub" "$root/next"
	lab_grub_files "$root/grub"
	(cd "$root/grub/i386-pc" && rm "${_LAB_LOADERS[@]}")
	sed -i -E "/^[*]?($_LAB_LOADING):/d" "$root/grub/i386-pc/command.lst"
	_lab_menus_driver >"$root/grub/grub.cfg"
	for ((number = 0; number <= count; number++)); do
		_lab_menus_step "$number" "$count" >"$root/next/$number.cfg"
		_lab_menus_after "$number" >"$root/next/after-$number.cfg"
		[[ $number -eq $count ]] || _lab_menus_tar "$root/$number.tar" "$directory/$number"
	done
	lab_grubenv "$root/judge.env" judge_at=0
	rm -f "$disk"
	truncate -s 96M "$disk"
	printf '%s\n' 'label: dos' 'start=1MiB, type=83' | sfdisk -q "$disk"
	_lab_mkfs "$disk" "$root" ext2 judge "$(lab_uuid judge)" $((1 << 20)) 94M
	lab_grub_install "$disk" '(,msdos1)/grub' 1
	rm -rf "$root"
}

# The file system that GRUB reads.
_lab_menus_tar() {
	if grep -q ' /boot ' "$2/etc/fstab"; then
		tar -cf "$1" -C "$2/boot" .
	else
		tar -cf "$1" -C "$2" .
	fi
}

_lab_menus_driver() {
	local word
	cat <<-'EOT'
		insmod serial
		serial --unit=0 --speed=115200
		insmod terminal
		terminal_output serial
		insmod terminfo
		terminfo -g 1000x24 serial dumb
		insmod loadenv
		load_env -f (hd0,msdos1)/judge.env judge_at
		export judge_at
		for name in loopback tar test echo configfile search search_fs_uuid reboot true \
			sleep blsuki regexp minicmd gfxmenu; do
			insmod $name
		done
		function judge_linux {
			set judge_path="$1"
			shift
			set judge_line="$*"
			export judge_path
			export judge_line
		}
		function judge_initrd {
			echo "JUDGE $judge_at|$chosen|$judge_path|$judge_line|"
			unset chosen
			source (hd0,msdos1)/next/after-$judge_at.cfg
		}
		function judge_other {
			set judge_path=
			set judge_line=
			judge_initrd
		}
	EOT
	for word in linux linux16 linuxefi; do
		printf 'function %s {\n\tjudge_linux "$@"\n}\n' "$word"
	done
	for word in initrd initrd16 initrdefi; do
		printf 'function %s {\n\tjudge_initrd\n}\n' "$word"
	done
	printf 'function chainloader {\n\tjudge_other\n}\n'
	# shellcheck disable=SC2016 # for GRUB to expand
	echo 'source (hd0,msdos1)/next/$judge_at.cfg'
}

# _lab_menus_step NUMBER COUNT: into the menu of that system; behind the last one the end.
_lab_menus_step() {
	[[ $1 -lt $2 ]] || { printf '%s\n' 'echo JUDGE-END' 'sleep 1000' && return; }
	cat <<-EOT
		loopback judge$1 (hd0,msdos1)/$1.tar
		set root=judge$1
		if [ -d (judge$1)/grub2 ]; then
			set prefix=(judge$1)/grub2
		else
			set prefix=(judge$1)/boot/grub2
		fi
		configfile \$prefix/grub.cfg
		echo "JUDGE-NOTHING $1"
		source (hd0,msdos1)/next/after-$1.cfg
	EOT
}

# _lab_menus_after NUMBER: from that system to the next one.
_lab_menus_after() {
	printf '%s\n' "set judge_at=$(($1 + 1))" 'export judge_at'
	if (($1 % _LAB_MENU_NEST == _LAB_MENU_NEST - 1)); then
		printf '%s\n' 'save_env -f (hd0,msdos1)/judge.env judge_at' reboot
	else
		echo "source (hd0,msdos1)/next/$(($1 + 1)).cfg"
	fi
}

# lab_menus_run DISK SECONDS: until the loader has been through all of them (LAB_LOG).
lab_menus_run() {
	local disk=$1 seconds=$2 words=() word lab_args
	for word in "${LAB_QEMU[@]}"; do
		[[ $word == -no-reboot ]] || words+=("$word")
	done
	lab_drive ahci "$disk" snapshot
	(
		LAB_QEMU=("${words[@]}")
		lab_watch 'JUDGE-END' "$seconds" "${lab_args[@]}"
	)
}

# ---- loaders that have a machine for each menu --------------------------------------------

# lab_menu_kernel bios|efi: print the path of a program that they take for a kernel, and that
# only tells its name and its command line.
lab_menu_kernel() {
	lab_cached initramfs "menu-$1-$(lab_key "@menus/kernel-bios.S" "@menus/kernel-efi.c")" \
		"_lab_menu_kernel_$1"
}

_lab_menu_kernel_bios() {
	gcc -c -m32 -o "$1.o" "$LAB_LIB/menus/kernel-bios.S"
	ld -m elf_i386 -Ttext 0 -e _start --oformat binary -o "$1" "$1.o"
	rm "$1.o"
}

_lab_menu_kernel_efi() {
	clang --target=x86_64-unknown-windows -ffreestanding -fno-stack-protector -mno-red-zone \
		-O1 -Wall -Wextra -Werror -c -o "$1.o" "$LAB_LIB/menus/kernel-efi.c"
	ld -m i386pep --subsystem 10 -e efi_main -o "$1" "$1.o"
	rm "$1.o"
}

# lab_legacy_menus DIRECTORY COUNT: GRUB legacy with each of DIRECTORY/systems/N.
lab_legacy_menus() { _lab_machines "$@" bios _lab_legacy_disk; }

# lab_systemd_menus DIRECTORY COUNT: the same for systemd-boot.
lab_systemd_menus() { _lab_machines "$@" uefi _lab_esp_disk; }

# What each of them starts comes together in LAB_LOG.
_lab_machines() {
	local directory=$1 count=$2 firmware=$3 make=$4 number log=$LAB_LOG
	: >"$log"
	for ((number = 0; number < count; number++)); do
		"$make" "$directory/disk" "$directory/systems/$number"
		LAB_LOG=$directory/one.log LAB_FIRMWARE=$firmware LAB_BUS=ahci \
			lab_boot "$directory/disk" '^@.*\|' 60 || :
		sed -nE "s/.*@([^|]*\|[^|]*\|[^|]*\|).*/JUDGE $number|\1/p" "$directory/one.log" |
			head -n 1 >>"$log"
	done
}

_lab_legacy_disk() {
	local disk=$1 tree=$2 boot=none
	! grep -q ' /boot ' "$tree/etc/fstab" || boot=separate
	[[ $boot == none ]] || tree+=/boot
	rm -f "$disk"
	truncate -s 4M "$disk"
	printf '%s\n' 'label: dos' 'start=1MiB, type=83' | sfdisk -q "$disk"
	mke2fs -q -F -t ext2 -E offset=$((1 << 20)) -d "$tree" "$disk" 3M
	lab_grub_legacy_install "$disk" label=mbr "boot=$boot"
}

_lab_esp_disk() {
	local disk=$1 tree=$2
	rm -f "$disk"
	truncate -s 40M "$disk"
	mkfs.vfat -F 32 "$disk" >/dev/null
	find "$tree/efi" -mindepth 1 -maxdepth 1 -exec mcopy -s -i "$disk" {} :: \;
}

# ---- what a system's own loader started --------------------------------------------------

# lab_default: of what "rescue --json inventory" says (stdin), the default entry as
# "linux<TAB>options".
lab_default() {
	python3 -c '
import json, sys
system, = json.load(sys.stdin)["systems"]
entry, = [e for e in system["entries"] if e["id"] == system["default_entry"]]
print(entry["linux"], entry["options"], sep="\t")'
}

# lab_started OPTIONS: the system that came up last (LAB_LOG) was told these, behind what the
# boot loader adds in front; else 1.
lab_started() {
	local line
	line=$(lab_plain <"$LAB_LOG" | grep -a "$LAB_MARKER")
	printf '%s\n' "$line"
	[[ $line == *"cmdline=["*"$1]"* ]] && return
	echo "the default entry says: $1"
	return 1
}
