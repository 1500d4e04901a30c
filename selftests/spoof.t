#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A port with spoof_check takes only frames from who is bound to it: source MAC, sender
# of ARP and neighbour discovery, IPv4 and IPv6 source. spoof_check vlan takes only tags
# that the port was given, and no second one.
#   e1 --- p1 [ sw0 ] p2 --- e2      h1 is bound to p1 with 192.0.2.1 and 2001:db8::1,
#                                    h5 with no address of layer 3
source "$(dirname "$0")/lib.sh"

ETH="020000000002 020000000001"   # h2 h1
ETH5="020000000002 020000000005"  # h2 h5
IP6=20010db8000000000000000000000001
OTHER6=20010db8000000000000000000000002
LOCAL6=fe80000000000000000000fffe000001   # of h1, by its MAC (RFC 4291, appendix A)
LOCAL5=fe80000000000000000000fffe000005
NONE6=00000000000000000000000000000000
ALL6=ff020000000000000000000000000001

# arp ETHERNET SENDER-MAC SENDER-IP [TAGS]
arp() { hex "$1" "${4:-}" 0806 0001 0800 06 04 0001 "$2" "$3" 000000000000 c0000202; }

# ip4 ETHERNET SOURCE [TAGS] [SOURCE-PORT]: UDP
ip4() {
	hex "$1" "${3:-}" 0800 4500001c000000004011 0000 "$2" c0000202 "${4:-1234}" 0009 0008 0000
}

# ip6 ETHERNET SOURCE NEXT-HEADER PAYLOAD
ip6() { hex "$1" 86dd 60000000 0020 "$3" ff "$2" $ALL6 "${4:-}"; }

# nd ETHERNET SOURCE TYPE TARGET [OPTION]
nd() { ip6 "$1" "$2" 3a "$3 00 0000 00000000 $4 ${5:-}"; }

# admits FRAME: it enters at p1
admits() {
	xsw stats reset
	frame send e1 "$1"
	wait_for 5 is 1 counter 1 rx_packets && is 0 counter 1 rx_dropped
}

# refuses FRAME: it is dropped for its source
refuses() {
	xsw stats reset
	frame send e1 "$1"
	wait_for 5 is 1 counter 1 rx_packets && is 1 drops 1 spoof
}

macs() {
	check "a bound MAC" admits "h2 h1"
	check "... with a tag" admits "h2 h1 8100/10"
	check "another MAC" refuses "h2 h3"
	check "... teaches nothing" fdb_lacks h3 vlan 0
	check "... that of a guest elsewhere" refuses "h9 h2"
	check "... in a broadcast" refuses "bcast h3"
	check "another port is not concerned" sees 2 "h1 h7" 1 "h1 h7"
	check "a second bound MAC" admits "h2 h5"
	check "... may use any address" admits "$(ip4 "$ETH5" c0000263)"
	check "... with three tags: who knows what is behind" refuses "h2 h5 8100/0 8100/0 8100/0"
	check "... but not another's MAC in ARP" refuses "$(arp "$ETH5" 020000000001 c0000201)"
}

