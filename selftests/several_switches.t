#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Switches on one host share nothing: the same address and VLAN live in several.
#   e1 --- p1 [ sw0 ] p2 --- e2
#   e3 --- p3 [ sw1 ] p4 --- e4
source "$(dirname "$0")/lib.sh"

body() {
	switch_up "$TEST_PATH" 4
	xsw port del p3
	xsw port del p4
	check "a second switch" xsw switch add sw1
	xsw port add p3 switch sw1 path "$TEST_PATH"
	xsw port add p4 switch sw1 path "$TEST_PATH"
	check "a flood stays in its switch" sees 1 "bcast h1 8100/10" 2 "bcast h1 8100/10"
	check "... in both" sees 4 "bcast h1 8100/10" 3 "bcast h1 8100/10"
	check "the address is on p1 in one" sees 2 "h1 h2 8100/10" 1 "h1 h2 8100/10"
	check "... and on p4 in the other" sees 3 "h1 h2 8100/10" 4 "h1 h2 8100/10"
	check "a port is in one switch only" exits 2 xsw port add p1 switch sw1
	xsw port del p2
	xsw port add p2 switch sw0 path "$TEST_PATH"
	xsw port add e2 switch sw1 path "$TEST_PATH" vlan_mode access tag 5
	frame send e1 "h2 h1 8100/10" 4
	check "what the next switch drops" wait_for 1 is 4 json '.[0].drops.vlan' stats show e2
	check "... is no loss of the first" is 0 json '.[0].tx_dropped' stats show p2
	xsw port del e2
	check "both are shown" is "sw0 sw1" json 'map(.name) | join(" ")' switch show
	xsw switch del sw0
	check "deleting one leaves the other" sees 3 "h1 h2 8100/10" 4 "h1 h2 8100/10"
	check "... and nothing switches in the first" sees 1 "bcast h1"
}

each_path 11 body
