#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A port with spoof_check takes only frames from who is bound to it: source MAC, sender
# of ARP and neighbour discovery, IPv4 and IPv6 source, whatever stands around them. What
# normal hosts send passes. spoof_check vlan takes only tags that the port was given, and no
# second one.
#   e1 --- p1 [ sw0 ] p2 --- e2      h1 is bound to p1 with 192.0.2.1 and 2001:db8::1,
#                                    h5 with no address of layer 3
# At the end, e1 and e2 are hosts.
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

# ip6 ETHERNET SOURCE NEXT-HEADER [PAYLOAD] [HOPS]
ip6() { hex "$1" 86dd 60000000 0020 "$3" "${5:-ff}" "$2" $ALL6 "${4:-}"; }

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

# all_admitted FRAME...: each enters
all_admitted() {
	all_sent admits 0 "$@"
}

# all_refused FRAME...: each is dropped for its source
all_refused() {
	all_sent refuses $# "$@"
}

# all_sent WAY DROPPED FRAME...: at once; if so many are not dropped, one by one
all_sent() {
	local way=$1 dropped=$2 f
	shift 2
	xsw stats reset
	for f; do
		frame send e1 "$f"
	done
	wait_for 5 is $# counter 1 rx_packets && is "$dropped" drops 1 spoof && return
	for f; do
		"$way" "$f" || echo "$way $f"
	done
	return 1
}

# lla TYPE N: an option with the link-layer address of hN, RFC 4861, 4.6.1
lla() { echo "${1}01 02000000000$2"; }

# repeat N TEXT
repeat() { printf "%$1s" "" | sed "s/ /$2/g"; }

# snap ETHERNET TYPE-AND-REST [LENGTH] [TAGS] [LLC]: RFC 1042
snap() { hex "$1" "${4:-}" "${3:-002e}" "${5:-aaaa03 000000}" "$2"; }

# behind HEADERS ICMP6: of IPv6, one header in front of it, by every name that there is
behind() {
	local next
	for next in 00 2b 3c 87 8b 8c; do
		ip6 "$1" "$IP6" $next "3a00000000000000 $2"
	done
	ip6 "$1" "$IP6" 2b "3a02040000000000 0000000000000000 0000000000000000 $2"
	ip6 "$1" "$IP6" 2c "3a00000100000001 $2"
	ip6 "$1" "$IP6" 2c "3aff000000000001 $2"
	ip6 "$1" "$IP6" 33 "3a04000000000001 0000000100000000 0000000000000000 $2"
	ip6 "$1" "$IP6" 33 "3a01000000000001 00000001 $2"
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

# message TYPE: what it is and what stands in front of its options, RFC 4861, 4.1 to 4.5
message() {
	case $1 in
	85) NAME="a router solicitation" BODY="" ;;
	86) NAME="a router advertisement" BODY="0000000000000000" ;;
	87) NAME="a solicitation" BODY=$OTHER6 ;;
	88) NAME="an advertisement" BODY=$IP6 ;;
	89) NAME="a redirect" BODY="$IP6 $OTHER6" ;;
	esac
}

