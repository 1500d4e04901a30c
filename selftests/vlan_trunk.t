#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A trunk carries the VLANs it lists, tags and all.
#   e1 --- p1 [     ] p3 --- e3      p1, p4 all; p2 10,20; p3 0,30
#   e2 --- p2 [ sw0 ] p4 --- e4
source "$(dirname "$0")/lib.sh"

body() {
	switch_up "$TEST_PATH" 4
	set_port 2 trunks 10,20
	set_port 3 trunks 0,30
	check "untagged is VLAN 0" sees 1 "bcast h1" 3 "bcast h1" 4 "bcast h1"
	check "a listed VLAN passes, tag unchanged" \
		sees 1 "bcast h1 88a8/10/7/dei" 2 "bcast h1 88a8/10/7/dei" 4 "bcast h1 88a8/10/7/dei"
	check "a range of three tags survives" \
		sees 1 "bcast h1 8100/20 8100/30/1 88a8/40/2" \
		2 "bcast h1 8100/20 8100/30/1 88a8/40/2" 4 "bcast h1 8100/20 8100/30/1 88a8/40/2"
	check "9100 is no VLAN tag" sees 1 "bcast h1 9100/10" 3 "bcast h1 9100/10" 4 "bcast h1 9100/10"
	check "a VLAN not listed is refused" sees 2 "bcast h2 8100/30"
	check "untagged is refused where 0 is not listed" sees 2 "bcast h2"
	check "... both counted" is 2 drops 2 vlan
	check "a priority tag is removed" sees 1 "bcast h1 8100/0/3" 3 "bcast h1" 4 "bcast h1"
	check "... the tag behind it stays" \
		sees 1 "bcast h1 8100/0 8100/9" 3 "bcast h1 8100/9" 4 "bcast h1 8100/9"
	xsw fdb add "$(mac 9)" dev p3 vlan 10 static
	check "known unicast to a port that is no member is dropped" sees 1 "h9 h1 8100/10"
	check "... reason no-member" is 1 drops 1 no-member
	check "an inner 4095 is payload" \
		sees 2 "bcast h2 8100/10 8100/4095" 1 "bcast h2 8100/10 8100/4095" \
		4 "bcast h2 8100/10 8100/4095"
	check "adds up" adds_up
}

each_path 13 body
