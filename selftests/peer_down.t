#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A container that starts after its port was added, stops and starts again.
#   e1 --- p1 [ sw0 ] p2 --- e2      e2 is down when p2 becomes a port
source "$(dirname "$0")/lib.sh"

by_path() {
	json ".[0].path.$TEST_PATH" stats show p1
}

body() {
	local before
	links_up 2
	ip -n "$NS" link set e2 down
	xsw switch add sw0
	xsw port add p1 switch sw0 path "$TEST_PATH"
	xsw port add p2 switch sw0 path "$TEST_PATH"
	xsw fdb add "$(mac 2)" dev p2 static
	frame send e1 "h2 h1" 5
	check "down: frames are counted as lost" wait_for 1 is 5 json '.[0].tx_dropped' stats show p2
	check "... and as forwarded" is 5 counter 1 rx_unicast
	ip -n "$NS" link set e2 up
	before=$(by_path)
	check "up: frames arrive" sees 1 "h2 h1" 2 "h2 h1"
	check "... by the port's path, without another command" is $((before + 1)) by_path
	ip -n "$NS" link set e2 down
	frame send e1 "h2 h1" 3
	ip -n "$NS" link set e2 up
	before=$(by_path)
	check "up again: frames arrive" sees 1 "h2 h1" 2 "h2 h1"
	check "... by the port's path" is $((before + 1)) by_path
	check "adds up" adds_up
}

each_path 7 body
