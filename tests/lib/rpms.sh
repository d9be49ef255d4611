# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Kernel RPMs laid out as distribution generations lay them out, made by rpmbuild from the
# lab's kernels. Part of lab.sh. What is where, what is %ghost, who provides and requires
# what, follows the kernel.spec of EL 8.9 and 9.3; the split of the modules is coarser.

# lab_rpms GENERATION KERNEL [OPTION…]: print the directory of the packages of a kernel.
#   GENERATION  el9   kernel, kernel-core, -modules-core, -modules, -modules-extra (from 9.2)
#               el8   kernel, kernel-core (with the base modules), -modules, -modules-extra
#   KERNEL      a name that lab_kernel knows
#               el5, el6, el7, suse   older.sh; KERNEL is always the small one
#   payload=zstd|xz|gzip|bzip2|lzma|none   (el9 zstd, el8 xz)
#   modules=plain|xz                       (el9 plain, el8 xz)
#   arch=NAME                              what the packages claim to be (x86_64)
lab_rpms() {
	local generation=$1 kernel=$2 payload=zstd modules=plain arch tree
	shift 2
	case $generation in
	el8) payload=xz modules=xz ;;
	el[567] | suse) lab_older_rpms "$generation" "$@" && return ;;
	esac
	payload=$(lab_option payload "$payload" "$@")
	modules=$(lab_option modules "$modules" "$@")
	arch=$(lab_option arch x86_64 "$@")
	tree=$(lab_kernel "$kernel")
	lab_cached rpms "$generation-$(lab_release "$tree")-$(lab_key @rpms.sh "$tree" \
		"$payload" "$modules" "$arch")" \
		_lab_rpms_build "$generation" "$tree" "$payload" "$modules" "$arch"
}

