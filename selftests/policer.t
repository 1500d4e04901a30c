#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A policer lets its burst pass, and then what its rate allows; here the rate is so low
# that the burst alone passes. It is one bucket for all CPUs, both paths, all copies.
#   e1 --- p1 [ sw0 ] p2 --- e2      frames of 100 bytes, unless said
#             [     ] p3 --- e3
source "$(dirname "$0")/lib.sh"

# heard N: frames that came out of port N so far
heard() {
	in_ns cat "/sys/class/net/e$1/statistics/rx_packets" 2> /dev/null ||
		ip -n "$NS" -j -s link show dev "e$1" | jq '.[0].stats64.rx.packets'
}

# passes WANTED TO FROM FRAME COUNT: so many of COUNT frames reach port TO. A frame a
# second may be one or two more on a slow machine: then WANTED is a range.
passes() {
	local before
	before=$(heard "$2")
	frame send "e$3" "$4" "$5"
	wait_for 5 all_counted "$3" "$5"
	arrived "$1" "$2" "$before" || wait_for 2 arrived "$1" "$2" "$before"
}

arrived() {
	local now
	now=$(heard "$2")
	[ $((now - $3)) -ge "${1%-*}" ] && [ $((now - $3)) -le "${1#*-}" ] && return
	echo "$((now - $3)) of them, not $1"
	return 1
}

# all_counted N COUNT: the switch has seen what was sent since `fresh`
all_counted() {
	[ "$(counter "$1" rx_packets)" -ge "$2" ]
}

# fresh policer set ...: a full bucket, counters at 0; the same again would change nothing
fresh() {
	local who=("${@:3:2}")
	[[ $5 != vlan && $5 != pcp ]] || who+=("${@:5:2}")
	xsw "$1" del "${who[@]}" --if-exists && "$@" && xsw stats reset
}

policer() {
	xsw policer "$@" 2> /dev/null # warns of the burst
}

# shown N DIRECTION: passed and dropped, as `policer show` tells
shown() {
	json ".[] | select(.direction == \"$2\") | [.passed, .dropped]" policer show "p$1"
}

ingress() {
	fresh policer set p1 ingress rate 8bit burst 1000
	check "ingress: the burst passes, no more" passes 10 2 1 "h2 h1 len100" 40
	check "... the rest is dropped there" is 30 drops 1 policer
	check "... the policer counts the same" is "[10,30]" shown 1 ingress
	check "... another port is not concerned" passes 20 1 2 "h1 h2 len100" 20
	fresh policer set p1 ingress rate 8bit burst 1000
	check "deleted and set again: a full bucket" passes 10 2 1 "h2 h1 len100" 20
	fresh policer set p1 ingress rate 8bit burst 1000
	check "bytes count, not frames" passes 2 2 1 "h2 h1 len500" 5
	fresh policer set p1 ingress pps 1 burst_packets 7
	check "frames count, not bytes" passes 7-9 2 1 "h2 h1 len1000" 30
	fresh policer set p1 ingress rate 8bit burst 1000 pps 1 burst_packets 7
	check "both: the tighter binds" passes 7-9 2 1 "h2 h1 len60" 30
	fresh policer set p1 ingress rate 8bit burst 1000 pps 1 burst_packets 7
	check "... the other way round" passes 2 2 1 "h2 h1 len500" 30
	fresh policer set p1 ingress rate 8bit burst 1000
	check "what is dropped teaches nothing" passes 10 2 1 "h2 h1 len100" 12
	frame send e1 "h2 h50 len100"
	wait_for 5 all_counted 1 13
	check "... nothing indeed" fdb_lacks h50 vlan 0
	frame send e1 "h51 h51 len100"
	wait_for 5 all_counted 1 14
	check "... also when it is for its own source" fdb_lacks h51 vlan 0
	check "... which is dropped by the policer" is 4 drops 1 policer
	policer del p1 ingress
	xsw stats reset
	check "no policer, no limit" passes 40 2 1 "h2 h1 len100" 40
}

egress() {
	fresh policer set p2 egress rate 8bit burst 1000
	check "egress: the burst passes, no more" passes 10 2 1 "h2 h1 len100" 40
	check "... the rest is dropped at the port that sends" is 30 drops 2 policer
	check "... and was unicast where it entered" is 40 counter 1 rx_unicast
	fresh policer set p2 egress rate 8bit burst 1000
	check "egress: copies of floods are charged" passes 10 2 1 "bcast h1 len100" 30
	check "... other ports get theirs" is 30 counter 3 tx_packets
	check "... the rest is counted" is 20 drops 2 policer
	fresh policer set p2 egress rate 8bit burst 1000
	set_port 2 vlan_mode native-tagged tag 5 trunks 5
	set_port 1 tag 5
	xsw fdb replace "$(mac 2)" dev p2 vlan 5 static
	check "egress: a frame is as long as it leaves" passes 9 2 1 "h2 h1 len100" 30
	xsw fdb del "$(mac 2)" switch sw0 vlan 5
	set_port 2 vlan_mode trunk trunks ""
	set_port 1 vlan_mode trunk trunks ""
	policer del p2 egress
}

