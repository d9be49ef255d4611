# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# rpm 6, which alone writes packages of format 6, beside the machine's own rpm 4: unpacked
# from the newest suite and run with the libraries it came with. sq signs with the OpenPGP
# keys of version 6 that gpg does not know. Part of lab.sh.

# lab_rpm6: print a program; "PROGRAM rpmbuild …", "PROGRAM sq …" run those tools.
lab_rpm6() {
	printf '%s/run\n' "$(lab_cached rpm6 "$(lab_key @rpm6.sh)" _lab_rpm6_make)"
}

# What rpm and sq need, the libraries of rpm by whatever number they have now; no Python.
_lab_rpm6_wanted() {
	local -a only=(--no-recommends --no-suggests --no-conflicts --no-breaks
		--no-replaces --no-enhances) needed
	mapfile -t needed < <(apt_private "$1" cache depends "${only[@]}" rpm |
		sed -n 's/^ *Depends: *\([a-z]\)/\1/p' | grep -v python)
	apt_private "$1" cache depends --recurse "${only[@]}" "${needed[@]}" sq |
		grep '^[a-z]' | sort -u
}

_lab_rpm6_make() {
	local new=$1 dir deb loader
	local -a wanted
	dir=$(lab_apt unstable)
	lab_apt_update unstable
	mapfile -t wanted < <(_lab_rpm6_wanted "$dir")
	apt_private_download "$dir" "$new.debs" rpm "${wanted[@]}"
	mkdir -p "$new"
	for deb in "$new.debs"/*.deb; do dpkg-deb -x "$deb" "$new"; done
	rm -rf "$new.debs"
	loader=$(cd "$new" && compgen -G "usr/lib/*/ld-linux-*.so.2" | head -n 1)
	cat >"$new/run" <<-'EOC' # its own place is only known when it runs
		#!/bin/sh
		top=$(cd "$(dirname "$0")" && pwd)
		tool=$1
		shift
		export RPM_CONFIGDIR="$top/usr/lib/rpm" MAGIC="$top/usr/share/misc/magic.mgc"
		libraries=$top/@LIBRARIES@
		exec "$top/@LOADER@" --library-path "$libraries:$libraries/systemd" \
			"$top/usr/bin/$tool" "$@"
	EOC
	sed -i "s,@LOADER@,$loader,; s,@LIBRARIES@,$(dirname "$loader")," "$new/run"
	chmod +x "$new/run"
	"$new/run" rpmbuild --version | grep -q '6\.' || lab_die "this is no rpm 6"
}