# lab_rpm_version KERNEL-RELEASE, lab_rpm_release KERNEL-RELEASE: of its packages, which
# are then called kernel-core-VERSION-RELEASE.x86_64 as everywhere.
lab_rpm_version() { printf '%s\n' "${1%%-*}"; }
lab_rpm_release() {
	local rest=${1#*-}
	printf '%s\n' "${rest%.x86_64}"
}

# lab_rpm_unpack ROOT RPM…: the payloads as rpm would lay them down, without any script.
lab_rpm_unpack() {
	local root=$1 file
	shift
	lab_need rpm2cpio cpio
	for file; do
		rpm2cpio "$file" | (cd "$root" && cpio -idmu --quiet)
	done
}

_lab_rpms_build() {
	local new=$1 generation=$2 tree=$3 payload=$4 modules=$5 arch=$6
	local work=$new.work release
	lab_need rpmbuild depmod openssl
	release=$(lab_release "$tree")
	mkdir -p "$work/root" "$work/rpm"
	_lab_payload_stage "$work/root" "$tree" "$generation"
	_lab_payload_split "$work" "$release"
	[[ $modules == plain ]] || _lab_payload_compress "$work" "$release"
	_lab_spec "$generation" "$release" "$work" >"$work/kernel.spec"
	_lab_rpmbuild "$work" "$payload" "$arch"
	mv "$work/rpm" "$new"
	rm -rf "$work"
}

# The whole payload in one tree, and the ghosts' stand-ins.
_lab_payload_stage() {
	local root=$1 tree=$2 generation=$3 release dir
	release=$(lab_release "$tree")
	dir=$root/lib/modules/$release
	mkdir -p "$root/lib/modules" "$root/boot"
	cp -a "$tree/lib/modules/$release" "$dir"
	install -m 0755 "$tree/boot/vmlinuz-$release" "$dir/vmlinuz"
	install -m 0600 "$tree/boot/System.map-$release" "$dir/System.map"
	install -m 0644 "$tree/boot/config-$release" "$dir/config"
	gzip -9nc "$tree/symvers" >"$dir/symvers.gz"
	_lab_hmac "$dir/vmlinuz" "vmlinuz-$release" >"$dir/.vmlinuz.hmac"
	grep -E '/(block|ata|nvme|scsi)/' "$dir/modules.order" | sed 's,.*/,,' >"$dir/modules.block" || :
	grep -E '/drivers/net/' "$dir/modules.order" | sed 's,.*/,,' >"$dir/modules.networking" || :
	grep -E '/gpu/drm/' "$dir/modules.order" | sed 's,.*/,,' >"$dir/modules.drm" || :
	cp "$dir/modules.drm" "$dir/modules.modesetting"
	mkdir "$dir"/{updates,weak-updates,systemtap}
	ln -s "/usr/src/kernels/$release" "$dir/build"
	ln -s build "$dir/source"
	[[ $generation != el8 ]] || _lab_bls_conf "$release" >"$dir/bls.conf"
	_lab_payload_elsewhere "$root" "$release"
}

# What a kernel package holds outside its module directory.
_lab_payload_elsewhere() {
	local root=$1 release=$2 file
	mkdir -p "$root"/etc/{ld.so.conf.d,modprobe.d} "$root/usr/share/licenses/kernel-core" \
		"$root/usr/share/doc/kernel-keys/$release"
	echo '# Placeholder file, no vDSO hwcap entries used in this kernel.' \
		>"$root/etc/ld.so.conf.d/kernel-$release.conf"
	chmod 0444 "$root/etc/ld.so.conf.d/kernel-$release.conf"
	printf '%s\n' '# Remove the comment below to prevent the module from loading' 'blacklist minix' \
		>"$root/etc/modprobe.d/minix-blacklist.conf"
	echo 'GNU General Public License, version 2' \
		>"$root/usr/share/licenses/kernel-core/COPYING-$release"
	echo 'a certificate' >"$root/usr/share/doc/kernel-keys/$release/kernel-signing-ca.cer"
	for file in "vmlinuz-$release" ".vmlinuz-$release.hmac" "System.map-$release" \
		"config-$release" "symvers-$release.gz"; do
		: >"$root/boot/$file"
	done
	# The specs make it this large so that rpm counts the space.
	truncate -s 20M "$root/boot/initramfs-$release.img"
}

# As "sha512hmac" prints it: the key is the one built into that tool.
_lab_hmac() {
	printf '%s  %s\n' "$(openssl dgst -sha512 -hmac FIPS-FTW-RHT2009 -r "$1" | cut -d' ' -f1)" "$2"
}

_lab_bls_conf() {
	cat <<-EOT
		title Demo Linux ($1) 8.9 (Enterprise layout)
		version $1
		linux /vmlinuz-$1
		initrd /initramfs-$1.img
		options \$kernelopts
		id demo-20240501100000-$1
		grub_users \$grub_users
		grub_arg --unrestricted
		grub_class kernel
	EOT
}

# Directories that EL's filter-modules.sh takes out of the core, and mod-extra.list.
_LAB_NOT_CORE='drivers/(atm|auxdisplay|bcma|bluetooth|firewire|iio|infiniband|isdn|leds|media|memstick|mfd|mmc|mtd|nfc|ntb|parport|pcmcia|platform|power|ssb|staging|tty|uio|uwb|w1)/|drivers/net/(can|dsa|hamradio|ieee802154|ppp|slip|usb|wireless)/|drivers/net/ethernet/(3com|adaptec|amd|aquantia|atheros|broadcom|chelsio|cisco|dec|dlink|emulex|marvell|mellanox|nvidia|qlogic|realtek|sfc|sun|ti|via)/|drivers/scsi/(aacraid|aic7xxx|aic94xx|be2iscsi|bfa|bnx2|csiostor|cxgbi|esas2r|fcoe|fnic|isci|libsas|lpfc|megaraid|mpt3sas|mvsas|pm8001|qla2xxx|qla4xxx|sym53c8xx_2|ufs|qedf)|drivers/gpu/drm/(amd|gma500|i915|nouveau|radeon|via)/|drivers/input/(gameport|tablet|touchscreen)/|drivers/usb/(atm|image|misc|serial)/|fs/(ceph|cifs|coda|cramfs|ecryptfs|jfs|nilfs2|ocfs2|romfs|smb|squashfs|ubifs)/|net/(6lowpan|bluetooth|can|ceph|ieee802154|l2tp|mac80211|mac802154|mpls|nfc|rds|rfkill|wireless)/|/sound/'
_LAB_EXTRA='fs/(affs|befs|hfs|hfsplus|minix|qnx4|reiserfs|sysv|ufs)/|net/(appletalk|atm|ax25|batman-adv|dccp|lapb|netrom|rose|sctp|tipc|x25)/'

# core.list, modules.list and extra.list: paths of the modules of each package. A module
# that needs one of another package goes with it, as the specs check.
_lab_payload_split() {
	local work=$1 release=$2 dir
	dir=$1/root/lib/modules/$2
	awk -v not_core="$_LAB_NOT_CORE" -v extra="$_LAB_EXTRA" -v out="$work" \
		-v prefix="/lib/modules/$release/" '
	{
		sub(/:/, "", $1)
		part = "core"
		for (i = 1; i <= NF; i++)
			if ($i ~ extra) part = "extra"
			else if ($i ~ not_core && part == "core") part = "modules"
		print prefix $1 > (out "/" part ".list")
	}' "$dir/modules.dep"
	touch "$work"/{core,modules,extra}.list
	find "$dir/kernel" -mindepth 1 -type d -printf "%%dir /lib/modules/$release/kernel/%P\n" \
		>>"$work/core.list"
	# depmod makes these when the package is installed.
	rm "$dir"/modules.{alias,alias.bin,builtin.alias.bin,builtin.bin,dep,dep.bin,devname,softdep,symbols,symbols.bin}
}

# As EL compresses modules: in a form that the kernel's own decoder reads.
_lab_payload_compress() {
	local work=$1
	find "$work/root/lib/modules" -name '*.ko' -print0 |
		xargs -0 -r -n 32 -P "$(nproc)" xz -1 --check=crc32
	sed -i 's/\.ko$/.ko.xz/' "$work"/{core,modules,extra}.list
}

_lab_rpmbuild() {
	local work=$1 payload=$2 arch=$3 io
	case $payload in
	zstd) io=w3.zstdio ;;
	xz) io=w2.xzdio ;;
	gzip) io=w6.gzdio ;;
	bzip2) io=w9.bzdio ;;
	lzma) io=w2.lzdio ;;
	none) io=w.ufdio ;;
	*) lab_die "unknown payload compression: $payload" ;;
	esac
	# The payload is staged already; nothing may be stripped, scanned or removed.
	SOURCE_DATE_EPOCH=1714557600 rpmbuild -bb --quiet --noclean --nodeps --target "$arch-linux" \
		--buildroot "$work/root" --dbpath "$work/db" \
		--define "_topdir $work/top" --define "_rpmdir $work/rpm" \
		--define '_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' \
		--define "_binary_payload $io" --define '_buildhost lab' \
		--define 'use_source_date_epoch_as_buildtime 1' \
		--define '__spec_install_pre %{___build_pre}' --define '__os_install_post %{nil}' \
		--define '__check_files %{nil}' --define 'debug_package %{nil}' \
		--define '_build_id_links none' --define '_missing_build_ids_terminate_build 0' \
		"$work/kernel.spec"
}