discovery() {
	local type hidden mtu="0501 000000000500" prefix="0304 4040 00000e10 00000e10 00000000 $IP6"
	for type in 85 86 87 88 89; do
		message $type
		check "ND: $NAME" all_admitted "$(nd "$ETH" $IP6 $type "$BODY")" \
			"$(nd "$ETH" $LOCAL6 $type "$BODY" "$(lla 01 1)")" \
			"$(nd "$ETH" $LOCAL6 $type "$BODY" "$(lla 02 1)")" \
			"$(nd "$ETH" $LOCAL6 $type "$BODY" "$(lla 01 1) $mtu $(repeat 10 "$prefix")")"
		check "... with another's MAC" all_refused \
			"$(nd "$ETH" $IP6 $type "$BODY" "$(lla 01 2)")" \
			"$(nd "$ETH" $IP6 $type "$BODY" "$(lla 02 2)")" \
			"$(nd "$ETH" $IP6 $type "$BODY" "$(lla 01 1) $(lla 01 2)")" \
			"$(nd "$ETH" $IP6 $type "$BODY" "$mtu $prefix $(lla 01 2)")" \
			"$(nd "$ETH" $IP6 $type "$BODY" "0102 020000000002 0000000000000000")"
		check "... behind more options than are looked at" refuses \
			"$(nd "$ETH" $IP6 $type "$BODY" "$(repeat 16 "$mtu") $(lla 01 2)")"
		check "... from who may use any address" all_refused \
			"$(nd "$ETH5" $OTHER6 $type "$BODY" "$(lla 01 1)")" \
			"$(nd "$ETH5" $OTHER6 $type "$BODY" "$(lla 02 1)")"
		check "... who has its own" all_admitted \
			"$(nd "$ETH5" $OTHER6 $type "$BODY" "$(lla 01 5)")" \
			"$(nd "$ETH5" $OTHER6 $type "$BODY")"
		mapfile -t hidden < <(behind "$ETH" "$type 00 0000 00000000 $BODY $(lla 01 1)")
		check "... behind every extension header" all_refused "${hidden[@]}"
		mapfile -t hidden < <(behind "$ETH5" "$type 00 0000 00000000 $BODY $(lla 01 5)")
		check "... also from who may use any address" all_refused "${hidden[@]}"
	done
	check "ND: a redirect to another's address" admits "$(nd "$ETH" $LOCAL6 89 "$OTHER6 $NONE6")"
	check "... which is at the sender's MAC" refuses \
		"$(nd "$ETH" $LOCAL6 89 "$OTHER6 $NONE6" "$(lla 02 1)")"
	check "ND: inverse" all_refused "$(nd "$ETH" $IP6 8d "" "$(lla 01 1)")" \
		"$(nd "$ETH" $IP6 8e "" "$(lla 01 1) 0903 000000000000 $OTHER6")" \
		"$(nd "$ETH5" $IP6 8e "" "$(lla 01 5)")"
	check "ND: behind what only looks like a length" refuses \
		"$(ip6 "$ETH" $IP6 33 "3a00000000000001 8800000000000000 $OTHER6")"
	check "behind two headers: who knows" all_refused \
		"$(ip6 "$ETH" $IP6 2b "2c00000000000000 0600000100000001")" \
		"$(ip6 "$ETH5" $IP6 33 "3c04000000000001 0000000100000000 0000000000000000 3a00000000000000")"
	check "... has come too far to be ND" all_admitted \
		"$(ip6 "$ETH" $IP6 2b "2c00000000000000 0600000100000001" 40)" \
		"$(ip6 "$ETH5" $IP6 2b "2c00000000000000 3a00000100000001 88" fe)"
}

