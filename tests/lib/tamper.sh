# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Damage, done to images from outside with debugfs: no root, no mounting. Part of lab.sh.

# lab_debugfs IMAGE OFFSET: run debugfs commands from standard input on a file system of
# ext2/3/4 inside an image. Commands that fail are not an error: read what they print.
lab_debugfs() {
	lab_need debugfs
	debugfs -w -f - "$1?offset=$2" 2>&1 | grep -v '^debugfs' || :
}

# lab_read IMAGE OFFSET PATH: print a file of such a file system.
lab_read() { debugfs -R "cat $3" "$1?offset=$2" 2>/dev/null; }

# lab_list IMAGE OFFSET DIRECTORY: print the names in a directory.
lab_list() {
	debugfs -R "ls -p $3" "$1?offset=$2" 2>/dev/null |
		awk -F/ 'NF > 5 && $6 != "" && $6 != "." && $6 != ".." { print $6 }'
}

# lab_label IMAGE OFFSET PATH: the SELinux label of a file of such a file system.
lab_label() {
	debugfs -R "ea_get -V $3 security.selinux" "$1?offset=$2" 2>/dev/null | tr -d '\000'
}

# lab_break IMAGE OPTION…: to a healthy disk made with these options, do what the failed
# update did: kernel, modules, initramfs and boot entry are gone, the rest stays.
lab_break() {
	local image=$1 boot_in=''
	shift
	[[ $(lab_option boot separate "$@") == separate ]] || boot_in=/boot
	_lab_break_modules "$@" | lab_debugfs "$image" "$(lab_offset root "$@")" >/dev/null
	_lab_break_boot "$boot_in" "$@" | lab_debugfs "$image" "$(lab_offset boot "$@")" >/dev/null
}

_lab_break_modules() {
	local release rpms lib=/lib files
	[[ $(lab_option usr merged "$@") == split ]] || lib=/usr/lib
	release=$(lab_release "$(lab_kernel "$(lab_option kernel generic "$@")")")
	rpms=$(lab_rpms "$(lab_option generation el9 "$@")" "$(lab_option kernel generic "$@")")
	files=$(rpm -qp --qf '[%{FILEMODES:perms} %{FILENAMES}\n]' \
		"$rpms"/kernel-core-*.rpm "$rpms"/kernel-modules-*.rpm |
		grep -E ' (/lib/modules/.|/etc/|/usr/share/)' | sort -u)
	# Deepest first; directories last.
	sed -n "s,^[^d][^ ]* ,rm ,p" <<<"$files" | sed "s, /lib/, $lib/,"
	sed -n "s,^d[^ ]* ,,p" <<<"$files" | sort -r | sed "s,^/lib/,$lib/,; s,^,rmdir ,"
	echo "rmdir $lib/modules/$release"
}

_lab_break_boot() {
	local dir=$1 release file
	shift
	release=$(lab_release "$(lab_kernel "$(lab_option kernel generic "$@")")")
	for file in "vmlinuz-$release" ".vmlinuz-$release.hmac" "System.map-$release" \
		"config-$release" "symvers-$release.gz" "initramfs-$release.img" \
		"loader/entries/$(lab_machine_id "$@")-$release.conf"; do
		echo "rm $dir/$file"
	done
}

# lab_dirty IMAGE OFFSET: as after a power cut: the journal asks to be replayed.
lab_dirty() { echo 'feature needs_recovery' | lab_debugfs "$1" "$2" >/dev/null; }

# lab_orphan IMAGE OFFSET: as after a crash with a deleted file still open: one inode on
# the orphan list, which a writable mount (even ext4's "ro,noload") cleans up.
lab_orphan() {
	local image=$1 offset=$2 inode file
	file=$(mktemp)
	head -c 20000 /dev/urandom >"$file"
	echo "write $file orphan" | lab_debugfs "$image" "$offset" >/dev/null
	rm -f "$file"
	inode=$(debugfs -R 'stat /orphan' "$image?offset=$offset" 2>/dev/null |
		sed -n 's/^Inode: *\([0-9]*\).*/\1/p')
	[[ -n $inode ]] || lab_die "cannot make an orphan in $image"
	lab_debugfs "$image" "$offset" >/dev/null <<-EOT
		unlink /orphan
		set_inode_field <$inode> links_count 0
		set_inode_field <$inode> dtime 0
		set_super_value last_orphan $inode
	EOT
}

# lab_crash IMAGE OPTION…: a real power cut. The machine stops while its root file system is
# mounted, with a journal that holds what the file system does not yet (a file
# /etc/written-before-the-crash) and a deleted file still open. Options of lab_disk, and
#   partition=N   of the root file system, where the disk is not one of lab_disk
#   more=WORDS    what the kernel command line of the system ends with since the last minute
lab_crash() {
	local image=$1 part tree release fs more lab_args
	shift
	part=$(lab_option partition "$(lab_partition root "$@")" "$@")
	fs=$(lab_option fs ext4 "$@") more=$(lab_option more '' "$@")
	tree=$(lab_kernel generic)
	release=$(lab_release "$tree")
	lab_drive virtio "$image"
	lab_console_start "$image.crash.log" 200 -kernel "$tree/boot/vmlinuz-$release" \
		-initrd "$(lab_rescue_initramfs generic)" -append 'console=ttyS0,115200 quiet' \
		"${lab_args[@]}"
	lab_console_expect 'RESCUE-SHELL-READY' 90
	lab_console_expect "$LAB_PROMPT" 20
	# A journal that is not emptied in the background; that of XFS waits by itself.
	[[ $fs == xfs ]] || fs+=' -o commit=1000'
	lab_console_run "mount -t $fs /dev/vda$part /mnt" 20
	lab_console_run 'exec 3>/mnt/deleted; head -c 50000 /dev/urandom >&3; rm /mnt/deleted' 20
	if [[ -n $more ]]; then
		lab_console_run 'cd /mnt/etc/kernel' 20
		lab_console_run "sed 's/\$/$more/' cmdline | dd conv=fsync of=new" 20
		lab_console_run 'mv new cmdline; cd /' 20
	fi
	lab_console_run 'echo it was | dd conv=fsync of=/mnt/etc/written-before-the-crash' 20
	# shellcheck disable=SC2154 # set by lab_console_start
	kill -KILL "$(_lab_child "$lab_con_pid")"
	lab_console_end
	rm -f "$image.crash.log"
}

# The machine itself, below "timeout".
_lab_child() { cat "/proc/$1/task/$1/children"; }
