#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Every frame is counted once, at the port where it entered and at each where
# it left, and what the kernel loses after a redirect at the port that lost it.
#   e1 --- p1 [ sw0 ] p2 --- e2
#             [     ] t4 --- a tap of 10 frames that nobody reads
source "$(dirname "$0")/lib.sh"

tap_drops() {
	json '.[0].tx_packets, (.[0].drops.xmit // 0) >= 1, .[0].tx_packets + .[0].tx_dropped' \
		stats show t4 | tr '\n' ' '
}

lost_at_2() {
	json '.[0].tx_packets, .[0].tx_dropped' stats show p2 | tr '\n' ' '
}

body() {
	switch_up "$TEST_PATH" 3
	set_port 3 vlan_mode access tag 10
	frame send e1 "bcast h1 pay100" 20
	frame send e1 "bcast h1 8100/10" 30
	frame send e2 "h1 h2" 40
	frame send e3 "bcast h3 8100/7" 5
	frame send e1 "r0 h1" 3
	check "rx_packets" is 53 counter 1 rx_packets
	check "rx_bytes" is $((20 * 114 + 30 * 64 + 3 * 60)) counter 1 rx_bytes
	check "rx_flooded" is 50 counter 1 rx_flooded
	check "rx_unicast" is 40 counter 2 rx_unicast
	check "rx_dropped" is 3 counter 1 rx_dropped
	check "... by reason" is 5 drops 3 vlan
	check "tx_packets" is 50 counter 2 tx_packets
	check "... of unicast" is 40 counter 1 tx_packets
	check "... of retagged frames" is 30 counter 3 tx_packets
	check "tx_bytes after retagging" is $((30 * 60)) counter 3 tx_bytes
	check "by path" is 53 json ".[0].path.$TEST_PATH" stats show p1
	xsw stats reset p1
	check "reset" is 0 counter 1 rx_packets
	check "... of one port only" is 40 counter 2 rx_packets

	xsw stats reset
	ip -n "$NS" link set e2 down
	frame send e1 "bcast h1" 3
	check "a peer that is down: floods do not go there" is "0 0 " lost_at_2
	xsw fdb replace "$(mac 2)" dev p2 static
	xsw stats reset
	frame send e1 "h2 h1" 10
	check "... what is for a static address there is lost" is "0 10 " lost_at_2
	check "... and entered once" is 10 counter 1 rx_packets
	ip -n "$NS" link set e2 up

	background "" "$PROGS/frame" tap t4
	wait_for 2 ip -n "$NS" link show t4
	ip -n "$NS" link set t4 txqueuelen 10 up
	xsw port add t4 switch sw0 path skb
	xsw stats reset
	frame send e1 "bcast h1" 100
	check "a full tap: lost frames are counted there" is "10 true 100 " tap_drops
	check "... and others hear" is 100 counter 2 tx_packets
	check "adds up" adds_up
	kill "$BACKGROUND"
	wait "$BACKGROUND"
}

each_path 19 body
