#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A frame longer than the egress port's mtu + 18 is not sent there, and counted.
#   e1 --- p1 [ sw0 ] p2 --- e2      p1 mtu 9000, others 1500
#             [     ] p3 --- e3
source "$(dirname "$0")/lib.sh"

body() {
	local big="8100/10 pay1500" two="88a8/9 8100/10 pay1500"
	switch_up "$TEST_PATH" 3
	ip -n "$NS" link set p1 mtu 9000
	check "full length untagged" sees 1 "bcast h1 pay1500" 2 "bcast h1 pay1500" 3 "bcast h1 pay1500"
	check "full length and one tag" sees 1 "bcast h1 $big" 2 "bcast h1 $big" 3 "bcast h1 $big"
	check "two tags are too long" sees 1 "bcast h1 $two"
	check "1519 bytes untagged are too long" sees 1 "bcast h1 len1519"
	check "reason mtu" is 2 drops 2 mtu
	check "... at both ports" is 2 drops 3 mtu
	xsw fdb add "$(mac 3)" dev p3 vlan 9 static
	check "known unicast the same" sees 1 "h3 h1 $two"
	ip -n "$NS" link set p2 mtu 1504
	check "a raised mtu counts at once" sees 1 "bcast h1 $two" 2 "bcast h1 $two"
	ip -n "$NS" link set p2 mtu 9000
	check "jumbo frames" sees 1 "bcast h1 8100/10 len9000" 2 "bcast h1 8100/10 pay8982"
	check "jumbo unicast" sees 2 "h1 h2 8100/10 len9018" 1 "h1 h2 8100/10 pay9000"
	set_port 3 vlan_mode access tag 9
	check "length counts after retagging" sees 1 "bcast h1 8100/9 pay1504" \
		2 "bcast h1 8100/9 pay1504" 3 "bcast h1 pay1504"
	check "adds up" adds_up
	check "mtu is shown" port_is 2 mtu 9000
}

each_path 13 body
