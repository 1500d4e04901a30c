#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Isolated ports do not talk to each other, but to all others.
#   e1 --- p1 [ sw0 ] p2 --- e2      p1, p2 isolated
#             [     ] p3 --- e3
source "$(dirname "$0")/lib.sh"

body() {
	switch_up "$TEST_PATH" 3
	set_port 1 isolated on
	set_port 2 isolated on
	check "a flood skips isolated ports" sees 1 "bcast h1" 3 "bcast h1"
	check "from others it reaches them" sees 3 "bcast h3" 1 "bcast h3" 2 "bcast h3"
	check "unicast to an isolated port" sees 3 "h1 h3" 1 "h1 h3"
	check "unicast between isolated ports is dropped" sees 2 "h1 h2"
	check "... reason isolated" is 1 drops 2 isolated
	check "unicast to the others" sees 1 "h3 h1" 3 "h3 h1"
	set_port 1 isolated off
	check "off forgets what was learned there" fdb_lacks h1 vlan 0
	check "off again" sees 2 "bcast h2" 1 "bcast h2" 3 "bcast h2"
	check "adds up" adds_up
}

each_path 9 body
