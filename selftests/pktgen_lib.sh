# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Common to the tests of xsw-pktgen: runs of it, and what they printed.
PKTGEN=${PKTGEN:-${XSW%/*}/xsw-pktgen}
declare -A PIDS # of those that rx_start has started

# pktgen OPTION...: in the switch's namespace, at most a minute; the result is JSON
pktgen() {
	in_ns timeout -k 5 $((60 * SLOW)) "$PKTGEN" -j -q "$@"
}

# rx_start NAME OPTION...: another one beside, for a minute at most; returns when it is ready
rx_start() {
	local name=$1
	shift
	[ -z "${PIDS[$name]:-}" ] || kill "${PIDS[$name]}" 2> /dev/null # a check has failed
	rm -f "$TMP/$name.err" # of an earlier one, which was ready too
	nsenter --net="/run/netns/$NS" "$PKTGEN" -j -T 1000000 -t $((60 * SLOW)) "$@" \
		> "$TMP/$name" 2> "$TMP/$name.err" &
	PIDS[$name]=$!
	wait_for 10 grep -q " on " "$TMP/$name.err" || cat "$TMP/$name.err"
}

# rx_wait NAME: until it ends by itself; rx_stop NAME [SIGNAL]: end it
rx_wait() {
	local pid=${PIDS[$1]}
	PIDS[$1]=
	wait "$pid"
}

rx_stop() {
	kill "-${2:-INT}" "${PIDS[$1]}"
	rx_wait "$1"
}

# got NAME FILTER: of what it printed
got() {
	jq -rc "$2" "$TMP/$1"
}

# records FILE: the frames of a capture, in hexadecimal, one a line
records() {
	tcpdump -nn -xx -t -r "$1" 2> /dev/null |
		awk '/^\t0x/ { sub(/^\t0x[0-9a-f]*: */, ""); gsub(/ /, ""); line = line $0; next }
		     { if (line != "") print line; line = "" }
		     END { if (line != "") print line }'
}

# carries OPTION...: 1000 frames sent with them arrive at e2, and are in $TMP/frames
carries() {
	rx_start rx -i e2 -f rx -n 1000 -t 20 -P "$TMP/rx.pcap"
	pktgen -i e1 -f tx -n 1000 "$@" > "$TMP/tx" || return
	rx_wait rx
	records "$TMP/rx.pcap" > "$TMP/frames"
	is '[1000,0]' got tx '[.packets, .dropped]' &&
		is '[1000,0,0,0]' got rx '[.packets, .sequence.lost, .sequence.reordered,
			.sequence.duplicate]' &&
		is "$(got tx .bytes)" got rx .bytes
}
