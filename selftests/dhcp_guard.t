#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A port with dhcp_guard takes nothing from who plays the DHCP server: UDP from a server's port,
# or to a client's, of IPv4 and IPv6, behind tags and extension headers, and in fragments that
# hide it. Clients, and all else, pass.
#   e1 --- p1 [ sw0 ] p2 --- e2
source "$(dirname "$0")/lib.sh"

# shellcheck source=selftests/guard_lib.sh
source "$(dirname "$0")/guard_lib.sh"

GUARD=dhcp_guard REASON=dhcp
SERVER4="00430044" SERVER6="02230222" OTHER="12340009"

# udp4 PORTS [TAGS] [FRAGMENT] [LENGTH]
udp4() { hex "$ETH" "${2:-}" 0800 4500 "${4:-001c}" 0000 "${3:-0000}" 4011 0000 c0000201 c0000202 "$1" 0008 0000; }

# behind_each REST: frames with one extension header of each kind, and several, before UDP
behind_each() {
	behind 11 "$1"
	ip6 00 "3c00000000000000 3c01000000000000 0000000000000000 2c00000000000000 1100000100000007 $1"
}

body() {
	local all
	switch_up "$TEST_PATH" 2
	frame send e2 "h1 h2"
	check "off: a server speaks" admits "$(udp4 $SERVER4)" "$(ip6 11 $SERVER6)"
	xsw stats reset
	check "on, in the midst of a flow" in_a_flow "$(udp4 $SERVER4)"
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
	mapfile -t all < <(behind_each $SERVER6)
	check "IPv6: behind every extension header" refuses "${all[@]}"
	mapfile -t all < <(behind_each $OTHER)
	check "... of others" admits "${all[@]}"
	check "... later fragments" admits "$(ip6 2c "1100000900000007 $SERVER6")"
	check "... a first one that ends before its ports" refuses \
		"$(ip6 2c "1100000100000007 $OTHER" 0008)"
	check "... in the midst of its headers" refuses \
		"$(ip6 2c "3c00000100000007 1100000000000000 $OTHER" 0008)" \
		"$(ip6 2c "3c00000100000007 1103000000000000 $OTHER" 0010)"
	check "... behind more headers than are looked at" refuses \
		"$(ip6 3c "$(headers 8) 1100000000000000 $OTHER" 0060)"
	check "... behind unknown ones" refuses "$(ip6 fd "$OTHER")" "$(ip6 3c "fe00000000000000 $OTHER")" \
		"$(ip6 ff "$OTHER")" "$(ip6 94 "$OTHER")"
	check "... what is encrypted, or nothing" admits "$(ip6 32 "$OTHER")" "$(ip6 3b)" \
		"$(ip6 00 3b00000000000000 0008)"
	check "frames drawn by chance" drawn_many dhcp
	check "another port is not concerned" eval 'xsw stats reset; frame send e2 "$(udp4 $SERVER4)" &&
		wait_for 5 is 1 counter 2 rx_packets && is 0 drops 2 dhcp'
	check "... nor this one, off again" eval 'xsw port set p1 dhcp_guard off &&
		admits "$(udp4 $SERVER4)"'
	check "adds up" adds_up
}

each_path 25 body
