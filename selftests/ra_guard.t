#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A port with ra_guard takes nothing from who plays the router of IPv6: router advertisements and
# redirects, behind tags and extension headers, and in fragments that hide them (RFC 6105, 7113).
# What hosts send passes, as does what no host believes of a neighbour.
#   e1 --- p1 [ sw0 ] p2 --- e2      at the end, e1 and e2 are hosts
source "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/guard_lib.sh
source "$(dirname "$0")/guard_lib.sh"

GUARD=ra_guard REASON=ra
FAR="20010db8000000000000000000000001 20010db8000000000000000000000002"
RA="8600 0000 40000708 0000000000000000"
REDIRECT="8900 0000 00000000 $FAR"
NS="8700 0000 00000000 fe80000000000000000000fffe000002"
PING="8000 0000 00010001 00000000"
UDP="12340009 00080000"

# each_type: frames with every other type of ICMPv6
each_type() {
	local type
	for ((type = 0; type < 256; type++)); do
		[ $type = 134 ] || [ $type = 137 ] ||
			ip6 3a "$(printf %02x $type)00 0000 00000000 00000000" 000c
	done
}

# chains REST: behind many headers, of several kinds
chains() {
	ip6 00 "3c00000000000000 2b00000000000000 3c00000000000000 2c00000000000000 3a00000100000007 $1"
	ip6 3c "3301000000000000 0000000000000000 3c04000000000001 00000001$(printf '%024d' 0) 3a00000000000000 $1"
	ip6 3c "$(headers 7) 3a00000000000000 $1" 0080
	ip6 2c "2c00000000000007 3a00000100000008 $1"
}

