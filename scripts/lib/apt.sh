# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Shell helpers around apt, to be sourced. Two families:
#
#   apt_private_*   package lists of our own in one directory, for an ordinary user:
#                   nothing of the machine's apt state is touched or needed. The archive's
#                   address and its keys are those of the machine's own configuration,
#                   so no host name is written here, and a local mirror is honoured.
#   apt_install     install packages on this machine (root or sudo), only what is missing.
#
# Typical use (grub of another suite, without installing it):
#
#   . scripts/lib/apt.sh
#   apt_private_init   "$dir" unstable
#   apt_private_update "$dir"
#   apt_private_download "$dir" "$dest" grub-pc-bin grub-common
#   dpkg -x "$dest"/grub-pc-bin_*.deb "$root"

# Print every configured source as one deb822 stanza each, comments and "Enabled: no"
# left out. Both formats are read, and from where apt itself reads them.
apt_configured_sources() {
	local list='' parts='' file
	eval "$(apt-config shell list Dir::Etc::sourcelist/f parts Dir::Etc::sourceparts/d)"
	for file in "$list" "${parts%/}"/*.list; do
		if [[ -f $file && -r $file ]]; then _apt_oneline_to_deb822 "$file"; fi
	done
	for file in "${parts%/}"/*.sources; do
		if [[ -f $file && -r $file ]]; then _apt_clean_deb822 "$file"; fi
	done
}

# deb [signed-by=K arch=A] URI SUITE COMPONENT...
_apt_oneline_to_deb822() {
	awk '
	{ sub(/#.*/, "") }
	$1 == "deb" || $1 == "deb-src" {
		type = $1; options = ""; rest = $0
		sub(/^[ \t]*deb(-src)?[ \t]+/, "", rest)
		if (rest ~ /^\[/) {
			options = substr(rest, 2, index(rest, "]") - 2)
			rest = substr(rest, index(rest, "]") + 1)
		}
		n = split(rest, word, " ")
		if (n < 2) next
		print "Types: " type "\nURIs: " word[1] "\nSuites: " word[2]
		printf "Components:"
		for (i = 3; i <= n; i++) printf " %s", word[i]
		print ""
		n = split(options, option, " ")
		for (i = 1; i <= n; i++) {
			eq = index(option[i], "=")
			key = substr(option[i], 1, eq - 1); value = substr(option[i], eq + 1)
			if (key == "signed-by") { gsub(/,/, " ", value); print "Signed-By: " value }
			if (key == "trusted") print "Trusted: " value
			if (key ~ /^(check-valid-until|check-date)$/) print key ": " value
		}
		print ""
	}' "$1"
}

_apt_clean_deb822() {
	awk '
	function flush() { if (stanza != "" && !off) print stanza; stanza = ""; off = 0 }
	/^#/ { next }
	/^[ \t\r]*$/ { flush(); next }
	tolower($0) ~ /^enabled:[ \t]*(no|false|0|off|without|disable)/ { off = 1 }
	{ stanza = stanza $0 "\n" }
	END { flush() }' "$1"
}

# Among the stanzas on standard input choose the one that stands for the distribution's
# own archive (kind "main") or its security archive (kind "security"), and print it for
# another TYPE and SUITE. Third-party archives also call their component "main": the
# machine's code name and the distribution's key are what tell them apart.
_apt_stanza_for_suite() {
	local kind=$1 type=$2 suite=$3 codename=$4
	awk -v kind="$kind" -v type="$type" -v suite="$suite" -v codename="$codename" '
	BEGIN { RS = ""; FS = "\n"; best = 0 }
	{
		uris = ""; components = ""; suites = ""; keep = ""; key = ""; signed = ""
		for (i = 1; i <= NF; i++) {
			if ($i !~ /^[ \t]/) {
				key = tolower(substr($i, 1, index($i, ":") - 1))
				value = substr($i, index($i, ":") + 1)
			} else
				value = $i
			if (key == "uris") uris = uris " " value
			else if (key == "suites") suites = suites " " value
			else if (key == "components") components = components " " value
			else if (key == "signed-by") { signed = signed $i; keep = keep $i "\n" }
			else if (key ~ /^(trusted|check-valid-until|check-date)$/) keep = keep $i "\n"
		}
		if (uris ~ /cdrom:/ || (" " components " ") !~ /[ \t]main[ \t]/) next
		score = 0
		n = split(suites, name, " ")
		for (i = 1; i <= n; i++) {
			security = name[i] ~ /-security$/ || name[i] ~ /\/updates$/
			if (kind == "security" && !security) continue
			if (kind == "main" && name[i] ~ /[-\/]/) continue
			own = name[i]; sub(/(-security|\/updates)$/, "", own)
			points = own == codename ? 5 : 1
			if (points > score) score = points
		}
		if (!score) next
		if (signed == "" || signed ~ /debian-archive|BEGIN PGP/) score += 2
		if (score > best) {
			best = score
			gsub(/[ \t]+/, " ", uris)
			chosen = "Types: " type "\nURIs:" uris "\nSuites: " suite \
			         "\nComponents: main\n" keep
		}
	}
	END { if (!best) exit 1; print chosen }'
}

