# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Common to the selftests of punting.

# shellcheck disable=SC2034 # used by those
PUNT=${XSW%/*}/xsw-punt
ETH="020000000002 020000000001" # h2 h1

# ip4 SOURCE DESTINATION PROTO [FRAGMENT] [TAGS]: ports 0x1234 and 9
ip4() { hex "$ETH" "${5:-}" 0800 4500001c0000 "${4:-0000}" 40 "$3" 0000 "$1" "$2" 1234 0009 0008 0000; }

# ip6 NEXT-HEADER [PAYLOAD]: from 2001:db8::1 to 2001:db8::2
ip6() {
	hex "$ETH" 86dd 60000000 0020 "$1" ff 20010db8000000000000000000000001 \
		20010db8000000000000000000000002 "${2:-}"
}

# reader_start N: reads socket N into $TMP/readN
reader_start() {
	background "" "$PUNT" -j -S "$1" print sw0 >> "$TMP/read$1" 2> "$TMP/reader.$1"
	READER=$BACKGROUND
	wait_for 10 grep -q reading "$TMP/reader.$1"
}

# reader_stop [SIGNAL]
reader_stop() {
	kill "-${1:-TERM}" "$READER"
	wait "$READER" 2> /dev/null
}

# read_count [N]: frames that were read from socket N
read_count() {
	wc -l < "$TMP/read${1:-0}"
}

# one_in COUNTER: one frame entered p1, and was counted so
one_in() {
	wait_for 5 is 1 counter 1 rx_packets && is 1 counter 1 "$1"
}

# with_rule RULE SOCKET FRAME COMMAND...: send it while p1 has the rule, then check
with_rule() {
	local status rule=$1 socket=$2 frame=$3
	shift 3
	# shellcheck disable=SC2086
	xsw punt add p1 $rule socket "$socket" || return
	: > "$TMP/read0"
	xsw stats reset
	frame send e1 "$frame"
	"$@"
	status=$?
	# shellcheck disable=SC2086
	xsw punt del p1 $rule
	return $status
}

# punts RULE FRAME: the frame is read, and only there
punts() {
	with_rule "$1" 0 "$2" eval 'one_in rx_punted && wait_for 5 is 1 read_count'
}

# switches RULE FRAME: the rule does not match
switches() {
	with_rule "$1" 0 "$2" eval 'one_in rx_flooded && is 0 read_count'
}

# all_go WAY RULE FRAME...: each of them; WAY is punts or switches
all_go() {
	local way=$1 rule=$2 f
	shift 2
	for f; do
		"$way" "$rule" "$f" || return
	done
}

# The fragments of a datagram go the same way, whatever a rule asks for; what is whole has
# ports. RFC 791; RFC 8200, 4.5; RFC 6946.
fragments() {
	local udp=123400090008 of4=() of6=() hop=() opt=() at
	for at in 2000 2001 0002; do
		of4+=("$(ip4 c0000201 c0000202 11 $at)")
	done
	for at in 0001 0009 0010; do
		of6+=("$(ip6 2c "1100${at}00000007 $udp")")
		hop+=("$(ip6 00 "2c00000000000000 1100${at}00000007 $udp")")
		opt+=("$(ip6 2c "3c00${at}00000007 1100000000000000 $udp")")
	done
	check "fragments of IPv4: no ports, nor has the first one" all_go switches "dst-port 9" "${of4[@]}"
	check "... by protocol and port" all_go switches "proto udp src-port 4660" "${of4[@]}"
	check "... by protocol: all of them" all_go punts "proto udp" "${of4[@]}"
	check "... by address" all_go punts "dst-ip 192.0.2.2" "${of4[@]}"
	check "... that may not be cut is none" punts "dst-port 9" "$(ip4 c0000201 c0000202 11 4000)"
	check "fragments of IPv6: no ports" all_go switches "dst-port 9" "${of6[@]}"
	check "... by protocol and port" all_go switches "proto udp src-port 4660" "${of6[@]}"
	check "... by protocol: all of them" all_go punts "proto udp" "${of6[@]}"
	check "... by address" all_go punts "src-ip 2001:db8::/64" "${of6[@]}"
	check "... behind hop-by-hop options: no ports" all_go switches "dst-port 9" "${hop[@]}"
	check "... by protocol: all of them" all_go punts "proto udp" "${hop[@]}"
	check "... with options in the first one: none has the protocol" \
		all_go switches "proto udp" "${opt[@]}"
	check "... nor ports" all_go switches "dst-port 9" "${opt[@]}"
	check "... all have that of the options" all_go punts "proto 60" "${opt[@]}"
	check "... an only one is whole" punts "proto udp dst-port 9" "$(ip6 2c "1100000000000007 $udp")"
	check "... also with options" punts "proto udp dst-port 9" \
		"$(ip6 2c "3c00000000000007 1100000000000000 $udp")"
}

# refuses REASON RULE FRAME: it is dropped; nobody reads the rule's socket
refuses() {
	with_rule "$2" 9 "$3" eval "one_in rx_dropped && is 1 drops 1 $1"
}

# reads FRAME FILTER: the reader gets it just as it was sent, and says so of it
reads() {
	: > "$TMP/read0"
	frame send e1 "$1"
	wait_for 5 is 1 read_count || return
	is "$(frame hex "$1" | sed 's/^hex://')" jq -r .data "$TMP/read0" &&
		jq -e "$2" "$TMP/read0"
}

# host_hears: a frame with a tag enters p1, and this is what the host hears of it there
host_hears() {
	background "" "$PROGS/frame" recv p1 1 5 > "$TMP/host" # sees both ways of p1
	wait_for 5 in_ns awk 'NR > 1 && $5 > 0 { bound = 1 } END { exit !bound }' /proc/net/packet
	frame send e1 "h2 h1 8100/10"
	wait "$BACKGROUND"
	cat "$TMP/host"
}
