#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A GSO frame is as long as the longest frame that it will be cut into, whatever headers stand
# before the data, and is charged for all of them with their headers. What a guest says of
# its headers counts only where they are not longer.
#   VM --- t1 [     ] t2 --- VM          frames by hand, with vnet headers: see prog/gso.c
#   e1 --- p1 [ sw0 ] p2 --- e2          containers, 192.0.2.1 and 192.0.2.2
HOSTS="1 2"
source "$(dirname "$0")/lib.sh"

gso() {
	in_ns "$PROGS/gso" "$@"
}

# read_at_t2 [-c] FRAME: what the reader of t2 gets
read_at_t2() {
	gso "${@:1:$#-1}" t1 "${@:$#}" t2 | sed 's/^t2 //'
}

# arrives LINE [-c] FRAME: this is what it gets, and nothing is counted as lost
arrives() {
	local before
	before=$(lost)
	is "$1" read_at_t2 "${@:2}" && is "$before" lost
}

lost() {
	json '.[0].drops' stats show t2
}

# too_long FRAME: nothing arrives, and the port counts it
too_long() {
	local before
	before=$(json '.[0].drops.mtu // 0' stats show t2)
	is "" read_at_t2 "$1" || return
	is $((before + 1)) json '.[0].drops.mtu // 0' stats show t2
}

# charged BYTES FRAMES PORT DIRECTION COMMAND...: what it sends, as FRAMES, leaves room for a
# frame of 60 bytes in a bucket that holds 60 more, and for none in one that holds 40 more: a
# byte a second comes in meanwhile
charged() {
	leaves 1 $(($1 + 60)) "${@:2}" && leaves 0 $(($1 + 40)) "${@:2}"
}

# leaves SHORT BURST FRAMES PORT DIRECTION COMMAND...
leaves() {
	xsw policer del "$4" "$5" --if-exists
	xsw policer set "$4" "$5" rate 8bit burst "$2" 2> /dev/null
	"${@:6}"
	wait_for 5 is "$3 0" policed "$4" || return
	short_frames "$4" 2
	wait_for 5 is "$(($3 + $1)) $((2 - $1))" policed "$4"
}

# policed PORT: frames that its policer let pass, and dropped
policed() {
	json '.[0] | "\(.passed) \(.dropped)"' policer show "$1"
}

# short_frames PORT COUNT: of 60 bytes
short_frames() {
	if [ "${1%?}" = t ]; then
		gso -n "$2" t1 "h2 ip4 udp9 pay18 nocsum" t2 > /dev/null
	else
		on 1 "$PROGS/frame" send e1 "h2 h1" "$2"
	fi
}

guests() {
	local i
	for i in 1 2; do
		ip -n "$NS" tuntap add "t$i" mode tap
		ip -n "$NS" link set "t$i" up
		xsw port add "t$i" switch sw0 path "$TEST_PATH"
	done
	xsw fdb add "$(mac 2)" dev t2 static
	check "TCP" arrives "1 x 14534 gso 1448" "h2 ip4 tcp pay14480 tcp41448"
	check "TCP for who takes no segments" arrives "10 x 1502" -c "h2 ip4 tcp pay14480 tcp41448"
	check "IPv4 options" arrives "1 x 14502 gso 1440" "h2 ip4+8 tcp pay14440 tcp41440"
	check "IPv6 hop-by-hop options" arrives "1 x 14402 gso 1432" \
		"h2 ip6 hop8 tcp:00000001 pay14320 tcp61432"
	check "... whatever the sequence number" arrives "1 x 14402 gso 1432" \
		"h2 ip6 hop8 tcp:a0000001 pay14320 tcp61432"
	check "... or where the checksum is complete" arrives "1 x 14402 gso 1432" \
		"h2 ip6 hop8 tcp:a0000001 pay14320 tcp61432 nocsum"
	check "destination options after them" arrives "10 x 1514" -c \
		"h2 ip6 hop8 dst24 tcp:a0000001 pay14080 tcp61408"
	check "eight headers" arrives "1 x 14474 gso 1360" \
		"h2 ip6 hop8 dst8 dst8 dst8 dst8 dst8 dst8 dst24 tcp:a0000001 pay14320 tcp61360"
	check "longest segment that fits: mtu + 18" arrives "10 x 1518" -c \
		"h2 ip6 hop8 tcp:a0000001 pay14360 tcp61436"
	check "... and a byte more" too_long "h2 ip6 hop8 tcp:1 pay14370 tcp61437"
	check "a tag" arrives "10 x 1518" -c "h2 tag5 ip4 tcp pay14600 tcp41460"
	check "... and a byte more" too_long "h2 tag5 ip4 tcp pay14610 tcp41461"
	check "three tags" arrives "10 x 1518" -c "h2 tag5 tag6 tag7 ip4 tcp pay14520 tcp41452"
	check "1400 bytes of options" too_long "h2 ip6 dst1400 tcp pay14320 tcp61432"
	check "... where a checksum is to begin among them" too_long \
		"h2 ip6 dst1400 tcp pay14320 tcp61432 lie54"
	check "... where none is to be completed" too_long "h2 ip6 dst1400 tcp pay14320 tcp61432 nocsum"
	check "UDP fragments, IPv4" arrives "10 x 1514" "h2 ip4 udp9 pay14792 ufo1480"
	check "UDP fragments, IPv6: a header more" arrives "10 x 1510" "h2 ip6 udp9 pay14472 ufo1448"
	check "... too long by it" too_long "h2 ip6 udp9 pay14632 ufo1464"
	ip -n "$NS" link set t2 mtu 1280
	check "a port of mtu 1280" arrives "10 x 1298" -c "h2 ip6 dst16 tcp pay12080 tcp61208"
	check "... sends nothing longer" too_long "h2 ip6 dst1000 tcp pay12080 tcp61224"
	ip -n "$NS" link set t2 mtu 9000
	check "charged: TCP" charged 15020 1 t1 ingress gso t1 "h2 ip4 tcp pay14480 tcp41448" t2
	xsw policer del t1 ingress
	check "charged: the last segment is shorter" charged 3656 1 t2 egress \
		gso t1 "h2 ip4 tcp pay3494 tcp41448" t2
	check "charged: 1400 bytes of options" charged 29060 1 t1 ingress \
		gso t1 "h2 ip6 dst1400 tcp pay14320 tcp61432" t2
	check "charged: ... where they are hidden" charged 29060 1 t1 ingress \
		gso t1 "h2 ip6 dst1400 tcp pay14320 tcp61432 lie54" t2
	check "charged: UDP fragments" charged 15140 1 t1 ingress gso t1 "h2 ip4 udp9 pay14792 ufo1480" t2
	check "charged: UDP fragments, IPv6" charged 15100 1 t1 ingress \
		gso t1 "h2 ip6 udp9 pay14472 ufo1448" t2
	xsw policer del t1 ingress
	xsw policer del t2 egress
}