# The code name of the running distribution; empty on an unstable one.
apt_codename() {
	(
		VERSION_CODENAME=''
		# shellcheck source=/dev/null
		. /etc/os-release
		printf '%s\n' "$VERSION_CODENAME"
	)
}

# apt_private_init [--source] DIR [SUITE...]
# Make DIR a private apt: DIR/apt.conf, empty state, a source list for these suites
# (default: the machine's own release with its updates and security fixes). With --source
# the list is for source packages. Takes no network; call apt_private_update next.
apt_private_init() {
	local type=deb dir suite kind codename sources
	if [[ ${1-} == --source ]]; then type=deb-src; shift; fi
	dir=$1; shift
	codename=$(apt_codename)
	[[ $# -gt 0 ]] || set -- "$codename" "$codename-updates" "$codename-security"
	mkdir -p "$dir"/state/lists/partial "$dir"/cache/archives/partial "$dir"/etc/parts
	dir=$(cd "$dir" && pwd)
	: >"$dir/state/status"
	sources=$(apt_configured_sources)
	for suite; do
		kind=main
		[[ $suite != *-security ]] || kind=security
		_apt_stanza_for_suite "$kind" "$type" "$suite" "$codename" <<<"$sources" || {
			# A machine without a security archive is configured so on purpose.
			[[ $kind == security ]] && continue
			echo "apt: no configured archive to take suite $suite from" >&2
			return 1
		}
	done >"$dir/etc/parts/private.sources.new"
	mv "$dir/etc/parts/private.sources.new" "$dir/etc/parts/private.sources"
	# Preferences and installed packages of the machine must not choose versions here.
	# No sandbox user: DIR may lie in a home that user "_apt" cannot enter.
	cat >"$dir/apt.conf" <<-EOC
		Dir::State "$dir/state";
		Dir::State::status "$dir/state/status";
		Dir::Cache "$dir/cache";
		Dir::Etc::sourcelist "/dev/null";
		Dir::Etc::sourceparts "$dir/etc/parts";
		Dir::Etc::preferences "/dev/null";
		Dir::Etc::preferencesparts "/dev/null";
		APT::Sandbox::User "root";
		APT::Install-Recommends "false";
		Acquire::Languages "none";
		Acquire::Retries "3";
		Acquire::http::Timeout "30";
	EOC
}

# apt_private DIR get|cache ARGUMENT...: apt-get or apt-cache on the private lists.
apt_private() {
	local dir=$1 tool=$2
	shift 2
	# -c is read after the machine's own files, APT_CONFIG before them.
	"apt-$tool" -c "$dir/apt.conf" -q "$@"
}

# Read the package lists. Without network, lists read earlier are good enough.
apt_private_update() {
	local dir=$1
	apt_private "$dir" get update --error-on=any >&2 && return 0
	# shellcheck disable=SC2016
	if [[ -z $(apt_private "$dir" get indextargets --format '$(FILENAME)') ]]; then
		echo "apt: cannot read the package lists" >&2
		return 1
	fi
	echo "apt: cannot refresh the package lists; using those read before" >&2
}

# apt_private_download DIR DESTINATION PACKAGE[=VERSION]...
# Fetch binary packages (checked against the signed lists) into DESTINATION, which keeps
# what it already holds. Dependencies are not followed.
apt_private_download() {
	local dir destination
	dir=$(cd "$1" && pwd)
	destination=$2
	shift 2
	mkdir -p "$destination"
	(cd "$destination" && apt_private "$dir" get download "$@" >&2)
}

# Run a command as root: directly, or through sudo.
apt_as_root() {
	if [[ $(id -u) -eq 0 ]]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo -- "$@"
	else
		echo "apt: root is needed (no sudo here) for: $*" >&2
		return 1
	fi
}

apt_is_installed() {
	[[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# Print those of the named packages that are not installed.
apt_missing() {
	local package
	for package; do
		apt_is_installed "$package" || printf '%s\n' "$package"
	done
}

# apt_install PACKAGE...: only what is missing; no network and no privilege if nothing is.
# The lists are read again only where they are absent, or too old to fetch from.
apt_install() {
	local -a missing install
	local known
	mapfile -t missing < <(apt_missing "$@")
	[[ ${#missing[@]} -gt 0 ]] || return 0
	install=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y
		-o Dpkg::Options::=--force-confold -o Acquire::Retries=3
		install --no-install-recommends "${missing[@]}")
	known=$(apt-cache policy "${missing[@]}" 2>/dev/null | grep -c 'Candidate: [^(]' || :)
	if [[ $known -eq ${#missing[@]} ]]; then
		apt_as_root "${install[@]}" && return 0
	fi
	apt_as_root apt-get -q update
	apt_as_root "${install[@]}"
}