# IEEE 802.2 with SNAP, RFC 1042, whatever the length says: CVE-2021-27853, -27854, -27861
llc() {
	local forged4=0800450000140000000040110000c0000202c0000263 tag=8100000a
	local arp="0806 0001 0800 06 04 0002 020000000001" nd
	nd="86dd 60000000 0020 3a ff $IP6 $ALL6 88000000 00000000 $OTHER6"
	check "SNAP: ARP, IPv4, IPv6" all_admitted "$(snap "$ETH" "$arp c0000201")" \
		"$(snap "$ETH" 0800450000140000000040110000c0000201c0000263)" \
		"$(snap "$ETH" "86dd 60000000 0020 11 ff $IP6 $ALL6")"
	check "... of another" all_refused "$(snap "$ETH" "$arp c0000202")" "$(snap "$ETH" $forged4)" \
		"$(snap "$ETH" "$nd")" "$(snap "$ETH" "86dd 60000000 0020 11 ff $OTHER6 $ALL6")" \
		"$(snap "$ETH5" "$arp c0000202")"
	check "... behind tags" all_refused "$(snap "$ETH" "$arp c0000202" 002e $tag)" \
		"$(snap "$ETH" $forged4 002e 81000000)" \
		"$(snap "$ETH" "$nd" 002e "88a80000 81000000")"
	check "... with any length" all_refused "$(snap "$ETH" "$arp c0000202" 0000)" \
		"$(snap "$ETH" "$arp c0000202" 0001)" "$(snap "$ETH" "$nd" 05ff)"
	check "... as IEEE 802.1H has it" all_refused \
		"$(snap "$ETH" "$arp c0000202" "" "" "aaaa03 0000f8")" \
		"$(snap "$ETH" "$nd" "" "" "aaaa03 0000f8")"
	check "... with its flags" all_refused "$(snap "$ETH" "$arp c0000202" "" "" "abab13 000000")" \
		"$(snap "$ETH" "$arp c0000202" "" "" "aaab03 000000")"
	check "... around a tag, or SNAP: who knows" all_refused \
		"$(snap "$ETH" "$tag $arp c0000201")" "$(snap "$ETH" "88a80000 $arp c0000201")" \
		"$(snap "$ETH" "0020 aaaa03 000000 $arp c0000201")" \
		"$(snap "$ETH" "0000 aaaa03 000000 $arp c0000201")"
	check "LLC: all else" all_admitted "$(hex 0180c2000010 020000000001 0026 424203 0000)" \
		"$(hex "$ETH" 0020 ffff 0020)" "$(hex "$ETH" 002f f0f003 2c00ffef)" \
		"$(snap "$ETH" 2000 "" "" "aaaa03 00000c")" "$(snap "$ETH" 809b "" "" "aaaa03 080007")" \
		"$(snap "$ETH" 8137)" "hex:${ETH/ /}0003424203" "hex:${ETH/ /}0000"
}

