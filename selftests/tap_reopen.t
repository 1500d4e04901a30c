#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What was decided for one tap is not used for another, though the kernel may give both the
# same receive queue: it goes with the descriptor, and its memory is soon used again.
#   p1 (VLAN 10), p2 (VLAN 20) --- [ sw0 ] --- p3 (VLAN 10), p4 (VLAN 20)
source "$(dirname "$0")/lib.sh"
ROUNDS=200

tx() {
	counter "$1" tx_packets
}

body() {
	links_up 4
	xsw switch add sw0
	for i in 1 2; do
		ip -n "$NS" link del "p$i"
		ip -n "$NS" tuntap add "p$i" mode tap
		ip -n "$NS" link set "p$i" up
		xsw port add "p$i" switch sw0 path "$TEST_PATH" tag "${i}0"
		xsw port add "p$((i + 2))" switch sw0 path "$TEST_PATH" tag "${i}0"
		xsw fdb add "$(mac 2)" dev "p$((i + 2))" vlan "${i}0" static
	done
	check "two taps, opened in turn" in_ns taskset -c 0 "$PROGS/frame" taps p1 p2 "h2 h1" "$ROUNDS"
	check "the first one's frames keep to its VLAN" is $((2 * ROUNDS)) tx 3
	check "... the other's too" is "$ROUNDS" tx 4
	check "adds up" adds_up
}

each_path 4 body
