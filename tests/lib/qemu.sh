# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Virtual machines: boots that are judged by what the console says, and typed sessions.
# Part of lab.sh. No KVM is needed. Nothing waits for a fixed time: every wait is for a
# line on the console, has a limit, and ends early when the machine stops.

LAB_QEMU=(qemu-system-x86_64 -accel tcg -m "${LAB_MEMORY:-1024}" -smp 1 -no-user-config
	-display none -monitor none -nic none -no-reboot)

# Lines after which a boot cannot succeed any more.
LAB_DEAD='Kernel panic - not syncing|grub rescue>|grub> |No bootable device|LAB-INITRAMFS-FAILED'

# lab_drive BUS FILE [snapshot]: set the array lab_args to QEMU's arguments for a disk on
# BUS: virtio, ahci, nvme, mptsas, pvscsi, megasas or multipath (two ways to one disk). With "snapshot" the file does not change.
_lab_drives=0
lab_drive() {
	local bus=$1 id=disk$((_lab_drives++)) drive
	drive=file=${2//,/,,},if=none,id=$id,format=raw,cache=unsafe
	[[ ${3-} != snapshot ]] || drive+=,snapshot=on
	lab_args=(-drive "$drive")
	case $bus in
	virtio) lab_args+=(-device "virtio-blk-pci,drive=$id") ;;
	ahci) lab_args+=(-device "ahci,id=bus-$id" -device "ide-hd,bus=bus-$id.0,drive=$id") ;;
	nvme) lab_args+=(-device "nvme,drive=$id,serial=$id") ;;
	mptsas)
		# The driver does not attach a disk without a SAS address.
		lab_args+=(-device "mptsas1068,id=bus-$id"
			-device "scsi-hd,bus=bus-$id.0,drive=$id,wwn=$((0x5000c50000000000 + _lab_drives))")
		;;
	multipath)
		# Two adapters lead to one disk. Both QEMU's open the file.
		drive+=,file.locking=off
		lab_args=(-drive "${drive/id=$id/id=$id-b}" -drive "$drive"
			-device "virtio-scsi-pci,id=bus-$id-b" -device "virtio-scsi-pci,id=bus-$id")
		drive=share-rw=on,serial=$id,wwn=$((0x5000c50000000000 + _lab_drives))
		lab_args+=(-device "scsi-hd,bus=bus-$id-b.0,drive=$id-b,$drive"
			-device "scsi-hd,bus=bus-$id.0,drive=$id,$drive")
		;;
	pvscsi | megasas)
		lab_args+=(-device "$bus,id=bus-$id" -device "scsi-hd,bus=bus-$id.0,drive=$id")
		;;
	*) lab_die "no such bus: $bus" ;;
	esac
	# The first disk is the one that the firmware boots.
	lab_args[-1]+=,bootindex=$_lab_drives
}

# lab_firmware bios|uefi|secureboot: set the array lab_args to QEMU's arguments for that
# firmware; the variables of UEFI are those of a new machine, and forgotten. secureboot has
# Microsoft's keys in them.
lab_firmware() {
	lab_args=()
	case $1 in
	bios) return 0 ;;
	secureboot)
		lab_args=(-machine "q35,smm=on"
			-global "driver=cfi.pflash01,property=secure,value=on"
			-drive "if=pflash,unit=0,format=raw,readonly=on,file=$LAB_OVMF/OVMF_CODE_4M.ms.fd"
			-drive "if=pflash,unit=1,format=raw,snapshot=on,file=$LAB_OVMF/OVMF_VARS_4M.ms.fd")
		return 0
		;;
	esac
	lab_args=(-drive "if=pflash,unit=0,format=raw,readonly=on,file=$LAB_OVMF/OVMF_CODE_4M.fd"
		-drive "if=pflash,unit=1,format=raw,snapshot=on,file=$LAB_OVMF/OVMF_VARS_4M.fd")
}
LAB_OVMF=/usr/share/OVMF

# lab_boot DISK MARKER SECONDS [QEMU-ARGUMENT…]: boot a disk (LAB_BUS, default virtio) as
# the firmware (LAB_FIRMWARE, default bios) does, without changing it. 0 when a line of the console (LAB_LOG, else a
# temporary file) matches the extended expression MARKER; else 1 and one line that says why.
lab_boot() {
	local disk=$1 marker=$2 seconds=$3 lab_args args
	shift 3
	lab_firmware "${LAB_FIRMWARE:-bios}"
	args=("${lab_args[@]}")
	lab_drive "${LAB_BUS:-virtio}" "$disk" snapshot
	lab_watch "$marker" "$seconds" "${args[@]}" "${lab_args[@]}" "$@"
}

