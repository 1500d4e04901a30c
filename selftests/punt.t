#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# xsw punt: frames that a rule matches go to whoever reads the rule's socket, as they came
# in, or to the host's stack, and nowhere else; all others are switched. Without a reader
# they are switched too.
#   e1 --- p1 [ sw0 ] p2 --- e2
source "$(dirname "$0")/lib.sh"
# shellcheck source=punt_lib.sh
source "$(dirname "$0")/punt_lib.sh"

kinds() {
	check "ethertype" punts "ethertype 0x88b5" "h2 h1"
	check "... behind two tags" punts "ethertype 0x88b5" "h2 h1 88a8/10 8100/20"
	check "... another" switches "ethertype 0x88b6" "h2 h1"
	check "... by name" punts "ethertype arp" "$(hex "$ETH" 0806 00010800060400010200)"
	check "vlan" punts "vlan 10" "h2 h1 8100/10/5"
	check "... of 802.1ad" punts "vlan 10" "h2 h1 88a8/10"
	check "... another" switches "vlan 10" "h2 h1 8100/11"
	check "... 0 is untagged" punts "vlan 0" "h2 h1"
	check "... and not tagged" switches "vlan 0" "h2 h1 8100/10"
	check "dst" punts "dst $(mac 2)" "h2 h1"
	check "... another" switches "dst $(mac 3)" "h2 h1"
	check "... a group" punts "dst 01:00:5e:00:00:05" "g5 h1"
	check "proto" punts "proto udp" "$(ip4 c0000201 c0000202 11)"
	check "... behind a tag" punts "proto udp" "$(ip4 c0000201 c0000202 11 0000 8100000a)"
	check "... another" switches "proto tcp" "$(ip4 c0000201 c0000202 11)"
	check "... of IPv6" punts "proto udp" "$(ip6 11)"
	check "... behind extension headers" punts "proto icmpv6" \
		"$(ip6 00 "3c00000000000000 3a00000000000000 8000000000000000")"
	check "... 0 is not what is no IP" switches "proto 0" "h2 h1"
	check "src-ip" punts "src-ip 192.0.2.1" "$(ip4 c0000201 c0000202 11)"
	check "... a prefix" punts "src-ip 192.0.2.0/25" "$(ip4 c000027f c0000202 11)"
	check "... another" switches "src-ip 192.0.2.0/25" "$(ip4 c0000280 c0000202 11)"
	check "... all of IPv4" punts "src-ip 0.0.0.0/0" "$(ip4 c0000280 c0000202 11)"
	check "... is not IPv6" switches "src-ip 0.0.0.0/0" "$(ip6 11)"
	check "dst-ip" punts "dst-ip 192.0.2.2/32" "$(ip4 c0000201 c0000202 11)"
	check "... another" switches "dst-ip 192.0.2.2/32" "$(ip4 c0000202 c0000201 11)"
	check "... of IPv6" punts "dst-ip 2001:db8::/33" "$(ip6 11)"
	check "... another" switches "dst-ip 2001:db8:8000::/33" "$(ip6 11)"
	check "... all of IPv6" punts "dst-ip ::/0" "$(ip6 11)"
	check "... is not IPv4" switches "dst-ip ::/0" "$(ip4 c0000201 c0000202 11)"
	check "src-port" punts "src-port 4660" "$(ip4 c0000201 c0000202 11)"
	check "... another" switches "src-port 9" "$(ip4 c0000201 c0000202 11)"
	check "dst-port" punts "dst-port 9" "$(ip4 c0000201 c0000202 06)"
	check "... of SCTP" punts "proto sctp dst-port 9" "$(ip4 c0000201 c0000202 84)"
	check "... of IPv6" punts "proto udp dst-port 9" "$(ip6 11 "1234 0009 00080000")"
	check "... another" switches "dst-port 10" "$(ip4 c0000201 c0000202 11)"
	check "... not of another protocol" switches "dst-port 9" "$(ip4 c0000201 c0000202 2f)"
	check "... not of a header shorter than headers are" switches "dst-port 514" \
		"$(ip4 c0000201 c0000202 11 | sed s/080045/080044/)"
	icmp_types
	check "several at once" punts \
		"ethertype ipv4 vlan 10 dst $(mac 2) proto udp src-ip 192.0.2.1 dst-port 9" \
		"$(ip4 c0000201 c0000202 11 0000 8100000a)"
	check "... on this path" is 1 json ".[0].path.$TEST_PATH" stats show p1
	check "... one of them wrong" switches \
		"ethertype ipv4 vlan 10 dst $(mac 2) proto udp src-ip 192.0.2.1 dst-port 9" \
		"$(ip4 c0000201 c0000202 11 0000 8100000b)"
	check "no condition: all" punts "" "h2 h1 8100/10"
}