# The spec of one generation. Scripts are those of the distribution, shortened: a package
# without scripts would not show that nothing runs them.
_lab_spec() {
	local generation=$1 release=$2 work=$3
	_lab_spec_head "$generation" "$release"
	_lab_spec_package modules "$release" kernel "kernel-uname-r = $release" \
		"$([[ $generation == el8 ]] || echo "kernel-modules-core-uname-r = $release")"
	_lab_spec_package modules-extra "$release" kernel-module "kernel-uname-r = $release" \
		"kernel-modules-uname-r = $release" \
		"$([[ $generation == el8 ]] || echo "kernel-modules-core-uname-r = $release")"
	[[ $generation == el8 ]] || _lab_spec_package modules-core "$release" kernel-module \
		"kernel-uname-r = $release"
	_lab_spec_scripts "$release"
	_lab_spec_files "$generation" "$release" "$work"
}

_lab_spec_head() {
	local generation=$1 release=$2
	cat <<-EOT
		Name: kernel
		Version: $(lab_rpm_version "$release")
		Release: $(lab_rpm_release "$release")
		Summary: The Linux kernel
		License: GPL-2.0-only
		AutoReqProv: no
		Provides: installonlypkg(kernel)
		Requires: kernel-core-uname-r = $release
		Requires: kernel-modules-uname-r = $release
		$([[ $generation == el8 ]] || echo "Requires: kernel-modules-core-uname-r = $release")
		%description
		The kernel meta package
		%install
		%package core
		Summary: The Linux kernel
		AutoReqProv: no
		Provides: installonlypkg(kernel)
		Provides: kernel = %{version}-%{release}
		Provides: kernel-%{_target_cpu} = %{version}-%{release}
		Provides: kernel-core-uname-r = $release
		Provides: kernel-uname-r = $release
		Requires(pre): coreutils, systemd >= 203-2, /usr/bin/kernel-install
		Requires(pre): dracut >= 027
		Requires(pre): linux-firmware >= 20150904-56.git6ebf5d57
		Requires(preun): systemd >= 200
		$([[ $generation == el8 ]] || echo "Requires: kernel-modules-core-uname-r = $release")
		%description core
		The kernel package contains the Linux kernel (vmlinuz).
	EOT
}

