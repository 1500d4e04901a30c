#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A mirror with "to-vlan" floods its copies in that VLAN (RSPAN): to all members whatever their flood
# flags, to the port of arrival too, with the TPID, PCP and DEI of the frame's tag. It copies nothing that is in
# the VLAN already and nothing to reserved addresses, teaches nothing, and respects isolation.
#   e1 --- p1 [     ] p2 --- e2      p1 access 10, p2 trunk
#             [ sw0 ] p3 --- e3      p3 access 10, p4 access 99
#             [     ] p4 --- e4      p5 trunk 99
source "$(dirname "$0")/lib.sh"

mirror() {
	xsw mirror "$1" "$2" switch sw0 "${@:3}"
}

sums() {
	xsw -j mirror show "$1" | jq -r '.[0] | "\(.packets) \(.bytes) \(.dropped)"'
}

body() {
	switch_up "$TEST_PATH" 5
	set_port 1 tag 10
	set_port 3 tag 10
	set_port 4 tag 99 flood off mcast_flood off bcast_flood off
	set_port 5 trunks 99
	xsw fdb add "$(mac 3)" dev p3 vlan 10
	check "what enters p1, in VLAN 99" mirror add m1 src-port p1 to-vlan 99
	check "a flood, and its copy in the VLAN" sees 1 "bcast h1" 2 "bcast h1 8100/10" 3 "bcast h1" \
		2 "bcast h1 8100/99" 4 "bcast h1" 5 "bcast h1 8100/99"
	check "the copy teaches nothing" fdb_lacks h1 vlan 99
	check "priority and DEI are kept" sees 1 "h3 h1 88a8/0/5/dei" 3 "h3 h1" 2 "h3 h1 88a8/99/5/dei" \
		4 "h3 h1" 5 "h3 h1 88a8/99/5/dei"
	check "a copy counts once, as it leaves first" is "2 128 0" sums m1
	check "two mirrors for one VLAN" mirror add m2 all on to-vlan 99
	check "... make one copy" sees 1 "bcast h1" 2 "bcast h1 8100/10" 3 "bcast h1" \
		2 "bcast h1 8100/99" 4 "bcast h1" 5 "bcast h1 8100/99"
	check "... which the first one counts" is "3 192 0" sums m1
	check "... and not the other" is "0 0 0" sums m2
	check "the port of arrival gets it, too" sees 2 "bcast h2 8100/30" \
		2 "bcast h2 8100/99" 4 "bcast h2" 5 "bcast h2 8100/99"
	check "nothing of the VLAN itself" sees 4 "h9 h4" 2 "h9 h4 8100/99" 5 "h9 h4 8100/99"
	check "nothing to reserved addresses" sees 1 "r0 h1"
	check "isolated ports" set_port 2 isolated on
	check "... get no copies of each other, nor of their own" sees 2 "bcast h2 8100/30" \
		4 "bcast h2" 5 "bcast h2 8100/99"
	set_port 5 tx off
	check "tx off is no member" sees 2 "bcast h2 8100/30" 4 "bcast h2"
	set_port 5 tx on
	check "a port of the switch that is an output is no member" mirror add m3 to-port p5
	check "..." sees 2 "bcast h2 8100/30" 4 "bcast h2"
	check "adds up" adds_up
}

each_path 18 body
