# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Systems from before BLS, and SUSE: packages with their files in /boot, menus that are one
# file, GRUB legacy and GRUB 2.06. Part of lab.sh. GENERATION is one of
#   el5, el6   GRUB legacy 0.97 and grub.conf       (EL5: initrd-V.img, V without arch)
#   el7        GRUB 2.06, menuentries as grubby leaves them
#   suse       GRUB 2.06, kernel-default, initrd-V, links without a release in their name

# lab_older_kernel GENERATION: print the path of the small kernel's tree; el5 and suse call
# it as their own are called.
lab_older_kernel() {
	local tree old release version
	tree=$(lab_kernel small)
	old=$(lab_release "$tree")
	version=${old%%-*}
	# As long as the old name: rename.pl says why.
	case $1 in
	el5) release=$(printf '%s-%0*d.el5' "$version" $((${#old} - ${#version} - 5)) 2) ;;
	suse)
		version=${version%.*}
		release=$(printf '%s-%0*d-default' "$version" $((${#old} - ${#version} - 9)) 2)
		;;
	*) echo "$tree" && return ;;
	esac
	lab_cached kernel-small "$release-$(lab_key "$tree" @rename.pl)" \
		_lab_older_kernel_build "$tree" "$release"
}

_lab_older_kernel_build() {
	local new=$1 tree=$2 release=$3 old
	old=$(lab_release "$tree")
	cp -a "$tree" "$new"
	_lab_kernel_rename "$new" "$old" "$release"
	echo "$release" >"$new/release"
	depmod -b "$new" "$release"
}

# ---- packages --------------------------------------------------------------------------

# lab_older_rpms GENERATION [OPTION…]: print the directory of the kernel's package. Options
# payload= and arch= as for lab_rpms.
lab_older_rpms() {
	local generation=$1 payload=xz arch tree
	case $generation in
	el5) payload=gzip ;;
	suse) payload=zstd ;;
	esac
	payload=$(lab_option payload "$payload" "$@")
	arch=$(lab_option arch x86_64 "$@")
	tree=$(lab_older_kernel "$generation")
	lab_cached rpms "$generation-$(lab_release "$tree")-$(lab_key @rpms.sh @older.sh "$tree" \
		"$payload" "$arch")" _lab_older_rpms_build "$generation" "$tree" "$payload" "$arch"
}

_lab_older_rpms_build() {
	local new=$1 generation=$2 tree=$3 payload=$4 arch=$5 work=$1.work release
	lab_need rpmbuild openssl
	release=$(lab_release "$tree")
	mkdir -p "$work/root" "$work/rpm"
	if [[ $generation == suse ]]; then
		_lab_suse_payload "$work/root" "$tree" "$release"
		_lab_suse_spec "$release" >"$work/kernel.spec"
	else
		_lab_older_payload "$work/root" "$tree" "$release"
		_lab_older_spec "$generation" "$release" >"$work/kernel.spec"
	fi
	_lab_rpmbuild "$work" "$payload" "$arch"
	mv "$work/rpm" "$new"
	rm -rf "$work"
}

_lab_older_modules() {
	local dir=$1 tree=$2 release=$3
	mkdir -p "$(dirname "$dir")"
	cp -a "$tree/lib/modules/$release" "$dir"
	rm "$dir"/modules.{alias,alias.bin,builtin.alias.bin,builtin.bin,dep,dep.bin,devname,softdep,symbols,symbols.bin}
	mkdir "$dir"/{extra,updates,weak-updates}
	ln -s "/usr/src/kernels/$release" "$dir/build"
	ln -s build "$dir/source"
}

# EL5 to EL7: the image and what goes with it are files of the package.
_lab_older_payload() {
	local root=$1 tree=$2 release=$3
	mkdir -p "$root/boot" "$root/etc/ld.so.conf.d"
	_lab_older_modules "$root/lib/modules/$release" "$tree" "$release"
	install -m 0755 "$tree/boot/vmlinuz-$release" "$root/boot/"
	install -m 0600 "$tree/boot/System.map-$release" "$root/boot/"
	install -m 0644 "$tree/boot/config-$release" "$root/boot/"
	gzip -9nc "$tree/symvers" >"$root/boot/symvers-$release.gz"
	_lab_hmac "$root/boot/vmlinuz-$release" "/boot/vmlinuz-$release" \
		>"$root/boot/.vmlinuz-$release.hmac"
	echo '# Placeholder file, no vDSO hwcap entries used in this kernel.' \
		>"$root/etc/ld.so.conf.d/kernel-$release.conf"
	# The specs make it this large so that rpm counts the space.
	truncate -s 20M "$root/boot/initramfs-$release.img" "$root/boot/initrd-$release.img"
}

_lab_older_spec() {
	local generation=$1 release=$2 initrd=initramfs
	[[ $generation != el5 ]] || initrd=initrd
	cat <<-EOT
		Name: kernel
		Version: $(lab_rpm_version "$release")
		Release: $(lab_rpm_release "$release")
		Summary: The Linux kernel
		License: GPLv2
		AutoReqProv: no
		Provides: kernel-%{_target_cpu} = %{version}-%{release}
		Provides: kernel-uname-r = $release
		Provides: kernel-drm = 4.3.0
		Requires(pre): module-init-tools, initscripts >= 8.11.1-1, grubby >= 8.28-2
		%description
		The kernel package contains the Linux kernel (vmlinuz).
		%install
		%post
		/sbin/new-kernel-pkg --package kernel --install $release || exit \$?
		%posttrans
		/sbin/new-kernel-pkg --package kernel --mkinitrd --dracut --depmod --update $release || exit \$?
		/sbin/new-kernel-pkg --package kernel --rpmposttrans $release || exit \$?
		%files
		%defattr(-,root,root)
		/boot/vmlinuz-$release
		$([[ $generation == el5 ]] || echo "/boot/.vmlinuz-$release.hmac")
		/boot/System.map-$release
		/boot/symvers-$release.gz
		/boot/config-$release
		%ghost /boot/$initrd-$release.img
		$([[ $generation == el5 ]] || echo "/etc/ld.so.conf.d/kernel-$release.conf")
		%dir /lib/modules
		/lib/modules/$release
	EOT
}

# SUSE with a merged /usr: everything beside the modules, /boot only names ghosts.
_lab_suse_payload() {
	local root=$1 tree=$2 release=$3 dir=$1/usr/lib/modules/$3 file
	mkdir -p "$root/boot"
	_lab_older_modules "$dir" "$tree" "$release"
	install -m 0644 "$tree/boot/vmlinuz-$release" "$dir/vmlinuz"
	install -m 0644 "$tree/boot/System.map-$release" "$dir/System.map"
	install -m 0644 "$tree/boot/config-$release" "$dir/config"
	gzip -9nc "$tree/symvers" >"$dir/symvers.gz"
	echo 'kernel.hung_task_timeout_secs = 0' >"$dir/sysctl.conf"
	_lab_hmac "$dir/vmlinuz" "vmlinuz-$release" >"$dir/.vmlinuz.hmac"
	for file in vmlinuz System.map config sysctl.conf; do : >"$root/boot/$file-$release"; done
	: >"$root/boot/.vmlinuz-$release.hmac"
	truncate -s 20M "$root/boot/initrd-$release"
}

_lab_suse_spec() {
	local release=$1 file
	cat <<-EOT
		Name: kernel-default
		Version: $(lab_rpm_version "$release")
		Release: $(sed 's/^[^-]*-//; s/-default$//' <<<"$release")
		Summary: The Standard Kernel
		License: GPL-2.0-only
		AutoReqProv: no
		Provides: kernel = %{version}-%{release}
		Provides: multiversion(kernel)
		Requires(post): suse-kernel-rpm-scriptlets
		%description
		The standard kernel for both uniprocessor and multiprocessor systems.
		%install
		%post
		/usr/lib/module-init-tools/kernel-scriptlets/rpm-post --name kernel-default --kernelrelease $release --image vmlinuz "\$@"
		%files
		%defattr(-,root,root)
		/usr/lib/modules/$release
	EOT
	for file in vmlinuz System.map config sysctl.conf; do
		echo "%ghost /boot/$file-$release"
	done
	printf '%s\n' "%ghost /boot/.vmlinuz-$release.hmac" "%ghost /boot/initrd-$release"
}

# ---- systems ---------------------------------------------------------------------------

# lab_older_system ROOT GENERATION OPTION…: a system whose kernel and menu entries the
# update removed. Options of lab_system; fs= is ext3 for what GRUB legacy reads.
#   menu=kept   the header of the menu is left, and an entry of another system  (kept)
#       =stale  and an entry of a kernel that was removed long ago
#       =gone   the file is gone
lab_older_system() {
	local root=$1 generation=$2
	shift 2
	lab_system "$root" "$@"
	rm -rf "$root"/boot/{loader,grub2} "$root/etc/kernel"
	_lab_older_identity "$root" "$generation"
	echo "Jun 12 03:11:09 Erased: kernel-$(lab_release "$(lab_older_kernel "$generation")")" \
		>"$root/var/log/yum.log"
	case $generation in
	el[56]) _lab_legacy_menu "$root" "$@" ;;
	*) _lab_menuentries "$root" "$generation" "$@" ;;
	esac
}

_lab_older_identity() {
	local root=$1 generation=$2
	rm -f "$root"/etc/{os-release,redhat-release,system-release} "$root/usr/lib/os-release"
	case $generation in
	el[56])
		rm -f "$root"/etc/machine-id "$root/etc/default/grub"
		echo "CentOS release ${generation#el}.10 (Final)" >"$root/etc/redhat-release"
		;;
	el7)
		echo 'CentOS Linux release 7.9.2009 (Core)' >"$root/etc/redhat-release"
		printf '%s\n' 'NAME="CentOS Linux"' 'VERSION="7 (Core)"' 'ID="centos"' \
			'ID_LIKE="rhel fedora"' 'VERSION_ID="7"' \
			'PRETTY_NAME="CentOS Linux 7 (Core)"' >"$root/etc/os-release"
		;;
	suse)
		printf '%s\n' 'NAME="openSUSE Leap"' 'VERSION="15.6"' 'ID="opensuse-leap"' \
			'ID_LIKE="suse opensuse"' 'VERSION_ID="15.6"' \
			'PRETTY_NAME="openSUSE Leap 15.6"' >"$root/etc/os-release"
		;;
	esac
	printf '%s\n' 'UPDATEDEFAULT=yes' 'DEFAULTKERNEL=kernel' >"$root/etc/sysconfig/kernel"
}