# lab_watch MARKER SECONDS QEMU-ARGUMENT…: the same for any machine.
lab_watch() {
	local marker=$1 seconds=$2 log=${LAB_LOG:-} pid result=0
	shift 2
	lab_need qemu-system-x86_64
	[[ -n $log ]] || log=$(mktemp)
	: >"$log"
	timeout -k 5 $((seconds + 60)) "${LAB_QEMU[@]}" -serial "file:$log" "$@" \
		</dev/null 2>"$log.qemu" &
	pid=$!
	lab_at_exit "$pid"
	_lab_wait_line "$log" "$marker" "$seconds" "$pid" || result=1
	# A system that announced itself powers off; give it the time to.
	[[ $result -ne 0 ]] || _lab_wait_exit "$pid" 15
	kill "$pid" 2>/dev/null || :
	wait "$pid" 2>/dev/null || :
	[[ $result -eq 0 ]] || _lab_why "$log"
	return "$result"
}

_lab_wait_line() {
	local log=$1 marker=$2 until=$((SECONDS + $3)) pid=$4
	while ! grep -qaE -e "$marker" "$log"; do
		if grep -qaE -e "$LAB_DEAD" "$log"; then
			# Both may have come at once.
			grep -qaE -e "$marker" "$log"
			return
		fi
		if ! kill -0 "$pid" 2>/dev/null; then
			grep -qaE -e "$marker" "$log"
			return
		fi
		((SECONDS < until)) || return 1
		sleep 0.2
	done
}

_lab_wait_exit() {
	local pid=$1 until=$((SECONDS + $2))
	while kill -0 "$pid" 2>/dev/null && ((SECONDS < until)); do sleep 0.1; done
}

_lab_why() {
	local log=$1 line
	line=$(grep -aoE -e "$LAB_DEAD" "$log" | head -n 1 || :)
	[[ -n $line ]] || line=$(lab_plain <"$log" | grep -v '^ *$' | tail -n 1 || :)
	[[ ! -s $log.qemu ]] || line+=" ($(tail -n 1 "$log.qemu"))"
	lab_note "the boot did not get there; last sign: ${line:-none} (console: $log)"
}

# lab_plain: the console without colours, cursor movements and carriage returns.
lab_plain() {
	sed -E 's/\x1b\[[0-9;?]*[a-zA-Z]//g; s/\x1b[()][0-9A-B]//g; s/\x1bc//g; s/\r+$//; s/.*\r//' |
		tr -d '\000-\010\013-\037'
}

# Processes to end with the script. One that has its own traps sets LAB_OWN_TRAPS and
# calls lab_cleanup there.
_lab_pids=()
lab_at_exit() {
	_lab_pids+=("$1")
	[[ -z ${LAB_OWN_TRAPS-} ]] || return 0
	trap lab_cleanup EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
}

lab_cleanup() {
	local pid
	for pid in "${_lab_pids[@]}"; do kill "$pid" 2>/dev/null || :; done
	[[ -z ${lab_con_dir:-} ]] || rm -f "$lab_con_dir"/con.in "$lab_con_dir"/con.out
}

# A typed session on the serial console of one machine at a time. The shell there shows
# "STATUS rescue# " as its prompt (see lab_rescue_initramfs).
#
# lab_console_start LOG SECONDS QEMU-ARGUMENT…: start it; what the console says goes to
# LOG; after SECONDS it is ended whatever happens.
lab_console_start() {
	local log=$1 seconds=$2
	shift 2
	lab_need qemu-system-x86_64
	lab_con_dir=$(mktemp -d)
	lab_con_log=$log
	lab_con_seen=0
	mkfifo "$lab_con_dir/con.in" "$lab_con_dir/con.out"
	: >"$log"
	timeout -k 5 "$seconds" "${LAB_QEMU[@]}" -chardev "pipe,id=con,path=$lab_con_dir/con" \
		-serial chardev:con "$@" </dev/null >/dev/null 2>"$log.qemu" &
	lab_con_pid=$!
	lab_at_exit "$lab_con_pid"
	cat "$lab_con_dir/con.out" >"$log" &
	lab_at_exit "$!"
	exec {lab_con_fd}<>"$lab_con_dir/con.in"
}