classes() {
	xsw fdb replace "$(mac 2)" dev p2 vlan 10 static
	xsw fdb replace "$(mac 2)" dev p2 vlan 20 static
	fresh policer set p1 ingress vlan 10 rate 8bit burst 202
	check "a VLAN's policer" passes 3 2 1 "h2 h1 8100/10" 10
	xsw stats reset
	check "... leaves other VLANs alone" passes 10 2 1 "h2 h1 8100/20" 10
	policer del p1 ingress vlan 10
	fresh policer set p1 ingress pcp 5 rate 8bit burst 266
	check "a PCP's policer" passes 4 2 1 "h2 h1 8100/10/5" 10
	xsw stats reset
	check "... leaves other PCPs alone" passes 10 2 1 "h2 h1 8100/10/4" 10
	policer del p1 ingress --if-exists
	policer set p1 ingress rate 8bit burst 394
	fresh policer set p1 ingress pcp 5 rate 8bit burst 266
	check "a frame must conform to each" passes 4 2 1 "h2 h1 8100/10/5" 10
	xsw stats reset
	check "... and what passed one is charged to the next" passes 2 2 1 "h2 h1 8100/10/1" 10
	policer del p1 ingress pcp 5
	policer del p1 ingress
	fresh policer set p2 egress vlan 10 rate 8bit burst 202
	check "egress: a VLAN's policer" passes 3 2 1 "h2 h1 8100/10" 10
	policer del p2 egress vlan 10
	xsw fdb del "$(mac 2)" switch sw0 vlan 10
	xsw fdb del "$(mac 2)" switch sw0 vlan 20
}

# colours_are N FRAME [PORT FRAME]: N frames leave p2 as FRAME, the next one as given
colours_are() {
	local i
	for ((i = 0; i < $1; i++)); do
		sees 1 "h2 h1 8100/10 pay82" 2 "$2 pay82" || { echo "frame $i"; return 1; }
	done
	shift 2
	sees 1 "h2 h1 8100/10 pay82" "$@"
}

colours() {
	xsw fdb replace "$(mac 2)" dev p2 vlan 10 static
	policer set p1 ingress rate 8bit burst 300 excess_burst 200 yellow remark yellow_pcp 3 \
		yellow_dei on
	check "one rate: green, then yellow" colours_are 3 "h2 h1 8100/10" \
		2 "h2 h1 8100/10/3/dei pay82"
	check "... then red" colours_are 1 "h2 h1 8100/10/3/dei"
	check "... which is counted" is 1 drops 1 policer
	policer del p1 ingress
	policer set p1 ingress rate 8bit burst 200 peak_rate 16bit peak_burst 400 yellow remark \
		yellow_dei on
	check "two rates: green, then yellow" colours_are 2 "h2 h1 8100/10" \
		2 "h2 h1 8100/10/0/dei pay82"
	check "... then red" colours_are 1 "h2 h1 8100/10/0/dei"
	policer del p1 ingress
	policer set p1 ingress rate 8bit burst 200 peak_rate 16bit peak_burst 400 yellow drop
	check "yellow may be dropped" colours_are 2 "h2 h1 8100/10"
	policer del p1 ingress
	policer set p2 egress rate 8bit burst 200 excess_burst 100 yellow remark yellow_pcp 6
	check "egress marks, too" colours_are 2 "h2 h1 8100/10" 2 "h2 h1 8100/10/6 pay82"
	policer del p2 egress
	policer set p2 egress rate 8bit burst 200 excess_burst 100 yellow remark yellow_pcp 6
	sees 1 "bcast h1 8100/10 pay182" 2 "bcast h1 8100/10 pay182" 3 "bcast h1 8100/10 pay182"
	check "... a copy of a flood alone" sees 1 "bcast h1 8100/10 pay82" \
		2 "bcast h1 8100/10/6 pay82" 3 "bcast h1 8100/10 pay82"
	policer del p2 egress
	xsw fdb del "$(mac 2)" switch sw0 vlan 10
}

# A flood that does not fit everywhere is for TC, where path xdp is used.
both_paths() {
	fresh policer set p1 ingress rate 8bit burst 2006 # 20 * 100
	in_ns ip link set p3 mtu 80
	check "one bucket for both paths" passes 8 2 1 "h2 h1 len100" 8
	check "... the rest for the other" passes 12 2 1 "h7 h1 len100" 20
	check "... over which frames went indeed" \
		is "$(case "$TEST_PATH" in xdp) echo '[8,20,0]' ;; skb) echo '[0,28,0]' ;; *) echo '[0,0,28]' ;; esac)" \
		json '.[0].path | [.xdp, .skb, .afxdp]' stats show p1
	in_ns ip link set p3 mtu 1500
	policer del p1 ingress
}

body() {
	switch_up "$TEST_PATH" 3
	xsw fdb replace "$(mac 2)" dev p2 static
	xsw fdb replace "$(mac 1)" dev p1 static
	ingress
	egress
	classes
	colours
	both_paths
	check "adds up" adds_up
}

each_path 40 body
