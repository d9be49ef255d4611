#!/bin/bash
# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The test lab: real kernels, kernel RPMs, user spaces, boot loaders, disks and virtual
# machines, for tests and for the demo. Two ways to use it:
#
#   . tests/lib/lab.sh            then call the lab_* functions
#   tests/lib/lab.sh FUNCTION …   one function as a program (what it prints is its result)
#
# Everything slow is built once into a cache outside the tree:
#   ${RESCUE_CACHE:-${XDG_CACHE_HOME:-~/.cache}/rescue}/lab/KIND/KEY
# A key names the content (package version, options, and the text of the lab file that
# makes it), so a changed recipe gives a new object and nothing is ever updated in place.
# Objects are shared and read-only by agreement: copy before changing (lab_copy).
#
#   core       lab.sh         cache, locks, messages
#   kernels    kernels.sh     Debian kernels, small and full, as trees
#   packages   rpms.sh        kernel RPMs in the layout of each distribution generation
#              rpm6.sh        rpm 6, for packages of format 6
#   judges     judge.sh       kernels as they are
#   symbols    symbols.sh     images of all kernels, with what they export
#   modules    dkms.sh        out-of-tree modules compiled for them
#   systems    userspace.sh   an EL-like root tree that announces itself when it boots
#   loaders    grub.sh        GRUB for BIOS that knows "blscfg", installed without root
#   generations older.sh      EL5 to EL7 and SUSE: packages, systems, GRUB legacy and 2.06
#   menus      menus.sh       real loaders that say what they would start
#   disks      disk.sh        partitioned images without root or loop devices
#   faults     tamper.sh      what the failed update did, dirty file systems
#   media      initramfs.sh   initramfs images of the lab's own
#   volumes    lvm.sh         disks whose root is a logical volume
#   generator  dracut.sh      systems with a dracut of their own
#   servers    layouts.sh     disks by file system, boot loader and firmware
#   machines   qemu.sh        boots with a time limit, typed sessions on the console
#   fixtures   fixtures.sh    small trees, images and package sets for fast tests

set -euo pipefail
# A failure inside $(…) ends that, too.
shopt -s inherit_errexit

LAB_LIB=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck disable=SC2034 # used by the parts
LAB_TOP=$(cd "$LAB_LIB/../.." && pwd)
LAB_CACHE=${RESCUE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/rescue}/lab
# Tools such as mke2fs and debugfs live here, which an ordinary user's PATH leaves out.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export LC_ALL=C.UTF-8 TZ=UTC

lab_note() { printf 'lab: %s\n' "$*" >&2; }
lab_die() { printf 'lab: %s\n' "$*" >&2; exit 1; }

# lab_need TOOL…: fail with one line that says what is missing and what installs it.
lab_need() {
	local tool missing=()
	for tool; do
		command -v "$tool" >/dev/null || missing+=("$tool")
	done
	[[ ${#missing[@]} -eq 0 ]] ||
		lab_die "missing: ${missing[*]} (scripts/setup test installs them)"
}

# lab_run FUNCTION ARGUMENT…: in a process of its own, where "set -e" holds even if the
# caller tests the result.
lab_run() { "$BASH" "$LAB_LIB/lab.sh" "$@"; }

# lab_fakeroot FUNCTION ARGUMENT…: the same, with files that appear to belong to root.
lab_fakeroot() {
	if [[ $(id -u) -eq 0 ]]; then
		lab_run "$@"
	else
		lab_need fakeroot
		fakeroot -- "$BASH" "$LAB_LIB/lab.sh" "$@"
	fi
}

# lab_key WORD…: a short key for these words. A word @FILE stands for the text of that
# lab file.
lab_key() {
	local word
	for word; do
		if [[ $word == @* ]]; then
			cat "$LAB_LIB/${word#@}"
		else
			printf '%s\n' "$word"
		fi
	done | sha256sum | cut -c1-16
}

# lab_cached KIND KEY BUILDER ARGUMENT…: print the path of a cached object. If it is not
# there, "BUILDER NEW ARGUMENT…" makes it at path NEW; others wait, and nobody sees half.
lab_cached() {
	local kind=$1 key=$2 builder=$3 path lock started
	shift 3
	path=$LAB_CACHE/$kind/$key
	mkdir -p "$LAB_CACHE/$kind" "$LAB_CACHE/locks"
	# Its time tells when the object was last wanted.
	touch "$LAB_CACHE/locks/$kind-$key"
	if [[ ! -e $path ]]; then
		exec {lock}>"$LAB_CACHE/locks/$kind-$key"
		flock "$lock"
		if [[ ! -e $path ]]; then
			started=$SECONDS
			_lab_build "$path" "$builder" "$@" {lock}>&- || return 1
			lab_note "made $kind/$key in $((SECONDS - started)) s"
		fi
		exec {lock}>&-
	fi
	printf '%s\n' "$path"
}

# lab_prune DAYS: forget what nobody wanted for so long.
lab_prune() {
	local lock name
	find "$LAB_CACHE/locks" -type f -mtime "+$1" 2>/dev/null | while read -r lock; do
		name=$(basename "$lock")
		# KIND-KEY: kinds with a dash in their name come first.
		case $name in
		kernel-small-* | rpms-bad-*) name=$(sed 's,-,\n,2; s,\n,/,' <<<"$name") ;;
		*) name=${name/-//} ;;
		esac
		rm -rf "${LAB_CACHE:?}/${name:?}" "$LAB_CACHE/$name.log" "$lock"
	done
}

_lab_build() {
	local path=$1 builder=$2 work log
	shift 2
	work=$(mktemp -d "$(dirname "$path")/.new.XXXXXX")
	log=$path.log
	if ! lab_run "$builder" "$work/new" "$@" >"$log" 2>&1; then
		tail -n 15 "$log" >&2
		lab_note "$builder failed; all of its output: $log"
		rm -rf "$work"
		return 1
	fi
	mv -T "$work/new" "$path"
	rmdir "$work"
}

# lab_copy SOURCE DESTINATION: a file or tree of the cache to change; holes stay holes.
lab_copy() { cp -a --reflink=auto --sparse=always -T "$1" "$2"; }

# lab_uuid WORD…: a UUID that depends on the words alone.
lab_uuid() {
	printf '%s\n' "$*" | sha256sum |
		sed -E 's/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*/\1-\2-4\3-8\4-\5/'
}

# lab_option NAME DEFAULT ARGUMENT…: the value of NAME=VALUE among the arguments.
lab_option() {
	local name=$1 value=$2 argument
	shift 2
	for argument; do
		[[ $argument != "$name="* ]] || value=${argument#*=}
	done
	printf '%s\n' "$value"
}

for lab_part in kernels judge symbols dkms rpms rpm6 userspace grub disk older menus tamper initramfs \
	qemu lvm stacks layouts dracut fixtures; do
	# shellcheck source=/dev/null
	[[ ! -e $LAB_LIB/$lab_part.sh ]] || . "$LAB_LIB/$lab_part.sh"
done
unset lab_part

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
	[[ $# -gt 0 ]] || lab_die "usage: lab.sh FUNCTION [ARGUMENT...]"
	declare -F "$1" >/dev/null || lab_die "no such function: $1"
	"$@"
fi
