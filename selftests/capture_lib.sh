# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Common to the selftests of xsw capture: captures in the background, and what they wrote.

# capture_start WORD...: into $TMP/c.pcapng, from now on
capture_start() {
	rm -f "$TMP/c.pcapng"
	background "" "$XSW" capture "$@" write "$TMP/c.pcapng" 2> "$TMP/c.err"
	CAPTURE=$BACKGROUND
	wait_for 10 capture_is_on "$TMP/c.pcapng" || cat "$TMP/c.err"
}

# A capture names its ports when it has begun.
capture_is_on() {
	"$PROGS/pcapng" "$1" 2> /dev/null | grep -q '^if '
}

# capture_stop: end it; its lines go to $TMP/c, of frames alone to $TMP/frames
capture_stop() {
	local status
	kill -INT "$CAPTURE" 2> /dev/null
	wait "$CAPTURE" 2> /dev/null
	status=$?
	"$PROGS/pcapng" "$TMP/c.pcapng" > "$TMP/c" || return
	grep -vE '^(if|stat) ' "$TMP/c" > "$TMP/frames"
	return $status
}

# bytes FRAME: in hexadecimal
bytes() {
	local hex
	hex=$(frame hex "$1")
	echo "${hex#hex:}"
}

# enter N FRAME...: into port N, and wait until the switch has finished with them
enter() {
	local n=$1 before frame
	shift
	for frame in "$@"; do
		before=$(counter "$n" rx_packets)
		frame send "e$n" "$frame"
		wait_for 10 eval "[ \"\$(counter $n rx_packets)\" -gt $before ]" || return
	done
}

# wanted PORT DIR COMMENT FRAME...: lines as told() prints them; a comment may be "-"
wanted() {
	while [ $# -ge 4 ]; do
		echo "p$1 $2 $3 $(bytes "$4")"
		shift 4
	done | sort
}

# told: what was captured, without times, queues and paths; - stands for no further comment
told() {
	sed -E 's/^([^ ]+ [^ ]+) [0-9]+ queue [^ ]+ "(.*)" (.*)$/\1 \2 \3/;
		s/, path [a-z]+//; s/path [a-z]+(, )?/- /; s/^([^ ]+ [^ ]+) -  /\1 - /; s/^([^ ]+ [^ ]+) - +/\1 - /' \
		"$TMP/frames" | sort
}

# shows WORDS IN FRAME [PORT DIR COMMENT FRAME]...: a capture of these words, while the frame
# enters port IN, tells of this and of nothing else
shows() {
	# shellcheck disable=SC2086 # words
	capture_start $1
	enter "$2" "$3" || return
	capture_stop || { cat "$TMP/c.err"; return 1; }
	shift 3
	wanted "$@" > "$TMP/wanted"
	told > "$TMP/told"
	diff "$TMP/wanted" "$TMP/told"
}