router() {
	check "an advertisement" refuses "$(ip6 3a "$RA")" "$(ip6 3a "$RA" 0010 "" 40)" \
		"$(ip6 3a "$RA" 0010 "" ff "$FAR")"
	check "a redirect" refuses "$(ip6 3a "$REDIRECT")"
	check "... whatever the code" refuses "$(ip6 3a "86ff${RA#8600}")" "$(ip6 3a "8905${REDIRECT#8900}")"
	check "... behind tags" refuses "$(ip6 3a "$RA" 0010 8100000a)" \
		"$(ip6 3a "$RA" 0010 "88a8000a 8100000b")" "$(ip6 3a "$RA" 0010 81000000)"
	check "... behind three: who knows" refuses "$(ip6 3a "$NS" 0020 "8100000a 8100000b 8100000c")"
	check "... behind SNAP" refuses "$(snap "86dd 60000000 0010 3a ff $NEAR $RA")"
	check "... around a tag: who knows" refuses "$(snap "8100000a 86dd 60000000 0020 3a ff $NEAR $NS")"
	mapfile -t all < <(behind 3a "$RA"; behind 3a "$REDIRECT")
	check "... behind every extension header" refuses "${all[@]}"
	mapfile -t all < <(chains "$RA"; chains "$REDIRECT")
	check "... behind many" refuses "${all[@]}"
}

hides() {
	check "fragments: the first one" refuses "$(ip6 2c "3a00000100000007 $RA")"
	check "... that ends before its type" refuses "$(ip6 2c "3a00000100000007" 0008)" \
		"$(ip6 2c "3a00000100000007 $NS" 0008)"
	check "... before the last of its headers" refuses \
		"$(ip6 2c "3c00000100000007" 0008)" \
		"$(ip6 2c "3c00000100000007 3a00000000000000 $NS" 0008)" \
		"$(ip6 2c "3c00000100000007 3a03000000000000 $NS" 0010)" \
		"$(ip6 00 "2c00000000000000 3c00000100000007 3a00000000000000 $NS" 0010)"
	check "... from afar too" refuses "$(ip6 2c "3c00000100000007" 0008 "" 40 "$FAR")"
	check "... whatever the protocol" refuses "$(ip6 2c "1100000100000007" 0008)"
	check "... in the first of another" refuses "$(ip6 2c "2c00000100000007 3a00000100000008 $RA")"
	check "... of others, and later ones" admits "$(ip6 2c "3a00000100000007 $PING")" \
		"$(ip6 2c "1100000100000007 $UDP")" "$(ip6 2c "3a00000900000007 $RA")" \
		"$(ip6 2c "3a00000800000007 $RA")" "$(ip6 00 "2c00000000000000 3c00000900000007 8600")"
	check "a packet that is cut" refuses "$(ip6 3a "" 0010 "8100000a 8100000b")" "$(ip6 00 "" 0010)"
	check "more headers than are looked at, and unknown ones" refuses \
		"$(ip6 3c "$(headers 8) 3a00000000000000 $NS" 0080)" "$(ip6 fd "$NS")" \
		"$(ip6 fe "$NS")" "$(ip6 ff "$NS")" "$(ip6 00 "9400000000000000 $NS")"
	check "... which nobody believes from afar" admits \
		"$(ip6 3c "$(headers 8) 3a00000000000000 $RA" 0080 "" fe)" \
		"$(ip6 3c "$(headers 8) 3a00000000000000 $RA" 0080 "" ff "$FAR")" \
		"$(ip6 fd "$RA" 0010 "" 40)" "$(ip6 fd "$RA" 0010 "" ff "$FAR")"
}

others() {
	mapfile -t all < <(each_type)
	check "all other types" admits "${all[@]}"
	mapfile -t all < <(behind 3a "$NS"; behind 11 "$UDP"; chains "$PING")
	check "... behind extension headers" admits "${all[@]}"
	check "what is encrypted, or nothing" admits "$(ip6 32 "$RA")" "$(ip6 3b)" \
		"$(ip6 00 3b00000000000000 0008)"
	check "other protocols, IPv4, ARP, what is no IP" admits "$(ip6 06 "$RA")" "$(ip6 11 "$RA")" \
		"$(ip6 93 "$RA")" "bcast h1" "$(snap "0806 0001")" \
		"$(hex "$ETH" 0800 4500002400000000403a 0000 c0000201 c0000202 "$RA")" \
		"$(hex "$ETH" 0800 45000024000000004011 0000 c0000201 c0000202 00430044 00080000)"
}

has_router() { on 2 ip -6 route show proto ra | grep -q ^default; }

# settled: is duplicate detection over?
settled() {
	not eval "{ on 1 ip -6 address; on 2 ip -6 address; } | grep tentative"
}

# believes FRAME: h2, which has no router, has one when it has heard the frame
believes() {
	on 2 ip -6 route flush proto ra
	on 1 "$PROGS/frame" send e1 "$1"
	on 1 ping -qc1 -W5 2001:db8::2 && has_router
}

# Linux hosts: advertisements that are right, with their checksums. What one of them sends is heard
# before its next ping is answered.
hosts() {
	local HOSTS="1 2" i eth="333300000001 020000000001 86dd 60000000" to plain hidden
	to="${NEAR% *} ff020000000000000000000000000001"
	plain=$(hex "$eth" 0018 3aff "$to" 8600 321f 40000708 0000000000000000 0101 0200000000ff)
	hidden=$(hex "$eth" 0028 00ff "$to" 3c00010400000000 3a00010400000000 \
		8600 321f 40000708 0000000000000000 0101 0200000000ff)
	switch_up "$TEST_PATH" 2
	for i in 1 2; do
		on $i sysctl -qw "net.ipv6.conf.e$i.disable_ipv6=0"
		ip -n "${NS}h$i" address add "2001:db8::$i/64" dev "e$i"
	done
	check "hosts: hear each other" eval 'wait_for 20 settled && on 1 ping -qc1 -W5 2001:db8::2'
	check "... believe an advertisement" believes "$plain"
	check "... behind options" believes "$hidden"
	xsw port set p1 ra_guard on
	check "... but with ra_guard" not believes "$plain"
	check "... behind options" not believes "$hidden"
	check "... which drops nothing else" is 2 counter 1 rx_dropped
	switch_down
}

body() {
	local all
	switch_up "$TEST_PATH" 2
	frame send e2 "h1 h2"
	check "off: a router speaks" admits "$(ip6 3a "$RA")" "$(ip6 3a "$REDIRECT")"
	xsw stats reset
	check "on, in the midst of a flow" in_a_flow "$(ip6 3a "$RA")"
	router
	hides
	others
	check "frames drawn by chance" drawn_many ra
	check "another port is not concerned" eval 'xsw stats reset; frame send e2 "$(ip6 3a "$RA")" &&
		wait_for 5 is 1 counter 2 rx_packets && is 0 drops 2 ra'
	xsw port set p1 dhcp_guard on
	check "with dhcp_guard: both" eval 'refuses "$(ip6 3a "$RA")" && REASON=dhcp refuses \
		"$(ip6 11 "02230222 00080000")" && admits "$(ip6 3a "$NS")" "$(ip6 11 "$UDP")"'
	check "... frames drawn by chance" drawn_many both
	check "... off again: dhcp_guard alone" eval 'xsw port set p1 ra_guard off &&
		admits "$(ip6 3a "$RA")" && REASON=dhcp refuses "$(ip6 11 "02230222 00080000")"'
	check "adds up" adds_up
	switch_down
	hosts
}

each_path 37 body
