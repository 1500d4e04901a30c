#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A port with dhcp_guard takes nothing from who plays the DHCP server: UDP from a server's port,
# or to a client's, of IPv4 and IPv6, behind tags and extension headers, and in fragments that
# hide it. Clients, and all else, pass.
#   e1 --- p1 [ sw0 ] p2 --- e2
source "$(dirname "$0")/lib.sh"

ETH="020000000002 020000000001"   # h2 h1
IP6="fe80000000000000000000fffe000001 fe80000000000000000000fffe000002"
SERVER4="00430044" SERVER6="02230222" OTHER="12340009"

# udp4 PORTS [TAGS] [FRAGMENT] [LENGTH]
udp4() { hex "$ETH" "${2:-}" 0800 4500 "${4:-001c}" 0000 "${3:-0000}" 4011 0000 c0000201 c0000202 "$1" 0008 0000; }

# ip6 NEXT-HEADER PAYLOAD [LENGTH] [TAGS]
ip6() { hex "$ETH" "${4:-}" 86dd 60000000 "${3:-0040}" "$1" ff "$IP6" "$2"; }

# snap TYPE-AND-REST
snap() { hex "$ETH" 002e aaaa03 000000 "$1"; }

# drops_of N FRAME...: of these N are dropped, reason dhcp
drops_of() {
	local n=$1 f
	shift
	xsw stats reset
	for f; do
		frame send e1 "$f"
	done
	wait_for 5 is $# counter 1 rx_packets && is "$n" drops 1 dhcp
}

refuses() { drops_of $# "$@"; }
admits() { drops_of 0 "$@"; }

# behind HEADER-REST PAYLOAD: frames with one extension header of each kind before UDP
behind() {
	local next
	for next in 00 2b 3c 87 8b 8c; do
		ip6 $next "1100000000000000 $1"
	done
	ip6 33 "1101000000000001 00000001 $1"
	ip6 2c "1100000000000007 $1"
	ip6 00 "3c00000000000000 3c01000000000000 0000000000000000 2c00000000000000 1100000100000007 $1"
}

# while frames of the same two hosts flow, so that the way of each could be remembered
in_a_flow() {
	local ok=0
	flow_start 1 2 "h2 h1" 2000
	xsw port set p1 dhcp_guard on
	for _ in 1 2 3 4 5; do
		frame send e1 "$(udp4 $SERVER4)"
	done
	wait_for 5 is 5 drops 1 dhcp || ok=1
	flow_stop
	flow_lost_nothing && return $ok
}

body() {
	local all
	switch_up "$TEST_PATH" 2
	frame send e2 "h1 h2"
	check "off: a server speaks" admits "$(udp4 $SERVER4)" "$(ip6 11 $SERVER6)"
	xsw stats reset
	check "on, in the midst of a flow" in_a_flow
	check "a server" refuses "$(udp4 $SERVER4)" "$(ip6 11 $SERVER6)"
	check "... from its port to any" refuses "$(udp4 00431234)" "$(ip6 11 02231234)"
	check "... from any port to a client's" refuses "$(udp4 12340044)" "$(ip6 11 12340222)"
	check "... behind tags" refuses "$(udp4 $SERVER4 8100000a)" \
		"$(udp4 $SERVER4 "88a8000a 8100000b")" "$(ip6 11 $SERVER6 "" 8100000a)"
	check "... behind three: who knows" refuses "$(udp4 $OTHER "8100000a 8100000b 8100000c")"
	check "... behind SNAP" refuses \
		"$(snap "0800 4500001c000000004011 0000 c0000201 c0000202 $SERVER4 0008 0000")"
	check "... with options of IPv4" refuses \
		"$(hex "$ETH" 0800 46000020000000004011 0000 c0000201 c0000202 01010100 $SERVER4 0008)"
	check "a client, and others" admits "$(udp4 00440043)" "$(udp4 $OTHER)" \
		"$(ip6 11 02220223)" "$(ip6 11 $OTHER)" "$(ip6 06 $SERVER6)" "bcast h1"
	check "IPv4: the first fragment" refuses "$(udp4 $SERVER4 "" 2000)"
	check "... of others, and later ones" admits "$(udp4 $OTHER "" 2000)" \
		"$(udp4 $SERVER4 "" 2001)" "$(udp4 $SERVER4 "" 0002)"
	check "... that ends before its ports" refuses "$(udp4 $OTHER "" 2000 0014)"
	mapfile -t all < <(behind $SERVER6)
	check "IPv6: behind every extension header" refuses "${all[@]}"
	mapfile -t all < <(behind $OTHER)
	check "... of others" admits "${all[@]}"
	check "... later fragments" admits "$(ip6 2c "1100000900000007 $SERVER6")"
	check "... a first one that ends before its ports" refuses \
		"$(ip6 2c "1100000100000007 $OTHER" 0008)"
	check "... in the midst of its headers" refuses \
		"$(ip6 2c "3c00000100000007 1100000000000000 $OTHER" 0008)" \
		"$(ip6 2c "3c00000100000007 1103000000000000 $OTHER" 0010)"
	check "... behind more headers than are looked at" refuses \
		"$(ip6 3c "$(printf '3c00000000000000%.0s' 1 2 3 4 5 6 7 8) 1100000000000000 $OTHER" 0060)"
	check "another port is not concerned" eval 'xsw stats reset; frame send e2 "$(udp4 $SERVER4)" &&
		wait_for 5 is 1 counter 2 rx_packets && is 0 drops 2 dhcp'
	check "... nor this one, off again" eval 'xsw port set p1 dhcp_guard off &&
		admits "$(udp4 $SERVER4)"'
	check "adds up" adds_up
}

each_path 22 body
