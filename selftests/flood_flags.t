#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# flood, mcast_flood and bcast_flood say what a port receives of the unknown.
#   e1 --- p1 [ sw0 ] p2 --- e2      p2 flood off, p3 mcast_flood off, p4 bcast_flood off
#             [     ] p3, p4
source "$(dirname "$0")/lib.sh"

body() {
	switch_up "$TEST_PATH" 4
	set_port 2 flood off
	set_port 3 mcast_flood off
	set_port 4 bcast_flood off
	check "unknown unicast" sees 1 "h9 h1" 3 "h9 h1" 4 "h9 h1"
	check "multicast" sees 1 "g1 h1" 2 "g1 h1" 4 "g1 h1"
	check "broadcast" sees 1 "bcast h1" 2 "bcast h1" 3 "bcast h1"
	check "a flood never returns" sees 2 "bcast h2" 1 "bcast h2" 3 "bcast h2"
	check "known unicast is no flood" sees 1 "h2 h1" 2 "h2 h1"
	set_port 2 flood on
	check "on again" sees 1 "h9 h1" 2 "h9 h1" 3 "h9 h1" 4 "h9 h1"
}

each_path 6 body
