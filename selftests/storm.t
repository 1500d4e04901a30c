#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Storm control limits what a port may have flooded, by class; known unicast and other
# ports are not concerned.
#   e1 --- p1 [ sw0 ] p2 --- e2
#             [     ] p3 --- e3
source "$(dirname "$0")/lib.sh"

# floods WANTED FRAME COUNT: so many of COUNT frames from e1 reach p2, and p3
floods() {
	xsw stats reset
	frame send e1 "$2" "$3"
	wait_for 5 test_counter 1 rx_packets "$3" || return
	is "$1" counter 2 tx_packets && is "$1" counter 3 tx_packets &&
		is "$1" counter 1 rx_flooded && is $(($3 - $1)) drops 1 storm
}

test_counter() {
	is "$3" counter "$1" "$2"
}

body() {
	switch_up "$TEST_PATH" 3
	xsw storm set p1 broadcast rate 8bit burst 310
	check "broadcasts above the rate are dropped" floods 5 "bcast h1" 20
	check "... multicasts are not" floods 20 "g1 h1" 20
	check "... unknown unicasts are not" floods 20 "h9 h1" 20
	check "... those of another port are not" sees 2 "bcast h2" 1 "bcast h2" 3 "bcast h2"
	xsw storm del p1 broadcast
	xsw storm set p1 multicast rate 8bit burst 300
	check "multicasts, in bytes" floods 3 "g1 h1 len100" 20
	check "... broadcasts are not concerned" floods 20 "bcast h1" 20
	xsw storm set p1 unknown rate 8bit burst 125
	check "unknown unicasts, beside it" floods 2 "h9 h1" 20
	xsw fdb replace "$(mac 9)" dev p2 static
	frame send e1 "h9 h1" 20
	check "known unicasts are no storm" wait_for 5 test_counter 1 rx_unicast 20
	check "what a storm drops teaches nothing" frame send e1 "h8 h50"
	check "... nothing" wait_for 5 is 19 drops 1 storm
	check "... nothing indeed" fdb_lacks h50 vlan 0
	xsw storm del p1 unknown
	check "no storm control, no limit" floods 20 "h8 h1" 20
	check "adds up" adds_up
}

each_path 13 body
