#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# priority_tags says whether PCP survives in a VID 0 tag where the VLAN tag is removed.
#   e1 --- p1 [     ] p3 --- e3      p1 trunk; p2, p3, p4 access 10: never, if-nonzero, always;
#   e2 --- p2 [ sw0 ] p4 --- e4      p5 trunk, always; then other modes
source "$(dirname "$0")/lib.sh"

# p2 tunnel, p3 native-untagged, p4 access, all VLAN 100 and always; p1, p5 trunks
service() {
	set_port 2 vlan_mode dot1q-tunnel tag 100 priority_tags always
	set_port 3 vlan_mode native-untagged tag 100 priority_tags always
	set_port 4 tag 100
	check "a tunnel's customer gets the priority, too" \
		sees 1 "bcast h1 88a8/100/3/dei" 2 "bcast h1 8100/0/3/dei" 3 "bcast h1 8100/0/3/dei" \
		4 "bcast h1 8100/0/3/dei" 5 "bcast h1 88a8/100/3/dei"
	check "... not where a customer tag comes to the front" \
		sees 1 "bcast h1 8100/100/3 88a8/20/5" 2 "bcast h1 88a8/20/5" 3 "bcast h1 88a8/20/5" \
		5 "bcast h1 8100/100/3 88a8/20/5"
	check "... of VID 0; on an access port the first one's PCP" \
		sees 1 "bcast h1 8100/100/3 88a8/0/5" 2 "bcast h1 88a8/0/5" 3 "bcast h1 88a8/0/5" \
		4 "bcast h1 8100/0/3" 5 "bcast h1 8100/100/3 88a8/0/5"
	check "what is below the second tag is payload" \
		sees 1 "bcast h1 8100/100/3 8100/0/5 8100/20/1" 2 "bcast h1 8100/0/5 8100/20/1" \
		3 "bcast h1 8100/0/5 8100/20/1" 4 "bcast h1 8100/0/3 8100/20/1" \
		5 "bcast h1 8100/100/3 8100/0/5 8100/20/1"
	check "a customer's frame without a tag has nothing to keep" \
		sees 2 "bcast h2" 1 "bcast h2 88a8/100" 3 "bcast h2" 4 "bcast h2" 5 "bcast h2 88a8/100"
	check "a customer's priority tag is the first one" \
		sees 2 "bcast h2 88a8/0/5/dei" 1 "bcast h2 88a8/100 88a8/0/5/dei" \
		3 "bcast h2 88a8/0/5/dei" 4 "bcast h2 8100/0/5/dei" 5 "bcast h2 88a8/100 88a8/0/5/dei"
	set_port 2 priority_tags if-nonzero
	check "a tunnel, if-nonzero: PCP 0" \
		sees 1 "bcast h1 8100/100/0/dei" 2 "bcast h1" 3 "bcast h1 8100/0/0/dei" \
		4 "bcast h1 8100/0/0/dei" 5 "bcast h1 8100/100/0/dei"
	check "... PCP 2" \
		sees 1 "bcast h1 8100/100/2" 2 "bcast h1 8100/0/2" 3 "bcast h1 8100/0/2" \
		4 "bcast h1 8100/0/2" 5 "bcast h1 8100/100/2"
	frame send e2 "bcast h2"
	check "known unicast the same" sees 5 "h2 h5 88a8/100/2" 2 "h2 h5 8100/0/2"
	check "... once more" sees 5 "h2 h5 88a8/100/2" 2 "h2 h5 8100/0/2"
}