_lab_legacy_menu() {
	local root=$1 dir=$1/boot/grub
	mkdir -p "$dir"
	ln -s ./grub.conf "$dir/menu.lst"
	ln -s ../boot/grub/grub.conf "$root/etc/grub.conf"
	echo '(hd0)     /dev/sda' >"$dir/device.map"
	cat >"$dir/grub.conf" <<-EOT
		# grub.conf generated by anaconda
		#
		# Note that you do not have to rerun grub after making changes to this file
		#boot=/dev/sda
		default=0
		fallback=0
		timeout=1
		serial --unit=0 --speed=115200
		terminal --timeout=1 serial console
		title Other
			rootnoverify (hd0,3)
			chainloader +1
	EOT
	[[ $(lab_option menu kept "$@") != stale ]] || cat >>"$dir/grub.conf" <<-EOT
		title CentOS (2.6.32-71.el6.x86_64)
			root (hd0,$(($(lab_partition boot "$@") - 1)))
			kernel /vmlinuz-2.6.32-71.el6.x86_64 $(lab_cmdline "$@")
			initrd /initramfs-2.6.32-71.el6.x86_64.img
	EOT
	chmod 0600 "$dir/grub.conf"
}

# As grub2-mkconfig wrote it, without what it wrote for kernels.
_lab_menuentries() {
	local root=$1 generation=$2 dir=$1/boot/grub2
	shift 2
	mkdir -p "$dir"
	ln -s ../boot/grub2/grub.cfg "$root/etc/grub2.cfg"
	sed -i '/BLSCFG/d' "$root/etc/default/grub"
	# grubby leaves the title of the kernel that was there last.
	lab_grubenv "$dir/grubenv" 'saved_entry=CentOS Linux (3.10.0-1160.el7.x86_64) 7 (Core)'
	[[ $(lab_option menu kept "$@") == kept ]] || return 0
	_lab_grub_cfg gpt2 "$(lab_boot_uuid "$@")" msdos '' |
		sed '/^if .* -z .*kernelopts/,/^blscfg/d' >"$dir/grub.cfg"
	cat >>"$dir/grub.cfg" <<-'EOT'

		### BEGIN /etc/grub.d/30_os-prober ###
		menuentry 'Other (on /dev/sda4)' --class windows --class os $menuentry_id_option 'osprober-chain-1234' {
			insmod part_msdos
			insmod chain
			set root='hd0,msdos4'
			chainloader +1
		}
		### END /etc/grub.d/30_os-prober ###
	EOT
	chmod 0600 "$dir/grub.cfg"
}