# icmp4 TYPE [FRAGMENT]; icmp6 TYPE; behind6 TYPE: with a code
icmp4() { hex "$ETH" 0800 4500001c0000 "${2:-0000}" 4001 0000 c0000201 c0000202 "$1" 0000 00010001; }
icmp6() { ip6 3a "$1 0000 00010001"; }
behind6() { ip6 00 "3c00000000000000 3a00000000000000 $1 0000 00010001"; }

icmp_types() {
	check "a type of ICMP" punts "proto icmp icmp-type 8" "$(icmp4 0800)"
	check "... by name" punts "proto icmp icmp-type echo-request" "$(icmp4 0805)"
	check "... another" all_go switches "proto icmp icmp-type 8" "$(icmp4 0000)" "$(icmp4 ff08)"
	check "... 0 is a type" all_go switches "proto icmp icmp-type 0" "$(icmp4 0800)" "h2 h1"
	check "... not of another protocol" all_go switches "proto icmp icmp-type 8" \
		"$(ip4 c0000201 c0000202 11)" "$(ip6 01 0800)" "$(icmp6 0800)"
	check "... not of IPv4 that says it is ICMPv6" switches "proto icmpv6 icmp-type 18" \
		"$(ip4 c0000201 c0000202 3a)"
	check "... and a code" punts "proto icmp icmp-type 3 icmp-code 4" "$(icmp4 0304)"
	check "... another" switches "proto icmp icmp-type 3 icmp-code 4" "$(icmp4 0301)"
	check "... of no fragment" all_go switches "proto icmp icmp-type 8" "$(icmp4 0800 2000)" \
		"$(icmp4 0800 0001)"
	check "a type of ICMPv6" punts "proto icmpv6 icmp-type 133" "$(icmp6 8500)"
	check "... by name" punts "proto ipv6-icmp icmp-type nd-router-solicit" "$(icmp6 8500)"
	check "... another" switches "proto icmpv6 icmp-type router-solicitation" "$(icmp6 8700)"
	check "... and a code" punts "proto 58 icmp-type 1 icmp-code 255" "$(icmp6 01ff)"
	check "... another" switches "proto 58 icmp-type 1 icmp-code 255" "$(icmp6 01fe)"
	check "... behind extension headers" punts "proto icmpv6 icmp-type 143" "$(behind6 8f00)"
	check "... of no fragment" switches "proto icmpv6 icmp-type 133" \
		"$(ip6 2c "3a00000100000007 8500 0000")"
	check "... but of the only one" punts "proto icmpv6 icmp-type 133" \
		"$(ip6 2c "3a00000000000007 8500 0000")"
}

