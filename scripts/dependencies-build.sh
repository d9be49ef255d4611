# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-or-later
#
# How each library is built; part of scripts/dependencies, which sets libc, work, prefix
# and here. One function a library, each run in a shell of its own under "set -eux".
set -euo pipefail

libraries=(z bz2 lz4 minilzo lzma zstd blkid mount smartcols uuid archive kmod depmod nettle)

# The order in which a linker needs them.
link_line=(-ldepmod -lkmod -larchive -lmount -lblkid -lsmartcols -luuid -lnettle
	-lzstd -llzma -lbz2 -lz -llz4 -lminilzo)

# Decompressors are what a user waits for; all else is size.
flags() {
	local optimise=$1
	if [[ $libc == glibc ]]; then
		echo "-O1 -g -fPIC -fno-omit-frame-pointer -ffunction-sections" \
			"-fdata-sections -ffile-prefix-map=$work=."
	else
		echo "$optimise -ffunction-sections -fdata-sections" \
			"-fstack-protector-strong -fno-unwind-tables" \
			"-fno-asynchronous-unwind-tables -ffile-prefix-map=$work=."
	fi
}

jobs_of_a_lane() {
	local all=${RESCUE_JOBS:-$(nproc)}
	echo "-j$(((all + 1) / 2))"
}

# PREFIX/bin/cc. For musl it is gcc with a specification file of our own, because musl-gcc
# turns -static-pie into a dynamic program. Static and position independent are in the
# compiler and not in CFLAGS, where configure scripts lose them and then test wrongly.
make_compiler() {
	if [[ $libc == glibc ]]; then
		cat >"$prefix/bin/cc" <<-'EOC'
			#!/bin/sh
			exec gcc "$@"
		EOC
	else
		make_musl_compiler
	fi
	chmod +x "$prefix/bin/cc"
}