# ---- disks -----------------------------------------------------------------------------

# lab_older_disk OUTPUT GENERATION OPTION…: a disk (MBR) with such a system and its GRUB.
# The result is cached; OUTPUT is a copy to change.
lab_older_disk() {
	local output=$1 generation=$2
	shift 2
	set -- kernel=small label=mbr "$@"
	[[ $generation != el[56] ]] || set -- fs=ext3 "$@"
	lab_copy "$(lab_cached disks "$generation-$(lab_key @older.sh @disk.sh @userspace.sh \
		@grub.sh "$(lab_userspace)" "$(lab_older_kernel "$generation")" "$@").img" \
		_lab_older_disk_build "$generation" "$@")" "$output"
}

_lab_older_disk_build() { lab_fakeroot _lab_older_disk_make "$@"; }

_lab_older_disk_make() {
	local new=$1 generation=$2 root=$1.root
	shift 2
	export LAB_GRUB=stable
	lab_older_system "$root" "$generation" "$@"
	[[ $generation == el[56] ]] || lab_grub_files "$root/boot/grub2"
	lab_disk_format "$new" "$root" "$@"
	[[ $generation != el[56] ]] || lab_grub_legacy_install "$new" "$@"
	rm -rf "$root"
}

# lab_grub_legacy_install IMAGE OPTION…: stage 1 in the boot sector, stage 2 behind it, as
# "setup" of GRUB's shell does. Offsets: stage2/asm.S.
lab_grub_legacy_install() {
	local image=$1 part stages config=/grub/grub.conf
	shift
	[[ $(lab_option boot separate "$@") == separate ]] || config=/boot$config
	part=$(($(lab_partition boot "$@") - 1))
	stages=$(lab_grub_legacy)
	dd if="$stages/stage1" of="$image" bs=1 count=440 conv=notrunc status=none
	cp "$stages/stage2" "$image.stage2"
	# Partition, then (behind numbers and the version) the menu's name.
	printf '%b' "\\xff\\xff\\x0$part\\x00" |
		dd of="$image.stage2" bs=1 seek=$((0x208)) conv=notrunc status=none
	printf '%s\0' "$config" |
		dd of="$image.stage2" bs=1 seek=$((0x217)) conv=notrunc status=none
	dd if="$image.stage2" of="$image" bs=512 seek=1 conv=notrunc status=none
	rm "$image.stage2"
}

# lab_grub_legacy: print the directory of GRUB legacy's stages.
lab_grub_legacy() {
	local deb
	deb=$(lab_deb stable grub-legacy)
	lab_cached grub "$(basename "$deb" .deb)" _lab_grub_legacy_unpack "$deb"
}

_lab_grub_legacy_unpack() {
	dpkg-deb -x "$2" "$1.root"
	mv "$1.root/usr/lib/grub/x86_64-pc" "$1"
	rm -rf "$1.root"
}
