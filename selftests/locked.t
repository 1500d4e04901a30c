#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A locked port admits only sources that have an entry on that port and VLAN.
#   e1 --- p1 [ sw0 ] p2 --- e2      p1 locked
#             [     ] p3 --- e3
source "$(dirname "$0")/lib.sh"

body() {
	switch_up "$TEST_PATH" 3
	set_port 1 locked on
	check "an unknown source is refused" sees 1 "bcast h1"
	check "... reason locked" is 1 drops 1 locked
	check "... and not learned" fdb_lacks h1 vlan 0
	xsw fdb add "$(mac 1)" dev p1 static
	check "a source with an entry is admitted" sees 1 "bcast h1" 2 "bcast h1" 3 "bcast h1"
	check "... in that VLAN only" sees 1 "bcast h1 8100/5"
	xsw fdb add "$(mac 2)" dev p2 static
	check "an entry on another port does not help" sees 1 "bcast h2"
	check "frames to the port pass" sees 2 "h1 h2" 1 "h1 h2"
	set_port 1 locked off
	check "off again" sees 1 "bcast h7" 2 "bcast h7" 3 "bcast h7"
	check "adds up" adds_up
}

each_path 9 body
