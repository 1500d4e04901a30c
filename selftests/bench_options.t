#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# xsw-bench refuses what it does not understand before anything is done, and ends quietly when
# nobody reads what it prints any more; so does every other Python program of the sources.
source "$(dirname "$0")/lib.sh"
BENCH=$ROOT/tools/bench/xsw-bench
OUT=$TMP/out

command -v python3 > /dev/null || skip_all "no python3"
plan 12

# usage OPTION...: one sentence about it, status 1, no results
usage() {
	local status

	"$BENCH" "$@" -o "$OUT" > "$TMP/stdout" 2> "$TMP/stderr"
	status=$?
	[ $status = 1 ] && [ ! -s "$TMP/stdout" ] && [ ! -e "$OUT" ] &&
		[ "$(wc -l < "$TMP/stderr")" = 2 ] && grep -q '^xsw-bench: .*[^.]$' "$TMP/stderr" && return
	echo "status $status of $*"
	cat "$TMP/stdout" "$TMP/stderr"
	return 1
}

# usage_all: of each line of the standard input
usage_all() {
	local words

	while read -r words; do
		eval "usage $words" || return
	done
}

# closed COMMAND...: standard output is a pipe that nobody reads: no word about it. Its status is
# that of SIGPIPE, or WANTED where the program may not have noticed.
closed() {
	local status

	(
		exec 3> >(:) # its reader has ended when `wait` returns
		wait $!
		"$@" >&3 2> "$TMP/stderr"
		echo $? > "$TMP/status"
	)
	status=$(< "$TMP/status")
	[ ! -s "$TMP/stderr" ] && { [ "$status" = 141 ] || [ "$status" = "${WANTED:-141}" ]; } && return
	echo "status $status of $*"
	cat "$TMP/stderr"
	return 1
}

# closed_result OPTION...: the table or the object that nobody reads is in the file
closed_result() {
	rm -rf "$OUT"
	closed "$BENCH" peers --quick --rounds 1 --seconds 0.05 --load pps-60 --peer bare-xdp --no-plots \
		-o "$OUT" "$@"
	grep -qvE '^xsw-bench: written to' "$TMP/stderr" && { cat "$TMP/stderr"; return 1; }
	is 141 cat "$TMP/status" && is 1 jq '.loads[0].results | length' "$OUT/peers.json"
}

# closed_stderr: nobody reads what it says of its steps; nothing is left behind
closed_stderr() {
	local name status

	(
		exec 3> >(:)
		wait $!
		"$BENCH" peers --quick --load pps-60 --peer bare-xdp -v -o "$OUT" > "$TMP/stdout" 2>&3 &
		echo $! > "$TMP/pid"
		wait $!
		echo $? > "$TMP/status"
	)
	name=xswb$(< "$TMP/pid")
	status=$(< "$TMP/status")
	[ "$status" = 141 ] && [ ! -s "$TMP/stdout" ] && ! ip netns | grep "^$name-" &&
		! ls -d "/tmp/$name"-* 2> /dev/null || { echo "status $status"; cat "$TMP/stdout"; return 1; }
}

# other_programs: Python programs of the sources, with and without a reader
other_programs() {
	local program number=0

	while read -r program; do
		number=$((number + 1))
		WANTED=0 closed "$program" -h || return
	done < <(grep -rlE '^#!.*python' "$ROOT"/{tools,selftests,vmtests,.ci})
	[ $number -ge 2 ] || { echo "$number programs"; return 1; }
}

# twice: as the command of a virtual machine has them, see guest_command()
twice() {
	PYTHONPATH=$ROOT/tools/bench PYTHONDONTWRITEBYTECODE=1 python3 -c "
from xsw_bench.main import parser
options = parser().parse_args(['peers', '--rounds', '2', '--load', 'pps-60', '--rounds', '3',
                               '--load', 'mix,imix', '--seconds', '9', '--seconds', '0.5'])
assert (options.rounds, options.load, options.seconds) == (3, ['mix', 'imix'], 0.5), options"
}

check "no command, or none of its own" usage_all <<- 'END'
	measure
	list more
END
check "options that are missing, wrong or too large: peers" usage_all <<- 'END'
	peers more
	peers --load
	peers --load ""
	peers --load pps-61
	peers --load pps-60,
	peers --load pps-60,pps-60
	peers --peer
	peers --peer bridges
	peers --peer bridge,bridge
	peers --loss
	peers --loss none
	peers --loss -1
	peers --loss 101
	peers --loss nan
	peers --rounds
	peers --rounds 0
	peers --rounds 1.5
	peers --rounds 1_0
	peers --rounds 10001
	peers --rounds 99999999999999999999
	peers --seconds
	peers --seconds 0
	peers --seconds nan
	peers --seconds inf
	peers --seconds 1e99
	peers --seconds " 1"
	peers --vm-cpus 1
	peers --vm-cpus 257
	peers --vm
	peers --quick=1
	peers --form wire
	peers --rate 5
END
check "... modes" usage_all <<- 'END'
	modes --form
	modes --form wires
	modes --form wire,wire
	modes --path bridge
	modes --path xsw-xdp,xsw-xdp
	modes --rates
	modes --rates much
	modes --rates ""
	modes --rates 1k,,2k
	modes --rates -5
	modes --rates nan
	modes --rates 1e10
	modes --rates 99999999999m
	modes --load pps-60
END
check "of an option given twice the last one counts" twice
check "a folder for the results that cannot be made" exits 2 "$BENCH" peers -o /dev/null/x
check "... or has no name" exits 2 "$BENCH" peers -o ""
check "list, and nobody reads it" closed "$BENCH" list
check "... and help" eval 'WANTED=0 closed "$BENCH" peers -h'
check "a table that nobody reads" closed_result
check "... and JSON" closed_result -j
check "steps that nobody reads" closed_stderr
check "every other Python program" other_programs