# lab_console_expect EXPRESSION SECONDS: wait for new text that matches; what matched is in
# lab_con_match, what came before it in lab_con_text. With LAB_SHOW set, every new line is
# given to the function of that name as soon as it is complete.
lab_console_expect() {
	local until=$((SECONDS + $2)) found at lab_con_shown=$lab_con_seen
	while :; do
		[[ -z ${LAB_SHOW-} ]] || _lab_console_show
		found=$(tail -c +$((lab_con_seen + 1)) "$lab_con_log" | grep -aobE -m1 -e "$1" | head -n 1 || :)
		[[ -z $found ]] || break
		if ! kill -0 "$lab_con_pid" 2>/dev/null; then
			lab_note "the machine stopped while waiting for '$1' (console: $lab_con_log)"
			return 1
		fi
		if ((SECONDS >= until)); then
			lab_note "no '$1' on the console within $2 s (console: $lab_con_log)"
			return 1
		fi
		sleep 0.1
	done
	at=${found%%:*}
	lab_con_match=${found#*:}
	[[ -z ${LAB_SHOW-} ]] || _lab_console_show $((lab_con_seen + at))
	# In this order: a "head" that ends early would break the pipe.
	lab_con_text=$(head -c $((lab_con_seen + at)) "$lab_con_log" |
		tail -c +$((lab_con_seen + 1)) | lab_plain)
	lab_con_seen=$((lab_con_seen + at + $(printf '%s' "$lab_con_match" | wc -c)))
}

# lab_console_line SECONDS: wait for the end of the line that is being written, for example
# the echo of what was typed.
lab_console_line() {
	local until=$((SECONDS + $1)) size
	until [[ $(tail -c +$((lab_con_seen + 1)) "$lab_con_log" | wc -l) -gt 0 ]]; do
		((SECONDS < until)) || return 1
		sleep 0.1
	done
	size=$(tail -c +$((lab_con_seen + 1)) "$lab_con_log" | sed -n 1p | wc -c)
	lab_con_seen=$((lab_con_seen + size))
}

# Show what is new, in whole lines, or all of it up to a position.
_lab_console_show() {
	local LC_ALL=C end=${1-} new
	if [[ -z $end ]]; then
		new=$(tail -c +$((lab_con_shown + 1)) "$lab_con_log" | tr '\000' '?' && printf x)
		new=${new%x}
		[[ $new == *$'\n'* ]] || return 0
		new=${new%$'\n'*}
		end=$((lab_con_shown + ${#new} + 1))
	fi
	head -c "$end" "$lab_con_log" | tail -c +$((lab_con_shown + 1)) | lab_plain | "$LAB_SHOW"
	lab_con_shown=$end
}

# lab_console_type TEXT: type a line.
lab_console_type() { printf '%s\n' "$1" >&"$lab_con_fd"; }

LAB_PROMPT='[0-9]+ rescue# '

# lab_console_run COMMAND SECONDS: run a command at the prompt. Returns its exit status (255:
# no prompt in time); what it printed is in lab_con_text.
lab_console_run() {
	local echoed=$((("${#1}" + 10) / 80 + 2))
	lab_console_type "$1"
	lab_console_expect "$LAB_PROMPT" "$2" || return 255
	# First comes the echo of what was typed, in lines of 80.
	lab_con_text=$(tail -n "+$echoed" <<<"$lab_con_text")
	return "${lab_con_match%% *}"
}

# lab_console_poweroff SECONDS: switch it off from the prompt and wait until it is.
lab_console_poweroff() {
	lab_console_type 'sync; poweroff -f'
	_lab_wait_exit "$lab_con_pid" "$1"
	! kill "$lab_con_pid" 2>/dev/null || lab_note 'the machine did not switch itself off'
	lab_console_end
}

# lab_console_end: forget a machine that is off.
lab_console_end() {
	wait "$lab_con_pid" 2>/dev/null || :
	exec {lab_con_fd}>&-
	rm -rf "$lab_con_dir"
	lab_con_dir=
}

# lab_rescue_start LOG SECONDS BINARY RPM-DIRECTORY DISK…: boot the rescue medium with the
# program as /sbin/rescue, the disks on LAB_BUS (default virtio) and the packages mounted at
# /rpms; returns at the prompt. Disks are written to. The firmware is LAB_RESCUE_FIRMWARE's.
lab_rescue_start() {
	local log=$1 seconds=$2 binary=$3 rpms=$4 tree release disk lab_args args=() work
	shift 4
	tree=$(lab_kernel generic)
	release=$(lab_release "$tree")
	work=$(mktemp -d)
	lab_initramfs_with "$(lab_rescue_initramfs generic)" "$work/initramfs" "$binary"
	lab_data_disk "$work/rpms" RPMS "$rpms"
	lab_firmware "${LAB_RESCUE_FIRMWARE:-bios}"
	args=("${lab_args[@]}")
	for disk; do
		lab_drive "${LAB_BUS:-virtio}" "$disk"
		args+=("${lab_args[@]}")
	done
	lab_drive virtio "$work/rpms" snapshot
	args+=("${lab_args[@]}")
	lab_console_start "$log" "$seconds" -m 2048 -kernel "$tree/boot/vmlinuz-$release" \
		-initrd "$work/initramfs" -append 'console=ttyS0,115200 quiet' "${args[@]}"
	if ! lab_console_expect 'RESCUE-SHELL-READY.*' 400 || ! lab_console_expect "$LAB_PROMPT" 60; then
		rm -rf "$work"
		return 1
	fi
	# QEMU keeps what it has opened.
	rm -rf "$work"
}