reserved() {
	check "a reserved destination" punts "dst 01:80:c2:00:00:0e ethertype lldp" \
		"$(hex 0180c200000e 020000000001 88cc 0207)"
	check "... unread, it is dropped as ever" refuses reserved "dst 01:80:c2:00:00:0e" "r14 h1"
	xsw port set p1 tag 5
	check "... its VLAN is that of its tag, and need not be admitted" punts \
		"dst 01:80:c2:00:00:0e vlan 9" "r14 h1 8100/9"
	check "... and not that of the port" refuses reserved "vlan 5" "r14 h1"
	check "of others it is that inside the switch" punts "vlan 5" "h2 h1"
	check "... and they must be admitted" refuses vlan "" "h2 h1 8100/9"
	xsw port set p1 vlan_mode trunk
	check "a source that cannot be is dropped first" refuses src "" "h2 g1"
	xsw port set p1 spoof_check mac
	check "... and one that must not" refuses spoof "" "r14 h1"
	xsw port set p1 spoof_check off locked on
	check "a locked port's frames can be punted" punts "dst 01:80:c2:00:00:03" "r3 h1"
	xsw port set p1 locked off rx off
	check "rx off: nothing enters" refuses rx-off "" "h2 h1"
	xsw port set p1 rx on
}

what_is_read() {
	xsw punt add p1 socket
	check "an untagged frame as it was" reads "h2 h1" '[.vlan, .len] == [0, 60]'
	check "a tag stands where it was" reads "h2 h1 8100/10/5/dei" '.vlan == 10'
	check "two tags" reads "h2 h1 88a8/10 8100/20/3" '.vlan == 10'
	check "three" reads "h2 h1 8100/10 8100/20 8100/30" '.vlan == 10'
	check "the shortest" reads "h2 h1 len14" '.len == 14'
	check "a long one" reads "h2 h1 8100/10 pay1482" '[.len, .caught] == [1500, 1500]'
	check "where, and by which rule" reads "h2 h1" '[.ifname, .rule] == ["p1", 0]'
	check "when" reads "h2 h1" '(now * 1e9 - .time_ns) | . >= -1e8 and . < 60e9'
	xsw punt del p1
	check "nothing is learned from it" fdb_lacks h1 vlan 30
	xsw punt add p1 vlan 20 socket 1
	xsw punt add p1 vlan 30 socket
	xsw punt add p1 socket 2
	check "the first that matches" reads "h2 h1 8100/30" '.rule == 1'
	check "a socket that nobody reads: switched, not the next rule" \
		sees 1 "h2 h1 8100/20" 2 "h2 h1 8100/20"
	xsw punt del p1 vlan 20
	check "the order stays" reads "h2 h1 8100/30" '.rule == 0'
	xsw punt add p1 vlan 20 socket
	check "... and what is new comes last" sees 1 "h2 h1 8100/20" 2 "h2 h1 8100/20"
	xsw punt del p1 vlan 20
	xsw punt del p1 vlan 30
	xsw punt del p1
}

to_host() {
	xsw punt add p1 ethertype 0x88b5 host
	xsw stats reset
	check "host: the stack gets it, tag and all" is "h2 h1 8100/10" host_hears
	check "... no other port" is 0 counter 1 rx_flooded
	check "... counted once" wait_for 5 eval "is 1 counter 1 rx_host && is 1 counter 1 rx_packets"
	check "... in the rule" is '[1,0,0]' json '.[0] | [.punted, .limited, .ring_full]' punt show p1
	check "del of what a rule does not do: refused" eval \
		'exits 2 xsw punt del p1 ethertype 0x88b5 socket &&
		 exits 2 xsw punt del p1 ethertype 0x88b5 host pps 5 && is 1 json length punt show p1'
	check "... of what it does" xsw punt del p1 ethertype 0x88b5 host
}

body() {
	switch_up "$TEST_PATH" 2
	[ "$TEST_PATH" != xdp ] || in_ns ethtool -K e1 tx off > /dev/null
	reader_start 0
	kinds
	fragments
	reserved
	what_is_read
	to_host
	check "xsw-punt: no file is usage" exits 1 in_ns "$PUNT" pcapng sw0
	check "what entered adds up" adds_up
	reader_stop
}

each_path 105 body
