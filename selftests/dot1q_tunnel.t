#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A dot1q-tunnel port carries the customer's frames, tags and all, under a service tag.
#   e1 --- p1 [     ] p3 --- e3      p1, p2 tunnel 100 (802.1q, 802.1ad); p3 trunk;
#   e2 --- p2 [ sw0 ] p4 --- e4      p4 tunnel 100, cvlans 10,20; p5 access 100
source "$(dirname "$0")/lib.sh"

body() {
	switch_up "$TEST_PATH" 5
	set_port 1 vlan_mode dot1q-tunnel tag 100 qinq_ethtype 802.1q
	set_port 2 vlan_mode dot1q-tunnel tag 100 qinq_ethtype 802.1ad
	set_port 4 vlan_mode dot1q-tunnel tag 100 cvlans 10,20
	set_port 5 vlan_mode access tag 100
	check "untagged gets the service tag 8100/100" \
		sees 1 "bcast h1" 2 "bcast h1" 3 "bcast h1 8100/100" 5 "bcast h1"
	check "8100/10 becomes 8100/100 8100/10" \
		sees 1 "bcast h1 8100/10" 2 "bcast h1 8100/10" 3 "bcast h1 8100/100 8100/10" \
		4 "bcast h1 8100/10"
	check "802.1ad makes 88a8/100" \
		sees 2 "bcast h2" 1 "bcast h2" 3 "bcast h2 88a8/100" 5 "bcast h2"
	check "the service tag is removed, the customer's stays" \
		sees 3 "bcast h3 88a8/100/5 8100/10/3" 1 "bcast h3 8100/10/3" 2 "bcast h3 8100/10/3" \
		4 "bcast h3 8100/10/3"
	check "the service tag has PCP 0" \
		sees 1 "bcast h1 8100/20/7" 2 "bcast h1 8100/20/7" 3 "bcast h1 8100/100 8100/20/7" \
		4 "bcast h1 8100/20/7"
	check "a customer VLAN not in cvlans is refused" sees 4 "bcast h4 8100/30"
	check "untagged is customer VLAN 0" sees 4 "bcast h4"
	check "... both reason vlan" is 2 drops 4 vlan
	check "a priority tag is the customer's" \
		sees 1 "bcast h1 8100/0/5" 2 "bcast h1 8100/0/5" 3 "bcast h1 8100/100 8100/0/5" \
		5 "bcast h1"
	check "two customer tags survive" \
		sees 1 "bcast h1 88a8/7 8100/8" 2 "bcast h1 88a8/7 8100/8" \
		3 "bcast h1 8100/100 88a8/7 8100/8"
	check "a learned customer is reached by unicast" sees 3 "h1 h3 8100/100 8100/10" 1 "h1 h3 8100/10"
	check "bridge protocol frames do not tunnel" sees 1 "r0 h1"
	check "adds up" adds_up
}

each_path 13 body