make_musl_compiler() {
	local musl_include musl_lib machine directory
	machine=$(gcc -print-multiarch)
	# By name: glibc has an rcrt1.o as well, and gcc would find that one.
	musl_lib=/usr/lib/${machine%-gnu*}-musl
	musl_include=/usr/include/${machine%-gnu*}-musl
	[[ -e $musl_lib/rcrt1.o ]] || fail "cannot find rcrt1.o of musl (package musl-dev)"
	[[ -e $musl_include/stdlib.h ]] || fail "cannot find musl's headers (package musl-dev)"
	# Kernel headers come from the distribution's libc directory, but none of its others.
	mkdir -p "$prefix/kernel"
	for directory in linux asm asm-generic mtd; do
		if [[ -d /usr/include/$directory ]]; then
			ln -s "/usr/include/$directory" "$prefix/kernel/$directory"
		elif [[ -d /usr/include/$machine/$directory ]]; then
			ln -s "/usr/include/$machine/$directory" "$prefix/kernel/$directory"
		fi
	done
	cat >"$prefix/lib/musl.specs" <<-EOC
		%rename cpp_options old_cpp_options

		*cpp_options:
		-nostdinc -isystem $musl_include -isystem include%s %(old_cpp_options)

		*cc1:
		%(cc1_cpu) -nostdinc -isystem $musl_include -isystem include%s

		*link_libgcc:
		-L$musl_lib -L .%s

		*libgcc:
		libgcc.a%s %:if-exists(libgcc_eh.a%s)

		*startfile:
		$musl_lib/rcrt1.o $musl_lib/crti.o crtbeginS.o%s

		*endfile:
		crtendS.o%s $musl_lib/crtn.o

		*link:
		-static -pie --no-dynamic-linker -z text -z relro -z now -nostdlib

		*esp_link:


		*esp_options:


		*esp_cpp_options:


	EOC
	cat >"$prefix/bin/cc" <<-'EOC'
		#!/bin/sh
		prefix=${0%/*}/..
		exec gcc -fPIE "$@" -specs "$prefix/lib/musl.specs" -idirafter "$prefix/kernel"
	EOC
}

# A file that Debian's patches touched must not make "make" look for autoconf.
settle_times() {
	local name
	for name in aclocal.m4 configure config.h.in Makefile.in; do
		find . -name "$name" -exec touch {} +
	done
}

configure() {
	local optimise=$1
	shift
	settle_times
	./configure CC="$prefix/bin/cc" CFLAGS="$(flags "$optimise")" \
		CPPFLAGS="-I$prefix/include" LDFLAGS="-L$prefix/lib" \
		PKG_CONFIG=false --prefix="$prefix" --disable-shared "$@"
}

# hide_symbols PREFIX PUBLIC FILE...
# Give every symbol that does not match PUBLIC a prefix, in all these objects or archives
# alike. Private helpers have names such as hash_new, crc32c or mangle: a program that
# happened to define one of them would silently take its place.
hide_symbols() {
	local mark=$1 public=$2
	shift 2
	nm --defined-only --extern-only --format=posix "$@" | awk 'NF > 1 { print $1 }' |
		sort -u | grep -Ev "$public" | sed "s/.*/& $mark&/" >rename.symbols
	local file
	for file; do objcopy -D --redefine-syms=rename.symbols "$file"; done
}

build_zlib() {
	cd "$work/zlib"
	CC="$prefix/bin/cc" CFLAGS="$(flags -O2)" ./configure --static
	make "$(jobs_of_a_lane)" libz.a
	cp libz.a "$prefix/lib/"
	cp zlib.h zconf.h "$prefix/include/"
}

build_bzip2() {
	cd "$work/bzip2"
	make "$(jobs_of_a_lane)" libbz2.a CC="$prefix/bin/cc" \
		CFLAGS="$(flags -Os) -D_FILE_OFFSET_BITS=64"
	cp libbz2.a "$prefix/lib/"
	cp bzlib.h "$prefix/include/"
}

# Kernel images in LZ4: one file; what is not called, the linker leaves out.
build_lz4() {
	cd "$work/lz4/lib"
	# shellcheck disable=SC2046
	"$prefix/bin/cc" $(flags -O2) -c lz4.c -o lz4.o
	ar rcsD "$prefix/lib/liblz4.a" lz4.o
	cp lz4.h "$prefix/include/"
}

# Kernel images in LZO: its small edition holds the only decoder they need.
build_lzo2() {
	cd "$work/lzo2/minilzo"
	# shellcheck disable=SC2046
	"$prefix/bin/cc" $(flags -O2) -I../include/lzo -c minilzo.c -o minilzo.o
	ar rcsD "$prefix/lib/libminilzo.a" minilzo.o
	cp minilzo.h ../include/lzo/lzoconf.h ../include/lzo/lzodefs.h "$prefix/include/"
}

build_xz() {
	cd "$work/xz-utils"
	configure -O2 --enable-threads=posix --disable-nls --disable-doc --disable-scripts \
		--disable-xz --disable-xzdec --disable-lzmadec --disable-lzmainfo \
		--disable-lzma-links --disable-microlzma --disable-lzip-decoder
	make "$(jobs_of_a_lane)" -C src/liblzma
	cp src/liblzma/.libs/liblzma.a "$prefix/lib/"
	make -C src/liblzma/api install
}

# Decompression only: the compressor would be a third of the program.
build_libzstd() {
	cd "$work/libzstd/lib"
	make "$(jobs_of_a_lane)" libzstd.a CC="$prefix/bin/cc" CFLAGS="$(flags -O2)" \
		ZSTD_LIB_COMPRESSION=0 ZSTD_LIB_DICTBUILDER=0 ZSTD_LIB_DEPRECATED=0 \
		ZSTD_LEGACY_SUPPORT=0
	cp libzstd.a "$prefix/lib/"
	cp zstd.h zstd_errors.h "$prefix/include/"
}

# The member objects of an archive are linked only where used; what is switched off here
# is what the used ones would bring along. iconv alone would be 100 KiB of tables.
build_libarchive() {
	cd "$work/libarchive"
	configure -Os --disable-bsdtar --disable-bsdcat --disable-bsdcpio \
		--disable-acl --disable-xattr --without-iconv --without-libb2 --without-lz4 \
		--without-lzo2 --without-cng --without-mbedtls --without-nettle \
		--without-openssl --without-xml2 --without-expat
	make "$(jobs_of_a_lane)" libarchive.la
	cp .libs/libarchive.a "$prefix/lib/"
	hide_symbols archive_private_ '^(archive_|_archive_|__archive_)' \
		"$prefix/lib/libarchive.a"
	cp libarchive/archive.h libarchive/archive_entry.h "$prefix/include/"
}

build_util_linux() {
	cd "$work/util-linux"
	configure -Os --disable-all-programs --enable-libblkid --enable-libmount \
		--enable-libsmartcols --enable-libuuid --disable-nls --disable-asciidoc \
		--disable-poman --disable-bash-completion --disable-pylibmount --disable-rpath \
		--without-udev --without-selinux --without-systemd --without-ncurses \
		--without-ncursesw --without-tinfo --without-readline --without-cap-ng \
		--without-libz --without-libmagic --without-user --without-btrfs \
		--without-python --without-econf --without-audit --without-cryptsetup
	make "$(jobs_of_a_lane)" libblkid.la libmount.la libsmartcols.la libuuid.la
	cp .libs/lib{blkid,mount,smartcols,uuid}.a "$prefix/lib/"
	hide_symbols utillinux_private_ '^(blkid_|mnt_|scols_|uuid_)' \
		"$prefix"/lib/lib{blkid,mount,smartcols,uuid}.a
	mkdir -p "$prefix"/include/{blkid,libmount,libsmartcols,uuid}
	cp libblkid/src/blkid.h "$prefix/include/blkid/"
	cp libmount/src/libmount.h "$prefix/include/libmount/"
	cp libsmartcols/src/libsmartcols.h "$prefix/include/libsmartcols/"
	cp libuuid/src/uuid.h "$prefix/include/uuid/"
}

# hogweed, the public-key half, goes into the same archive.
build_nettle() {
	cd "$work/nettle"
	configure -Os --enable-mini-gmp --enable-fat --disable-documentation \
		--disable-openssl
	make "$(jobs_of_a_lane)" libnettle.a libhogweed.a
	make install-headers
	printf '%s\n' "create $prefix/lib/libnettle.a" "addlib libnettle.a" \
		"addlib libhogweed.a" save end | ar -M
	# -D makes the times that "ar -M" wrote zero. nettle insists on debug information,
	# 20 MB of it, which serves nobody in a stripped program.
	if [[ $libc == musl ]]; then
		objcopy -D --strip-debug "$prefix/lib/libnettle.a"
	else
		objcopy -D "$prefix/lib/libnettle.a"
	fi
}

# kmod without its build system: libkmod, and depmod as a function (dependencies-depmod.c).
build_kmod() {
	local source
	local -a objects=() compile
	cd "$work/kmod"
	patch -p1 <"$here/dependencies-kmod.patch"
	cp "$here/dependencies-depmod.c" rescue-depmod.c
	cp "$here/dependencies-depmod.h" rescue-depmod.h
	kmod_configuration >config.h
	# shellcheck disable=SC2207
	compile=("$prefix/bin/cc" $(flags -Os) -std=gnu11 -Wall -I. -I"$prefix/include"
		-Werror=implicit-function-declaration -include config.h)
	for source in libkmod/*.c shared/*.c; do
		objects+=("$(basename "$source" .c).o")
		"${compile[@]}" -c "$source" -o "${objects[-1]}"
	done
	"${compile[@]}" -c rescue-depmod.c -o rescue-depmod.o
	hide_symbols kmod_private_ '^(kmod_|depmod_index$|depmod_main$)' \
		"${objects[@]}" rescue-depmod.o
	ar rcsD "$prefix/lib/libkmod.a" "${objects[@]}"
	ar rcsD "$prefix/lib/libdepmod.a" rescue-depmod.o
	cp libkmod/libkmod.h "$prefix/include/"
	cp rescue-depmod.h "$prefix/include/depmod.h"
}

kmod_configuration() {
	local has_strndupa=0
	[[ $libc == musl ]] || has_strndupa=1
	cat <<-EOC
		#define PACKAGE "kmod"
		#define VERSION "30"
		#define KMOD_FEATURES "+ZSTD +XZ +ZLIB -LIBCRYPTO"
		#define SYSCONFDIR "/etc"
		#define ENABLE_LOGGING 1
		#define ENABLE_XZ 1
		#define ENABLE_ZLIB 1
		#define ENABLE_ZSTD 1
		#define HAVE_DECL_BE32TOH 1
		#define HAVE_DECL_STRNDUPA $has_strndupa
		#define HAVE_NORETURN 1
		#define HAVE_SECURE_GETENV 1
		#define HAVE_STATIC_ASSERT 1
		#define HAVE_STRUCT_STAT_ST_MTIM 1
		#define HAVE___BUILTIN_CLZ 1
		#define HAVE___BUILTIN_TYPES_COMPATIBLE_P 1
		#define HAVE___BUILTIN_UADDL_OVERFLOW 1
		#define HAVE___BUILTIN_UADDLL_OVERFLOW 1
		#define _GNU_SOURCE 1
		#define _FILE_OFFSET_BITS 64
	EOC
}

# Only a linked program is a proof. It calls into every library and must need nothing.
# The linker warns where another libc than musl was taken.
check_prefix() {
	local library strict=()
	[[ $libc == glibc ]] || strict=("-Wl,--fatal-warnings")
	for library in "${libraries[@]}"; do
		[[ -s $prefix/lib/lib$library.a ]] || fail "lib$library.a was not built"
	done
	cp "$here/dependencies-check.c" "$work/check.c"
	"$prefix/bin/cc" -Os -Wall -Werror -I"$prefix/include" "$work/check.c" \
		-o "$work/check" -L"$prefix/lib" -Wl,--gc-sections "${strict[@]}" \
		"${link_line[@]}" -pthread || fail "cannot link a program with the libraries"
	if [[ $libc == musl ]] && readelf -lW "$work/check" | grep -q INTERP; then
		fail "the compiler makes dynamic programs"
	fi
	"$work/check" || fail "a program linked with the libraries does not run"
}
