#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A promiscuous port receives all that its VLANs carry, tagged as it would be; frames go
# where they go, all the same.
#   e1 --- p1 [ sw0 ] p2 --- e2
#             [     ] p3 --- e3      p3 promisc on
#             [     ] p4 --- e4
source "$(dirname "$0")/lib.sh"

body() {
	switch_up "$TEST_PATH" 4
	frame send e2 "h9 h2"
	frame send e3 "h9 h3"
	wait_for 5 fdb_has h3 dev p3 vlan 0
	check "off: known unicast goes to its port" sees 1 "h2 h1" 2 "h2 h1"
	set_port 3 promisc on
	check "on: it goes there, and to the promiscuous port" sees 1 "h2 h1" 2 "h2 h1" 3 "h2 h1"
	check "... and is unicast where it entered" is 2 counter 1 rx_unicast
	check "to the promiscuous port itself: once" sees 1 "h3 h1" 3 "h3 h1"
	check "from it: to its destination alone" sees 3 "h2 h3" 2 "h2 h3"
	set_port 3 flood off bcast_flood off
	check "floods reach it whatever its flood flags are" sees 1 "bcast h1" 2 "bcast h1" \
		3 "bcast h1" 4 "bcast h1"
	set_port 3 vlan_mode trunk trunks 10
	check "not what its VLANs do not carry" sees 1 "h2 h1" 2 "h2 h1"
	xsw fdb replace "$(mac 2)" dev p2 vlan 10 static
	check "what they do" sees 1 "h2 h1 8100/10" 2 "h2 h1 8100/10" 3 "h2 h1 8100/10"
	set_port 3 tag 10
	set_port 3 vlan_mode access
	check "tagged as it would be" sees 1 "h2 h1 8100/10" 2 "h2 h1 8100/10" 3 "h2 h1"
	set_port 4 promisc on
	check "two of them" sees 1 "h2 h1 8100/10" 2 "h2 h1 8100/10" 3 "h2 h1" 4 "h2 h1 8100/10"
	set_port 3 promisc off
	set_port 4 promisc off
	check "off again" sees 1 "h2 h1 8100/10" 2 "h2 h1 8100/10"
	check "adds up" adds_up
}

each_path 12 body