# What hosts send without an address, or rarely
normal() {
	check "ARP: an answer, gratuitous, of IEEE 802" all_admitted \
		"$(hex "$ETH" 0806 0001080006040002 020000000001 c0000201 020000000002 c0000202)" \
		"$(hex "ffffffffffff 020000000001" 0806 0001080006040001 020000000001 c0000201 \
			000000000000 c0000201)" \
		"$(hex "$ETH" 0806 0006080006040001 020000000001 c0000201 000000000000 c0000202)"
	check "... forged" all_refused \
		"$(hex "$ETH" 0806 0001080006040002 020000000001 c0000202 020000000002 c0000201)" \
		"$(hex "$ETH" 0806 0006080006040001 020000000001 c0000202 000000000000 c0000202)" \
		"$(hex "$ETH" 0806 000f080006040009 020000000001 c0000202 020000000002 c0000201)" \
		"$(hex "$ETH" 0806 0001080008040001 020000000001 c0000201 000000000000 c0000202)"
	check "RARP: of a guest that moved" admits "$(hex "ffffffffffff 020000000001" 8035 \
		0001080006040003 020000000001 00000000 020000000001 00000000)"
	check "... forged" all_refused \
		"$(hex "$ETH" 8035 0001080006040004 020000000001 c0000202 020000000002 c0000263)" \
		"$(hex "$ETH" 8035 0001080006040003 020000000002 00000000 020000000002 00000000)"
	check "IPv4: TCP, ICMP, fragments, options" all_admitted \
		"$(hex "$ETH" 0800 45000028000040004006 0000 c0000201 c0000202 1234 0016)" \
		"$(hex "$ETH" 0800 4500002800004000ff01 0000 c0000201 c0000202 0800)" \
		"$(hex "$ETH" 0800 45000028000120004011 0000 c0000201 c0000202 1234 0009)" \
		"$(hex "$ETH" 0800 45000028000100034011 0000 c0000201 c0000202)" \
		"$(hex "$ETH" 0800 4600002800000000 0102 0000 c0000201 e0000016 94040000 2200)"
	check "... a listener without an address" admits \
		"$(hex "$ETH" 0800 46c000280000 4000 0102 0000 00000000 e0000016 94040000 2200)"
	check "... no other protocol" all_refused \
		"$(hex "$ETH" 0800 450000280000 4000 4006 0000 00000000 c0000202 0044 0016)" \
		"$(hex "$ETH" 0800 450000280000 4000 4001 0000 00000000 c0000202 0800)"
	check "IPv6: TCP, DHCP, pings, fragments" all_admitted "$(ip6 "$ETH" $IP6 06 "1234 0016" 40)" \
		"$(ip6 "$ETH" $LOCAL6 11 "0222 0223" 01)" "$(ip6 "$ETH" $IP6 3a 80 40)" \
		"$(ip6 "$ETH" $IP6 2c "3a00000100000001 80" 40)" "$(ip6 "$ETH" $IP6 2c "3a00059900000001" 40)" \
		"$(ip6 "$ETH" $IP6 2c "1100000100000002 1234" 80)" "$(ip6 "$ETH" $IP6 2c "1100000800000002" 80)"
	check "... IPsec, mobility, one header in front" all_admitted \
		"$(ip6 "$ETH" $IP6 32 00000001)" "$(ip6 "$ETH" $IP6 87 "3b00050000000000")" \
		"$(ip6 "$ETH" $IP6 33 "0604000000000001 0000000100000000 0000000000000000 1234 0016")" \
		"$(ip6 "$ETH" $IP6 3c "1100000000000000 1234 0009")" \
		"$(ip6 "$ETH" $IP6 2b "0602040000000000 $IP6 1234 0016")" "$(ip6 "$ETH" $IP6 3b)"
	check "... a listener with an address" all_admitted \
		"$(ip6 "$ETH" $LOCAL6 00 "3a00050200000000 8f00000000000000" 01)" \
		"$(ip6 "$ETH" $LOCAL6 00 "3a00050200000000 8300000000000000" 01)" \
		"$(ip6 "$ETH" $LOCAL6 00 "3a00050200000000 8200000000000000" 01)"
	check "... without one" all_admitted \
		"$(ip6 "$ETH" $NONE6 00 "3a00050200000000 8f00000000000000" 01)" \
		"$(ip6 "$ETH" $NONE6 00 "3a00050200000000 8300000000000000" 01)" \
		"$(ip6 "$ETH" $NONE6 00 "3a00050200000000 8400000000000000" 01)"
	check "... of another" refuses "$(ip6 "$ETH" $LOCAL5 00 "3a00050200000000 8f00000000000000" 01)"
	check "... a router is asked for, without an address" admits "$(nd "$ETH" $NONE6 85 "")"
	check "... duplicate detection with a nonce, of both addresses" all_admitted \
		"$(nd "$ETH" $NONE6 87 $IP6 "0e01 123456789abc")" "$(nd "$ETH" $NONE6 87 $LOCAL6)"
	check "... secured, RFC 3971" admits "$(nd "$ETH" $IP6 87 $OTHER6 "$(lla 01 1)
		0b02 00000000000000000000000000 00 0e01 123456789abc 0d02 000000000000 0000000000000000
		0c03 0000000000000000000000000000000000000000 0000")"
	check "... nothing else is sent without one" all_refused "$(ip6 "$ETH" $NONE6 3a 80)" \
		"$(nd "$ETH" $NONE6 86 0000000000000000)" "$(nd "$ETH" $NONE6 88 $IP6)" \
		"$(ip6 "$ETH" $NONE6 00 "3a00050200000000 8000000000000000" 01)" \
		"$(ip6 "$ETH" $NONE6 00 "1100050200000000 1234 0009" 01)"
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
	set_port 2 vlan_mode native-untagged tag 10
	check "... which would come to the front at another port" refuses "h2 h1 8100/10 8100/20"
	set_port 1 spoof_check off
	check "... as it does without" sees 1 "h2 h1 8100/10 8100/20" 2 "h2 h1 8100/20"
	set_port 1 spoof_check vlan
	set_port 2 vlan_mode trunk
	set_port 1 vlan_mode dot1q-tunnel tag 100 cvlans 0,10
	check "vlan: a customer's tag" admits "h2 h1 8100/10"
	check "... and what is behind it" admits "h2 h1 8100/10 8100/20"
	set_port 1 vlan_mode trunk trunks "" cvlans ""
	set_port 1 spoof_check all
	check "all: MAC" refuses "h2 h3"
	check "all: address" refuses "$(ip4 "$ETH" c0000202)"
	check "all: tag" refuses "h2 h1 8100/10"
}