layer3() {
	check "IPv4: bound" admits "$(ip4 "$ETH" c0000201)"
	check "... behind a tag" admits "$(ip4 "$ETH" c0000201 8100000a)"
	check "... behind two" admits "$(ip4 "$ETH" c0000201 "88a8000a 8100000b")"
	check "IPv4: of another" refuses "$(ip4 "$ETH" c0000202)"
	check "... behind a tag" refuses "$(ip4 "$ETH" c0000202 8100000a)"
	check "... behind two" refuses "$(ip4 "$ETH" c0000202 "88a8000a 8100000b")"
	check "... behind three: who knows" refuses "$(ip4 "$ETH" c0000201 "8100000a 8100000b 8100000c")"
	check "IPv4: none yet, DHCP" admits "$(ip4 "$ETH" 00000000 "" 0044)"
	check "... none, something else" refuses "$(ip4 "$ETH" 00000000)"
	check "IPv4: cut short" refuses "hex:${ETH/ /}080045000014"
	check "ARP: bound" admits "$(arp "$ETH" 020000000001 c0000201)"
	check "ARP: a probe" admits "$(arp "$ETH" 020000000001 00000000)"
	check "ARP: forged address" refuses "$(arp "$ETH" 020000000001 c0000202)"
	check "... behind a tag" refuses "$(arp "$ETH" 020000000001 c0000202 8100000a)"
	check "ARP: forged MAC" refuses "$(arp "$ETH" 020000000002 c0000201)"
	check "IPv6: bound" admits "$(ip6 "$ETH" $IP6 11)"
	check "IPv6: the link-local address of its MAC" admits "$(ip6 "$ETH" $LOCAL6 11)"
	check "... of another MAC" refuses "$(ip6 "$ETH" $LOCAL5 11)"
	check "IPv6: of another" refuses "$(ip6 "$ETH" $OTHER6 11)"
	check "IPv6: none yet" refuses "$(ip6 "$ETH" $NONE6 11)"
	check "... duplicate detection" admits "$(nd "$ETH" $NONE6 87 $IP6)"
	check "... for another's address" refuses "$(nd "$ETH" $NONE6 87 $OTHER6)"
	check "ND: solicits with its MAC" admits "$(nd "$ETH" $IP6 87 $OTHER6 0101020000000001)"
	check "... with another's" refuses "$(nd "$ETH" $IP6 87 $OTHER6 0101020000000002)"
	check "ND: advertises itself" admits "$(nd "$ETH" $IP6 88 $IP6 0201020000000001)"
	check "... with another's MAC" refuses "$(nd "$ETH" $IP6 88 $IP6 0201020000000002)"
	check "... behind another option" refuses \
		"$(nd "$ETH" $IP6 88 $IP6 "0e01000000000000 0201020000000002")"
	check "... another's address" refuses "$(nd "$ETH" $IP6 88 $OTHER6 0201020000000001)"
	check "... hidden in a fragment" refuses "$(ip6 "$ETH" $IP6 2c "3a00000100000001 88")"
	check "... in one that claims to have a length" refuses \
		"$(ip6 "$ETH" $IP6 2c "3a01000100000001 88")"
	check "... in the only one" refuses "$(ip6 "$ETH" $IP6 2c "3a00000000000001 87")"
	check "... behind options in a fragment" refuses \
		"$(ip6 "$ETH" $IP6 2c "3c00000100000001 3a00000000000000 88")"
	check "... in a fragment cut short" refuses "$(ip6 "$ETH" $IP6 2c 3a00000100000001)"
	check "a long ping: the first fragment" admits "$(ip6 "$ETH" $IP6 2c "3a00000100000001 80")"
	check "... a later one" admits "$(ip6 "$ETH" $IP6 2c "3a00000800000001 88")"
	check "... of another" refuses "$(ip6 "$ETH" $OTHER6 2c "3a00000800000001 88")"
	check "... behind hop-by-hop options" refuses \
		"$(ip6 "$ETH" $IP6 00 "3a00000000000000 8800000000000000 $OTHER6")"
	check "... behind destination options" refuses \
		"$(ip6 "$ETH" $IP6 3c "3a00000000000000 8800000000000000 $OTHER6")"
	check "... behind two headers" refuses \
		"$(ip6 "$ETH" $IP6 00 "3c00000000000000 3a00000000000000 8800000000000000 $OTHER6")"
	check "a listener's report behind hop-by-hop options" admits \
		"$(ip6 "$ETH" $IP6 00 "3a00050200000000 8f00000000000000")"
	check "what is not IP" admits "h2 h1 pay100"
}

vlans() {
	set_port 1 spoof_check vlan
	check "vlan: any MAC" admits "h2 h3"
	check "vlan: untagged" admits "h2 h1"
	check "vlan: a tag that the port was not given" refuses "h2 h1 8100/10"
	check "... a priority tag is none" admits "h2 h1 8100/0/5"
	set_port 1 trunks 0,10
	check "vlan: one that it was given" admits "h2 h1 8100/10"
	check "vlan: double tagging" refuses "h2 h1 8100/10 8100/20"
	check "... behind a priority tag" refuses "h2 h1 8100/0 8100/20"
	set_port 1 vlan_mode dot1q-tunnel tag 100 cvlans 0,10
	check "vlan: a customer's tag" admits "h2 h1 8100/10"
	check "... and what is behind it" admits "h2 h1 8100/10 8100/20"
	set_port 1 vlan_mode trunk trunks "" cvlans ""
	set_port 1 spoof_check all
	check "all: MAC" refuses "h2 h3"
	check "all: address" refuses "$(ip4 "$ETH" c0000202)"
	check "all: tag" refuses "h2 h1 8100/10"
}

bindings() {
	set_port 1 spoof_check mac
	xsw bind del p1 mac "$(mac 1)" ip 192.0.2.1
	check "an address less" refuses "$(ip4 "$ETH" c0000201)"
	xsw bind add p1 mac "$(mac 1)" ip 192.0.2.99
	check "another one more" admits "$(ip4 "$ETH" c0000263)"
	xsw bind del p1 mac "$(mac 1)"
	check "not bound any more" refuses "h2 h1"
	set_port 1 spoof_check off
	check "off" admits "h2 h1"
}

body() {
	switch_up "$TEST_PATH" 2
	xsw fdb replace "$(mac 2)" dev p2 static
	xsw bind add p1 mac "$(mac 1)" ip 192.0.2.1
	xsw bind add p1 mac "$(mac 1)" ip 2001:db8::1
	xsw bind add p1 mac "$(mac 5)"
	set_port 1 spoof_check mac
	macs
	layer3
	vlans
	bindings
}

each_path 68 body
