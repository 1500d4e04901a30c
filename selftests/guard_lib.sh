# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Common to the selftests of guards. GUARD is the option, REASON the drop reason.
#   e1 --- p1 [ sw0 ] p2 --- e2

ETH="020000000002 020000000001" # h2 h1
NEAR="fe80000000000000000000fffe000001 fe80000000000000000000fffe000002"

# ip6 NEXT-HEADER [PAYLOAD] [LENGTH] [TAGS] [HOPS] [ADDRESSES]
ip6() { hex "$ETH" "${4:-}" 86dd 60000000 "${3:-0040}" "$1" "${5:-ff}" "${6:-$NEAR}" "${2:-}"; }

# snap TYPE-AND-REST
snap() { hex "$ETH" 002e aaaa03 000000 "$1"; }

# headers N: so many headers of destination options, each before another one
headers() { printf "%$1s" "" | sed 's/ /3c00000000000000/g'; }

# drops_of N FRAME...: of these N are dropped
drops_of() {
	local n=$1 f
	shift
	xsw stats reset
	for f; do
		frame send e1 "$f"
	done
	wait_for 5 is $# counter 1 rx_packets && is "$n" drops 1 "$REASON"
}

# refuses FRAME...; admits FRAME...: each of them
refuses() { drops_of $# "$@"; }
admits() { drops_of 0 "$@"; }

# behind PROTOCOL REST: frames with one extension header of each kind before it
behind() {
	local next
	for next in 00 2b 3c 87 8b 8c; do
		ip6 $next "${1}00000000000000 $2"
	done
	ip6 33 "${1}01000000000001 00000001 $2"
	ip6 2c "${1}00000000000007 $2"
}

# in_a_flow FRAME: refused while frames of the same two hosts flow, so that the way of each could be
# remembered
in_a_flow() {
	local ok=0
	flow_start 1 2 "h2 h1" 2000
	xsw port set p1 "$GUARD" on
	for _ in 1 2 3 4 5; do
		frame send e1 "$1"
	done
	wait_for 5 is 5 drops 1 "$REASON" || ok=1
	flow_stop
	flow_lost_nothing && return $ok
}

# drawn GUARDS SEED: of a thousand frames just those are dropped that a plain reading says are
drawn() {
	local says
	xsw stats reset
	says=$(in_ns "$PROGS/drawn_frames" "$1" e1 1000 "$2") || return
	wait_for 10 is 1000 counter 1 rx_packets &&
		is "$says" eval 'echo "$(drops 1 ra) $(drops 1 dhcp)"' && return
	echo "seed $2"
	return 1
}

# drawn_many GUARDS
drawn_many() {
	local i seed=${SEED:-$RANDOM}
	for ((i = seed; i < seed + 4; i++)); do
		drawn "$1" "$i" || return
	done
}