# drawn SEED: of a thousand frames just those are dropped that a plain reading says are forged
drawn() {
	local forged
	xsw stats reset
	forged=$(in_ns "$PROGS/drawn_frames" spoof e1 1000 "$1") || return
	wait_for 10 is 1000 counter 1 rx_packets && is "$forged" drops 1 spoof && return
	echo "seed $1"
	return 1
}

random_frames() {
	local i seed=${SEED:-$RANDOM}
	for ((i = seed; i < seed + 10; i++)); do
		drawn "$i" || return
	done
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

# tell FRAME: h1 sends it, and h2 has seen it
tell() {
	ip -n "${NS}h2" -6 neighbour flush dev e2
	ip -n "${NS}h2" -6 route flush proto ra
	on 1 "$PROGS/frame" send e1 "$1"
	on 1 ping -qc1 -W5 2001:db8::2
}

# Does h2 take h1's address to be at another MAC, or h1 for its router?
believed() {
	{ on 2 ip -6 neighbour show dev e2; on 2 ip -6 route show proto ra; } |
		grep -E '02:00:00:00:00:ff|^default'
}

believes() {
	tell "$1"
	wait_for 5 believed
}

ignores() {
	tell "$1" && not believed
}

# settled HOST: is duplicate detection over, and were its addresses free?
settled() {
	not eval "on $1 ip -6 address show dev e$1 | grep -E 'tentative|dadfailed'"
}

hear_each_other() {
	local to
	for to in 192.0.2.2 2001:db8::2 fe80::ff:fe00:2%e1; do
		on 1 ping -qc1 -W5 "$to" && on 1 ping -qc1 -W5 -s 8000 "$to" || return
	done
}

# Two Linux hosts do all that hosts do; then h1 tells h2 that its address is at h255's MAC.
# The frames are right, with their checksums, and h2 believes them if it gets them.
hosts() {
	local HOSTS="1 2" i eth="333300000001 020000000001 86dd 60000000" forged
	local names=("a router advertisement" "a solicitation" "... behind options" "... behind more")
	local ns="8700 4a64 00000000 ${IP6%1}2 0101 0200000000ff"
	forged=("$(hex "$eth" 0018 3aff $LOCAL6 $ALL6 8600 321f 40000708 0000000000000000 0101 0200000000ff)"
		"$(hex "$eth" 0020 3aff $LOCAL6 $ALL6 "$ns")"
		"$(hex "$eth" 0028 3cff $LOCAL6 $ALL6 3a00010400000000 "$ns")"
		"$(hex "$eth" 0030 00ff $LOCAL6 $ALL6 3c00010400000000 3a00010400000000 "$ns")")
	switch_up "$TEST_PATH" 2
	for i in 1 2; do
		xsw bind add p$i mac "$(mac $i)" ip 192.0.2.$i
		xsw bind add p$i mac "$(mac $i)" ip 2001:db8::$i
		set_port $i spoof_check all
		on $i sysctl -qw "net.ipv6.conf.e$i.disable_ipv6=0"
		ip -n "${NS}h$i" address add "2001:db8::$i/64" dev "e$i"
	done
	check "hosts: their addresses are free" eval 'wait_for 20 settled 1 && wait_for 20 settled 2'
	check "... they hear each other" hear_each_other
	check "... and nothing is dropped" eval 'is 0 drops 1 spoof && is 0 drops 2 spoof'
	for i in 0 1 2 3; do
		check "forged: ${names[i]}: not believed" ignores "${forged[i]}"
	done
	set_port 1 spoof_check off
	for i in 0 1 2 3; do
		check "without spoof_check: ${names[i]}: believed" believes "${forged[i]}"
	done
	switch_down
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
	discovery
	llc
	normal
	check "frames drawn by chance" random_frames
	vlans
	bindings
	switch_down
	hosts
}

each_path 147 body