# tunnel N KIND OPTION...: host N's end of one over e1 and e2, 198.51.100.N
tunnel() {
	on "$1" ip link add tun0 type "${@:2}" local "192.0.2.$1" remote "192.0.2.$((3 - $1))" &&
		on "$1" ip link set tun0 up mtu 1450 &&
		on "$1" ip address add "198.51.100.$1/24" dev tun0
}

# tunnelled CUT NAME BYTES KIND OPTION...: ten datagrams of 1400 bytes through a tunnel are charged
tunnelled() {
	local cut=$1 text="charged: datagrams in $2" bytes=$3 i
	shift 3
	if ! tunnel 1 "$@" 2> /dev/null; then
		skip "$text" "this kernel has no such tunnel"
		return
	fi
	tunnel 2 "$@"
	for i in 1 2; do # no ARP, where the tunnel has any
		on $((3 - i)) ip neigh replace "198.51.100.$i" dev tun0 2> /dev/null \
			lladdr "$(on $i ip -j link show dev tun0 | jq -r '.[0].address')"
	done
	check "$text" charged "$bytes" "$cut" p1 ingress on 1 "$PROGS/gso" -u 1400 198.51.100.2 10
	on 1 ip link del tun0
	on 2 ip link del tun0
}

sctp() {
	background 2 "$PROGS/gso" -s 192.0.2.2 0 > "$TMP/sctp"
	wait_for 5 eval 'on 2 grep -q 7777 /proc/net/sctp/eps'
	on 1 timeout 60 "$PROGS/gso" -s 192.0.2.2 1000 200000
	wait "$BACKGROUND"
	is 200000 cat "$TMP/sctp" && is null json '.[0].drops.mtu' stats show p2
}

# bigger_than_64k: TCP over IPv6 in frames that have a hop-by-hop header, which segments lack
bigger_than_64k() {
	local i
	for i in 1 2; do
		on $i sysctl -qw net.ipv6.conf.e$i.disable_ipv6=0
		on $i ip address add 2001:db8::$i/64 dev e$i nodad
	done
	background 2 iperf3 -s -1 > /dev/null
	wait_for 5 eval 'on 2 ss -Hltn "sport = 5201" | grep -q .'
	on 1 timeout 60 iperf3 -c 2001:db8::2 -n 20M -J | jq -e .end.sum_received.bytes &&
		is null json '.[0].drops.mtu' stats show p2
}

containers() {
	local cut=1
	[ "$TEST_PATH" = skb ] || cut=10 # the kernel cuts before XDP sees the frame
	on 1 ip neigh replace 192.0.2.2 lladdr "$(mac 2)" dev e1
	on 2 ip neigh replace 192.0.2.1 lladdr "$(mac 1)" dev e2
	xsw fdb replace "$(mac 2)" dev p2 static
	check "charged: datagrams of 1472 bytes" charged 15140 "$cut" p1 ingress \
		on 1 "$PROGS/gso" -u 1472 192.0.2.2 10
	on 1 ip link set e1 mtu 1508
	ip -n "$NS" link set p1 mtu 1508
	ip -n "$NS" link set p2 mtu 1508
	check "charged: datagrams of 1480 bytes" charged 15220 "$cut" p1 ingress \
		on 1 "$PROGS/gso" -u 1480 192.0.2.2 10
	on 1 ip link set e1 mtu 1500
	tunnelled "$cut" "VXLAN" 14920 vxlan id 7 dstport 4789
	tunnelled "$cut" "GRE with key" 14700 gre key 7
	xsw policer del p1 ingress
	xsw stats reset
	if on 1 "$PROGS/gso" -s 192.0.2.9 0 2>&1 | grep -q "no SCTP"; then
		skip "SCTP arrives" "this kernel has none"
	else
		check "SCTP arrives" sctp
	fi
	if on 1 ip link set e1 gso_max_size 150000 2> /dev/null; then
		check "frames of more than 64 KB arrive" bigger_than_64k
	else
		skip "frames of more than 64 KB arrive" "this iproute2 or kernel sets no such size"
	fi
	check "adds up" adds_up
}

body() {
	switch_up "$TEST_PATH" 2
	guests
	containers
}

each_path 34 body
exit $((TEST_FAILED > 0))
