#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# An access port is in one VLAN: untagged outside, tagged on trunks.
#   e1 --- p1 [     ] p3 --- e3      p1, p2 access 10; p3 access 20; p4 trunk
#   e2 --- p2 [ sw0 ] p4 --- e4
source "$(dirname "$0")/lib.sh"

body() {
	switch_up "$TEST_PATH" 4
	set_port 1 vlan_mode access tag 10
	set_port 2 tag 10 vlan_mode access
	set_port 3 vlan_mode access tag 20
	check "untagged goes to the VLAN's access ports, tagged to the trunk" \
		sees 1 "bcast h1" 2 "bcast h1" 4 "bcast h1 8100/10"
	check "a tagged frame is refused" sees 1 "bcast h1 8100/10"
	check "... reason vlan" is 1 drops 1 vlan
	check "a priority tag gives PCP and TPID to the VLAN tag" \
		sees 1 "bcast h1 8100/0/5/dei" 2 "bcast h1" 4 "bcast h1 8100/10/5/dei"
	check "... with 88a8 too" \
		sees 1 "bcast h1 88a8/0/2" 2 "bcast h1" 4 "bcast h1 88a8/10/2"
	check "a VLAN tag beneath a priority tag is refused" sees 1 "bcast h1 8100/0 8100/20"
	check "... the port's own VLAN too" sees 1 "bcast h1 88a8/0 88a8/10"
	check "... beneath two priority tags" sees 1 "bcast h1 8100/0 8100/0 8100/20"
	check "... or a third priority tag" sees 1 "bcast h1 8100/0 8100/0 8100/0"
	check "... reason vlan" is 5 drops 1 vlan
	check "one priority tag beneath another is nobody's VLAN" \
		sees 1 "bcast h1 8100/0 8100/0/3" 2 "bcast h1" 4 "bcast h1 8100/10 8100/0/3"
	check "from a trunk the tag is removed" \
		sees 4 "bcast h4 8100/10/3" 1 "bcast h4" 2 "bcast h4"
	check "an inner VLAN tag is never exposed" sees 4 "bcast h4 8100/10 8100/20"
	check "an inner priority tag is removed" \
		sees 4 "bcast h4 88a8/10 8100/0/7" 1 "bcast h4" 2 "bcast h4"
	check "VID 4095 is dropped" sees 4 "bcast h4 8100/4095"
	check "... reason vid" is 1 drops 4 vid
	check "short whole frames pass unpadded" \
		sees 1 "bcast h1 pay2" 2 "bcast h1 pay2" 4 "bcast h1 8100/10 pay2"
	check "known unicast stays in its VLAN" sees 3 "h1 h3" 4 "h1 h3 8100/20"
	set_port 1 tag 0
	set_port 2 tag 0
	check "tag 0: the VLAN of a trunk's untagged frames" \
		sees 1 "bcast h1" 2 "bcast h1" 4 "bcast h1"
	check "... from there too" sees 4 "bcast h4" 1 "bcast h4" 2 "bcast h4"
	check "... also behind a priority tag" sees 4 "bcast h4 88a8/0/3" 1 "bcast h4" 2 "bcast h4"
	check "... no other VLAN" sees 4 "bcast h4 8100/10"
	check "... no inner VLAN tag" sees 4 "bcast h4 8100/0 8100/20"
	check "... a tagged frame is refused" sees 1 "bcast h1 8100/20"
	check "... an access port it stays" port_is 1 vlan_mode access
	set_port 2 vlan_mode trunk
	check "... which leaves a trunk no tag" eval "not xsw port set p2 vlan_mode access 2> /dev/null"
	check "adds up" adds_up
}

each_path 27 body
