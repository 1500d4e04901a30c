#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Static entries never move, never age, survive a flush; commands on the FDB.
#   e1 --- p1 [ sw0 ] p2 --- e2      all trunks
#             [     ] p3 --- e3
source "$(dirname "$0")/lib.sh"

# shows_vlan: the text names the entry's VLAN, whatever stands in memory that was in use before
shows_vlan() {
	MALLOC_PERTURB_=85 xsw fdb show vlan 10 | grep -q "^$(mac 1) dev p1 vlan 10 switch sw0 static\$"
}

body() {
	switch_up "$TEST_PATH" 3 ageing_time 1
	check "add static" xsw fdb add "$(mac 1)" dev p1 vlan 10 static
	check "it is there" fdb_has h1 dev p1 vlan 10 static
	check "the text has its VLAN" shows_vlan
	check "adding it twice is refused" exits 2 xsw fdb add "$(mac 1)" dev p1 vlan 10 static
	check "it does not move" sees 2 "bcast h1 8100/10" 1 "bcast h1 8100/10" 3 "bcast h1 8100/10"
	check "... still there" fdb_has h1 dev p1 vlan 10 static
	check "replace moves it" xsw fdb replace "$(mac 1)" dev p2 vlan 10 sticky
	check "... there" fdb_has h1 dev p2 vlan 10 static
	xsw fdb flush switch sw0
	sleep 1.1
	check "it outlives flush and ageing" sees 3 "h1 h3 8100/10" 2 "h1 h3 8100/10"
	check "other VLANs do not have it" sees 3 "h1 h3" 1 "h1 h3" 2 "h1 h3"
	check "del" xsw fdb del "$(mac 1)" switch sw0 vlan 10
	check "... gone" fdb_lacks h1 vlan 10
	check "del of what is not there is refused" exits 2 xsw fdb del "$(mac 1)" switch sw0 vlan 10
	check "a group address is refused" exits 1 xsw fdb add 01:00:5e:00:00:01 dev p1 static
	xsw fdb replace "$(mac 3)" dev p3 static
	check "vlan defaults to 0" fdb_has h3 dev p3 vlan 0 static
	check "a refused vlan changes nothing" exits 1 xsw fdb add "$(mac 4)" dev p3 vlan 4095 static
	xsw port del p3
	check "static entries go with their port" fdb_lacks h3 vlan 0
}

each_path 17 body