# p2 never, p3 if-nonzero, p5 always: trunks; p4 access in VLAN 0, always
vlan0() {
	set_port 2 vlan_mode trunk priority_tags never
	set_port 3 vlan_mode trunk priority_tags if-nonzero
	set_port 4 tag 0
	check "in VLAN 0 a priority tag stays the one it is" \
		sees 1 "bcast h1 88a8/0/2" 2 "bcast h1" 3 "bcast h1 88a8/0/2" 4 "bcast h1 88a8/0/2" \
		5 "bcast h1 88a8/0/2"
	check "... with PCP 0" \
		sees 1 "bcast h1 88a8/0/0/dei" 2 "bcast h1" 3 "bcast h1" 4 "bcast h1 88a8/0/0/dei" \
		5 "bcast h1 88a8/0/0/dei"
	check "... on top of a VLAN tag" \
		sees 1 "bcast h1 88a8/0/2 8100/20/3" 2 "bcast h1 8100/20/3" \
		3 "bcast h1 88a8/0/2 8100/20/3" 5 "bcast h1 88a8/0/2 8100/20/3"
	check "... and another one, which no access port sends" \
		sees 1 "bcast h1 88a8/0/2 8100/0/3" 2 "bcast h1 8100/0/3" \
		3 "bcast h1 88a8/0/2 8100/0/3" 4 "bcast h1 88a8/0/2" 5 "bcast h1 88a8/0/2 8100/0/3"
	check "... from an access port" \
		sees 4 "bcast h4 88a8/0/2" 1 "bcast h4" 2 "bcast h4" 3 "bcast h4 88a8/0/2" \
		5 "bcast h4 88a8/0/2"
	check "an untagged frame gets none there" \
		sees 4 "bcast h4" 1 "bcast h4" 2 "bcast h4" 3 "bcast h4" 5 "bcast h4"
}

body() {
	switch_up "$TEST_PATH" 5
	set_port 2 vlan_mode access tag 10
	set_port 3 vlan_mode access tag 10 priority_tags if-nonzero
	set_port 4 vlan_mode access tag 10 priority_tags always
	set_port 5 priority_tags always
	check "PCP 5 is kept by if-nonzero and always" \
		sees 1 "bcast h1 8100/10/5" 2 "bcast h1" 3 "bcast h1 8100/0/5" 4 "bcast h1 8100/0/5" \
		5 "bcast h1 8100/10/5"
	check "PCP 0 is kept by always" \
		sees 1 "bcast h1 88a8/10" 2 "bcast h1" 3 "bcast h1" 4 "bcast h1 8100/0" 5 "bcast h1 88a8/10"
	check "the TPID is 8100 where a VLAN tag was removed" \
		sees 1 "bcast h1 88a8/10/5/dei" 2 "bcast h1" 3 "bcast h1 8100/0/5/dei" \
		4 "bcast h1 8100/0/5/dei" 5 "bcast h1 88a8/10/5/dei"
	check "DEI alone is no PCP" \
		sees 1 "bcast h1 8100/10/0/dei" 2 "bcast h1" 3 "bcast h1" 4 "bcast h1 8100/0/0/dei" \
		5 "bcast h1 8100/10/0/dei"
	check "an untagged frame has nothing to keep" \
		sees 2 "bcast h2" 1 "bcast h2 8100/10" 3 "bcast h2" 4 "bcast h2" 5 "bcast h2 8100/10"
	check "a priority tag passes a trunk with always" sees 1 "bcast h1 88a8/0/2" 5 "bcast h1 88a8/0/2"
	check "... and not with never" sees 5 "bcast h5 8100/0/2" 1 "bcast h5"
	check "from access to access" \
		sees 2 "bcast h2 8100/0/6" 1 "bcast h2 8100/10/6" 3 "bcast h2 8100/0/6" \
		4 "bcast h2 8100/0/6" 5 "bcast h2 8100/10/6"
	set_port 2 default_pcp 5
	check "default_pcp stands in the VLAN tag, and makes no priority tag" \
		sees 2 "bcast h2" 1 "bcast h2 8100/10/5" 3 "bcast h2" 4 "bcast h2" 5 "bcast h2 8100/10/5"
	check "... a priority tag has its own" sees 2 "bcast h2 8100/0/2" 1 "bcast h2 8100/10/2" \
		3 "bcast h2 8100/0/2" 4 "bcast h2 8100/0/2" 5 "bcast h2 8100/10/2"
	set_port 2 default_pcp 0
	service
	vlan0
}

each_path 26 body
