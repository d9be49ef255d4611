# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a test script prints: "ok NAME", "FAIL NAME: why" or "skip NAME: why" a line. To be
# sourced after lab.sh.

report_name=$(basename "$0" .sh)
# shellcheck disable=SC2153 # set by lab.sh
report_dir=$LAB_TOP/build/system/$report_name
report_failed=0
work=
# What functions of the lab set for the tests.
# shellcheck disable=SC2034
lab_con_text='' lab_args=()
rm -rf "$report_dir"
mkdir -p "$report_dir"

# The program under test.
RESCUE=${RESCUE:-$LAB_TOP/build/rescue}

# report_case NAME FUNCTION ARGUMENT…: one test. It fails at the first command that fails.
# What it prints is kept, and shown when it fails. It finds an empty directory in $work,
# which a test that passes leaves nothing in.
report_case() {
	local name=$1 log=$report_dir/$1.log status started=$SECONDS
	shift
	work=$report_dir/$name
	mkdir -p "$work"
	export LAB_LOG=$work/console.log
	set +e
	(
		set -e
		"$@"
	) >"$log" 2>&1 </dev/null
	status=$?
	set -e
	if [[ $status -eq 0 ]]; then
		printf 'ok %s (%d s)\n' "$report_name/$name" $((SECONDS - started))
		rm -rf "$work"
	else
		report_failed=1
		printf 'FAIL %s: %s\n' "$report_name/$name" "$(tail -n 1 "$log")"
		sed 's/^/    /' "$log" | tail -n 40
	fi
}

report_skip() { printf 'skip %s: %s\n' "$report_name/$1" "$2"; }

# The last command of a script, which gives it its exit status.
report_end() { [[ $report_failed -eq 0 ]]; }

# fail WHY: end a test; the last line is what the report shows.
fail() {
	printf '%s\n' "$*"
	exit 1
}

# need_program: end a test that cannot run without the program.
need_program() { [[ -x $RESCUE ]] || fail "no $RESCUE: run make first"; }

# expect_status STATUS COMMAND…: run a command that has to end with that exit status.
expect_status() {
	local want=$1 status
	shift
	printf '$ %s\n' "$*"
	if "$@"; then status=0; else status=$?; fi
	[[ $status -eq $want ]] || fail "exit status $status instead of $want: $*"
}