# _lab_spec_package PART RELEASE INSTALLONLY REQUIREMENT…
_lab_spec_package() {
	local part=$1 release=$2 kind=$3 need
	shift 3
	cat <<-EOT
		%package $part
		Summary: Kernel modules to match the core kernel
		AutoReqProv: no
		Provides: kernel-$part-%{_target_cpu} = %{version}-%{release}
		Provides: kernel-$part-uname-r = $release
		Provides: installonlypkg($kind)
	EOT
	for need; do
		[[ -z $need ]] || echo "Requires: $need"
	done
	printf '%s\n' "%description $part" 'Kernel modules.'
}

_lab_spec_scripts() {
	local release=$1
	cat <<-EOT
		%posttrans core
		if [ -x /usr/sbin/weak-modules ]; then /usr/sbin/weak-modules --add-kernel $release || exit \$?; fi
		/bin/kernel-install add $release /lib/modules/$release/vmlinuz || exit \$?
		if [[ ! -e "/boot/symvers-$release.gz" ]]; then
		    ln -s /lib/modules/$release/symvers.gz /boot/symvers-$release.gz
		fi
		%preun core
		/bin/kernel-install remove $release /lib/modules/$release/vmlinuz || exit \$?
		%post modules
		/sbin/depmod -a $release
		%postun modules
		/sbin/depmod -a $release
	EOT
}

_lab_spec_files() {
	local generation=$1 release=$2 work=$3 dir=/lib/modules/$2
	printf '%s\n' '%files' "%files core$([[ $generation == el9 ]] || echo " -f $work/core.list")"
	cat <<-EOT
		%defattr(-,root,root,-)
		%license /usr/share/licenses/kernel-core/COPYING-$release
		$dir/vmlinuz
		%ghost %attr(0755,root,root) /boot/vmlinuz-$release
		$dir/.vmlinuz.hmac
		%ghost /boot/.vmlinuz-$release.hmac
		%attr(0600,root,root) $dir/System.map
		%ghost %attr(0600,root,root) /boot/System.map-$release
		%dir /lib/modules
		%dir $dir
		$dir/symvers.gz
		$dir/config
		$dir/modules.builtin*
		%ghost %attr(0600,root,root) /boot/symvers-$release.gz
		%ghost %attr(0600,root,root) /boot/initramfs-$release.img
		%ghost %attr(0644,root,root) /boot/config-$release
		/etc/ld.so.conf.d/kernel-$release.conf
	EOT
	if [[ $generation == el8 ]]; then
		echo "$dir/bls.conf"
	else
		printf '%s\n' "%files modules-core -f $work/core.list" '%defattr(-,root,root,-)' \
			'%dir /lib/modules' "%dir $dir"
	fi
	_lab_spec_files_base "$release"
	cat <<-EOT
		%files modules -f $work/modules.list
		%defattr(-,root,root,-)
		%files modules-extra -f $work/extra.list
		%defattr(-,root,root,-)
		%config(noreplace) /etc/modprobe.d/minix-blacklist.conf
	EOT
}

# What goes with the base modules, whichever package has them.
_lab_spec_files_base() {
	local dir=/lib/modules/$1 file
	printf '%s\n' "%dir $dir/kernel" "$dir/build" "$dir/source" "$dir/updates" \
		"$dir/weak-updates" "$dir/systemtap" "%doc /usr/share/doc/kernel-keys/$1" \
		"$dir"/modules.{block,drm,modesetting,networking,order}
	for file in alias alias.bin builtin.alias.bin builtin.bin dep dep.bin devname softdep \
		symbols symbols.bin; do
		echo "%ghost %attr(0644,root,root) $dir/modules.$file"
	done
}
